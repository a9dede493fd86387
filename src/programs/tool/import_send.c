/* SPDX-License-Identifier: MIT */
/* How pulse-etl import sends what it has, again where that may help. */
#include "programs/tool/import.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "programs/tool/import_answer.h"

/* Tries, of one and of all, and the first pause, doubled each time, ms. */
#define TRIES 6
#define PAUSE_MS 500
#define TURN_MS 1000 /* the longest wait for anything */
#define LINE_MS 50   /* for an answer, while a line may come */

/* A warning that was shown. */
struct import_warned {
	struct import_warned *next;
	const char *json;
};

size_t
import_finished(const struct import *import)
{
	return import->counts[IMPORT_STORED] + import->counts[IMPORT_KNOWN] +
	    import->counts[IMPORT_REFUSED] + import->counts[IMPORT_AWAY];
}

/* Its body, which is there already if it is a line. */
static enum err
read_body(const struct import *import, struct import_item *item,
    struct diag *diag)
{
	if (import->reads_lines)
		return E_OK;
	buf_init(&item->body, IMPORT_BODY_MAX);
	return import_files_read(item->path, &item->body, diag);
}

/*
 * What is sent, as it is. Its key follows from its bytes and where it goes, but
 * not from --nul: what was refused without it is stored with it, and nothing
 * twice. A line has no name: one that comes twice is stored once.
 */
static enum err
read_item(const struct import *import, struct import_item *item,
    struct diag *diag)
{
	enum err rc = read_body(import, item, diag);

	buf_free(&item->address);
	if (rc == E_OK)
		rc = import_options_address(&import->options,
		    import->reads_lines ? NULL : item->path, &item->address);
	if (rc == E_OK)
		rc = import_files_key(buf_span(&item->body), item->address.data,
		    item->key, diag);
	if (rc == E_OK && import->options.nul != NULL) {
		buf_printf(&item->address, "&nul=%s", import->options.nul);
		rc = buf_done(&item->address);
	}
	return rc;
}

void
import_item_done(struct import_item *item)
{
	buf_free(&item->body);
	buf_free(&item->address);
}

/* It has come to its end. */
static void
finish(struct import *import, struct import_item *item,
    enum import_outcome outcome, const struct import_told *told)
{
	item->outcome = outcome;
	import->counts[outcome]++;
	import_item_done(item);
	import_tell(import, item, outcome, told);
}

/* The service answers or is unreachable; requests of one round count once. */
static void
note_service(struct import *import, const struct import_item *item,
    bool is_away)
{
	if (!is_away) {
		import->failures = 0;
		import->again_at = 0;
	} else if (item->round == import->round) {
		import->again_at = clock_ms() + (PAUSE_MS << import->failures);
		import->failures++;
		import->round++;
	}
}

/* What the service warns of, once: it names the entity type. */
static void
warn(struct import *import, const struct import_item *item, struct span body)
{
	struct json_member member = import_answer_raw(body, "warning");
	struct import_warned *warned = import->warned;
	struct span text;

	if (member.kind != JSON_STRING)
		return;
	while (warned != NULL && !span_is(member.value, warned->json))
		warned = warned->next;
	if (warned != NULL)
		return;
	warned = arena_ask(import->tool->arena, sizeof(*warned));
	if (warned != NULL) {
		warned->json = arena_text(import->tool->arena, member.value);
		warned->next = import->warned;
		import->warned = warned;
	}
	text = import_answer_text(body, "warning", import->tool->arena);
	tool_progress_clear(&import->progress);
	(void)fprintf(stderr, "warning %s: %.*s\n", item->path, SPAN_ARG(text));
}

static void
on_answer(struct import *import, const struct http_client_answer *answer)
{
	const long status = answer->status;
	const bool may_pass = import_answer_may_pass(status);
	struct import_item *item = answer->context;
	struct import_told told;

	import->running--;
	note_service(import, item, may_pass);
	if (answer->outcome == HTTP_CLIENT_WHOLE &&
	    (status == 200 || status == 201 || status == 202)) {
		warn(import, item, answer->body);
		told = (struct import_told){ .status = status,
			.id = import_answer_id(answer->body) };
		finish(import, item,
		    status == 200 ? IMPORT_KNOWN : IMPORT_STORED, &told);
		return;
	}
	if (may_pass && item->tries < TRIES) {
		item->outcome = IMPORT_OPEN;
		item->again_at = clock_ms() + (PAUSE_MS << (item->tries - 1));
		if (!import->reads_lines)
			import_item_done(item);
		return;
	}
	import->denied = import->denied || status == 401 || status == 403;
	told = import_told_answer(import, answer);
	finish(import, item, may_pass ? IMPORT_AWAY : IMPORT_REFUSED, &told);
}

