/* SPDX-License-Identifier: MIT */
/*
 * One implementation of json_value.h. A source file that includes this has
 * defined before:
 *
 *	JSON_IMPL, JSON_IMPL_NAME   its struct json_impl and what it is called
 *	skip_plain()     from within a string to the next quote, backslash or
 *	                 control character (the 0 at the end is one); *high
 *	                 becomes true when a byte above 0x7f was passed
 *	skip_blank_run() over blanks, after two have been seen
 *	JSON_BLOCKS      a function of json_blocks.h, if there is one
 *
 * Nothing here may depend on how many bytes these look at in one step.
 */
#ifndef JSON_JSON_VALUE_BODY_H
#define JSON_JSON_VALUE_BODY_H

#include <string.h>

#include "json/json_value.h"

static ALWAYS_INLINE bool
is_blank(unsigned char c)
{
	return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

/* Mostly there is no blank, or one. */
static ALWAYS_INLINE const unsigned char *
skip_blanks(const unsigned char *at, const unsigned char *end)
{
	if (!is_blank(at[0]))
		return at;
	if (!is_blank(at[1])) /* a blank is not the end */
		return at + 1;
	return skip_blank_run(at + 2, end);
}

/*
 * The rest of a string that is not just plain ASCII: from where it was looked
 * at last, `at` being the first byte that needs a look.
 */
static const unsigned char *
string_rest(struct json_pass *s, const unsigned char *from,
    const unsigned char *at, bool high)
{
	for (;;) {
		/* First what comes first: the flaw that is told. */
		if (high && !json_utf8(s, from, at))
			return NULL;
		if (*at == '"')
			return at + 1;
		if (*at != '\\') {
			(void)json_refuse(s, at == s->end ? JSON_TRUNCATED :
			    JSON_CONTROL, at);
			return NULL;
		}
		at = json_escape(s, at);
		if (at == NULL)
			return NULL;
		from = at;
		high = false;
		at = skip_plain(at, s->end, &high);
	}
}

/* A string, from its opening quote. */
static ALWAYS_INLINE const unsigned char *
string(struct json_pass *s, const unsigned char *at)
{
	bool high = false;
	const unsigned char *stop = skip_plain(at + 1, s->end, &high);

	if (*stop == '"' && !high)
		return stop + 1;
	return string_rest(s, at + 1, stop, high);
}

/* A member's name, from its quote. */
static ALWAYS_INLINE const unsigned char *
name(struct json_pass *s, const unsigned char *at)
{
	if (*at == '"')
		return string(s, at);
	(void)json_refuse(s, JSON_SYNTAX, at);
	return NULL;
}

/* The colon behind it, a blank or several before it. */
static ALWAYS_INLINE const unsigned char *
colon(struct json_pass *s, const unsigned char *at)
{
	at = skip_blanks(at, s->end);
	if (*at == ':')
		return at + 1;
	(void)json_refuse(s, JSON_SYNTAX, at);
	return NULL;
}

/* Any value but an array or object, from its first byte. */
static ALWAYS_INLINE const unsigned char *
scalar(struct json_pass *s, const unsigned char *at)
{
	bool room = s->end - at >= 5;

	switch (*at) {
	case '"':
		return string(s, at);
	case 't':
		return room && memcmp(at, "true", 4) == 0 ? at + 4 :
		    json_word(s, at, "true");
	case 'f':
		return room && memcmp(at, "false", 5) == 0 ? at + 5 :
		    json_word(s, at, "false");
	case 'n':
		return room && memcmp(at, "null", 4) == 0 ? at + 4 :
		    json_word(s, at, "null");
	default:
		return json_number(s, at);
	}
}

/* No recursion: a byte a level remembers what we are in. */
static bool
value(struct json_pass *s)
{
	unsigned char objects[JSON_DEPTH_MAX + 1];
	unsigned members[JSON_DEPTH_MAX + 1];
	const unsigned base = s->depth;
	const unsigned char *const end = s->end;
	const unsigned char *const from = skip_blanks(s->at, end);
	const unsigned char *at = from;
	bool object = false;

begin:
	at = skip_blanks(at, end);
	if (*at == '{' || *at == '[') {
		object = *at == '{';
		if (s->depth > s->limits->depth || s->depth >= JSON_DEPTH_MAX)
			return json_refuse(s, JSON_DEPTH, at);
		s->depth++;
		objects[s->depth - base] = object;
		members[s->depth - base] = 0;
		s->memory += object ? JSON_OBJECT_BYTES : JSON_ARRAY_BYTES;
		at = skip_blanks(at + 1, end);
		if (*at == (object ? '}' : ']'))
			goto close;
		if (!object)
			goto begin;
		goto member;
	}
	at = scalar(s, at);
	if (at == NULL)
		return false;
	s->memory += JSON_SCALAR_BYTES;
after:
	if (s->depth == base) {
		if (s->memory - 1 > s->limits->memory - 1) /* 0: any */
			return json_refuse(s, JSON_VALUES, from);
		s->at = at;
		return true;
	}
	at = skip_blanks(at, end);
	if (*at == ',') {
		at++;
		if (!object)
			goto begin;
		at = skip_blanks(at, end);
		goto member;
	}
	if (*at != (object ? '}' : ']'))
		return json_refuse(s, JSON_SYNTAX, at);
close:
	at++;
	s->depth--;
	object = s->depth > base && objects[s->depth - base];
	goto after;
member:
	if (members[s->depth - base]++ > s->limits->members - 1)
		return json_refuse(s, JSON_MEMBERS, at);
	at = name(s, at);
	if (at != NULL)
		at = colon(s, at);
	if (at == NULL)
		return false;
	goto begin;
}

static bool
name_of(struct json_pass *s, struct span *ret_name)
{
	const unsigned char *at = skip_blanks(s->at, s->end);
	const unsigned char *behind = name(s, at);

	if (behind == NULL)
		return false;
	ret_name->at = (const char *)at + 1;
	ret_name->len = (size_t)(behind - at) - 2;
	at = colon(s, behind);
	if (at == NULL)
		return false;
	s->at = at;
	return true;
}

#ifdef JSON_BLOCKS
/* Shorter values are gone through faster without blocks, bytes. */
#define SMALL 64

/*
 * What the blocks refuse is looked at once more: is it wrong, and where? How
 * long a value is, its neighbour tells: the items of a batch are alike.
 */
static bool
value_in_blocks(struct json_pass *s)
{
	const unsigned char *from = skip_blanks(s->at, s->end);
	bool fine;

	s->at = from;
	if (*from != '{' && *from != '[')
		return value(s);
	fine = (!s->last_was_small && JSON_BLOCKS(s)) || value(s);
	s->last_was_small = s->at - from < SMALL;
	return fine;
}

#define JSON_VALUE value_in_blocks
#else
#define JSON_VALUE value
#endif

const struct json_impl JSON_IMPL = { JSON_IMPL_NAME, JSON_VALUE, name_of };

#endif
