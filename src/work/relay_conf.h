/* SPDX-License-Identifier: MIT */
/*
 * The settings of the relay; for programs that only read the file, too.
 */
#ifndef WORK_RELAY_CONF_H
#define WORK_RELAY_CONF_H

#include "base/conf.h"

struct relay_settings {
#define SETTING(kind, ...) CONF_MEMBER_##kind(__VA_ARGS__)
#include "work/relay_conf_rows.h"
#undef SETTING
};

extern const struct conf_row relay_conf_rows[];
extern const size_t relay_conf_count;

#endif