/* The next one to send; NULL: none now. *ret_wait: ms until there may be. */
static struct import_item *
next_item(struct import *import, int *ret_wait)
{
	int pause = clock_left(import->again_at);

	*ret_wait = pause > 0 && pause < TURN_MS ? pause : TURN_MS;
	if (tool_progress_stopped())
		return NULL;
	while (!import->reads_lines && import->low < import->count &&
	    import->items[import->low].outcome > IMPORT_RUNNING)
		import->low++;
	for (size_t i = import->low; pause == 0 && i < import->count; i++) {
		struct import_item *item = &import->items[i];
		int left = clock_left(item->again_at);

		if (item->outcome != IMPORT_OPEN)
			continue;
		if (left == 0)
			return item;
		if (left < *ret_wait)
			*ret_wait = left;
	}
	return NULL;
}

static enum err
send_item(struct import *import, struct import_item *item, struct diag *diag)
{
	const char *headers[] = { "Content-Type: application/json",
		"Expect:", item->key, import->options.authorization, NULL };
	struct http_client_request request = { .headers = headers,
		.post = true,
		.context = item };
	enum err rc = read_item(import, item, diag);

	if (rc != E_OK) {
		const struct import_told told = import_told_failure(import, rc,
		    diag->text);

		finish(import, item, IMPORT_REFUSED, &told);
		diag_clear(diag);
		return E_OK;
	}
	item->tries++;
	item->round = import->round;
	item->outcome = IMPORT_RUNNING;
	import->running++;
	request.url = item->address.data;
	request.body = buf_span(&item->body);
	return http_client_start(import->client, &request, diag);
}

/* Take a line for each place that is free, as far as there are some. */
static enum err
take_lines(struct import *import, struct diag *diag)
{
	for (size_t i = 0; i < import->count; i++) {
		const bool idle = import->taken == import_finished(import);
		struct import_item *item = &import->items[i];
		bool got;
		enum err rc;

		if (item->outcome <= IMPORT_RUNNING)
			continue;
		buf_init(&item->body, IMPORT_BODY_MAX);
		rc = import_lines_next(&import->lines, idle ? TURN_MS : 0,
		    &item->body, &got, diag);
		if (rc != E_OK || !got) {
			import_item_done(item);
			return rc;
		}
		import->taken++;
		item->outcome = IMPORT_OPEN;
		item->tries = 0;
		item->again_at = 0;
		item->path = item->line;
		(void)snprintf(item->line, sizeof(item->line), "line %" PRId64,
		    import->lines.number);
	}
	return E_OK;
}

/* Nobody has answered for so long that nothing more is tried. */
static void
give_up(struct import *import)
{
	const struct import_told told = import_told_failure(import, E_HTTP_AWAY,
	    "the service is unreachable");

	for (size_t i = import->low; i < import->count; i++)
		if (import->items[i].outcome == IMPORT_OPEN)
			finish(import, &import->items[i], IMPORT_AWAY, &told);
	import->failures = 0;
	import->lines.ended = true;
}

bool
import_is_whole(const struct import *import)
{
	return import->taken == import_finished(import) &&
	    (!import->reads_lines || import->lines.ended);
}

/* Is there nothing to wait for? A stop leaves what is not under way. */
static bool
is_over(const struct import *import)
{
	return tool_progress_stopped() ?
	    import->running == 0 :
	    import_is_whole(import);
}

enum err
import_send(struct import *import, struct diag *diag)
{
	struct http_client_answer answer;
	struct import_item *item;
	bool got;
	int wait;
	enum err rc = E_OK;

	while (rc == E_OK && !is_over(import)) {
		if (import->reads_lines && !tool_progress_stopped())
			rc = take_lines(import, diag);
		if (rc != E_OK || is_over(import))
			break;
		item = next_item(import, &wait);
		if (item != NULL &&
		    http_client_free_slots(import->client) > 0) {
			rc = send_item(import, item, diag);
			continue;
		}
		if (import->reads_lines && !import->lines.ended &&
		    wait > LINE_MS)
			wait = LINE_MS;
		rc = http_client_wait(import->client, wait, &got, &answer,
		    diag);
		if (rc == E_OK && got)
			on_answer(import, &answer);
		if (import->failures >= TRIES)
			give_up(import);
	}
	return rc;
}
