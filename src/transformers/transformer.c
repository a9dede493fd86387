/* SPDX-License-Identifier: MIT */
#include "transformers/transformer.h"

#include <string.h>

/* The statements of each file; several entity types may share one. */
#define ENTITY_TYPE(name, statements, becomes) \
	extern const struct db_statement transform_##statements[];
#define TARGET ENTITY_TYPE
#include "models/entity_type_rows.h"

/* What batches of some statements read: a lock, then the look. */
#define SEEN(statements, file) \
	extern const struct db_statement transform_##file[];
#include "models/entity_type_rows.h"
enum { SEEN_LOCK, SEEN_LOOK };

struct steps {
	const char *statements;
	const struct db_statement *steps;
};

static const struct steps transformers[] = {
#define ENTITY_TYPE(name, statements, becomes) \
	{ #statements, transform_##statements },
#define TARGET ENTITY_TYPE
#include "models/entity_type_rows.h"
};

static const struct steps sights[] = {
#define SEEN(statements, file) { #statements, transform_##file },
#include "models/entity_type_rows.h"
};

/* Columns of the row that a first statement gives; see transformer.h. */
enum {
	ITEMS,
	UNREADABLE,
	SKIPPED,
	SKIPPED_JSON,
	WAITING_JSON,
	INCOMPLETE,
	INCOMPLETE_JSON,
	REFUSAL
};

static const struct db_statement *
find(const struct transform_job *job, const struct steps *list, size_t count)
{
	const struct entity_type *type = job->type != NULL ?
	    job->type :
	    entity_type_find(job->entity_type);

	for (size_t i = 0; type != NULL && i < count; i++)
		if (strcmp(type->statements, list[i].statements) == 0)
			return list[i].steps;
	return NULL;
}

static const struct db_statement *
find_transform(const struct transform_job *job)
{
	return find(job, transformers, COUNT(transformers));
}

/* What a mapping makes of a batch depends on more than its statements read. */
static const struct db_statement *
find_sight(const struct transform_job *job)
{
	return job->type != NULL && job->type->is_mapped ?
	    NULL :
	    find(job, sights, COUNT(sights));
}

/* What the first statement said about the batch. */
static enum err
judge(const struct transform_job *job, const struct db_rows *rows,
    struct transform_outcome *ret_outcome, struct diag *diag)
{
	struct transform_outcome outcome = { 0 };

	if (db_rows_count(rows) != 1)
		return diag_tell(diag, E_NO_ROW, "There is no such batch");
	if (db_is_null(rows, 0, ITEMS) && !db_is_null(rows, 0, REFUSAL))
		return diag_tell(diag, E_INVALID,
		    "The source answered with an error: %.*s",
		    SPAN_ARG(db_text(rows, 0, REFUSAL)));
	if (db_is_null(rows, 0, ITEMS))
		return diag_tell(diag, E_INVALID,
		    "This is not the shape of a"
		    " %.*s: no list of items was found",
		    SPAN_ARG(job->entity_type));
	outcome.items = db_int(rows, 0, ITEMS);
	outcome.unreadable = db_int(rows, 0, UNREADABLE);
	if (outcome.items > 0 && outcome.unreadable == outcome.items)
		return diag_tell(diag, E_INVALID,
		    "None of the items can be read: %.*s",
		    SPAN_ARG(db_text(rows, 0, SKIPPED_JSON)));
	outcome.skipped = db_int(rows, 0, SKIPPED);
	outcome.skipped_json = db_text(rows, 0, SKIPPED_JSON);
	outcome.waiting_json = db_text(rows, 0, WAITING_JSON);
	outcome.incomplete = db_int(rows, 0, INCOMPLETE);
	outcome.incomplete_json = db_text(rows, 0, INCOMPLETE_JSON);
	*ret_outcome = outcome;
	return E_OK;
}

enum err
transformer_run(struct db *db, const struct transform_job *job,
    struct arena *arena, struct transform_outcome *ret_outcome,
    struct diag *diag)
{
	const struct db_statement *steps = find_transform(job);
	struct db_rows *rows;
	enum err rc;

	if (steps == NULL)
		return diag_tell(diag, E_INVALID,
		    "There is no transformer for the entity type %.*s",
		    SPAN_ARG(job->entity_type));
	rc = transform_job_run(db, steps, job, arena, &rows, diag);
	if (rc != E_OK)
		return rc;
	return judge(job, rows, ret_outcome, diag);
}

bool
transformer_sees(const struct transform_job *job)
{
	return find_sight(job) != NULL;
}

/* Run one of the two statements alone. */
static enum err
run_sight(struct db *db, const struct transform_job *job, int step,
    struct arena *arena, struct db_rows **ret_rows, struct diag *diag)
{
	const struct db_statement alone[] = { find_sight(job)[step],
		{ .name = NULL } };

	return transform_job_run(db, alone, job, arena, ret_rows, diag);
}

enum err
transformer_seen_lock(struct db *db, const struct transform_job *job,
    struct arena *arena, struct diag *diag)
{
	struct db_rows *rows;

	return run_sight(db, job, SEEN_LOCK, arena, &rows, diag);
}

enum err
transformer_seen(struct db *db, const struct transform_job *job,
    struct arena *arena, struct span *ret_seen, struct diag *diag)
{
	struct db_rows *rows;
	enum err rc = run_sight(db, job, SEEN_LOOK, arena, &rows, diag);

	if (rc == E_OK)
		*ret_seen = db_rows_count(rows) == 0 ?
		    SPAN_NONE :
		    db_text(rows, 0, 0);
	return rc;
}

enum err
transformer_digest(const struct transform_job *job, struct digest *digest,
    struct diag *diag)
{
	enum err rc = transform_job_digest(find_transform(job), digest, diag);

	return rc != E_OK ?
	    rc :
	    transform_job_digest(find_sight(job), digest, diag);
}
