/* SPDX-License-Identifier: MIT */
#include "programs/tool/tool_output.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <sys/ioctl.h>
#include <unistd.h>

/* Of one row as JSON, bytes. */
#define ROW_BYTES_MAX (64u << 20)
#define GAP 2	       /* blanks between two columns */
#define STAMP_CHARS 17 /* 2026-01-31T23:59Z */

struct tool_output {
	struct tool *tool;
	const struct tool_column *columns;
	size_t count;
	struct span *cells; /* of a table all, else of one row */
	size_t used, size;
	size_t rows; /* that are printed */
	struct buf buf;
	enum err failed;
};

enum tool_format
tool_output_format(const struct tool *tool, const char *name)
{
	static const char *const names[] = { [TOOL_TABLE] = "table",
		[TOOL_JSON] = "json",
		[TOOL_NDJSON] = "ndjson",
		[TOOL_TSV] = "tsv" };

	for (size_t i = 0; i < COUNT(names); i++)
		if (strcmp(name, names[i]) == 0)
			return (enum tool_format)i;
	tool_usage(tool, "--output takes table, json, ndjson or tsv");
}

/* Characters that a terminal shows for a text. */
static size_t
width_of(struct span text)
{
	size_t chars = span_utf8_chars(text);

	return chars == SIZE_MAX ? text.len : chars;
}

/* How wide a table may be; 0: as wide as it is. */
static size_t
width_of_terminal(void)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0)
		return 0;
	return size.ws_col;
}

static bool
is_true(struct span text)
{
	return text.len > 0 && text.at[0] == 't';
}

/* What a table shows for a cell. */
static struct span
shown(const struct tool_output *output, const struct tool_column *column,
    struct span text)
{
	if (text.at == NULL)
		return SPAN_LIT("-");
	if (column->kind == COLUMN_BOOL)
		return is_true(text) ? SPAN_LIT("true") : SPAN_LIT("false");
	if (column->kind == COLUMN_STAMP && text.len >= STAMP_CHARS)
		return str_span(arena_printf(output->tool->arena, "%.*sZ",
		    STAMP_CHARS - 1, text.at));
	return tool_plain(output->tool, text);
}

static void
write_member(struct json *json, const struct tool_column *column,
    struct span text)
{
	if (text.at == NULL)
		json_null(json, column->member);
	else if (column->kind == COLUMN_BOOL)
		json_bool(json, column->member, is_true(text));
	else if (column->kind == COLUMN_TEXT || column->kind == COLUMN_STAMP)
		json_span(json, column->member, text);
	else
		json_raw(json, column->member, text);
}

/* One row as an object, into the empty buffer. */
static void
write_object(struct tool_output *output)
{
	struct json json;

	buf_reset(&output->buf, ROW_BYTES_MAX);
	json_init(&json, &output->buf);
	json_object(&json, NULL);
	for (size_t i = 0; i < output->count; i++)
		write_member(&json, &output->columns[i], output->cells[i]);
	json_end(&json);
	if (output->failed == E_OK)
		output->failed = buf_done(&output->buf);
}

/* A value in a field of text, as PostgreSQL's COPY escapes it. */
static void
print_field(const struct tool_column *column, struct span text)
{
	if (column->kind == COLUMN_BOOL && text.at != NULL)
		text = is_true(text) ? SPAN_LIT("true") : SPAN_LIT("false");
	for (size_t i = 0; i < text.len; i++) {
		switch (text.at[i]) {
		case '\t':
			(void)fputs("\\t", stdout);
			break;
		case '\n':
			(void)fputs("\\n", stdout);
			break;
		case '\r':
			(void)fputs("\\r", stdout);
			break;
		case '\\':
			(void)fputs("\\\\", stdout);
			break;
		default:
			(void)putchar(text.at[i]);
		}
	}
}

static void
print_fields(const struct tool_output *output)
{
	for (size_t i = 0; i < output->count; i++) {
		if (i > 0)
			(void)putchar('\t');
		print_field(&output->columns[i], output->cells[i]);
	}
	(void)putchar('\n');
}

static void
print_names(const struct tool_output *output)
{
	for (size_t i = 0; i < output->count; i++)
		(void)printf("%s%s", i > 0 ? "\t" : "",
		    output->columns[i].member);
	(void)putchar('\n');
}

/* A row that is whole, where it does not have to wait. */
static void
print_row(struct tool_output *output)
{
	if (output->tool->format == TOOL_TSV) {
		print_fields(output);
	} else {
		write_object(output);
		if (output->tool->format == TOOL_JSON)
			(void)fputs(output->rows == 0 ? "[\n" : ",\n", stdout);
		(void)printf("%.*s%s", SPAN_ARG(buf_span(&output->buf)),
		    output->tool->format == TOOL_JSON ? "" : "\n");
	}
	output->rows++;
}

struct tool_output *
tool_output_begin(struct tool *tool, const struct tool_column *columns,
    size_t count)
{
	struct tool_output *output = arena_get(tool->arena, sizeof(*output));

	*output = (struct tool_output){ .tool = tool,
		.columns = columns,
		.count = count };
	buf_init(&output->buf, ROW_BYTES_MAX);
	if (tool->format == TOOL_TSV)
		print_names(output);
	return output;
}

