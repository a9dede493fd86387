/* SPDX-License-Identifier: MIT */
/*
 * pulse-etl raw archive: batches as files (archive.h).
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "models/batch/raw_batch_archive.h"
#include "models/tenant/tenant.h"
#include "programs/tool/archive.h"
#include "programs/tool/tool_progress.h"
#include "programs/tool/tool_raw.h"

/* Ids that are looked up at once, and batches that are removed at once. */
#define STEP 100
/* PostgreSQL's text of one payload, and its row. */
#define ROW_ARENA_BYTES ((size_t)3 << 30)
/* How long the rows may be, without payloads, that are removed at once. */
#define ROWS_MAX ((size_t)512 << 20)

/* Write the batches of the range, one after the other, until all are or a stop. */
static enum err
write_all(struct tool *tool, const struct raw_batch_range *range,
    struct archive_writer *writer, int64_t total, int64_t *ret_done,
    struct diag *diag)
{
	struct arena *ids_arena = arena_new(ROW_ARENA_BYTES);
	struct arena *arena = arena_new(ROW_ARENA_BYTES);
	struct tool_progress progress;
	struct db_rows *ids;
	int64_t after = 0;
	int count = STEP;
	enum err rc = ids_arena == NULL || arena == NULL ?
	    diag_set(diag, E_NO_MEMORY, "no memory") :
	    E_OK;

	tool_progress_begin(&progress, tool, "batches", total);
	while (rc == E_OK && count == STEP && !tool_progress_stopped()) {
		arena_reset(ids_arena);
		rc = raw_batch_archive_ids(tool->db, range, after, STEP,
		    ids_arena, &ids, diag);
		count = rc == E_OK ? db_rows_count(ids) : 0;
		for (int i = 0;
		     rc == E_OK && i < count && !tool_progress_stopped(); i++) {
			struct span row, payload;

			arena_reset(arena);
			after = db_int(ids, i, 0);
			rc = raw_batch_archive_get(tool->db, &range->filter,
			    after, arena, &row, &payload, diag);
			if (rc != E_OK || row.at == NULL)
				continue;
			rc = archive_writer_add(writer, after, row, payload,
			    diag);
			*ret_done += rc == E_OK;
			tool_progress_set(&progress, *ret_done, "");
		}
	}
	tool_progress_end(&progress);
	arena_free(arena);
	arena_free(ids_arena);
	return rc;
}

enum err
archive_read_on(const struct archive *archive, archive_take *take,
    void *context, struct diag *diag)
{
	enum err rc = archive_read(archive, take, context, diag);

	return rc == E_CONFLICT && tool_progress_stopped() ? E_OK : rc;
}

/* Rows that were archived, to be removed together. */
struct removal {
	struct tool *tool;
	struct arena *arena;
	struct tool_progress progress;
	struct buf rows; /* a JSON array behind a byte of db_add_jsonb()'s */
	int64_t tenant_id, count, seen, removed;
};

static enum err
remove_step(struct removal *removal, struct diag *diag)
{
	int64_t count;
	enum err rc;

	if (removal->count == 0)
		return E_OK;
	buf_add_char(&removal->rows, ']');
	if (buf_done(&removal->rows) != E_OK)
		return diag_set(diag, buf_done(&removal->rows),
		    "the rows to be removed");
	rc = raw_batch_archive_remove(removal->tool->db, removal->tenant_id,
	    (struct span){ removal->rows.data + 1, removal->rows.len - 1 },
	    removal->arena, &count, diag);
	arena_reset(removal->arena);
	buf_reset(&removal->rows, ROWS_MAX);
	removal->count = 0;
	if (rc == E_OK)
		removal->removed += count;
	return rc;
}

static enum err
take_removal(void *context, int64_t id, struct span row, struct span payload,
    struct diag *diag)
{
	struct removal *removal = context;

	(void)id;
	(void)payload;
	if (tool_progress_stopped())
		return E_CONFLICT;
	buf_add_text(&removal->rows, removal->count == 0 ? " [" : ",");
	buf_add_span(&removal->rows, row);
	removal->count++;
	removal->seen++;
	tool_progress_set(&removal->progress, removal->seen, "");
	return removal->count < STEP ? E_OK : remove_step(removal, diag);
}

/* Read the archive from the disk again; what it holds may go from the database. */
static enum err
remove_archived(struct tool *tool, const char *folder, int64_t tenant_id,
    struct diag *diag)
{
	struct removal removal = { .tool = tool, .tenant_id = tenant_id };
	struct archive archive;
	enum err rc = archive_open(folder, tool->arena, &archive, diag);

