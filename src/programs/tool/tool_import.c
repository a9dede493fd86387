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
read_item(const struct import *import, struct item *item, struct diag *diag)
{
	enum err rc;

	buf_init(&item->body, FILE_MAX_BYTES);
	rc = import_files_read(item->path, &item->body, diag);
	if (rc == E_OK)
		rc = import_options_address(&import->options, item->path,
		    &item->address);
	if (rc == E_OK)
		rc = import_files_key(buf_span(&item->body), item->address.data,
		    item->key, diag);
	if (rc == E_OK && import->options.nul != NULL) {
		buf_printf(&item->address, "&nul=%s", import->options.nul);
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
tell_bar(const struct import *import, const char *end)
{
	size_t done = import->counts[STORED] + import->counts[THERE] +
	    import->counts[REFUSED] + import->counts[AWAY];
	size_t width = import->count == 0 ? 0 : done * 30 / import->count;

	(void)fprintf(stderr,
	    "\r[%.*s%*s] %zu of %zu, %zu stored, %zu were"
	    " there, %zu failed%s",
	    (int)width, "##############################", (int)(30 - width), "",
	    done, import->count, import->counts[STORED], import->counts[THERE],
	    import->counts[REFUSED] + import->counts[AWAY], end);
}

/* A file has come to its end: a line in a pipe, the bar on a terminal. */
static void
finish(struct import *import, struct item *item, enum outcome outcome,
    const char *format, struct span text)
{
	bool bar = isatty(STDERR_FILENO) == 1;

	item->outcome = outcome;
	import->counts[outcome]++;
	forget_body(item);
	if (outcome == REFUSED || outcome == AWAY)
		(void)fprintf(stderr, "%sfailed %s: %.*s\n", bar ? "\n" : "",
		    item->path, SPAN_ARG(text));
	else if (!bar)
		(void)printf("%s %.*s %s\n", format, SPAN_ARG(text),
		    item->path);
	if (bar)
		tell_bar(import, "");
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
answer_member(const struct import *import, struct span body, const char *name)
{
	struct json_member member = answer_raw(body, name);
	struct diag diag;
	struct span text;

	if (member.kind == JSON_STRING &&
	    json_read_string(member.value, import->tool->arena, &text, &diag) ==
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
note_service(struct import *import, const struct item *item, bool is_away)
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
warn(struct import *import, const struct item *item, struct span body)
{
	struct json_member member = answer_raw(body, "warning");
	struct warned *warned = import->warned;
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
	text = answer_member(import, body, "warning");
	(void)fprintf(stderr, "%swarning %s: %.*s\n",
	    isatty(STDERR_FILENO) == 1 ? "\n" : "", item->path, SPAN_ARG(text));
}

static void
on_answer(struct import *import, const struct http_client_answer *answer)
{
	bool is_whole = answer->outcome == HTTP_CLIENT_WHOLE;
	struct item *item = answer->context;
	struct span text;

	note_service(import, item, may_pass(answer->status));
	if (is_whole &&
	    (answer->status == 200 || answer->status == 201 ||
		answer->status == 202)) {
		warn(import, item, answer->body);
		text = answer_member(import, answer->body, "raw_data_id");
		finish(import, item, answer->status == 200 ? THERE : STORED,
		    answer->status == 200 ? "there" : "stored", text);
		return;
	}
	if (may_pass(answer->status) && item->tries < TRIES) {
		item->outcome = OPEN;
		item->again_at = clock_ms() + (PAUSE_MS << (item->tries - 1));
		forget_body(item);
		return;
	}
	text = answer_member(import, answer->body, "detail");
	if (text.at == NULL)
		text = answer->status == 0 ?
		    str_span(answer->detail) :
		    str_span(arena_printf(import->tool->arena,
			"HTTP status %ld%s%s", answer->status,
			is_whole ? "" : ": ", is_whole ? "" : answer->detail));
	finish(import, item, may_pass(answer->status) ? AWAY : REFUSED, "",
	    text);
}

/* The next file to send; NULL: none now. *ret_wait: ms until there may be. */
static struct item *
next_item(struct import *import, int *ret_wait)
{
	int pause = clock_left(import->again_at);

	*ret_wait = pause > 0 && pause < 1000 ? pause : 1000;
	while (import->low < import->count &&
	    import->items[import->low].outcome > RUNNING)
		import->low++;
	for (size_t i = import->low; pause == 0 && i < import->count; i++) {
		struct item *item = &import->items[i];
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
send_item(struct import *import, struct item *item, struct diag *diag)
{
	const char *headers[] = { "Content-Type: application/json",
		"Expect:", item->key, import->options.authorization, NULL };
	struct http_client_request request = { .headers = headers,
		.post = true,
		.context = item };
	enum err rc = read_item(import, item, diag);

	if (rc != E_OK) {
		finish(import, item, REFUSED, "", str_span(diag->text));
		diag_clear(diag);
		return E_OK;
	}
	item->tries++;
	item->round = import->round;
	item->outcome = RUNNING;
	request.url = item->address.data;
	request.body = buf_span(&item->body);
	return http_client_start(import->client, &request, diag);
}

/* Nobody has answered for so long that nothing more is tried. */
static void
give_up(struct import *import)
{
	for (size_t i = import->low; i < import->count; i++)
		if (import->items[i].outcome == OPEN)
			finish(import, &import->items[i], AWAY, "",
			    SPAN_LIT("the service is unreachable"));
	import->failures = 0;
}

static enum err
send_all(struct import *import, struct diag *diag)
{
	struct http_client_answer answer;
	struct item *item;
	bool got;
	int wait;
	enum err rc = E_OK;

	while (rc == E_OK && import->low < import->count) {
		item = next_item(import, &wait);
		if (item != NULL &&
		    http_client_free_slots(import->client) > 0) {
			rc = send_item(import, item, diag);
			continue;
		}
		if (import->low == import->count)
			break;
		rc = http_client_wait(import->client, wait, &got, &answer,
		    diag);
		if (rc == E_OK && got)
			on_answer(import, &answer);
		if (import->failures >= TRIES)
			give_up(import);
	}
	return rc;
}

/* The files, as items. */
static enum err
list_items(struct import *import, struct diag *diag)
{
	struct tool *tool = import->tool;
	enum err rc = E_OK;

	for (int i = optind; rc == E_OK && i < tool->argc; i++)
		rc = import_files_add(&import->files, tool->argv[i],
		    tool->arena, diag);
	if (rc != E_OK)
		return rc;
	import->items = calloc(import->files.count + 1, sizeof(*import->items));
	if (import->items == NULL)
		return diag_set(diag, E_NO_MEMORY, "a list of files");
	import->count = import->files.count;
	for (size_t i = 0; i < import->count; i++)
		import->items[i].path = import->files.paths[i];
	return E_OK;
}

/* What came of it, in a line and in an exit code. */
static enum err
sum_up(const struct import *import, struct diag *diag)
{
	if (isatty(STDERR_FILENO) == 1)
		tell_bar(import, "\n");
	(void)printf("%zu files: %zu stored, %zu were there, %zu failed\n",
	    import->count, import->counts[STORED], import->counts[THERE],
	    import->counts[REFUSED] + import->counts[AWAY]);
	if (import->counts[AWAY] > 0)
		return diag_set(diag, E_HTTP_AWAY,
		    "the service was"
		    " unreachable for %zu files: run the import again",
		    import->counts[AWAY]);
	if (import->counts[REFUSED] > 0)
		return diag_set(diag, E_INVALID, "%zu files were refused",
		    import->counts[REFUSED]);
	return E_OK;
}

enum err
tool_import(struct tool *tool, struct diag *diag)
{
	struct import import = { .tool = tool };
	enum err rc;

	import_options_read(tool, &import.options);
	rc = list_items(&import, diag);
	if (rc == E_OK)
		rc = http_client_new((size_t)import.options.jobs, TIMEOUT_MS,
		    &import.client, diag);
	if (rc == E_OK)
		rc = send_all(&import, diag);
	if (rc == E_OK)
		rc = sum_up(&import, diag);
	http_client_free(import.client);
	for (size_t i = 0; i < import.count; i++)
		forget_body(&import.items[i]);
	free(import.items);
	free(import.files.paths);
	return rc;
}
