/* SPDX-License-Identifier: MIT */
/* What the commands of pulse-etl integration share. */
#ifndef PROGRAMS_TOOL_TOOL_INTEGRATION_H
#define PROGRAMS_TOOL_TOOL_INTEGRATION_H

#include "programs/tool/tool.h"

/* What these commands take. */
struct integration_options {
	int64_t tenant_id;
	const char *provider, *product, *type, *base_url, *username;
	const char *settings_file, *password_file, *app_key_file;
	const char *if_match; /* the row's version, or NULL: any */
};

/* Read the options; a wrong one ends the program, as tool_usage() does. */
void tool_integration_options(struct tool *tool,
    struct integration_options *ret);

#endif
