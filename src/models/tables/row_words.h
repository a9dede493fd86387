/*
 * The rows of a table, which declare its columns once: for the lists and the
 * JSON of answers, for what batches write (embed_sql.awk), and for what a live
 * database is compared with.
 *
 *	TABLE(name)                          what follows belongs to it
 *	COLUMN(name, type, null)             null: NOT_NULL or NULLABLE
 *	SHOWN(name, type, null)              a column that answers show
 *	SHOWN_AS(name, type, null, member)   the same, under another name
 *	COMPUTED(member, type, null, SQL)    in answers only; t is the table
 *	DEFAULT(name, expression)            "nextval": of its own sequence
 *	KEY(definition)                      primary, unique and foreign keys
 *	CHECK(definition)                    what each row has to be
 *	INDEX(definition)                    a unique one begins with UNIQUE
 *	POLICY(definition)                   row-level security, forced
 *	TRIGGER(definition)                  one that is enabled
 *	GRANT(right)                         what the service may do with it
 *
 * Answers show members in the order of their rows; types are column.h's.
 * Definitions are in PostgreSQL's own words: those of pg_get_expr(),
 * pg_get_constraintdef(), pg_get_indexdef() behind its USING, pg_policies, and
 * pg_get_triggerdef(oid, true) behind its CREATE TRIGGER.
 * A migration that changes a table changes its rows here. A column that batches
 * fill has its row in one of these, on one line:
 *
 *	ONCE       tells which row it is; written with it, never changed
 *	GIVEN      what a batch says; another value is a change
 *	DERIVED    follows from what is given, and is no change of its own
 *	STICKY     the same, but NULL says nothing: what is there stays
 *	MEASURED   what is reckoned over all that is stored
 *
 * Before including a table, define those of TABLE, COLUMN, MEMBER, DEFAULT,
 * KEY, CHECK, INDEX, POLICY, TRIGGER and GRANT that you need; MEMBER(member,
 * type, null, SQL) is what answers show. row_words_end.h undefines them all.
 */
#include "models/tables/column.h"

#ifndef TABLE
#define TABLE(...)
#endif
#ifndef COLUMN
#define COLUMN(...)
#endif
#ifndef MEMBER
#define MEMBER(...)
#endif
#ifndef DEFAULT
#define DEFAULT(...)
#endif
#ifndef KEY
#define KEY(...)
#endif
#ifndef CHECK
#define CHECK(...)
#endif
#ifndef INDEX
#define INDEX(...)
#endif
#ifndef POLICY
#define POLICY(...)
#endif
#ifndef TRIGGER
#define TRIGGER(...)
#endif
#ifndef GRANT
#define GRANT(...)
#endif
#ifndef GIVEN
#define GIVEN(row) row
#endif
#ifndef INSERTED
#define INSERTED(row) row
#endif
#ifndef SHOWN
#define ONCE(row) row
#define DERIVED(row) row
#define STICKY(row) row
#define MEASURED(row) row
#define SHOWN(name, type, null) SHOWN_AS(name, type, null, name)
#define SHOWN_AS(name, type, null, member) \
	COLUMN(name, type, null) \
	MEMBER(member, type, null, COLUMN_READ(type, name))
#define COMPUTED(member, type, null, sql) MEMBER(member, type, null, sql)
/* Only the session's tenant sees its rows, or who sees every tenant's. */
#define ISOLATED(tenant) \
	POLICY("tenant_isolation FOR ALL TO public USING ((" #tenant \
	    " = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true)," \
	    " ''::text))::integer)) OR ( SELECT" \
	    " (current_setting('app.every_tenant'::text, true) = 'on'::text)))")
/* The service reads and writes its rows; a serial one gives its id. */
#define SERVED \
	GRANT("SELECT") GRANT("INSERT") GRANT("UPDATE") GRANT("DELETE")
#define SERVED_ID GRANT("USAGE of its sequence")
/* What is a tenant's and looked after by people or batches. */
#define OWNED \
	SERVED \
	SERVED_ID \
	KEPT
/* The same where the service has other rights. */
#define KEPT \
	ISOLATED(tenant_id) \
	DEFAULT(id, "nextval") \
	DEFAULT(active, "true") \
	DEFAULT(created_at, "now()") \
	DEFAULT(last_updated_at, "now()") \
	COLUMN(tenant_id, INTEGER, NOT_NULL) \
	COLUMN(created_at, STAMP, NULLABLE) \
	COLUMN(last_updated_at, STAMP, NULLABLE) \
	KEY("PRIMARY KEY (id)") \
	KEY("FOREIGN KEY (tenant_id) REFERENCES tenants(id)")
#define KEY_OF_INTEGRATION \
	KEY("FOREIGN KEY (tenant_id, integration_id)" \
	    " REFERENCES integrations(tenant_id, id)")
/* The same where no answer shows the id and the others. */
#define AUDITED \
	COLUMN(id, INTEGER, NOT_NULL) \
	COLUMN(active, BOOLEAN, NOT_NULL) \
	OWNED
/* The same of what batches bring again and again. */
#define LOADED \
	COLUMN(id, BIGINT, NOT_NULL) \
	COLUMN(active, BOOLEAN, NOT_NULL) \
	OWNED
#define OF_INTEGRATION \
	COLUMN(integration_id, INTEGER, NOT_NULL) \
	KEY_OF_INTEGRATION
#endif
