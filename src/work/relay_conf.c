/* SPDX-License-Identifier: MIT */
#include "work/relay_conf.h"

const struct conf_row relay_conf_rows[] = {
#define SETTING(kind, ...) CONF_ROW_##kind(struct relay_settings, __VA_ARGS__)
#include "work/relay_conf_rows.h"
#undef SETTING
};
const size_t relay_conf_count = COUNT(relay_conf_rows);
