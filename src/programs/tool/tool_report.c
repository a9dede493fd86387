/* SPDX-License-Identifier: MIT */
/*
 * pulse-etl report: who reads the schema report by SQL, and what is in it. The
 * logins take the role that owns the tables, and CREATEROLE; export takes the
 * service's.
 */
#include <string.h>

#include "adapters/db/db_admin.h"
#include "models/report/report.h"
#include "models/report/report_login.h"
#include "models/tenant/tenant_admin.h"
#include "programs/tool/tool_change.h"
#include "programs/tool/tool_output.h"
#include "programs/tool/tool_password.h"

/* Rows that are held at a time, where a report goes by ids; and their bytes. */
#define PAGE_ROWS 5000
#define PAGE_BYTES (64u << 20)
#define ARENA_BYTES (1u << 30)

static const struct option options[] = {
	{ "tenant", required_argument, NULL, 't' },
	{ "password-file", required_argument, NULL, 'p' },
	TOOL_OUTPUT_OPTION,
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

struct input {
	int64_t tenant_id;
	const char *password_file;
	const char *name; /* the argument behind the options */
};

static void
read_input(struct tool *tool, const char *what, bool is_of_tenant,
    struct input *input)
{
	int option;

	while ((option = tool_option(tool, options)) != -1) {
		if (option == 't')
			input->tenant_id = tool_number(tool, "--tenant", 1,
			    INT32_MAX);
		else
			input->password_file = optarg;
	}
	if (optind + 1 != tool->argc)
		tool_usage(tool, "give exactly one %s", what);
	if (is_of_tenant && input->tenant_id == 0)
		tool_usage(tool, "--tenant is missing");
	input->name = tool->argv[optind];
}

static struct span
login_of(const struct tool *tool, const struct input *input)
{
	struct span login = str_span(input->name);

	if (login.len < 1 || login.len > REPORT_LOGIN_MAX)
		tool_usage(tool, "LOGIN must have 1 to %d bytes",
		    REPORT_LOGIN_MAX);
	return login;
}

/* What the server keeps of the file's password; it never sees the password. */
static enum err
make_verifier(struct tool *tool, const struct input *input, struct span *ret,
    struct diag *diag)
{
	struct db_admin *admin;
	struct span password;
	char *text, *verifier;
	enum err rc;

	*ret = SPAN_NONE;
	if (input->password_file == NULL)
		return E_OK;
	rc = tool_password(tool, input->password_file, NULL, &password, diag);
	if (rc != E_OK)
		return rc;
	text = arena_text(tool->arena, password);
	rc = db_admin_open(tool->settings->db.database_url, "pulse-etl", NULL,
	    NULL, &admin, diag);
	if (rc == E_OK) {
		rc = db_admin_verifier(admin, input->name, text, tool->arena,
		    &verifier, diag);
		db_admin_close(admin);
	}
	explicit_bzero(text, strlen(text));
	if (rc == E_OK)
		*ret = str_span(verifier);
	return rc;
}

/* Let a login read a tenant's rows. */
enum err
tool_report_grant(struct tool *tool, struct diag *diag)
{
	struct input input = { 0 };
	struct span login, verifier;
	enum err rc;

	read_input(tool, "LOGIN", true, &input);
	login = login_of(tool, &input);
	rc = make_verifier(tool, &input, &verifier, diag);
	if (rc == E_OK)
		rc = db_begin(tool->db, diag);
	if (rc != E_OK)
		return rc;
	rc = report_login_admit(tool->db, login, input.tenant_id, verifier,
	    tool->arena, diag);
	return tool_change_end(tool, rc, "readers", "report.grant",
	    input.tenant_id, 0, diag);
}

/* Let a login read nothing any more. */
enum err
tool_report_revoke(struct tool *tool, struct diag *diag)
{
	struct input input = { 0 };
	struct span login;
	enum err rc;

	read_input(tool, "LOGIN", false, &input);
	login = login_of(tool, &input);
	rc = db_begin(tool->db, diag);
	if (rc != E_OK)
		return rc;
	rc = report_login_dismiss(tool->db, login, tool->arena,
	    &input.tenant_id, diag);
	return tool_change_end(tool, rc, "readers", "report.revoke",
	    input.tenant_id, 0, diag);
}

/* List who reads. */
enum err
tool_report_list(struct tool *tool, struct diag *diag)
{
	static const struct tool_column columns[] = {
		{ "login", "LOGIN", COLUMN_TEXT },
		{ "tenant_id", "TENANT", COLUMN_INT },
		{ "tenant_name", "NAME", COLUMN_TEXT },
		{ "created_at", "SINCE", COLUMN_STAMP },
		{ "can_login", "CAN LOG IN", COLUMN_BOOL },
	};
	struct db_rows *rows;
	enum err rc;

	while (tool_option(tool, options) != -1)
		continue;
	tool_no_arguments(tool);
	rc = report_login_list(tool->db, tool->arena, &rows, diag);
	if (rc != E_OK)
		return tool_explain(rc, "readers", diag);
	return tool_output_rows(tool, columns, COUNT(columns), rows, diag);
}

/* The report of this name; there is none: it ends the program. */
static const struct report *
report_named(const struct tool *tool, const char *name)
{
	const char *names = "";

	for (size_t i = 0; reports[i] != NULL; i++) {
		if (strcmp(reports[i]->name, name) == 0)
			return reports[i];
		names = arena_printf(tool->arena, "%s%s%s", names,
		    i == 0 ? "" : ", ", reports[i]->name);
	}
	tool_usage(tool, "NAME must be one of %s", names);
}

/* A row that is kept until its page is complete, or a table. */
struct kept_row {
	struct kept_row *next;
	struct span cells[];
};

/* What is being printed. */
struct export
{
	struct tool *tool;
	struct report_query query;
	struct tool_output *output;
	struct arena *arena; /* of the page; of a table: of all pages */
	struct kept_row *rows, **rows_end;
	int64_t count;
	size_t bytes;
};

/*
 * Keep a row: who reads what is printed may be slow, and the statement should
 * not wait for that.
 */
static bool
keep_row(void *context, const struct db_rows *row)
{
	struct export *export = context;
	struct report_query *query = &export->query;
	const size_t size = sizeof(struct kept_row) +
	    query->count * sizeof(struct span);
	struct kept_row *kept = arena_ask(export->arena, size);

	if (kept == NULL)
		return false;
	for (size_t i = 0; i < query->count; i++) {
		struct span text = db_text(row, 0, (int)i);

		kept->cells[i] = text.at == NULL ?
		    SPAN_NONE :
		    arena_span(export->arena, text);
		export->bytes += text.len;
	}
	*export->rows_end = kept;
	export->rows_end = &kept->next;
	export->count++;
	export->bytes += size;
	query->after_key = db_int(row, 0, (int)query->count);
	query->after_id = db_int(row, 0, (int)query->count + 1);
	return export->bytes < PAGE_BYTES;
}

/* Print the pages one by one; a table waits for the last. */
static enum err
print_pages(struct export *export, const struct report *report,
    struct diag *diag)
{
	struct report_query *query = &export->query;
	enum err rc;

	do {
		if (export->tool->format != TOOL_TABLE)
			arena_reset(export->arena);
		export->rows = NULL;
		export->rows_end = &export->rows;
		export->count = 0;
		export->bytes = 0;
		rc = report_list(export->tool->db, report, query, export->arena,
		    &(struct db_each){ keep_row, export }, diag);
		if (rc == E_OK)
			rc = arena_done(export->arena, diag);
		if (rc != E_OK)
			return rc;
		for (const struct kept_row *row = export->rows; row != NULL;
		     row = row->next)
			for (size_t i = 0; i < query->count; i++)
				tool_output_cell(export->output, row->cells[i]);
		query->is_after = true;
	} while (export->count == query->limit || export->bytes >= PAGE_BYTES);
	return E_OK;
}

/* Print a report. */
enum err
tool_report_export(struct tool *tool, struct diag *diag)
{
	struct input input = { 0 };
	struct export export = { .tool = tool };
	const struct report *report;
	struct tool_column *columns;
	struct db_rows *rows;
	enum err rc;

	read_input(tool, "NAME", true, &input);
	report = report_named(tool, input.name);
	rc = tenant_list(tool->db, input.tenant_id, tool->arena, &rows, diag);
	if (rc == E_OK && db_rows_count(rows) == 0)
		return diag_set(diag, E_NO_ROW,
		    "there is no tenant %lld: pulse-etl tenant list",
		    (long long)input.tenant_id);
	if (rc != E_OK)
		return rc;
	columns = arena_get(tool->arena, report->count * sizeof(*columns));
	for (size_t i = 0; i < report->count; i++)
		columns[i] = (struct tool_column){ report->columns[i].member,
			report->columns[i].member, report->columns[i].kind };
	export.query.tenant_id = input.tenant_id;
	export.query.columns = report->columns;
	export.query.count = report->count;
	export.query.limit = report->sort == NULL ? PAGE_ROWS : INT32_MAX;
	export.arena = arena_new(ARENA_BYTES);
	if (export.arena == NULL)
		return diag_set(diag, E_NO_MEMORY, "no memory");
	db_tenant(tool->db, input.tenant_id);
	export.output = tool_output_begin(tool, columns, report->count);
	rc = print_pages(&export, report, diag);
	if (rc == E_OK)
		rc = tool_output_end(export.output, diag);
	arena_free(export.arena);
	return rc;
}
