/* SPDX-License-Identifier: MIT */
#include "models/extract/extract_tag.h"

/* As the columns of migration 0034 have it. */
#define ADDRESS_MAX 2000
#define ETAG_MAX 255

/* $1 to $4: which pages. */
#define OF_STREAM \
	"tenant_id = $1 AND integration_id = $2 AND stream = $3 AND part = $4"

static void
name(struct db_params *params, const struct extract_run *run,
    const char *stream)
{
	db_add_int(params, run->tenant_id);
	db_add_int(params, run->integration_id);
	db_add_text(params, str_span(stream));
	db_add_text(params, run->part.at == NULL ? SPAN_LIT("") : run->part);
}

/* Names of repositories have no line's end. */
static enum err
read_parts(struct span lines, int64_t count, struct arena *arena,
    struct extract_tag *tag, struct diag *diag)
{
	struct span *parts;

	if (count == 0)
		return E_OK;
	parts = arena_ask(arena, (size_t)count * sizeof(*parts));
	if (parts == NULL)
		return arena_done(arena, diag);
	while (lines.at != NULL && tag->part_count < (size_t)count)
		parts[tag->part_count++] = span_cut(&lines, '\n');
	tag->parts = parts;
	return E_OK;
}

enum err
extract_tag_get(struct db *db, const struct extract_run *run,
    const char *stream, const char *address, struct arena *arena,
    struct extract_tag *ret_tag, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "extract_tag_get",
		.sql =
		    "SELECT etag, next, array_to_string(parts, E'\\n'),"
		    " cardinality(parts) FROM extract_tags WHERE " OF_STREAM
		    " AND address = $5 AND is_read",
	};
	struct extract_tag tag = { .etag = SPAN_NONE, .next = SPAN_NONE };
	struct db_params params = { 0 };
	struct db_rows *rows;
	enum err rc;

	name(&params, run, stream);
	db_add_text(&params, str_span(address));
	rc = db_run(db, &statement, &params, arena, &rows, diag);
	if (rc == E_OK && db_rows_count(rows) > 0) {
		tag.etag = db_text(rows, 0, 0);
		tag.next = db_text(rows, 0, 1);
		rc = read_parts(db_text(rows, 0, 2), db_int(rows, 0, 3), arena,
		    &tag, diag);
	}
	if (rc == E_OK)
		*ret_tag = tag;
	return rc;
}

enum err
extract_tag_put(struct db *db, const struct extract_run *run,
    const char *stream, const char *address, const struct extract_tag *tag,
    struct arena *arena, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "extract_tag_put",
		.changes = true,
		.sql =
		    "WITH gone AS (DELETE FROM extract_tags WHERE " OF_STREAM
		    " AND address = $5 AND $6::text IS NULL)"
		    " INSERT INTO extract_tags AS t (tenant_id,"
		    " integration_id, stream, part, address, etag, next, parts,"
		    " run_id) SELECT $1, $2, $3, $4, $5, $6, $7, $8::varchar[],"
		    " $9 WHERE $6::text IS NOT NULL"
		    " ON CONFLICT (tenant_id, integration_id, stream, part,"
		    " address) DO UPDATE SET etag = excluded.etag,"
		    " next = excluded.next, parts = excluded.parts,"
		    " run_id = excluded.run_id, is_read = false",
	};
	struct db_params params = { 0 };
	struct span where = str_span(address);

	if (where.len > ADDRESS_MAX)
		return E_OK;
	name(&params, run, stream);
	db_add_text(&params, where);
	db_add_text(&params, tag->etag.len > ETAG_MAX ? SPAN_NONE : tag->etag);
	db_add_text(&params, tag->next);
	db_add_array(&params, DB_TEXTS, tag->parts, tag->part_count, arena);
	db_add_int(&params, run->id);
	return db_change(db, &statement, &params, arena, NULL, diag);
}

enum err
extract_tag_seen(struct db *db, const struct extract_run *run,
    const char *stream, const char *address, struct arena *arena,
    struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "extract_tag_seen",
		.changes = true,
		.sql = "UPDATE extract_tags SET run_id = $6 WHERE " OF_STREAM
		       " AND address = $5",
	};
	struct db_params params = { 0 };

	name(&params, run, stream);
	db_add_text(&params, str_span(address));
	db_add_int(&params, run->id);
	return db_change(db, &statement, &params, arena, NULL, diag);
}

enum err
extract_tag_settle(struct db *db, const struct extract_run *run,
    const char *stream, struct arena *arena, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "extract_tag_settle",
		.changes = true,
		.sql =
		    "WITH gone AS (DELETE FROM extract_tags WHERE " OF_STREAM
		    " AND run_id <> $5) UPDATE extract_tags SET is_read = true"
		    " WHERE " OF_STREAM " AND run_id = $5 AND NOT is_read",
	};
	struct db_params params = { 0 };

	name(&params, run, stream);
	db_add_int(&params, run->id);
	return db_change(db, &statement, &params, arena, NULL, diag);
}
