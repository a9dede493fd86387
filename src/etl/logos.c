/* SPDX-License-Identifier: MIT */
/*
 * Logos of integrations, SVG that was checked. The database has them all; what
 * is in logo_dir is a copy, which nginx serves without asking here.
 */
#include "etl/handlers.h"

#include <stdio.h>

#include "adapters/svg/svg.h"
#include "base/file.h"
#include "base/log.h"
#include "http/audit.h"
#include "http/field.h"
#include "http/quota.h"
#include "models/catalogue/logo.h"

struct logo_input {
	struct span name;
	struct span file;
};

#define AT(member) .offset = offsetof(struct logo_input, member)
static const struct field upload_rows[] = {
	/* clang-format off */
	{ FIELD_BODY, "file", .kind = FIELD_FILE, .required = true, .min = 1,
	  .max = LOGO_MAX_BYTES, AT(file),
	  .sentence = "An SVG picture without scripts and references" },
	/* clang-format on */
};
const struct field_set integration_upload_logo_input = { upload_rows,
	COUNT(upload_rows) };

static const struct field get_rows[] = {
	/* clang-format off */
	{ FIELD_PATH, "name", .kind = FIELD_TEXT, .form = FORM_LOGO,
	  .required = true, .min = 5, .max = 255, AT(name),
	  .sentence = "The file that upload-logo has named" },
	/* clang-format on */
};
const struct field_set logo_get_file_input = { get_rows, COUNT(get_rows) };

/* Let nginx have it as a file. Without that it is asked for here. */
static void
copy_to_folder(const struct req *rq, const char *name, struct span picture)
{
	const char *folder = rq->settings->logo_dir;
	struct diag diag;

	diag_clear(&diag);
	if (folder[0] != '\0' &&
	    file_replace(folder, name, picture, &diag) != E_OK)
		log_warn("no_logo_file", LOG_TEXT("text", diag.text));
}

/* Keep a logo for an integration. */
enum err
integration_upload_logo(struct req *rq, struct resp *rp)
{
	struct logo_input input = { SPAN_NONE, SPAN_NONE };
	char name[LOGO_NAME_SIZE];
	enum err rc;

	rc = fields_read(&integration_upload_logo_input, rq, &input);
	if (rc == E_OK)
		rc = svg_check(input.file, &rq->diag);
	else
		return rc;
	if (rc == E_INVALID)
		return request_refuse(rq, FIELD_BODY, "file", "svg",
		    rq->diag.client);
	if (rc == E_OK)
		rc = logo_name(input.file, name, &rq->diag);
	if (rc == E_OK)
		rc = quota_take(rq, 0, input.file.len);
	if (rc != E_OK)
		return rc;
	rc = logo_insert(rq->db, name, input.file, rq->arena, &rq->diag);
	if (rc != E_OK) {
		quota_give_back(rq, 0, input.file.len);
		return rc;
	}
	copy_to_folder(rq, name, input.file);
	audit_note(rq, "logo.upload", 0);
	json_object(rp->json, NULL);
	json_bool(rp->json, "success", true);
	json_text(rp->json, "logo_filename", name);
	json_end(rp->json);
	return E_OK;
}

/* A logo that is no file here, for anybody; next time nginx has it. */
enum err
logo_get_file(struct req *rq, struct resp *rp)
{
	struct logo_input input = { SPAN_NONE, SPAN_NONE };
	char name[LOGO_NAME_SIZE];
	struct span picture;
	enum err rc;

	rc = fields_read(&logo_get_file_input, rq, &input);
	if (rc == E_OK)
		rc = logo_get(rq->db, input.name, rq->arena, &picture,
		    &rq->diag);
	if (rc != E_OK)
		return rc;
	/* There are no others: see the table. */
	(void)snprintf(name, sizeof(name), "%.*s", SPAN_ARG(input.name));
	copy_to_folder(rq, name, picture);
	rp->media_type = rq->route->answer->name;
	rp->is_packed = true; /* as it came, without a newline of ours */
	/* As nginx has it for the files. */
	response_header(rp, "Content-Security-Policy",
	    "default-src 'none'; style-src 'unsafe-inline'");
	response_header(rp, "Cache-Control",
	    "public, max-age=31536000, immutable");
	buf_add_span(rp->body, picture);
	return E_OK;
}
