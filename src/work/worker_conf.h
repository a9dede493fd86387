/* SPDX-License-Identifier: MIT */
/*
 * The settings of the worker; for programs that only read the file, too.
 */
#ifndef WORK_WORKER_CONF_H
#define WORK_WORKER_CONF_H

#include "base/conf.h"

struct worker_settings {
#define SETTING(kind, ...) CONF_MEMBER_##kind(__VA_ARGS__)
#include "work/worker_conf_rows.h"
#undef SETTING
};

extern const struct conf_row worker_conf_rows[];
extern const size_t worker_conf_count;

#endif
