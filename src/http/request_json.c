/* SPDX-License-Identifier: MIT */
/* A request's body as JSON: an envelope, or a payload alone. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "http/request.h"
#include "json/json_replace.h"

/* Bytes before and behind a flaw that are shown. */
#define AROUND 20

static enum err
check_media(struct req *rq)
{
	struct span type = rq->content_type;

	type = span_trim(span_cut(&type, ';'));
	if (!span_is_nocase(type, "application/json"))
		return diag_tell(&rq->diag, E_MEDIA,
		    "The body must be JSON:"
		    " send Content-Type: application/json");
	return E_OK;
}

/* List the members to look for: those of the rows, tenant_id, and any other. */
static void
want_members(struct req *rq, const struct field_set *wanted)
{
	size_t max = 2 * wanted->count + 1 + REQUEST_STRANGERS;
	struct json_member *member;

	rq->members = arena_get(rq->arena, max * sizeof(*rq->members));
	member = rq->members;
	for (size_t i = 0; i < wanted->count; i++) {
		const struct field *row = &wanted->rows[i];

		if (row->place != FIELD_BODY)
			continue;
		member->name = row->name;
		member++->items = row->items;
		if (row->older_name != NULL)
			member++->name = row->older_name;
	}
	member++->name = "tenant_id";
	member += REQUEST_STRANGERS; /* without a name */
	rq->member_count = (size_t)(member - rq->members);
}

/* The members that are none of those wanted are a matter of their own. */
static void
take_strangers(struct req *rq)
{
	rq->member_count -= REQUEST_STRANGERS;
	for (size_t i = 0; i < REQUEST_STRANGERS; i++)
		rq->strangers[i] = rq->members[rq->member_count + i].value;
}

/* May what jsonb cannot hold be replaced, the query's nul saying so? */
static bool
may_replace(const struct field_set *wanted)
{
	for (size_t i = 0; i < wanted->count; i++)
		if (wanted->rows[i].place == FIELD_QUERY &&
		    strcmp(wanted->rows[i].name, "nul") == 0)
			return true;
	return false;
}

static bool
is_to_replace(const struct req *rq, const struct field_set *wanted)
{
	struct span text;

	if (!may_replace(wanted))
		return false;
	if (params_find(&rq->params, "nul", &text) == 0)
		text = str_span(rq->settings->store_nul);
	return span_is(text, "replace");
}

