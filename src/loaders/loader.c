#include "loaders/loader.h"

struct loader {
	const char *entity_type;
	const struct db_statement *steps;
};

#define LOADER(type, file, ...) extern const struct db_statement load_##file[];
#include "loaders/loader_table.h"
#undef LOADER

static const struct loader loaders[] = {
#define LOADER(type, file, ...) { #type, load_##file },
#include "loaders/loader_table.h"
#undef LOADER
};

enum err
loader_run(struct db *db, const struct transform_job *job,
    struct arena *arena, struct diag *diag)
{
	struct db_rows *rows;
	bool known = false;
	enum err rc = E_OK;

	for (size_t i = 0; rc == E_OK && i < COUNT(loaders); i++) {
		if (!span_is(job->entity_type, loaders[i].entity_type))
			continue;
		known = true;
		rc = transform_job_run(db, loaders[i].steps, job, arena, &rows,
		    diag);
	}
	if (!known)
		return diag_tell(diag, E_INVALID,
		    "There is nothing to load for the entity type %.*s",
		    SPAN_ARG(job->entity_type));
	return rc;
}
