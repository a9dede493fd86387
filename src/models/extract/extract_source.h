/* SPDX-License-Identifier: MIT */
/*
 * How the source of an integration is reached, as its row says; the password is
 * sealed (integration_secret_context).
 */
#ifndef MODELS_EXTRACT_EXTRACT_SOURCE_H
#define MODELS_EXTRACT_EXTRACT_SOURCE_H

#include "adapters/db/db.h"

struct extract_source {
	int64_t tenant_id, integration_id;
	struct span product, base_url, username, password;
	struct span deployment;		     /* of settings */
	struct span app_id, installation_id; /* the same */
	struct span custom_fields; /* the same: a JSON object, or SPAN_NONE */
};

/* Fails: E_NO_ROW, and the client is told; others as db_run(). */
enum err extract_source_get(struct db *db, int64_t tenant_id,
    int64_t integration_id, struct arena *arena,
    struct extract_source *ret_source, struct diag *diag) MUST_CHECK;

/*
 * Map a custom field to a column in the integration's settings, or (column of no
 * bytes) take its mapping away.
 * Needs: a locked row. Fails: as db_run().
 */
enum err extract_source_map(struct db *db, int64_t tenant_id,
    int64_t integration_id, struct span field, struct span column,
    struct arena *arena, struct diag *diag) MUST_CHECK;

#endif
