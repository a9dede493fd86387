/* SPDX-License-Identifier: MIT */
/* Starting a run of an extraction, which two groups of commands do. */
#ifndef PROGRAMS_TOOL_TOOL_RUN_H
#define PROGRAMS_TOOL_TOOL_RUN_H

#include "models/extract/extract_run.h"
#include "programs/tool/tool.h"

/*
 * Make a run, unless the same one is open, publish its message, and print its
 * id. Without the broker the relay publishes it later.
 */
enum err tool_run_start(struct tool *tool,
    const struct extract_request *request, struct diag *diag) MUST_CHECK;

#endif