/* Some bytes around a place, fit to be shown in a sentence. */
static const char *
around(struct req *rq, struct span body, size_t at)
{
	size_t from = at < AROUND ? 0 : at - AROUND;
	size_t to = body.len - at < AROUND ? body.len : at + AROUND;
	char *text;

	while (from < at && (body.at[from] & 0xc0) == 0x80)
		from++; /* the rest of a character */
	while (to > at && to < body.len && (body.at[to] & 0xc0) == 0x80)
		to--;
	text = arena_text(rq->arena,
	    (struct span){ body.at + from, to - from });
	if (to == from)
		return "";
	if (span_utf8_chars(str_span(text)) == SIZE_MAX)
		for (char *c = text; *c != '\0'; c++)
			if ((unsigned char)*c >= 0x80)
				*c = '?';
	for (char *c = text; *c != '\0'; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = ' ';
	return arena_printf(rq->arena, ", around: %s", text);
}

/* What can be done about it, or by how much it is too much. */
static const char *
hint_of(struct req *rq, const struct field_set *wanted,
    const struct json_refusal *refusal)
{
	const struct http_settings *settings = rq->settings;

	if (refusal->flaw == JSON_MEMBERS)
		return arena_printf(rq->arena,
		    "; at most %" PRId64 " are taken", settings->max_members);
	if (refusal->flaw == JSON_VALUES)
		return arena_printf(rq->arena,
		    "; these would need %zu MB, and"
		    " %" PRId64 " MB may be used: send fewer items at a time",
		    refusal->memory >> 20, settings->max_values_memory >> 20);
	if (may_replace(wanted) &&
	    (refusal->flaw == JSON_NUL || refusal->flaw == JSON_SURROGATE))
		return "; with ?nul=replace it is stored as U+FFFD, the"
		       " replacement character";
	return "";
}

/*
 * Refuse the body: what is wrong with it, where, and what can be done about it.
 * What stands around the place is for the client, not for the log.
 */
static enum err
refuse_body(struct req *rq, const struct field_set *wanted, struct span body,
    const struct json_refusal *refusal)
{
	const char *hint = hint_of(rq, wanted, refusal);
	enum err rc = json_flaw_is_well_formed(refusal->flaw) ?
	    E_INVALID :
	    E_SYNTAX;
	size_t line = 1;
	char *text;

	for (size_t i = 0; i < refusal->at && i < body.len; i++)
		line += body.at[i] == '\n';
	(void)diag_tell(&rq->diag, rc, "%s (at byte %zu, in line %zu)%s",
	    json_flaw_text(refusal->flaw), refusal->at, line, hint);
	text = arena_printf(rq->arena, "%s (at byte %zu, in line %zu%s)%s",
	    json_flaw_text(refusal->flaw), refusal->at, line,
	    around(rq, body, refusal->at), hint);
	(void)snprintf(rq->diag.client, sizeof(rq->diag.client), "%s", text);
	(void)request_refuse(rq, FIELD_BODY, NULL,
	    json_flaw_name(refusal->flaw), text);
	return rc;
}

/* Does the query name what belongs beside the payload? */
static bool
is_payload_alone(const struct req *rq, const struct field_set *wanted)
{
	struct span unused;

	for (size_t i = 0; i < wanted->count; i++)
		if (wanted->rows[i].place == FIELD_QUERY &&
		    wanted->rows[i].beside_payload &&
		    params_find(&rq->params, wanted->rows[i].name, &unused) > 0)
			return true;
	return false;
}

/* Of what PostgreSQL would take apart no more than the settings allow. */
static struct json_limits
limits_of(const struct req *rq)
{
	const struct http_settings *settings = rq->settings;
	struct json_limits limits = rq->replaces ?
	    json_limits_unstorable :
	    json_limits_default;

	limits.members = (unsigned)settings->max_members;
	limits.memory = (size_t)settings->max_values_memory;
	return limits;
}

/* The body as the value of the one row that is a document. */
static bool
scan_payload(struct req *rq, const struct field_set *wanted, struct span body,
    struct json_refusal *ret_refusal)
{
	const struct json_limits limits = limits_of(rq);
	struct json_member *member = rq->members;

	for (size_t i = 0; i < wanted->count; i++) {
		if (wanted->rows[i].kind != FIELD_DOCUMENT)
			continue;
		member->name = wanted->rows[i].name;
		member->items = wanted->rows[i].items;
	}
	rq->member_count = 1;
	return json_scan_document(body, &limits, member, ret_refusal);
}

static bool
scan_body(struct req *rq, const struct field_set *wanted, struct span body,
    struct json_refusal *ret_refusal)
{
	const struct json_limits limits = limits_of(rq);

	if (rq->is_payload)
		return scan_payload(rq, wanted, body, ret_refusal);
	if (!json_scan_object(body, &limits, rq->members, rq->member_count,
		ret_refusal))
		return false;
	take_strangers(rq);
	return true;
}

/* Microseconds since then, one at least. */
static int64_t
time_since(int64_t began)
{
	int64_t us = clock_us() - began;

	return us > 0 ? us : 1;
}

/* Read the body, whose kind is known. */
static enum err
read_body(struct req *rq, int64_t max)
{
	const int64_t began = clock_us();
	enum err rc;

	if (rq->is_payload) /* PostgreSQL wants a byte before what it gets */
		buf_add_char(rq->body, ' ');
	rc = check_media(rq);
	if (rc == E_OK)
		rc = request_read_body(rq, max);
	if (rc == E_OK)
		rq->read_us = time_since(began);
	return rc;
}

/* Find the members in what was read. */
static enum err
scan(struct req *rq, const struct field_set *wanted)
{
	struct span body = request_body(rq);
	struct json_refusal refusal;
	int64_t began;
	bool is_good;

	want_members(rq, wanted);
	began = clock_us();
	is_good = scan_body(rq, wanted, body, &refusal);
	rq->scan_us = time_since(began);
	if (is_good)
		return E_OK;
	rq->member_count = 0;
	return refuse_body(rq, wanted, body, &refusal);
}

enum err
request_read_json(struct req *rq, const struct field_set *wanted)
{
	enum err rc;

	rq->is_payload = is_payload_alone(rq, wanted);
	rc = read_body(rq, rq->settings->max_body);
	if (rc != E_OK)
		return rc;
	rq->replaces = is_to_replace(rq, wanted);
	return scan(rq, wanted);
}

enum err
request_read_payload(struct req *rq, int64_t max)
{
	rq->is_payload = true;
	return read_body(rq, max);
}

enum err
request_scan_payload(struct req *rq, const struct field_set *wanted)
{
	rq->replaces = true;
	return scan(rq, wanted);
}

struct span
request_body(const struct req *rq)
{
	struct span body = rq->body->len == 0 ?
	    SPAN_LIT("") :
	    buf_span(rq->body);

	if (rq->is_payload) {
		body.at++;
		body.len--;
	}
	return body;
}

size_t
request_replace(struct req *rq)
{
	return json_replace(rq->body->data, rq->body->len);
}
