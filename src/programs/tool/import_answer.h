/* SPDX-License-Identifier: MIT */
/*
 * What the service answers to a store, as far as pulse-etl import reads it.
 */
#ifndef PROGRAMS_TOOL_IMPORT_ANSWER_H
#define PROGRAMS_TOOL_IMPORT_ANSWER_H

#include <stdbool.h>

#include "base/arena.h"
#include "json/json_scan.h"

/* A member of the answer as it came; JSON_ABSENT: there is none. */
struct json_member import_answer_raw(struct span body, const char *name);

/* The same, decoded, or a number; SPAN_NONE: neither. Lives: in the arena. */
struct span import_answer_text(struct span body, const char *name,
    struct arena *arena);

/* The id of the batch that it is about; SPAN_NONE: it names none. */
struct span import_answer_id(struct span body);

/* Is it worth another try: nobody answered (0), or it will pass? */
bool import_answer_may_pass(long status);

#endif
