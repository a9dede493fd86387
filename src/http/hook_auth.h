/* SPDX-License-Identifier: MIT */
/*
 * Who sent a webhook: nobody has a token for it, the source signs the body with
 * a secret that it shares with one of our integrations. The tenant is that of
 * the integration.
 *
 * What a signature says is that the body is the source's. It says nothing of the
 * headers beside it, and a body that somebody recorded can be sent again.
 */
#ifndef HTTP_HOOK_AUTH_H
#define HTTP_HOOK_AUTH_H

#include "http/request.h"

/* Bytes of a hook's body at most: GitHub's own limit. */
#define HOOK_BODY_MAX 26214400

/*
 * A hook is answered within 2 s: nginx ends it then (pulse-etl-location.conf).
 * Ours are a little less, so much at least for one that has waited, and what of
 * it is the broker's.
 */
#define HOOK_ANSWER_MS 1800
#define HOOK_LEAST_MS 600
#define HOOK_QUEUE_MS 400

/* How a source signs; by the header that it sends. */
enum hook_source {
	HOOK_OF_NOBODY, /* there is no signature */
	HOOK_OF_GITHUB, /* X-Hub-Signature-256: sha256=HMAC of the body */
	HOOK_OF_JIRA,	/* X-Hub-Signature: the same */
	HOOK_OF_GITLAB, /* X-Gitlab-Token: the secret itself */
};

/* Whose signature came; of several the first of these. */
enum hook_source hook_source(const struct req *rq);

/*
 * Does a source's signature fit this body and this secret? It takes as long if it
 * does not.
 *
 * Gives: *ret_fits; false for one that is not even of the right form.
 * Fails: E_SYSTEM.
 */
enum err hook_signature_fits(enum hook_source source, struct span signature,
    struct span body, struct span secret, bool *ret_fits, struct diag *diag)
    MUST_CHECK;

/*
 * Read the body, and find out whether one of the secrets of the integration of
 * the path has signed it.
 *
 * Needs: rq->id, the integration's.
 * Gives: rq->ends, by which it is to be answered; the database's statements end
 *        sooner (db_answer_by), until the caller takes that back.
 *        rq->who; the body is read as a payload (request_read_payload).
 * Fails: E_UNKNOWN_CALLER, with one and the same answer, for a signature that is
 *        missing or wrong, an integration that is not there, is not active or
 *        has no secret; E_NO_KEY, E_CONFLICT when a secret cannot be opened; as
 *        request_read_payload() and db_run().
 */
enum err hook_auth_check(struct req *rq) MUST_CHECK;

#endif
