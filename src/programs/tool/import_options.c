/* SPDX-License-Identifier: MIT */
#include "programs/tool/import_options.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "adapters/http_client.h"
#include "base/file.h"
#include "programs/tool/import_files.h"
#include "programs/tool/tool_output.h"

#define JOBS 4
#define JOBS_MAX 64
#define ADDRESS_MAX 65536

/* The service's address: with what its routes begin with, too. */
static const char *
read_url(const struct tool *tool)
{
	static const char routes[] = "/app/etl";
	struct span url = str_span(optarg);

	while (url.len > 0 && url.at[url.len - 1] == '/')
		url.len--;
	if (url.len >= sizeof(routes) &&
	    memcmp(url.at + url.len - sizeof(routes) + 1, routes,
		sizeof(routes) - 1) == 0)
		url.len -= sizeof(routes) - 1;
	return arena_text(tool->arena, url);
}

void
import_options_read(struct tool *tool, struct import_options *ret)
{
	static const struct option options[] = {
		{ "url", required_argument, NULL, 'u' },
		{ "tenant", required_argument, NULL, 't' },
		{ "integration", required_argument, NULL, 'i' },
		{ "type", required_argument, NULL, 'y' },
		{ "jobs", required_argument, NULL, 'j' },
		{ "token-file", required_argument, NULL, 'f' },
		{ "nul", required_argument, NULL, 'n' },
		{ "no-queue", no_argument, NULL, 'q' },
		{ "strict", no_argument, NULL, 's' },
		TOOL_OUTPUT_OPTION,
		TOOL_QUIET_OPTION,
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	const char *token_file = NULL;
	struct diag diag;
	int option;

	*ret = (struct import_options){ .jobs = JOBS, .queue = true };
	while ((option = tool_option(tool, options)) != -1) {
		switch (option) {
		case 'u':
			ret->url = read_url(tool);
			break;
		case 't':
			ret->tenant_id = tool_number(tool, "--tenant", 1,
			    INT32_MAX);
			break;
		case 'i':
			ret->integration_id = tool_number(tool, "--integration",
			    1, INT32_MAX);
			break;
		case 'y':
			ret->entity_type = optarg;
			break;
		case 'j':
			ret->jobs = tool_number(tool, "--jobs", 1, JOBS_MAX);
			break;
		case 'f':
			token_file = optarg;
			break;
		case 'n':
			ret->nul = optarg;
			break;
		case 's':
			ret->strict = true;
			break;
		default:
			ret->queue = false;
			break;
		}
	}
	if (ret->url == NULL ||
	    (strncmp(ret->url, "http://", 7) != 0 &&
		strncmp(ret->url, "https://", 8) != 0))
		tool_usage(tool,
		    "--url takes the service's address:"
		    " http://HOST[:PORT] or https://HOST[:PORT]");
	if (ret->nul != NULL && strcmp(ret->nul, "refuse") != 0 &&
	    strcmp(ret->nul, "replace") != 0)
		tool_usage(tool, "--nul is refuse or replace");
	if ((ret->entity_type == NULL) != (ret->integration_id == 0))
		tool_usage(tool, "--integration and --type go together");
	if (optind == tool->argc)
		tool_usage(tool,
		    "a FILE or FOLDER is missing, or - for standard input");
	if (token_file != NULL && !file_is_private(token_file))
		(void)fprintf(stderr,
		    "pulse-etl: warning: everybody can read"
		    " %s: chmod 0600 %s\n",
		    token_file, token_file);
	if (import_files_token(token_file, tool->arena, &ret->authorization,
		&diag) != E_OK)
		tool_usage(tool, "%s", diag.text);
}

enum err
import_options_address(const struct import_options *options, const char *path,
    struct buf *out)
{
	const char *name = path == NULL ? NULL : strrchr(path, '/');

	buf_init(out, ADDRESS_MAX);
	buf_printf(out, "%s/app/etl/raw-data/store?queue_transform=%s",
	    options->url, options->queue ? "true" : "false");
	if (options->tenant_id != 0)
		buf_printf(out, "&tenant_id=%" PRId64, options->tenant_id);
	if (options->entity_type == NULL)
		return buf_done(out);
	buf_printf(out, "&integration_id=%" PRId64 "&entity_type=",
	    options->integration_id);
	http_client_escape(out, options->entity_type);
	if (path == NULL)
		return buf_done(out);
	buf_add_text(out, "&external_id=");
	http_client_escape(out, name == NULL ? path : name + 1);
	return buf_done(out);
}
