/* SPDX-License-Identifier: MIT */
/*
 * Webhooks: what a source sends when something has changed. The delivery is
 * stored as it came, once, whatever it says. What GitHub tells of a pull request
 * is a batch of pull requests; an issue that Jira has deleted ends.
 *
 * A hook is a hint to look: GitHub does not automatically send one again that
 * was lost, and those of Jira come in any order.
 */
#include "etl/handlers.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "etl/service.h"
#include "etl/store.h"
#include "extract/look.h"
#include "http/field.h"
#include "http/hook_auth.h"
#include "models/extract/extract_hook.h"

/* A delivery's id, and the name of an event, are shorter. */
#define NAME_MAX_CHARS 200

/* What POST /hooks/{id} takes. */
struct hook_input {
	struct span raw_data;
};

static const struct field hook_rows[] = {
	/* clang-format off */
	{ FIELD_HEADER, "X-Hub-Signature-256", .kind = FIELD_TEXT, .min = 71,
	  .max = 71, .sentence = "GitHub: sha256= and the HMAC of the body" },
	{ FIELD_HEADER, "X-Hub-Signature", .kind = FIELD_TEXT, .min = 1,
	  .max = 255, .sentence = "Jira: the same; beside GitHub's it is not read" },
	{ FIELD_HEADER, "X-Gitlab-Token", .kind = FIELD_TEXT, .min = 1,
	  .max = 4096, .sentence = "GitLab: the secret" },
	{ FIELD_HEADER, "X-GitHub-Delivery", .kind = FIELD_TEXT, .min = 1,
	  .max = NAME_MAX_CHARS,
	  .sentence = "GitHub: the delivery's id, the same when it comes again" },
	{ FIELD_HEADER, "X-GitHub-Event", .kind = FIELD_TEXT, .min = 1,
	  .max = NAME_MAX_CHARS, .sentence = "GitHub: what happened" },
	{ FIELD_HEADER, "X-Atlassian-Webhook-Identifier", .kind = FIELD_TEXT,
	  .min = 1, .max = NAME_MAX_CHARS, .sentence = "Jira: the delivery's id" },
	{ FIELD_HEADER, "X-Gitlab-Event-UUID", .kind = FIELD_TEXT, .min = 1,
	  .max = NAME_MAX_CHARS, .sentence = "GitLab: the delivery's id" },
	{ FIELD_HEADER, "X-Gitlab-Event", .kind = FIELD_TEXT, .min = 1,
	  .max = NAME_MAX_CHARS, .sentence = "GitLab: what happened" },
	{ FIELD_BODY, "raw_data", .kind = FIELD_DOCUMENT, .required = true,
	  .offset = offsetof(struct hook_input, raw_data),
	  .sentence = "The delivery, as the source sent it" },
	/* clang-format on */
};
const struct field_set hook_receive_input = { hook_rows, COUNT(hook_rows) };

/* What is known of the sources. */
static const struct source {
	const char *name;
	const char *entity_type;
	enum hook_header delivery;
	enum hook_header event; /* HOOK_HEADERS: the body has it */
	const char *event_member;
	/* Events whose name begins so are transformed, as this type. */
	const char *transformed, *transformed_type;
	/* The members of job_params and of settings that name what is read. */
	const char *names, *parts;
} sources[] = {
	[HOOK_OF_GITHUB] = { "github", "github_hook", HOOK_GITHUB_DELIVERY,
	    HOOK_GITHUB_EVENT, NULL, "pull_request", "github_prs_batch",
	    "pull_requests", "repositories" },
	[HOOK_OF_JIRA] = { "jira", "jira_hook", HOOK_JIRA_DELIVERY,
	    HOOK_HEADERS, "webhookEvent", "jira:issue_deleted", "jira_hook",
	    "issues", "projects" },
	[HOOK_OF_GITLAB] = { "gitlab", "gitlab_hook", HOOK_GITLAB_DELIVERY,
	    HOOK_GITLAB_EVENT, NULL, NULL, NULL, NULL, NULL },
};

/* One delivery. */
struct delivery {
	const struct source *source;
	unsigned char digest[DIGEST_SHA256_SIZE]; /* of the body */
	struct span id;
	struct span event; /* empty when the source does not say */
	struct span name;  /* of the issue or pull request; SPAN_NONE: none */
	struct span part;  /* its project or repository */
};

