/* SPDX-License-Identifier: MIT */
/*
 * pulse-etl import: storing files of batches through HTTP. Each file's
 * Idempotency-Key follows from its bytes and where they go, so that a second
 * run stores only what the first one did not.
 */
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "adapters/http_client.h"
#include "base/clock.h"
#include "json/json_read.h"
#include "json/json_scan.h"
#include "programs/tool/import_files.h"
#include "programs/tool/import_options.h"
#include "programs/tool/tool.h"

#define TIMEOUT_MS 120000
#define FILE_MAX_BYTES (256u << 20)
/* Tries, of one file and of all, and the first pause, doubled each time, ms. */
#define TRIES 6
#define PAUSE_MS 500

enum outcome { OPEN, RUNNING, STORED, THERE, REFUSED, AWAY };

struct item {
	const char *path;
	enum outcome outcome;
	int tries;
	int64_t again_at;	   /* of clock_ms() */
	unsigned round;		   /* of the last try */
	struct buf body, address;  /* only while it is sent */
	char key[IMPORT_KEY_SIZE]; /* the header */
};

/* A warning that was shown. */
struct warned {
	struct warned *next;
	const char *json;
};

struct import {
	struct tool *tool;
	struct import_files files;
	struct item *items;
	size_t count;
	size_t low; /* all before it have come to their end */
	size_t counts[AWAY + 1];
	unsigned round; /* counts up with each pause of all */
	int failures;	/* pauses since the last answer */
	int64_t again_at;
	struct http_client *client;
	struct import_options options;
	struct warned *warned;
};

/*
 * A file as it is. Its key follows from its bytes and where it goes, but not
 * from --nul: what was refused without it is stored with it, and nothing twice.
 */
static enum err
read_item(const struct import *me, struct item *item, struct diag *diag)
{
	enum err rc;

	buf_init(&item->body, FILE_MAX_BYTES);
	rc = import_files_read(item->path, &item->body, diag);
	if (rc == E_OK)
		rc = import_options_address(&me->options, item->path,
		    &item->address);
	if (rc == E_OK)
		rc = import_files_key(buf_span(&item->body), item->address.data,
		    item->key, diag);
	if (rc == E_OK && me->options.nul != NULL) {
		buf_printf(&item->address, "&nul=%s", me->options.nul);
		rc = buf_done(&item->address);
	}
	return rc;
}

static void
forget_body(struct item *item)
{
	buf_free(&item->body);
	buf_free(&item->address);
}

static void
tell_bar(const struct import *me, const char *end)
{
	size_t done = me->counts[STORED] + me->counts[THERE] +
	    me->counts[REFUSED] + me->counts[AWAY];
	size_t width = me->count == 0 ? 0 : done * 30 / me->count;

	(void)fprintf(stderr,
	    "\r[%.*s%*s] %zu of %zu, %zu stored, %zu were"
	    " there, %zu failed%s",
	    (int)width, "##############################", (int)(30 - width), "",
	    done, me->count, me->counts[STORED], me->counts[THERE],
	    me->counts[REFUSED] + me->counts[AWAY], end);
}

/* A file has come to its end: a line in a pipe, the bar on a terminal. */
static void
finish(struct import *me, struct item *item, enum outcome outcome,
    const char *format, struct span text)
{
	bool bar = isatty(STDERR_FILENO) == 1;

	item->outcome = outcome;
	me->counts[outcome]++;
	forget_body(item);
	if (outcome == REFUSED || outcome == AWAY)
		(void)fprintf(stderr, "%sfailed %s: %.*s\n", bar ? "\n" : "",
		    item->path, SPAN_ARG(text));
	else if (!bar)
		(void)printf("%s %.*s %s\n", format, SPAN_ARG(text),
		    item->path);
	if (bar)
		tell_bar(me, "");
	else
		(void)fflush(stdout);
}

