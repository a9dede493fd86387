/* SPDX-License-Identifier: MIT */
/*
 * What the files of this folder share: SQL that several statements need, and
 * errors in words.
 */
#ifndef MODELS_BATCH_RAW_BATCH_INSIDE_H
#define MODELS_BATCH_RAW_BATCH_INSIDE_H

#include "base/diag.h"

/*
 * Put an error of PostgreSQL about JSON or a reference into words for the
 * client. Gives: the code, a better one where it is the client's mistake.
 */
enum err raw_batch_explain(enum err rc, struct diag *diag);

/* error_details with what is in it as its history; NULL stays NULL. */
#define RAW_BATCH_EARLIER(column) "etl_earlier(" column ")"

/*
 * Does something hang on the batch r, so that neither it nor its payload may go?
 * It waits for another batch's rows, or is a page of a census that lacks others.
 * OFFSET 0: it is looked up for each batch, and not in a table that is made of all
 * that wait for each step of some batches.
 */
#define RAW_BATCH_IS_NEEDED(r) \
	"(" r \
	".active AND (EXISTS (SELECT FROM waiting_batches AS w" \
	" WHERE w.tenant_id = " r ".tenant_id AND w.raw_data_id = " r \
	".id OFFSET 0)" \
	" OR EXISTS (SELECT FROM census_pages AS c" \
	" WHERE c.tenant_id = " r ".tenant_id AND c.raw_data_id = " r \
	".id" \
	" AND NOT EXISTS (SELECT count(*) FROM census_pages AS x" \
	" WHERE x.tenant_id = c.tenant_id" \
	" AND x.integration_id = c.integration_id AND x.scope = c.scope" \
	" AND x.census = c.census" \
	" HAVING count(*) = max(x.page) FILTER (WHERE x.is_last)" \
	" AND max(x.page) = max(x.page) FILTER (WHERE x.is_last)) OFFSET 0)))"

/* May an Idempotency-Key be answered with the batch r still? */
#define RAW_BATCH_HAS_KEY(r) \
	"EXISTS (SELECT FROM idempotency_keys AS k" \
	" WHERE k.tenant_id = " r ".tenant_id AND k.raw_data_id = " r \
	".id" \
	" AND k.expires_at > now() OFFSET 0)"

/*
 * A statement's part, behind one that gives the ids and tenants of batches that
 * go as `picked`: pages of a census that is whole have done their work, and go
 * together, for with one of them alone the others would look incomplete.
 */
#define RAW_BATCH_PAGES_GO \
	"pages AS (DELETE FROM census_pages AS x USING (SELECT DISTINCT" \
	" c.tenant_id, c.integration_id, c.scope, c.census" \
	" FROM picked AS p JOIN census_pages AS c" \
	" ON c.tenant_id = p.tenant_id AND c.raw_data_id = p.id) AS whole" \
	" WHERE x.tenant_id = whole.tenant_id" \
	" AND x.integration_id = whole.integration_id" \
	" AND x.scope = whole.scope AND x.census = whole.census),"

#endif