	if (rc == E_OK && archive.tenant_id != tenant_id)
		rc = diag_set(diag, E_CONFLICT,
		    "%s: this archive is of tenant %" PRId64, folder,
		    archive.tenant_id);
	if (rc == E_OK)
		rc = archive_read(&archive, NULL, NULL, diag);
	if (rc == E_OK)
		rc = tool_audit(tool, tenant_id, "raw_data.archive", 0, diag);
	if (rc != E_OK)
		return rc;
	removal.arena = arena_new(ROW_ARENA_BYTES);
	if (removal.arena == NULL)
		return diag_set(diag, E_NO_MEMORY, "no memory");
	buf_init(&removal.rows, ROWS_MAX);
	tool_progress_begin(&removal.progress, tool, "batches removed",
	    archive.count);
	rc = archive_read_on(&archive, take_removal, &removal, diag);
	if (rc == E_OK && !tool_progress_stopped())
		rc = remove_step(&removal, diag);
	tool_progress_end(&removal.progress);
	buf_free(&removal.rows);
	arena_free(removal.arena);
	(void)printf("%" PRId64 " batches were removed", removal.removed);
	if (removal.removed < archive.count && !tool_progress_stopped())
		(void)printf("; %" PRId64
			     " are left, for they were removed"
			     " before, have changed, or are still needed",
		    archive.count - removal.removed);
	(void)putchar('\n');
	if (tool_progress_stopped())
		tool_progress_tell_stop(tool,
		    "the archive is whole: run it again to remove the rest");
	return rc;
}

/* Write them to the folder; *ret_ended: all of them, whoever did it. */
static enum err
write_archive(struct tool *tool, const struct raw_options *options,
    int64_t total, bool *ret_ended, struct diag *diag)
{
	const int64_t tenant_id = options->range.filter.tenant_id;
	struct archive_writer *writer = NULL;
	struct span tenant;
	int64_t done = 0;
	bool whole = false;
	enum err rc;

	*ret_ended = false;
	rc = tenant_name(tool->db, tenant_id, tool->arena, &tenant, diag);
	if (rc == E_OK)
		rc = archive_writer_new(options->folder, tenant_id,
		    arena_text(tool->arena, tenant), options->file_bytes,
		    &writer, &whole, diag);
	if (rc != E_OK)
		return rc;
	if (whole && !options->removes)
		return diag_set(diag, E_CONFLICT,
		    "%s: there is a whole archive already: give another"
		    " folder, or --delete to remove what it holds",
		    options->folder);
	*ret_ended = whole;
	if (whole) {
		(void)fprintf(stderr,
		    "pulse-etl: %s: the archive that is there is whole:"
		    " nothing is added to it\n",
		    options->folder);
		return E_OK;
	}
	rc = write_all(tool, &options->range, writer, total, &done, diag);
	if (rc == E_OK && !tool_progress_stopped() && done > 0)
		rc = archive_writer_end(writer, diag);
	archive_writer_free(writer);
	if (rc != E_OK)
		return rc;
	if (tool_progress_stopped()) {
		tool_progress_tell_stop(tool,
		    "the archive is not whole: run it again to write it anew");
		return E_OK;
	}
	*ret_ended = done > 0;
	(void)printf("%" PRId64 " batches were archived\n", done);
	return E_OK;
}

/* Write batches to files, and perhaps remove them then. */
enum err
tool_raw_archive(struct tool *tool, struct diag *diag)
{
	struct raw_options options = { .file_bytes = 256 << 20 };
	struct raw_batch_range *range = &options.range;
	int64_t total, bytes;
	bool ended;
	enum err rc;

	tool_raw_options(tool, &options);
	tool_no_arguments(tool);
	if (options.folder == NULL)
		tool_usage(tool, "--folder is missing");
	range->filter = options.filter;
	if (range->filter.processing_status.at == NULL)
		range->filter.processing_status = SPAN_LIT("completed");
	rc = raw_batch_archive_count(tool->db, range, tool->arena, &total,
	    &bytes, diag);
	if (rc != E_OK)
		return rc;
	if (options.dry_run) {
		(void)printf("%" PRId64 " batches with %" PRId64
			     " bytes of payload would be archived%s\n",
		    total, bytes, options.removes ? ", and removed" : "");
		return E_OK;
	}
	if (options.removes &&
	    !tool_may(tool, total,
		"%" PRId64 " batches are removed once they are archived",
		total)) {
		tool->exit_code = 1;
		return E_OK;
	}
	rc = write_archive(tool, &options, total, &ended, diag);
	if (rc == E_OK && ended && options.removes)
		rc = remove_archived(tool, options.folder,
		    range->filter.tenant_id, diag);
	return rc;
}
