/* SPDX-License-Identifier: MIT */
/*
 * pulse-etl raw verify and restore: files as batches (archive.h).
 */
#include <inttypes.h>
#include <stdio.h>

#include "json/json_write.h"
#include "models/batch/raw_batch_archive.h"
#include "models/tenant/tenant.h"
#include "programs/tool/archive.h"
#include "programs/tool/tool_progress.h"

/* Batches of one transaction. */
#define STEP 100
/* What PostgreSQL answers for one of them. */
#define ROW_ARENA_BYTES (64u << 20)
/* A name of a tenant as JSON. */
#define NAME_BYTES 4096

/* The manifest behind the options, and nothing else. */
static const char *
manifest_of(const struct tool *tool)
{
	if (optind + 1 != tool->argc)
		tool_usage(tool, "give exactly one MANIFEST");
	return tool->argv[optind];
}

/* Tell whether an archive is whole and as it was written. */
enum err
tool_raw_verify(struct tool *tool, struct diag *diag)
{
	static const struct option options[] = {
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	struct archive archive;
	enum err rc;

	while (tool_option(tool, options) != -1)
		continue;
	rc = archive_open(manifest_of(tool), tool->arena, &archive, diag);
	if (rc == E_OK)
		rc = archive_read(&archive, NULL, NULL, diag);
	if (rc == E_OK)
		(void)printf("%" PRId64 " batches of tenant %" PRId64
			     " in %zu files, ids %" PRId64 " to %" PRId64
			     ": all digests are right\n",
		    archive.count, archive.tenant_id, archive.file_count,
		    archive.first_id, archive.last_id);
	return rc;
}

/* What came of a restore. */
struct restore {
	struct tool *tool;
	struct arena *arena;
	struct tool_progress progress;
	const struct archive *archive;
	bool requeue, is_open;
	int64_t in_step, seen, added, filled, same, different;
};

static enum err
take_return(void *context, int64_t id, struct span row, struct span payload,
    struct diag *diag)
{
	struct restore *restore = context;
	struct db *db = restore->tool->db;
	enum raw_batch_return what;
	enum err rc = E_OK;

	if (tool_progress_stopped())
		return E_CONFLICT;
	if (!restore->is_open)
		rc = db_begin(db, diag);
	if (rc != E_OK)
		return rc;
	restore->is_open = true;
	rc = raw_batch_archive_return(db, restore->archive->tenant_id, id, row,
	    payload, restore->requeue, restore->arena, &what, diag);
	arena_reset(restore->arena);
	if (rc != E_OK)
		return rc;
	restore->added += what == RAW_BATCH_ADDED;
	restore->filled += what == RAW_BATCH_FILLED;
	restore->same += what == RAW_BATCH_SAME;
	if (what == RAW_BATCH_DIFFERENT) {
		restore->different++;
		tool_progress_clear(&restore->progress);
		(void)fprintf(stderr,
		    "pulse-etl: another batch has the id %" PRId64
		    ", and stays\n",
		    id);
	}
	tool_progress_set(&restore->progress, ++restore->seen, "");
	if (++restore->in_step < STEP)
		return E_OK;
	restore->in_step = 0;
	restore->is_open = false;
	return db_commit(db, diag);
}

static enum err
return_all(struct restore *restore, struct diag *diag)
{
	struct tool *tool = restore->tool;
	enum err rc;

	tool_progress_begin(&restore->progress, tool, "batches",
	    restore->archive->count);
	rc = archive_read_on(restore->archive, take_return, restore, diag);
	if (restore->is_open && rc == E_OK)
		rc = db_commit(tool->db, diag);
	else if (restore->is_open)
		db_rollback(tool->db);
	tool_progress_end(&restore->progress);
	return rc;
}

/*
 * A number is all that an archive's lines say of their tenant, and in another
 * database it is somebody else's: the name has to be the same, unless a person
 * says that it is this tenant.
 */
static enum err
check_tenant(struct tool *tool, const struct archive *archive, int64_t told_id,
    struct diag *diag)
{
	struct span name;
	struct json json;
	struct buf text;
	enum err rc;

	if (told_id != 0 && told_id != archive->tenant_id)
		return diag_set(diag, E_CONFLICT,
		    "the archive is of tenant %" PRId64 ", not of %" PRId64,
		    archive->tenant_id, told_id);
	rc = tenant_name(tool->db, archive->tenant_id, tool->arena, &name,
	    diag);
	if (rc != E_OK || told_id != 0 || archive->tenant == NULL)
		return rc;
	buf_init(&text, NAME_BYTES);
	json_init(&json, &text);
	json_text(&json, NULL, arena_text(tool->arena, name));
	rc = buf_done(&text);
	if (rc == E_OK && !span_is(buf_span(&text), archive->tenant))
		rc = diag_set(diag, E_CONFLICT,
		    "the archive is of %s, and tenant %" PRId64
		    " is %.*s here: give --tenant %" PRId64
		    " if they are the same",
		    archive->tenant, archive->tenant_id,
		    SPAN_ARG(buf_span(&text)), archive->tenant_id);
	buf_free(&text);
	return rc;
}

/* Bring the batches of an archive back. */
enum err
tool_raw_restore(struct tool *tool, struct diag *diag)
{
	static const struct option options[] = {
		{ "tenant", required_argument, NULL, 't' },
		{ "requeue", no_argument, NULL, 'r' },
		TOOL_QUIET_OPTION,
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	struct restore restore = { .tool = tool };
	struct archive archive;
	int64_t told_id = 0;
	int option;
	enum err rc;

	while ((option = tool_option(tool, options)) != -1) {
		if (option == 't')
			told_id = tool_number(tool, "--tenant", 1, INT32_MAX);
		else
			restore.requeue = true;
	}
	rc = archive_open(manifest_of(tool), tool->arena, &archive, diag);
	if (rc == E_OK)
		rc = archive_read(&archive, NULL, NULL, diag);
	if (rc != E_OK)
		return rc;
	restore.archive = &archive;
	db_tenant(tool->db, archive.tenant_id);
	rc = check_tenant(tool, &archive, told_id, diag);
	if (rc != E_OK)
		return rc;
	rc = raw_batch_archive_reserve(tool->db, archive.last_id, tool->arena,
	    diag);
	if (rc == E_OK)
		rc = tool_audit(tool, archive.tenant_id, "raw_data.restore", 0,
		    diag);
	if (rc != E_OK)
		return tool_explain(rc, "the numbers of new batches", diag);
	restore.arena = arena_new(ROW_ARENA_BYTES);
	if (restore.arena == NULL)
		return diag_set(diag, E_NO_MEMORY, "no memory");
	rc = return_all(&restore, diag);
	arena_free(restore.arena);
	if (rc != E_OK)
		return rc;
	(void)printf("%" PRId64 " batches were restored, %" PRId64
		     " got their payload back, %" PRId64 " were there, %" PRId64
		     " were refused\n",
	    restore.added, restore.filled, restore.same, restore.different);
	if (tool_progress_stopped() && restore.seen < archive.count)
		tool_progress_tell_stop(tool,
		    "%" PRId64 " batches are left: run it again to go on",
		    archive.count - restore.seen);
	if (restore.different > 0)
		return diag_set(diag, E_CONFLICT,
		    "some ids are those of other batches");
	return E_OK;
}
