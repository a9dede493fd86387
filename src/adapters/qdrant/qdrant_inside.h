/* SPDX-License-Identifier: MIT */
/*
 * What the two parts of the Qdrant client share: qdrant_http.c asks,
 * qdrant_client.c reads the answers.
 */
#ifndef ADAPTERS_QDRANT_QDRANT_INSIDE_H
#define ADAPTERS_QDRANT_QDRANT_INSIDE_H

#include "adapters/qdrant/qdrant_client.h"

/*
 * GET a path of the server.
 *
 * Gives: *ret_body of a 200, terminated by a 0, in the arena.
 */
enum qdrant_state qdrant_http_get(struct qdrant_client *client,
    const char *path, struct arena *arena, struct span *ret_body,
    struct diag *diag) MUST_CHECK;

#endif
