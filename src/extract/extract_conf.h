/* SPDX-License-Identifier: MIT */
/*
 * The settings of the extractor; for programs that only read the file, too.
 */
#ifndef EXTRACT_EXTRACT_CONF_H
#define EXTRACT_EXTRACT_CONF_H

#include "base/conf.h"

struct extract_settings {
#define SETTING(kind, ...) CONF_MEMBER_##kind(__VA_ARGS__)
#include "extract/extract_conf_rows.h"
#undef SETTING
};

extern const struct conf_row extract_conf_rows[];
extern const size_t extract_conf_count;

/* Are the networks such? Fails: E_SETTING. */
enum err extract_settings_check(const void *values, struct diag *diag)
    MUST_CHECK;

#endif
