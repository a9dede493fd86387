/* SPDX-License-Identifier: MIT */
/*
 * Errors of ours in HTTP's words. The one place where a class of errors
 * becomes a status.
 */
#ifndef HTTP_HTTP_STATUS_H
#define HTTP_HTTP_STATUS_H

#include <stddef.h>

#include "base/err.h"

/* The status that answers an error. */
int http_status_of(enum err code);

/* The statuses we answer with, lowest first; 0 beyond the last. */
int http_status_at(size_t place);

/* A status's title (RFC 9110, section 15). */
const char *http_status_title(int status);

/* What a client is told when the error's diag has no words for it. */
const char *http_status_detail(int status);

#endif
