/* SPDX-License-Identifier: MIT */
#include "transformers/transformer.h"

#include <string.h>

/* The statements of each file; several entity types may share one. */
#define ENTITY_TYPE(name, statements, becomes) \
	extern const struct db_statement transform_##statements[];
#define TARGET ENTITY_TYPE
#include "models/entity_type_rows.h"

static const struct {
	const char *statements;
	const struct db_statement *steps;
} transformers[] = {
#define ENTITY_TYPE(name, statements, becomes) \
	{ #statements, transform_##statements },
#define TARGET ENTITY_TYPE
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
find(const struct transform_job *job)
{
	const struct entity_type *type = job->type != NULL ?
	    job->type :
	    entity_type_find(job->entity_type);

	for (size_t i = 0; type != NULL && i < COUNT(transformers); i++)
		if (strcmp(type->statements, transformers[i].statements) == 0)
			return transformers[i].steps;
	return NULL;
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
	const struct db_statement *steps = find(job);
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