/* Letters, digits, blanks and a few marks: fit for a key, a row, a log. */
static bool
is_name(struct span text)
{
	static const char marks[] = " ._:/{}-";

	for (size_t i = 0; i < text.len; i++) {
		char c = text.at[i];

		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
			(c >= 'A' && c <= 'Z') ||
			memchr(marks, c, sizeof(marks) - 1) != NULL))
			return false;
	}
	return text.len <= NAME_MAX_CHARS;
}

/* A header of the delivery, fit to be kept; empty when it did not come. */
static enum err
read_header(struct req *rq, enum hook_header which, struct span *ret)
{
	struct span text = rq->hook[which];

	*ret = text.at == NULL ? SPAN_LIT("") : text;
	if (is_name(*ret))
		return E_OK;
	return request_refuse(rq, FIELD_HEADER, hook_header_names[which],
	    "value_error",
	    "must be at most 200 letters, digits and . _ : / - { }");
}

/* The event as the body names it; one that is none of ours is none. */
static enum err
read_event(struct req *rq, const struct source *source, struct span *ret)
{
	struct json_member member = look_member(request_body(rq),
	    source->event_member);
	struct span text = look_text(member.value, rq->arena);

	*ret = text.at != NULL && is_name(text) ? text : SPAN_LIT("");
	return arena_done(rq->arena, &rq->diag);
}

/* A text or number at a path of the body, fit to be a name. */
static struct span
text_at(struct req *rq, const char *path)
{
	struct json_member member = look_path(request_body(rq), path);
	struct span text = look_text(member.value, rq->arena);

	return member.kind != JSON_ABSENT && text.len > 0 && is_name(text) ?
	    text :
	    SPAN_NONE;
}

/* The issue's id, which stays when it moves to another project; its key. */
static struct span
name_issue(struct req *rq, const struct delivery *delivery,
    struct span *ret_part)
{
	struct span id = text_at(rq, "issue.id");
	struct span key = text_at(rq, "issue.key");

	*ret_part = key;
	while (ret_part->len > 0 && ret_part->at[--ret_part->len] != '-')
		continue; /* AA of AA-1 */
	if (span_is(delivery->event, "jira:issue_deleted"))
		return SPAN_NONE; /* it ends without being asked for */
	return id.at != NULL ? id : key;
}

/* A pull request, or the one that a comment is on: owner/name#number. */
static struct span
name_pull_request(struct req *rq, struct span *ret_part)
{
	struct span number = text_at(rq, "pull_request.number");
	int64_t value;

	*ret_part = text_at(rq, "repository.full_name");
	if (number.at == NULL &&
	    look_path(request_body(rq), "issue.pull_request").kind ==
		JSON_OBJECT)
		number = text_at(rq, "issue.number");
	if (ret_part->at == NULL || number.at == NULL ||
	    !span_int64(number, &value) || value < 1 || value > INT32_MAX)
		return SPAN_NONE;
	return str_span(arena_printf(rq->arena, "%.*s#%" PRId64,
	    SPAN_ARG(*ret_part), value));
}

/*
 * Let what it is about be read soon. It is a help, no more: the delivery is
 * stored, and schedules read the same.
 */
static void
call_for_run(struct req *rq, const struct delivery *delivery)
{
	const struct source *source = delivery->source;
	const struct extract_hook hook = {
		.tenant_id = rq->who.tenant_id,
		.integration_id = rq->id,
		.source = source->name,
		.job_type = source->entity_type,
		.names = source->names,
		.name = delivery->name,
		.parts = source->parts,
		.part = delivery->part,
		.delay = rq->settings->hook_delay,
	};
	struct diag diag;

	if (delivery->name.at == NULL)
		return;
	diag_clear(&diag);
	db_answer_by(rq->db, rq->ends);
	if (clock_left(rq->ends) == 0)
		log_warn("no_run_for_hook",
		    LOG_TEXT("text", "the time of its answer is over"));
	else if (extract_hook_note(rq->db, &hook, rq->arena, &diag) != E_OK)
		log_warn("no_run_for_hook", LOG_TEXT("text", diag.text));
}

