/* SPDX-License-Identifier: MIT */
#include "loaders/loader.h"

#include <string.h>

#include "models/entity_type.h"

#define LOAD(statements, file, ...) \
	extern const struct db_statement load_##file[];
#include "models/entity_type_rows.h"

static const struct {
	const char *statements;
	const struct db_statement *steps;
} loads[] = {
#define LOAD(statements, file, ...) { #statements, load_##file },
#include "models/entity_type_rows.h"
};

static const struct entity_type *
type_of(const struct transform_job *job)
{
	return job->type != NULL ?
	    job->type :
	    entity_type_find(job->entity_type);
}

enum err
loader_run(struct db *db, const struct transform_job *job, struct arena *arena,
    struct diag *diag)
{
	const struct entity_type *type = type_of(job);
	struct db_rows *rows;
	enum err rc = E_OK;

	if (type == NULL)
		return diag_tell(diag, E_INVALID,
		    "There is nothing to load for the entity type %.*s",
		    SPAN_ARG(job->entity_type));
	for (size_t i = 0; rc == E_OK && i < COUNT(loads); i++)
		if (strcmp(type->statements, loads[i].statements) == 0)
			rc = transform_job_run(db, loads[i].steps, job, arena,
			    &rows, diag);
	return rc;
}

enum err
loader_digest(const struct transform_job *job, struct digest *digest,
    struct diag *diag)
{
	const struct entity_type *type = type_of(job);
	enum err rc = E_OK;

	for (size_t i = 0; type != NULL && rc == E_OK && i < COUNT(loads); i++)
		if (strcmp(type->statements, loads[i].statements) == 0)
			rc = transform_job_digest(loads[i].steps, digest, diag);
	return rc;
}