/* Room for one more cell. */
static bool
grow(struct tool_output *output)
{
	size_t size = output->size == 0 ? 16 * output->count : 2 * output->size;
	struct span *cells;

	if (output->used < output->size)
		return true;
	cells = arena_ask(output->tool->arena, size * sizeof(*cells));
	if (cells == NULL) {
		output->failed = E_NO_MEMORY;
		return false;
	}
	if (output->used > 0)
		memcpy(cells, output->cells, output->used * sizeof(*cells));
	output->cells = cells;
	output->size = size;
	return true;
}

void
tool_output_cell(struct tool_output *output, struct span text)
{
	const struct tool_column *column;

	if (!grow(output))
		return;
	column = &output->columns[output->used % output->count];
	if (output->tool->format == TOOL_TABLE && column->heading != NULL)
		text = shown(output, column, text);
	output->cells[output->used++] = text;
	if (output->tool->format != TOOL_TABLE &&
	    output->used == output->count) {
		print_row(output);
		output->used = 0;
	}
}

void
tool_output_int(struct tool_output *output, int64_t number)
{
	tool_output_cell(output,
	    str_span(arena_printf(output->tool->arena, "%" PRId64, number)));
}

/* One cell of a table; the last one of a line is cut to what is left. */
static void
print_cell(const struct tool_column *column, struct span text, size_t width,
    bool last, size_t left)
{
	size_t chars = width_of(text);
	size_t blanks = width > chars ? width - chars : 0;

	if (last && left > 0 && chars > left && chars == text.len) {
		(void)printf("%.*s…\n", (int)(left - 1), text.at);
		return;
	}
	if (column->kind == COLUMN_INT)
		(void)printf("%*s", (int)blanks, "");
	(void)printf("%.*s", SPAN_ARG(text));
	if (last)
		(void)putchar('\n');
	else
		(void)printf("%*s",
		    GAP + (int)(column->kind == COLUMN_INT ? 0 : blanks), "");
}

/* The widest text of a column, its heading among them. */
static size_t
width_of_column(const struct tool_output *output, size_t column)
{
	size_t width = strlen(output->columns[column].heading);

	for (size_t i = column; i < output->used; i += output->count) {
		size_t chars = width_of(output->cells[i]);

		if (chars > width)
			width = chars;
	}
	return width;
}

/* Print one line; cells NULL: the headings. */
static void
print_line(const struct tool_output *output, const struct span *cells,
    const size_t *widths, size_t last, size_t terminal)
{
	size_t at = 0;

	for (size_t i = 0; i <= last; i++) {
		const struct tool_column *column = &output->columns[i];

		if (column->heading == NULL)
			continue;
		print_cell(column,
		    cells == NULL ? str_span(column->heading) : cells[i],
		    widths[i], i == last,
		    terminal > at + 1 ? terminal - at : 0);
		at += widths[i] + GAP;
	}
}

static void
print_table(struct tool_output *output)
{
	size_t terminal = width_of_terminal(), last = 0;
	size_t *widths = arena_ask(output->tool->arena,
	    output->count * sizeof(*widths));

	if (widths == NULL) {
		output->failed = E_NO_MEMORY;
		return;
	}
	for (size_t i = 0; i < output->count; i++) {
		if (output->columns[i].heading == NULL)
			continue;
		last = i;
		widths[i] = width_of_column(output, i);
	}
	print_line(output, NULL, widths, last, terminal);
	for (size_t i = 0; i + output->count <= output->used;
	     i += output->count)
		print_line(output, &output->cells[i], widths, last, terminal);
}

enum err
tool_output_end(struct tool_output *output, struct diag *diag)
{
	if (output->failed == E_OK && arena_failed(output->tool->arena))
		output->failed = E_NO_MEMORY;
	if (output->failed == E_OK && output->tool->format == TOOL_TABLE)
		print_table(output);
	else if (output->failed == E_OK && output->tool->format == TOOL_JSON)
		(void)puts(output->rows == 0 ? "[]" : "\n]");
	buf_free(&output->buf);
	return output->failed == E_OK ?
	    E_OK :
	    diag_set(diag, output->failed,
		"no memory for a list of this size: --limit makes it smaller");
}

static void
add_row(struct tool_output *output, const struct db_rows *rows, int row)
{
	for (size_t i = 0; i < output->count; i++)
		tool_output_cell(output, db_text(rows, row, (int)i));
}

enum err
tool_output_rows(struct tool *tool, const struct tool_column *columns,
    size_t count, const struct db_rows *rows, struct diag *diag)
{
	struct tool_output *output = tool_output_begin(tool, columns, count);

	for (int i = 0; i < db_rows_count(rows); i++)
		add_row(output, rows, i);
	return tool_output_end(output, diag);
}

enum err
tool_output_row(struct tool *tool, const struct tool_column *columns,
    size_t count, const struct db_rows *rows, struct diag *diag)
{
	struct tool_output *output;

	if (tool->format == TOOL_TSV)
		return tool_output_rows(tool, columns, count, rows, diag);
	if (tool->format != TOOL_TABLE) {
		tool->format = TOOL_NDJSON; /* one object, no list */
		output = tool_output_begin(tool, columns, count);
		add_row(output, rows, 0);
		return tool_output_end(output, diag);
	}
	for (size_t i = 0; i < count; i++) {
		struct span text = db_text(rows, 0, (int)i);

		if (columns[i].kind == COLUMN_BOOL && text.at != NULL)
			text = is_true(text) ?
			    SPAN_LIT("true") :
			    SPAN_LIT("false");
		text = tool_plain(tool, text);
		(void)printf("%s: %.*s\n", columns[i].member, SPAN_ARG(text));
	}
	return E_OK;
}