/* The digest in letters, for a delivery without an id. */
static struct span
digest_name(struct req *rq, const unsigned char *digest)
{
	static const char digits[] = "0123456789abcdef";
	char *text = arena_get(rq->arena, 2 * DIGEST_SHA256_SIZE + 1);

	for (size_t i = 0; i < DIGEST_SHA256_SIZE; i++) {
		text[2 * i] = digits[digest[i] >> 4];
		text[2 * i + 1] = digits[digest[i] & 15];
	}
	text[2 * DIGEST_SHA256_SIZE] = '\0';
	return str_span(text);
}

static enum err
read_delivery(struct req *rq, struct delivery *delivery)
{
	const struct source *source = &sources[hook_source(rq)];
	enum err rc;

	delivery->source = source;
	rc = digest_sha256(request_body(rq), delivery->digest, &rq->diag);
	if (rc == E_OK)
		rc = read_header(rq, source->delivery, &delivery->id);
	if (rc == E_OK && delivery->id.len == 0)
		delivery->id = digest_name(rq, delivery->digest);
	if (rc == E_OK && source->event != HOOK_HEADERS)
		rc = read_header(rq, source->event, &delivery->event);
	else if (rc == E_OK)
		rc = read_event(rq, source, &delivery->event);
	delivery->name = delivery->part = SPAN_NONE;
	if (rc == E_OK && strcmp(source->name, "jira") == 0)
		delivery->name = name_issue(rq, delivery, &delivery->part);
	else if (rc == E_OK && strcmp(source->name, "github") == 0)
		delivery->name = name_pull_request(rq, &delivery->part);
	return rc;
}

/* The key that a delivery has however often it comes. */
static struct idempotency_key *
key_of(struct req *rq, const struct delivery *delivery)
{
	struct idempotency_key *key = arena_get(rq->arena, sizeof(*key));

	key->key = str_span(arena_printf(rq->arena, "hook:%" PRId64 ":%.*s",
	    rq->id, SPAN_ARG(delivery->id)));
	key->lifetime = rq->settings->idempotency_lifetime;
	memcpy(key->fingerprint, delivery->digest, sizeof(key->fingerprint));
	return key;
}

static bool
is_transformed(const struct delivery *delivery)
{
	const char *start = delivery->source->transformed;

	return start != NULL && delivery->event.len >= strlen(start) &&
	    memcmp(delivery->event.at, start, strlen(start)) == 0;
}

/* Receive one delivery. */
enum err
hook_receive(struct req *rq, struct resp *rp)
{
	struct hook_input input = { 0 };
	struct delivery delivery;
	struct store store = { .batch = { .tenant_id = rq->who.tenant_id,
				   .integration_id = rq->id } };
	struct raw_batch *batch = &store.batch;
	enum err rc = read_delivery(rq, &delivery);

	if (rc != E_OK)
		return rc;
	batch->digest = delivery.digest;
	batch->replaced = (int64_t)request_replace(rq);
	rc = fields_read(&hook_receive_input, rq, &input);
	if (rc != E_OK)
		return rc;
	batch->queue = is_transformed(&delivery);
	batch->done = !batch->queue;
	batch->entity_type = str_span(batch->queue ?
		delivery.source->transformed_type :
		delivery.source->entity_type);
	batch->external_id = delivery.id;
	batch->raw_data = input.raw_data;
	/* A byte before it is db_add_jsonb()'s to overwrite. */
	batch->extraction_metadata = str_span(arena_printf(rq->arena,
	    " {\"hook\":{\"event\":\"%.*s\",\"delivery\":\"%.*s\"}}",
	    SPAN_ARG(delivery.event), SPAN_ARG(delivery.id)));
	batch->extraction_metadata.at++;
	batch->extraction_metadata.len--;
	batch->item_count = 1;
	batch->key = key_of(rq, &delivery);
	store.bytes = batch->raw_data.len + batch->extraction_metadata.len +
	    batch->key->key.len;
	rc = arena_done(rq->arena, &rq->diag);
	if (rc == E_OK)
		rc = store_one(rq, rp, &store);
	if (rc == E_OK) /* also again: its first answer may have got lost */
		call_for_run(rq, &delivery);
	return rc;
}
