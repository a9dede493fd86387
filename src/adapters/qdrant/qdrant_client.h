/* SPDX-License-Identifier: MIT */
/*
 * Questions to a Qdrant server through its REST interface: is it there, which
 * one, which collections. Nothing is changed there, nothing is made up: what
 * cannot be asked is a state. Each question has the settings' time limit.
 */
#ifndef ADAPTERS_QDRANT_QDRANT_CLIENT_H
#define ADAPTERS_QDRANT_QDRANT_CLIENT_H

#include <stdint.h>

#include "base/arena.h"
#include "base/conf.h"
#include "base/diag.h"

struct qdrant_client;

struct qdrant_settings {
#define SETTING(kind, ...) CONF_MEMBER_##kind(__VA_ARGS__)
#include "adapters/qdrant/qdrant_conf_rows.h"
#undef SETTING
};

extern const struct conf_row qdrant_conf_rows[];
extern const size_t qdrant_conf_count;

enum qdrant_state {
#define STATE(id, word, sentence) id,
#include "adapters/qdrant/qdrant_state_rows.h"
#undef STATE
};

/* The state's word in answers, and a sentence a person can act on. */
const char *qdrant_state_word(enum qdrant_state state);
const char *qdrant_state_sentence(enum qdrant_state state);

/* A client to be; settings outlive it. Owns: you free it. NULL: no memory. */
struct qdrant_client *qdrant_client_new(const struct qdrant_settings *settings)
    MUST_CHECK;
void qdrant_client_free(struct qdrant_client *client);

/* What the server says about itself (GET /). */
struct qdrant_server {
	struct span version;
	struct span commit; /* SPAN_NONE: it does not say */
};

/*
 * Gives: *ret_server when the state is QDRANT_HEALTHY; texts in the arena.
 *        diag: what the operator should know otherwise.
 */
enum qdrant_state qdrant_client_server(struct qdrant_client *client,
    struct arena *arena, struct qdrant_server *ret_server, struct diag *diag)
    MUST_CHECK;

/* Does it call itself healthy (GET /healthz)? */
enum qdrant_state qdrant_client_health(struct qdrant_client *client,
    struct arena *arena, struct diag *diag) MUST_CHECK;

/* The number of its collections (GET /telemetry); gives as above. */
enum qdrant_state qdrant_client_telemetry(struct qdrant_client *client,
    struct arena *arena, int64_t *ret_collections, struct diag *diag)
    MUST_CHECK;

/* The names of its collections (GET /collections); gives as above. */
enum qdrant_state qdrant_client_collections(struct qdrant_client *client,
    struct arena *arena, struct span **ret_names, size_t *ret_count,
    struct diag *diag) MUST_CHECK;

#endif
