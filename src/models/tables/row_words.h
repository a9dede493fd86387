/* SPDX-License-Identifier: MIT */
/*
 * The rows of a table: what the database has, as the migrations leave it. A
 * live database is compared with them, and the service asks for the rights. A
 * migration that changes a table changes its rows here. What answers show is a
 * list of its own, *_shown_rows.h (see column.h).
 *
 *	TABLE(name)                what follows belongs to it
 *	COLUMN(name, type, null)   types are schema_declared.c's; null: NOT_NULL
 *	                           or NULLABLE
 *	DEFAULT(name, expression)  of a column; "nextval": of its own sequence
 *	KEY(definition)            a primary, unique or foreign key
 *	CHECK(definition)          what each row has to be
 *	INDEX(definition)          a unique one begins with UNIQUE
 *	POLICY(definition)         of row-level security, which is forced
 *	TRIGGER(definition)        one that is enabled
 *	GRANT(right)               what the service may do with the table
 *
 * Definitions are in PostgreSQL's own words: those of pg_get_expr(),
 * pg_get_constraintdef(), pg_get_indexdef() behind its USING, pg_policies, and
 * pg_get_triggerdef(oid, true) behind its CREATE TRIGGER.
 *
 * These stand for several rows:
 *
 *	ISOLATED(column)  only the tenant that the column names sees its rows,
 *	                  or whoever sees every tenant's
 *	REPORTED          readers see the rows of their login's tenant, through
 *	                  the views of the schema report
 *	SERVED            the service reads and writes the rows
 *	SERVED_ID         it takes ids from the sequence
 *	KEPT(type)        id, of that type, tenant_id, active, created_at and
 *	                  last_updated_at, isolated
 *	OWNED(type)       the same, and the service may do all with it
 *	OF_INTEGRATION    integration_id
 *
 * A column that batches fill is on one line, in one of these words, which say
 * what statements of batches do with it (embed_sql.awk):
 *
 *	ONCE       tells which row it is; written with it, never changed
 *	GIVEN      what a batch says; another value is a change
 *	DERIVED    follows from what is given, and is no change of its own
 *	STICKY     the same, but NULL says nothing: what is there stays
 *	MEASURED   what is reckoned over all that is stored
 *
 * Before including a table, define those of TABLE, COLUMN, DEFAULT, KEY, CHECK,
 * INDEX, POLICY, TRIGGER and GRANT that you need; the others are nothing.
 * row_words_end.h undefines them all.
 */
#ifndef TABLE
#define TABLE(...)
#endif
#ifndef COLUMN
#define COLUMN(...)
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
#ifndef ONCE
#define ONCE(row) row
#define GIVEN(row) row
#define DERIVED(row) row
#define STICKY(row) row
#define MEASURED(row) row
#define ISOLATED(column) \
	POLICY("tenant_isolation FOR ALL TO public USING ((" #column \
	    " = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true)," \
	    " ''::text))::integer)) OR ( SELECT" \
	    " (current_setting('app.every_tenant'::text, true) = 'on'::text)))")
#define REPORTED \
	POLICY("reader_sees FOR SELECT TO pulse_etl_reader USING" \
	    " (tenant_id = ( SELECT report.reader_tenant()))") \
	POLICY("reader_isolation RESTRICTIVE FOR ALL TO pulse_etl_reader" \
	    " USING (tenant_id = ( SELECT report.reader_tenant()))")
#define SERVED \
	GRANT("SELECT") GRANT("INSERT") GRANT("UPDATE") GRANT("DELETE")
#define SERVED_ID GRANT("USAGE of its sequence")
#define KEPT(type) \
	COLUMN(id, type, NOT_NULL) \
	COLUMN(tenant_id, INTEGER, NOT_NULL) \
	COLUMN(active, BOOLEAN, NOT_NULL) \
	COLUMN(created_at, STAMP, NULLABLE) \
	COLUMN(last_updated_at, STAMP, NULLABLE) \
	DEFAULT(id, "nextval") \
	DEFAULT(active, "true") \
	DEFAULT(created_at, "now()") \
	DEFAULT(last_updated_at, "now()") \
	KEY("PRIMARY KEY (id)") \
	KEY("FOREIGN KEY (tenant_id) REFERENCES tenants(id)") \
	ISOLATED(tenant_id)
#define OWNED(type) \
	SERVED \
	SERVED_ID \
	KEPT(type)
#define OF_INTEGRATION \
	COLUMN(integration_id, INTEGER, NOT_NULL) \
	KEY("FOREIGN KEY (tenant_id, integration_id)" \
	    " REFERENCES integrations(tenant_id, id)")
#endif
