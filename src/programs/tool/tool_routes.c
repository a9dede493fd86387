/* SPDX-License-Identifier: MIT */
/* pulse-etl routes: the description of all routes. */
#include "programs/tool/tool.h"

#include <stdio.h>

#include "etl/openapi/openapi.h"
#include "etl/router.h"

tool_command tool_routes_openapi;

/* The document has some 100 KB. */
#define DOCUMENT_MAX (16u << 20)

/* Print the description of all routes, as the service answers it. */
enum err
tool_routes_openapi(struct tool *tool, struct diag *diag)
{
	static const struct option options[] = {
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	struct json json;
	struct buf out;
	enum err rc;

	while (tool_option(tool, options) != -1)
		continue;
	if (optind < tool->argc)
		tool_usage(tool, "unexpected argument: %s", tool->argv[optind]);
	buf_init(&out, DOCUMENT_MAX);
	json_init(&json, &out);
	openapi_write(&json, &router_routes);
	rc = buf_done(&out);
	if (rc == E_OK)
		(void)puts(out.data);
	else
		(void)diag_set(diag, rc, "the document");
	buf_free(&out);
	return rc;
}
