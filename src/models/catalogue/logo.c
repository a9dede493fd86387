/* SPDX-License-Identifier: MIT */
#include "models/catalogue/logo.h"

#include <stdio.h>

#include "adapters/crypto/digest.h"

enum err
logo_name(struct span picture, char ret_name[LOGO_NAME_SIZE], struct diag *diag)
{
	unsigned char digest[DIGEST_SHA256_SIZE];
	enum err rc = digest_sha256(picture, digest, diag);

	for (size_t i = 0; rc == E_OK && i < DIGEST_SHA256_SIZE / 2; i++)
		(void)snprintf(&ret_name[2 * i], 3, "%02x", digest[i]);
	if (rc == E_OK)
		(void)snprintf(&ret_name[DIGEST_SHA256_SIZE], 5, ".svg");
	return rc;
}

enum err
logo_insert(struct db *db, const char *name, struct span picture,
    struct arena *arena, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "logo_insert",
		.changes = true,
		.sql =
		    "INSERT INTO logos (name, picture) VALUES ($1, $2::bytea)"
		    " ON CONFLICT (name) DO NOTHING",
	};
	struct db_params params = { 0 };

	db_add_text(&params, str_span(name));
	db_add_bytes(&params, picture.at, picture.len);
	return db_change(db, &statement, &params, arena, NULL, diag);
}

enum err
logo_get(struct db *db, struct span name, struct arena *arena,
    struct span *ret_picture, struct diag *diag)
{
	/* An SVG that was taken is UTF-8: no byte is told otherwise. */
	static const struct db_statement statement = {
		.name = "logo_get",
		.sql =
		    "SELECT convert_from(picture, 'UTF8') FROM logos"
		    " WHERE name = $1",
	};
	struct db_params params = { 0 };
	struct db_rows *rows;
	enum err rc;

	db_add_text(&params, name);
	rc = db_run(db, &statement, &params, arena, &rows, diag);
	if (rc == E_OK && db_rows_count(rows) == 0)
		return diag_tell(diag, E_NO_ROW, "There is no such logo");
	if (rc == E_OK)
		*ret_picture = db_text(rows, 0, 0);
	return rc;
}