/* A member of the answer as it came; JSON_ABSENT: there is none. */
static struct json_member
answer_raw(struct span body, const char *name)
{
	struct json_member member = { .name = name };
	struct json_refusal refusal;

	if (body.at == NULL ||
	    !json_scan_object(body, &json_limits_default, &member, 1, &refusal))
		member.kind = JSON_ABSENT;
	return member;
}

/* The same, decoded, or SPAN_NONE. */
static struct span
answer_member(const struct import *me, struct span body, const char *name)
{
	struct json_member member = answer_raw(body, name);
	struct diag diag;
	struct span text;

	if (member.kind == JSON_STRING &&
	    json_read_string(member.value, me->tool->arena, &text, &diag) ==
		E_OK)
		return text;
	return member.kind == JSON_NUMBER ? member.value : SPAN_NONE;
}

/* Is it worth another try: nobody answered, or it will pass? */
static bool
may_pass(long status)
{
	return status == 0 || status == 429 || status == 502 || status == 503 ||
	    status == 504;
}

/* The service answers or is unreachable; requests of one round count once. */
static void
note_service(struct import *me, const struct item *item, bool is_away)
{
	if (!is_away) {
		me->failures = 0;
		me->again_at = 0;
	} else if (item->round == me->round) {
		me->again_at = clock_ms() + (PAUSE_MS << me->failures);
		me->failures++;
		me->round++;
	}
}

/* What the service warns of, once: it names the entity type. */
static void
warn(struct import *me, const struct item *item, struct span body)
{
	struct json_member member = answer_raw(body, "warning");
	struct warned *warned = me->warned;
	struct span text;

	if (member.kind != JSON_STRING)
		return;
	while (warned != NULL && !span_is(member.value, warned->json))
		warned = warned->next;
	if (warned != NULL)
		return;
	warned = arena_ask(me->tool->arena, sizeof(*warned));
	if (warned != NULL) {
		warned->json = arena_text(me->tool->arena, member.value);
		warned->next = me->warned;
		me->warned = warned;
	}
	text = answer_member(me, body, "warning");
	(void)fprintf(stderr, "%swarning %s: %.*s\n",
	    isatty(STDERR_FILENO) == 1 ? "\n" : "", item->path, SPAN_ARG(text));
}

static void
on_answer(struct import *me, const struct http_client_answer *answer)
{
	bool is_whole = answer->outcome == HTTP_CLIENT_WHOLE;
	struct item *item = answer->context;
	struct span text;

	note_service(me, item, may_pass(answer->status));
	if (is_whole &&
	    (answer->status == 200 || answer->status == 201 ||
		answer->status == 202)) {
		warn(me, item, answer->body);
		text = answer_member(me, answer->body, "raw_data_id");
		finish(me, item, answer->status == 200 ? THERE : STORED,
		    answer->status == 200 ? "there" : "stored", text);
		return;
	}
	if (may_pass(answer->status) && item->tries < TRIES) {
		item->outcome = OPEN;
		item->again_at = clock_ms() + (PAUSE_MS << (item->tries - 1));
		forget_body(item);
		return;
	}
	text = answer_member(me, answer->body, "detail");
	if (text.at == NULL)
		text = answer->status == 0 ?
		    str_span(answer->detail) :
		    str_span(arena_printf(me->tool->arena,
			"HTTP status %ld%s%s", answer->status,
			is_whole ? "" : ": ", is_whole ? "" : answer->detail));
	finish(me, item, may_pass(answer->status) ? AWAY : REFUSED, "", text);
}

/* The next file to send; NULL: none now. *ret_wait: ms until there may be. */
static struct item *
next_item(struct import *me, int *ret_wait)
{
	int pause = clock_left(me->again_at);

	*ret_wait = pause > 0 && pause < 1000 ? pause : 1000;
	while (me->low < me->count && me->items[me->low].outcome > RUNNING)
		me->low++;
	for (size_t i = me->low; pause == 0 && i < me->count; i++) {
		struct item *item = &me->items[i];
		int left = clock_left(item->again_at);

		if (item->outcome != OPEN)
			continue;
		if (left == 0)
			return item;
		if (left < *ret_wait)
			*ret_wait = left;
	}
	return NULL;
}

