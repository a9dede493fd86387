/* SPDX-License-Identifier: MIT */
/*
 * What a webhook calls for: a run that reads the issue or pull request which it
 * names. It begins a while later, so that hooks which come until then share it.
 */
#ifndef MODELS_EXTRACT_EXTRACT_HOOK_H
#define MODELS_EXTRACT_EXTRACT_HOOK_H

#include "adapters/db/db.h"

/* So many of them are named by one run at most. */
#define EXTRACT_HOOK_NAMES 1000

struct extract_hook {
	int64_t tenant_id;
	int64_t integration_id;
	const char *source;   /* "jira" or "github" */
	const char *job_type; /* of extract/extractor_rows.h */
	const char *names;    /* the member of job_params that names them */
	struct span name;     /* an issue's id or key, owner/name#number */
	const char *parts;    /* the setting that names what is read at all */
	struct span part; /* the project's key, the repository's owner/name */
	int64_t delay;	  /* seconds */
};

/*
 * Make the run, or add the name to the one that has not begun. Nothing is done
 * for an integration without a password, of another source, or whose settings
 * name other projects or repositories. While such a run is being read the name is
 * left to the next one (extract_run_end).
 *
 * Fails: as db_run().
 */
enum err extract_hook_note(struct db *db, const struct extract_hook *hook,
    struct arena *arena, struct diag *diag) MUST_CHECK;

#endif
