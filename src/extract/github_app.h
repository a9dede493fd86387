/* SPDX-License-Identifier: MIT */
/*
 * An installation of a GitHub App in place of a token: its private key signs a
 * short JSON Web Token, for which GitHub gives a token that is valid for an hour
 * (docs.github.com, "Generating an installation access token"). Nothing here
 * talks to anybody.
 */
#ifndef EXTRACT_GITHUB_APP_H
#define EXTRACT_GITHUB_APP_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/str.h"

/* What an integration says; its password is the key. */
struct github_app {
	struct span id;		  /* the app's id or client id; SPAN_NONE */
	struct span installation; /* SPAN_NONE: no app */
	struct span key;	  /* the password, opened */
};

/* Does the integration name an app, or have a key in place of a token? */
bool github_app_is(const struct github_app *app);

/*
 * The question for a token: a POST of `{}`.
 *
 * Needs: base, the API's address without a slash at its end; now, ms since
 *        1970.
 * Gives: *ret_url and *ret_header, the Authorization; in the arena.
 * Fails: E_INVALID: the app is not whole, or the key is none; E_SYSTEM without
 *        cjose; E_NO_MEMORY. The diag's text says what to do.
 */
enum err github_app_ask(const struct github_app *app, const char *base,
    int64_t now, struct arena *arena, const char **ret_url,
    const char **ret_header, struct diag *diag) MUST_CHECK;

/* What the answer says. Texts live in the arena. */
struct github_app_token {
	struct span token;
	struct span ends; /* a time, as it was told; SPAN_NONE: it was not */
	int64_t ends_in;  /* ms; 0 when it was not told */
	struct span permissions; /* "contents: read, …"; SPAN_NONE */
};

/* Gives: false when the answer has no token. The answer may be written to. */
bool github_app_read(struct span answer, int64_t now, struct arena *arena,
    struct github_app_token *ret_token);

#endif
