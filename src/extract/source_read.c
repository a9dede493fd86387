/* SPDX-License-Identifier: MIT */
/* What a source's headers, addresses and errors say. */
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "extract/look.h"
#include "extract/source_ask.h"

#define SENTENCE_MAX 300

/* A time of Retry-After, of Jira's or GitHub's reset: s since 1970, or -1. */
static int64_t
read_time(const char *text)
{
	struct tm at = { 0 };
	int64_t number;

	if (span_int64(str_span(text), &number))
		return number;
	if (strptime(text, "%a, %d %b %Y %H:%M:%S GMT", &at) != NULL)
		return (int64_t)timegm(&at);
	memset(&at, 0, sizeof(at));
	if (sscanf(text, "%4d-%2d-%2dT%2d:%2d:%2d", &at.tm_year, &at.tm_mon,
		&at.tm_mday, &at.tm_hour, &at.tm_min, &at.tm_sec) < 5)
		return -1;
	at.tm_year -= 1900;
	at.tm_mon -= 1;
	return (int64_t)timegm(&at);
}

int64_t
source_wait(const char *retry_after, const char *reset, int64_t now)
{
	int64_t seconds, at = -1;

	if (retry_after != NULL) {
		if (span_int64(str_span(retry_after), &seconds) && seconds >= 0)
			return seconds > 1000000 ? -1 : seconds * 1000;
		at = read_time(retry_after);
	}
	if (at < 0 && reset != NULL)
		at = read_time(reset);
	if (at < 0 || at > INT64_MAX / 1000)
		return -1;
	return at * 1000 > now ? at * 1000 - now : 0;
}

/* The length of scheme, host and port; 0: it is no address of a site. */
static size_t
site_of(const char *url)
{
	const char *host = strstr(url, "://");

	if (host == NULL)
		return 0;
	host += 3;
	return (size_t)(host - url) + strcspn(host, "/?#");
}

bool
source_is_same_host(const char *one, const char *other)
{
	size_t len = site_of(one);

	return len > 0 && len == site_of(other) &&
	    strncasecmp(one, other, len) == 0 &&
	    memchr(other, '@', len) == NULL;
}

const char *
source_sentence(struct span body, struct arena *arena)
{
	struct json_member members[] = { { .name = "message" },
		{ .name = "errorMessages" }, { .name = "error" } };
	struct span text = SPAN_NONE;
	char *out;

	if (body.len == 0 || !look_object(body, members, COUNT(members)))
		return "";
	if (members[1].kind == JSON_ARRAY && members[1].item_count > 0) {
		struct span first;

		if (json_items(members[1].value, &first, 1) > 0)
			text = look_text(first, arena);
	}
	if (text.len == 0 && members[0].kind == JSON_STRING)
		text = look_text(members[0].value, arena);
	if (text.len == 0 && members[2].kind == JSON_STRING)
		text = look_text(members[2].value, arena);
	if (text.len > SENTENCE_MAX)
		text.len = SENTENCE_MAX;
	out = arena_text(arena, text);
	for (char *c = out; *c != '\0'; c++)
		if ((unsigned char)*c < ' ')
			*c = ' ';
	return out;
}
