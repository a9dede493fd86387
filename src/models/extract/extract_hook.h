/* SPDX-License-Identifier: MIT */
/*
 * What a webhook calls for: a run that reads what changed of late in the project
 * or repository that it names. It begins a while later, so that hooks which come
 * until then share it.
 */
#ifndef MODELS_EXTRACT_EXTRACT_HOOK_H
#define MODELS_EXTRACT_EXTRACT_HOOK_H

#include "adapters/db/db.h"

struct extract_hook {
	int64_t tenant_id;
	int64_t integration_id;
	const char *source;   /* "jira" or "github" */
	const char *job_type; /* of extract/extractor_rows.h */
	const char *parts;    /* the member of job_params that names them */
	struct span part;     /* a project's key, a repository's owner/name */
	int64_t delay;	      /* seconds */
};

/*
 * Make the run, or add the part to the one that has not begun. Nothing is done
 * for an integration without a password, or of another source. While such a run
 * is being read the part is left to the next one.
 *
 * Fails: as db_run().
 */
enum err extract_hook_note(struct db *db, const struct extract_hook *hook,
    struct arena *arena, struct diag *diag) MUST_CHECK;

#endif
