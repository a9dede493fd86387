/* SPDX-License-Identifier: MIT */
/*
 * The settings of HTTP; for programs that only read the file, too.
 */
#ifndef HTTP_HTTP_CONF_H
#define HTTP_HTTP_CONF_H

#include "base/conf.h"

struct http_settings {
#define SETTING(kind, ...) CONF_MEMBER_##kind(__VA_ARGS__)
#include "http/http_conf_rows.h"
#undef SETTING
};

extern const struct conf_row http_conf_rows[];
extern const size_t http_conf_count;

#endif
