/*
 * Every table as the migrations leave it: TABLE(name), then the rows that
 * belong to it: COL(name, type, NEEDED or OPTIONAL), KEY(definition) for
 * primary, unique and foreign keys, INDEX(definition), a unique one's
 * beginning with UNIQUE. Types and definitions are in PostgreSQL's own words:
 * those of format_type(), pg_get_constraintdef() and, after its USING,
 * pg_get_indexdef(). A migration that changes a table changes its rows here.
 */
#define INTEGER "integer"
#define BIGINT "bigint"
#define FLOAT "double precision"
#define BOOLEAN "boolean"
#define VARCHAR "character varying"
#define CHARS(most) "character varying(" #most ")"
#define TEXT "text"
#define STAMP "timestamp without time zone"
#define STAMP_ZONED "timestamp with time zone"
#define JSONB "jsonb"
#define BYTEA "bytea"
#define UUID "uuid"
#define DATE "date"
#define VARCHAR_ARRAY "character varying[]"
#define NEEDED true
#define OPTIONAL false
#define AUDITED \
	COL("id", INTEGER, NEEDED) \
	COL("tenant_id", INTEGER, NEEDED) \
	COL("active", BOOLEAN, NEEDED) \
	COL("created_at", STAMP, OPTIONAL) \
	COL("last_updated_at", STAMP, OPTIONAL) \
	KEY("PRIMARY KEY (id)") \
	KEY("FOREIGN KEY (tenant_id) REFERENCES tenants(id)")
#define OF_INTEGRATION \
	COL("integration_id", INTEGER, NEEDED) \
	KEY("FOREIGN KEY (tenant_id, integration_id)" \
	    " REFERENCES integrations(tenant_id, id)")

#include "models/schema_catalogue_table.h"
#include "models/schema_service_table.h"
#include "models/schema_work_table.h"

#undef INTEGER
#undef BIGINT
#undef FLOAT
#undef BOOLEAN
#undef VARCHAR
#undef CHARS
#undef TEXT
#undef STAMP
#undef STAMP_ZONED
#undef JSONB
#undef BYTEA
#undef UUID
#undef DATE
#undef VARCHAR_ARRAY
#undef NEEDED
#undef OPTIONAL
#undef AUDITED
#undef OF_INTEGRATION
