/* SPDX-License-Identifier: MIT */
/*
 * What pulse-etl doctor looks at. Each part tells what it found, one finding
 * after the other: fine, worth a look, or wrong, with the line that mends it.
 */
#ifndef PROGRAMS_TOOL_DOCTOR_H
#define PROGRAMS_TOOL_DOCTOR_H

#include <sys/types.h>

#include "programs/tool/tool.h"

/* How bad it is; also the exit code. */
enum doctor_level { DOCTOR_OK, DOCTOR_WARN, DOCTOR_WRONG };

struct doctor;

/*
 * Tell a finding. `about`: what was looked at; cure: what to do, or NULL. The
 * texts are copied.
 */
void doctor_tell(struct doctor *doctor, enum doctor_level level,
    const char *about, const char *cure, const char *format, ...)
    PRINTF_LIKE(5, 6);

/* The user whose rights to files count: the service's, or who asks. */
uid_t doctor_user(const struct doctor *doctor);

/* The tool that the doctor works for. */
struct tool *doctor_tool(const struct doctor *doctor);

/* PostgreSQL: as the service sees it. */
void doctor_database(struct doctor *doctor);

/* The standby that lists are read from, if the settings name one. */
void doctor_standby(struct doctor *doctor);

/* The broker: can the service publish, and does somebody take it? */
void doctor_broker(struct doctor *doctor);

/* This machine: files and their modes, nginx, limits. */
void doctor_machine(struct doctor *doctor);

#endif
