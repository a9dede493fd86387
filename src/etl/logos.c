/* SPDX-License-Identifier: MIT */
/* Keeping the logo of an integration, an SVG that was checked. */
#include "etl/handlers.h"

#include <stdio.h>

#include "adapters/crypto/digest.h"
#include "adapters/svg/svg.h"
#include "base/file.h"
#include "http/audit.h"
#include "http/field.h"
#include "http/quota.h"

/* Half a SHA-256 in hexadecimal digits, and .svg. */
#define NAME_BYTES 16
#define NAME_SIZE (2 * NAME_BYTES + 5)

struct logo_input {
	struct span file;
};

static const struct field logo_rows[] = {
	/* clang-format off */
	{ FIELD_BODY, "file", .kind = FIELD_FILE, .required = true, .min = 1,
	  .max = 1048576, .offset = offsetof(struct logo_input, file),
	  .sentence = "An SVG picture without scripts and references" },
	/* clang-format on */
};
const struct field_set integration_upload_logo_input = { logo_rows,
	COUNT(logo_rows) };

/*
 * The name says what is in it: the same picture has one file, whoever sends
 * it, and nothing of the client's is in the name.
 */
static enum err
name_of(struct span picture, char name[NAME_SIZE], struct diag *diag)
{
	unsigned char digest[DIGEST_SHA256_SIZE];
	enum err rc = digest_sha256(picture, digest, diag);

	for (size_t i = 0; rc == E_OK && i < NAME_BYTES; i++)
		(void)snprintf(&name[2 * i], 3, "%02x", digest[i]);
	if (rc == E_OK)
		(void)snprintf(&name[2 * NAME_BYTES], 5, ".svg");
	return rc;
}

/* Keep a logo for an integration; nginx serves it. */
enum err
integration_upload_logo(struct req *rq, struct resp *rp)
{
	const char *folder = rq->settings->logo_dir;
	struct logo_input input = { SPAN_NONE };
	char name[NAME_SIZE];
	enum err rc;

	rc = fields_read(&integration_upload_logo_input, rq, &input);
	if (rc != E_OK)
		return rc;
	if (folder[0] == '\0')
		return diag_tell(&rq->diag, E_NOT_SET_UP,
		    "This service keeps"
		    " no logos: its setting logo_dir is empty");
	rc = svg_check(input.file, &rq->diag);
	if (rc == E_INVALID)
		return request_refuse(rq, FIELD_BODY, "file", "svg",
		    rq->diag.client);
	if (rc == E_OK)
		rc = name_of(input.file, name, &rq->diag);
	if (rc == E_OK)
		rc = quota_take(rq, 0, input.file.len);
	if (rc != E_OK)
		return rc;
	rc = file_replace(folder, name, input.file, &rq->diag);
	if (rc != E_OK) {
		quota_give_back(rq, 0, input.file.len);
		return rc;
	}
	audit_note(rq, "logo.upload", 0);
	json_object(rp->json, NULL);
	json_bool(rp->json, "success", true);
	json_text(rp->json, "logo_filename", name);
	json_end(rp->json);
	return E_OK;
}
