/* SPDX-License-Identifier: MIT */
#include "http/http_conf.h"

const struct conf_row http_conf_rows[] = {
#define SETTING(kind, ...) CONF_ROW_##kind(struct http_settings, __VA_ARGS__)
#include "http/http_conf_rows.h"
#undef SETTING
};
const size_t http_conf_count = COUNT(http_conf_rows);
