/* SPDX-License-Identifier: MIT */
/* What the source of an integration says of itself, asked here and now. */
#include "etl/answers.h"
#include "etl/handlers.h"
#include "etl/service.h"
#include "extract/source_test.h"

/* clang-format off */
static const struct shape_row test_rows[] = {
	{ "works", SHAPE_BOOL, 0, "Whether the source takes the credentials",
	  NULL },
	{ "trouble", SHAPE_TEXT, SHAPE_NULLABLE, "Why not, and what to do", NULL },
#define FACT(code, name, sentence) \
	{ name, SHAPE_TEXT, SHAPE_NULLABLE, sentence, NULL },
#include "extract/source_fact_rows.h"
#undef FACT
};
SHAPE(answer_source_test, "source_test", "What a source says of itself; null:"
    " it does not tell", test_rows)

static const struct shape_row source_field_rows[] = {
	{ "id", SHAPE_TEXT, 0, "Such as customfield_10016", NULL },
	{ "name", SHAPE_TEXT, SHAPE_NULLABLE, NULL, NULL },
	{ "type", SHAPE_TEXT, SHAPE_NULLABLE, NULL, NULL },
	{ "column", SHAPE_TEXT, SHAPE_NULLABLE,
	  "Where settings.custom_fields has it go", NULL },
};
SHAPE_PART(source_field, "A custom field of a Jira", source_field_rows)

static const struct shape_row fields_rows[] = {
	{ "trouble", SHAPE_TEXT, SHAPE_NULLABLE, "Why there are none, and what to"
	  " do", NULL },
	{ "fields", SHAPE_LIST, 0, "The custom fields", &source_field },
};
SHAPE(answer_source_fields, "source_fields", "The custom fields of a Jira",
    fields_rows)
/* clang-format on */

static struct source_tester
tester_of(struct req *rq)
{
	return (struct source_tester){
		.settings = rq->service->extract,
		.secret_keys_file = rq->settings->secret_keys_file,
		.arena = rq->arena,
	};
}

/* Ask the source who the credentials are. */
enum err
integration_test(struct req *rq, struct resp *rp)
{
	const struct source_tester tester = tester_of(rq);
	struct extract_source source;
	struct source_test test;
	enum err rc;

	rc = extract_source_get(rq->db, rq->who.tenant_id, rq->id, rq->arena,
	    &source, &rq->diag);
	if (rc == E_OK)
		rc = source_test(&tester, &source, &test, &rq->diag);
	if (rc != E_OK)
		return rc;
	json_object(rp->json, NULL);
	json_bool(rp->json, "works", test.trouble == NULL);
	if (test.trouble == NULL)
		json_null(rp->json, "trouble");
	else
		json_text(rp->json, "trouble", test.trouble);
	for (size_t i = 0; i < SOURCE_FACTS; i++)
		json_span(rp->json, source_fact_names[i], test.facts[i]);
	json_end(rp->json);
	return E_OK;
}

/* Ask a Jira for its custom fields. */
enum err
integration_fields(struct req *rq, struct resp *rp)
{
	const struct source_tester tester = tester_of(rq);
	struct extract_source source;
	struct source_field *fields = NULL;
	const char *trouble = NULL;
	size_t count = 0;
	enum err rc;

	rc = extract_source_get(rq->db, rq->who.tenant_id, rq->id, rq->arena,
	    &source, &rq->diag);
	if (rc == E_OK)
		rc = source_fields(&tester, &source, &fields, &count, &trouble,
		    &rq->diag);
	if (rc != E_OK)
		return rc;
	json_object(rp->json, NULL);
	if (trouble == NULL)
		json_null(rp->json, "trouble");
	else
		json_text(rp->json, "trouble", trouble);
	json_array(rp->json, "fields");
	for (size_t i = 0; i < count; i++) {
		json_object(rp->json, NULL);
		json_span(rp->json, "id", fields[i].id);
		json_span(rp->json, "name", fields[i].name);
		json_span(rp->json, "type", fields[i].type);
		json_span(rp->json, "column", fields[i].column);
		json_end(rp->json);
	}
	json_end(rp->json);
	json_end(rp->json);
	return E_OK;
}
