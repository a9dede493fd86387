/* SPDX-License-Identifier: MIT */
#include "work/worker_conf.h"

const struct conf_row worker_conf_rows[] = {
#define SETTING(kind, ...) CONF_ROW_##kind(struct worker_settings, __VA_ARGS__)
#include "work/worker_conf_rows.h"
#undef SETTING
};
const size_t worker_conf_count = COUNT(worker_conf_rows);
