/* SPDX-License-Identifier: MIT */
/* What archive_manifest.c and archive_read.c share: members of a line. */
#ifndef PROGRAMS_TOOL_ARCHIVE_INSIDE_H
#define PROGRAMS_TOOL_ARCHIVE_INSIDE_H

#include "json/json_scan.h"
#include "programs/tool/archive.h"

/* A number, not below 0. Gives: false: it is none. */
bool archive_int(const struct json_member *member, int64_t *ret);

/* A text without escapes. Gives: false: it is none, or does not fit. */
bool archive_text(const struct json_member *member, char *ret, size_t size);

#endif
