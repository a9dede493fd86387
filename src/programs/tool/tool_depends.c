/* SPDX-License-Identifier: MIT */
#include "programs/tool/tool_depends.h"

#include <stdio.h>

#include "json/json_items.h"
#include "json/json_read.h"
#include "json/json_scan.h"
#include "programs/tool/tool_output.h"

/* Members of a document, or of one of its objects. */
#define MEMBERS_MAX 16

/* "status_from" is STATUS FROM in a table. */
static const char *
heading_of(const struct tool *tool, const char *member)
{
	char *heading = arena_text(tool->arena, str_span(member));

	for (char *c = heading; *c != '\0'; c++)
		*c = *c == '_' ?
		    ' ' :
		    *c >= 'a' && *c <= 'z' ?
		    (char)(*c - 'a' + 'A') :
		    *c;
	return heading;
}

static const struct tool_column *
columns_of(const struct tool *tool, const struct shape *shape)
{
	struct tool_column *columns = arena_get(tool->arena,
	    MEMBERS_MAX * sizeof(*columns));

	for (size_t i = 0; i < shape->count && i < MEMBERS_MAX; i++) {
		columns[i].member = shape->rows[i].name;
		columns[i].heading = heading_of(tool, shape->rows[i].name);
		columns[i].kind = shape->rows[i].kind == SHAPE_INT ?
		    COLUMN_INT :
		    COLUMN_TEXT;
	}
	return columns;
}

/* Find the members of a shape in an object, followed by a byte that is 0. */
static enum err
scan(const struct shape *shape, struct span object, struct json_member *members,
    struct diag *diag)
{
	struct json_refusal refusal;

	for (size_t i = 0; i < shape->count && i < MEMBERS_MAX; i++)
		members[i] = (struct json_member){
			.name = shape->rows[i].name
		};
	if (json_scan_object(object, &json_limits_default, members,
		shape->count < MEMBERS_MAX ? shape->count : MEMBERS_MAX,
		&refusal))
		return E_OK;
	return diag_set(diag, E_MISTAKE, "the document: %s",
	    json_flaw_text(refusal.flaw));
}

static enum err
add_item(struct tool *tool, struct tool_output *output,
    const struct shape *shape, struct span item, struct diag *diag)
{
	struct json_member members[MEMBERS_MAX];
	enum err rc = scan(shape, arena_span(tool->arena, item), members, diag);

	for (size_t i = 0; rc == E_OK && i < shape->count; i++) {
		struct span text = members[i].value;

		if (members[i].kind == JSON_NULL)
			text = SPAN_NONE;
		else if (members[i].kind == JSON_STRING)
			rc = json_read_string(text, tool->arena, &text, diag);
		tool_output_cell(output, text);
	}
	return rc;
}

/* Print an array of objects as a list. */
static enum err
print_list(struct tool *tool, const struct shape *shape, struct span array,
    struct diag *diag)
{
	size_t count = json_items(array, NULL, 0);
	struct span *items = arena_ask(tool->arena,
	    (count + 1) * sizeof(*items));
	struct tool_output *output;
	enum err rc = arena_done(tool->arena, diag);

	if (items == NULL || rc != E_OK)
		return rc;
	(void)json_items(array, items, count);
	output = tool_output_begin(tool, columns_of(tool, shape), shape->count);
	for (size_t i = 0; rc == E_OK && i < count; i++)
		rc = add_item(tool, output, shape, items[i], diag);
	return rc == E_OK ? tool_output_end(output, diag) : rc;
}

/* The lists of the document, the first of which has what depends on the row. */
static enum err
print_lists(struct tool *tool, const struct shape *shape,
    const struct json_member *members, bool has_targets, struct diag *diag)
{
	const bool is_table = tool->format == TOOL_TABLE;
	bool is_first = true;
	enum err rc = E_OK;

	for (size_t i = 0; rc == E_OK && i < shape->count; i++) {
		const size_t count = shape->rows[i].kind != SHAPE_LIST ?
		    0 :
		    json_items(members[i].value, NULL, 0);

		if (shape->rows[i].kind != SHAPE_LIST)
			continue;
		if (!is_first && (!is_table || !has_targets))
			break;
		if (is_table && is_first && count == 0)
			(void)puts("Nothing depends on it.");
		else if (is_table && count > 0)
			(void)puts(is_first ? "What depends on it:" :
					      "\nWhat may take its place:");
		if (!is_table || count > 0)
			rc = print_list(tool, shape->rows[i].of,
			    members[i].value, diag);
		is_first = false;
	}
	return rc;
}

enum err
tool_depends_print(struct tool *tool, const struct tool_depends *of,
    bool has_targets, struct diag *diag)
{
	struct json_member members[MEMBERS_MAX];
	struct span document;
	enum err rc;

	rc = catalogue_document(tool->db, of->resource->table,
	    of->resource->dependencies, of->tenant_id, of->id, tool->arena,
	    &document, diag);
	if (rc != E_OK)
		return rc;
	if (tool->format == TOOL_JSON) {
		(void)printf("%.*s\n", SPAN_ARG(document));
		return E_OK;
	}
	rc = scan(of->shape, document, members, diag);
	return rc == E_OK ?
	    print_lists(tool, of->shape, members, has_targets, diag) :
	    rc;
}
