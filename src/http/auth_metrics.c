/* SPDX-License-Identifier: MIT */
#include "http/auth_metrics.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "adapters/crypto/digest.h"
#include "base/file.h"
#include "base/address.h"

/* Of a file; what follows is not read. */
#define FILE_MAX 4096
#define TOKEN_MIN 32

static enum err
read_file(const char *path, char text[FILE_MAX], struct span *ret_text,
    struct diag *diag)
{
	FILE *file = fopen(path, "re");

	if (file == NULL)
		return diag_set(diag, E_SETTING, "metrics_token_file: %s: %s",
		    path, strerror(errno));
	*ret_text = (struct span){ text, fread(text, 1, FILE_MAX, file) };
	(void)fclose(file);
	return E_OK;
}

/* The next token; SPAN_NONE when there is none. */
static struct span
next_token(struct span *rest)
{
	while (rest->at != NULL) {
		struct span line = span_cut(rest, '\n');

		if (line.len > 0 && line.at[line.len - 1] == '\r')
			line.len--;
		line = span_trim(line);
		if (line.len >= TOKEN_MIN && line.at[0] != '#')
			return line;
	}
	return SPAN_NONE;
}

static enum err
check_file(const char *path, struct diag *diag)
{
	char text[FILE_MAX];
	struct span rest;
	enum err rc = read_file(path, text, &rest, diag);

	if (rc != E_OK)
		return rc;
	if (!file_is_private(path))
		rc = diag_set(diag, E_SETTING,
		    "metrics_token_file: everybody can read %s: chmod 0640 %s",
		    path, path);
	else if (next_token(&rest).at == NULL)
		rc = diag_set(diag, E_SETTING,
		    "metrics_token_file: %s has no token of %d characters:"
		    " openssl rand -hex 32 >%s",
		    path, TOKEN_MIN, path);
	explicit_bzero(text, sizeof(text));
	return rc;
}

enum err
auth_metrics_settings(const struct http_settings *settings, struct diag *diag)
{
	struct span bad;

	if (!address_list_valid(str_span(settings->metrics_from), &bad))
		return diag_set(diag, E_SETTING,
		    "metrics_from: %.*s is no address and no network",
		    (int)bad.len, bad.at);
	return settings->metrics_token_file[0] == '\0' ?
	    E_OK :
	    check_file(settings->metrics_token_file, diag);
}

/* Is it one of the file's? All are compared, and by their digests. */
static enum err
find_token(struct req *rq, struct span token, bool *ret_found)
{
	unsigned char given[DIGEST_SHA256_SIZE], there[DIGEST_SHA256_SIZE];
	char text[FILE_MAX];
	struct span rest, line;
	enum err rc;

	*ret_found = false;
	rc = digest_sha256(token, given, &rq->diag);
	if (rc == E_OK)
		rc = read_file(rq->settings->metrics_token_file, text, &rest,
		    &rq->diag);
	if (rc != E_OK) /* it was there at the start */
		return rc == E_SETTING ? E_SYSTEM : rc;
	while (rc == E_OK && (line = next_token(&rest)).at != NULL) {
		rc = digest_sha256(line, there, &rq->diag);
		*ret_found |= rc == E_OK && digest_equal(given, there);
	}
	explicit_bzero(text, sizeof(text));
	return rc;
}

enum err
auth_metrics_check(struct req *rq)
{
	struct span token = request_bearer(rq);
	bool found;
	enum err rc;

	if (address_listed(str_span(rq->settings->metrics_from),
		rq->remote_addr))
		return E_OK;
	if (rq->settings->metrics_token_file[0] == '\0')
		return diag_tell(&rq->diag, E_FORBIDDEN,
		    "Metrics are for those who run the service: add your"
		    " address to metrics_from, or set metrics_token_file");
	if (token.at == NULL || token.len == 0)
		return diag_tell(&rq->diag, E_UNKNOWN_CALLER,
		    "Send a token of metrics_token_file: Authorization:"
		    " Bearer TOKEN");
	rc = find_token(rq, token, &found);
	if (rc != E_OK || found)
		return rc;
	return diag_tell(&rq->diag, E_UNKNOWN_CALLER,
	    "The token is not one of metrics_token_file");
}