static enum err
send_item(struct import *me, struct item *item, struct diag *diag)
{
	const char *headers[] = { "Content-Type: application/json",
		"Expect:", item->key, me->options.authorization, NULL };
	struct http_client_request request = { .headers = headers,
		.post = true,
		.context = item };
	enum err rc = read_item(me, item, diag);

	if (rc != E_OK) {
		finish(me, item, REFUSED, "", str_span(diag->text));
		diag_clear(diag);
		return E_OK;
	}
	item->tries++;
	item->round = me->round;
	item->outcome = RUNNING;
	request.url = item->address.data;
	request.body = buf_span(&item->body);
	return http_client_start(me->client, &request, diag);
}

/* Nobody has answered for so long that nothing more is tried. */
static void
give_up(struct import *me)
{
	for (size_t i = me->low; i < me->count; i++)
		if (me->items[i].outcome == OPEN)
			finish(me, &me->items[i], AWAY, "",
			    SPAN_LIT("the service is unreachable"));
	me->failures = 0;
}

static enum err
send_all(struct import *me, struct diag *diag)
{
	struct http_client_answer answer;
	struct item *item;
	bool got;
	int wait;
	enum err rc = E_OK;

	while (rc == E_OK && me->low < me->count) {
		item = next_item(me, &wait);
		if (item != NULL && http_client_free_slots(me->client) > 0) {
			rc = send_item(me, item, diag);
			continue;
		}
		if (me->low == me->count)
			break;
		rc = http_client_wait(me->client, wait, &got, &answer, diag);
		if (rc == E_OK && got)
			on_answer(me, &answer);
		if (me->failures >= TRIES)
			give_up(me);
	}
	return rc;
}

/* The files, as items. */
static enum err
list_items(struct import *me, struct diag *diag)
{
	struct tool *tool = me->tool;
	enum err rc = E_OK;

	for (int i = optind; rc == E_OK && i < tool->argc; i++)
		rc = import_files_add(&me->files, tool->argv[i], tool->arena,
		    diag);
	if (rc != E_OK)
		return rc;
	me->items = calloc(me->files.count + 1, sizeof(*me->items));
	if (me->items == NULL)
		return diag_set(diag, E_NO_MEMORY, "a list of files");
	me->count = me->files.count;
	for (size_t i = 0; i < me->count; i++)
		me->items[i].path = me->files.paths[i];
	return E_OK;
}

/* What came of it, in a line and in an exit code. */
static enum err
sum_up(const struct import *me, struct diag *diag)
{
	if (isatty(STDERR_FILENO) == 1)
		tell_bar(me, "\n");
	(void)printf("%zu files: %zu stored, %zu were there, %zu failed\n",
	    me->count, me->counts[STORED], me->counts[THERE],
	    me->counts[REFUSED] + me->counts[AWAY]);
	if (me->counts[AWAY] > 0)
		return diag_set(diag, E_HTTP_AWAY,
		    "the service was"
		    " unreachable for %zu files: run the import again",
		    me->counts[AWAY]);
	if (me->counts[REFUSED] > 0)
		return diag_set(diag, E_INVALID, "%zu files were refused",
		    me->counts[REFUSED]);
	return E_OK;
}

enum err
tool_import(struct tool *tool, struct diag *diag)
{
	struct import me = { .tool = tool };
	enum err rc;

	import_options_read(tool, &me.options);
	rc = list_items(&me, diag);
	if (rc == E_OK)
		rc = http_client_new((size_t)me.options.jobs, TIMEOUT_MS,
		    &me.client, diag);
	if (rc == E_OK)
		rc = send_all(&me, diag);
	if (rc == E_OK)
		rc = sum_up(&me, diag);
	http_client_free(me.client);
	for (size_t i = 0; i < me.count; i++)
		forget_body(&me.items[i]);
	free(me.items);
	free(me.files.paths);
	return rc;
}
