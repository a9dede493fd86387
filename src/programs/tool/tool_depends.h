/* SPDX-License-Identifier: MIT */
/* What depends on a row of the catalogue, as the route of that name tells it. */
#ifndef PROGRAMS_TOOL_TOOL_DEPENDS_H
#define PROGRAMS_TOOL_TOOL_DEPENDS_H

#include "etl/resource.h"
#include "programs/tool/tool.h"

struct tool_depends {
	const struct resource *resource;
	const struct shape *shape; /* of the document; its first list has what
				      depends on the row */
	int64_t tenant_id, id;
};

/*
 * Print it as --output says: JSON has all of the document, a table what depends
 * on the row and (has_targets) what may take its place, anything else what
 * depends on it. Fails: as catalogue_document().
 */
enum err tool_depends_print(struct tool *tool, const struct tool_depends *of,
    bool has_targets, struct diag *diag) MUST_CHECK;

#endif
