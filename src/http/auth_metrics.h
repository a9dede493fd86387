/* SPDX-License-Identifier: MIT */
/*
 * Who may read the metrics of all tenants: addresses of the setting
 * metrics_from, and whoever shows a token of metrics_token_file. These are no
 * API tokens: they belong to no tenant, are good for nothing else, and are
 * known without the database, for it may be what is wrong.
 */
#ifndef HTTP_AUTH_METRICS_H
#define HTTP_AUTH_METRICS_H

#include "http/request.h"

/*
 * Are these settings good?
 * Fails: E_SETTING: a word is no address; the file cannot be read, everybody
 *        may read it, or it has no token.
 */
enum err auth_metrics_settings(const struct http_settings *settings,
    struct diag *diag) MUST_CHECK;

/*
 * May the caller read them? The file is read each time, so that a new token
 * needs no restart.
 * Fails: E_UNKNOWN_CALLER, E_FORBIDDEN where no tokens are taken; E_SYSTEM.
 */
enum err auth_metrics_check(struct req *rq) MUST_CHECK;

#endif
