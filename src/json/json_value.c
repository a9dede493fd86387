/* SPDX-License-Identifier: MIT */
#include "json/json_value.h"

#include <string.h>

#define DIGITS_MAX 100000
/* Of \uXXXX. */
#define ESCAPE_CHARS 6

bool
json_refuse(struct json_pass *s, enum json_flaw flaw, const unsigned char *at)
{
	if (flaw == JSON_SYNTAX && at >= s->end)
		flaw = JSON_TRUNCATED;
	s->flaw = flaw;
	s->flaw_at = at;
	return false;
}

void
json_skip_blanks(struct json_pass *s)
{
	const unsigned char *at = s->at;

	while (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t')
		at++;
	s->at = at;
}

/* Four hex digits at *at, which moves; -1 and where it went wrong if not. */
static long
hex4(const unsigned char **at)
{
	long value = 0;

	for (int i = 0; i < 4; i++, (*at)++) {
		unsigned char c = **at;

		if (c >= '0' && c <= '9')
			value = value * 16 + (c - '0');
		else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
			value = value * 16 + ((c | 0x20) - 'a' + 10);
		else
			return -1; /* the 0 at the end stops us, too */
	}
	return value;
}

/* The low half of a surrogate pair at `here`, its high half being at *at. */
static bool
scan_low_half(struct json_pass *s, const unsigned char *here,
    const unsigned char **at)
{
	long low = -1;

	if (*here == '\\') {
		here++;
		if (*here == 'u') {
			here++;
			low = hex4(&here);
		}
	}
	if (low >= 0xdc00 && low <= 0xdfff) {
		*at = here;
		return true;
	}
	if (s->limits->unstorable) {
		*at += ESCAPE_CHARS; /* alone; what follows is looked at next */
		return true;
	}
	if (here == s->end)
		return json_refuse(s, JSON_TRUNCATED, here);
	return json_refuse(s, JSON_SURROGATE, *at);
}

/* The escape at the backslash at *at; *at moves behind it. */
static bool
scan_escape(struct json_pass *s, const unsigned char **at)
{
	const unsigned char *here = *at + 2;
	long code;

	switch ((*at)[1]) {
	case '"':
	case '\\':
	case '/':
	case 'b':
	case 'f':
	case 'n':
	case 'r':
	case 't':
		*at = here;
		return true;
	case 'u':
		break;
	default:
		return json_refuse(s, JSON_SYNTAX, *at + 1);
	}
	code = hex4(&here);
	if (code < 0)
		return json_refuse(s, JSON_SYNTAX, here);
	if (code == 0 && !s->limits->unstorable)
		return json_refuse(s, JSON_NUL, *at);
	if (code >= 0xd800 && code <= 0xdbff)
		return scan_low_half(s, here, at);
	if (code >= 0xdc00 && code <= 0xdfff && !s->limits->unstorable)
		return json_refuse(s, JSON_SURROGATE, *at);
	*at = here;
	return true;
}

const unsigned char *
json_escape(struct json_pass *s, const unsigned char *at)
{
	return scan_escape(s, &at) ? at : NULL;
}

/* Over what is below 0x80, eight bytes at a time. */
static const unsigned char *
skip_ascii(const unsigned char *at, const unsigned char *to)
{
	uint64_t word;

	for (; to - at >= 8; at += 8) {
		memcpy(&word, at, sizeof(word));
		if ((word & UINT64_C(0x8080808080808080)) != 0)
			break;
	}
	while (at < to && *at < 0x80)
		at++;
	return at;
}

/*
 * The usual sequences of two and three bytes are judged here; what is rare or
 * wrong is left to utf8_sequence().
 */
bool
json_utf8(struct json_pass *s, const unsigned char *from,
    const unsigned char *to)
{
	for (;;) {
		size_t len;

		from = skip_ascii(from, to);
		while (to - from >= 3 && from[0] >= 0xc2 && from[0] < 0xf0 &&
		    (from[1] & 0xc0) == 0x80) {
			if (from[0] < 0xe0)
				from += 2;
			else if (from[0] != 0xe0 && from[0] != 0xed &&
			    (from[2] & 0xc0) == 0x80)
				from += 3;
			else
				break;
		}
		if (from >= to)
			return true;
		len = utf8_sequence(from, s->end);
		if (len == 0)
			return json_refuse(s, JSON_UTF8, from);
		from += len;
	}
}

static bool
is_digit(unsigned char c)
{
	return c >= '0' && c <= '9';
}

/* The exponent of a number, at its e; what it adds when printed is counted. */
static bool
scan_exponent(struct json_pass *s, const unsigned char **at)
{
	const unsigned char *here = *at + 1;
	int value = 0;

	if (*here == '+' || *here == '-')
		here++;
	if (!is_digit(*here))
		return json_refuse(s, JSON_SYNTAX, here);
	for (; is_digit(*here); here++) {
		if (value < 1000000)
			value = value * 10 + (*here - '0');
	}
	if (value > s->limits->exponent)
		return json_refuse(s, JSON_EXPONENT, *at);
	s->expansion += (size_t)value;
	if (s->expansion > s->limits->expansion)
		return json_refuse(s, JSON_EXPANSION, *at);
	*at = here;
	return true;
}

const unsigned char *
json_number(struct json_pass *s, const unsigned char *at)
{
	const unsigned char *start = at;

	if (*at == '-')
		at++;
	if (*at == '0') {
		at++;
	} else if (!is_digit(*at)) {
		(void)json_refuse(s, JSON_SYNTAX, at);
		return NULL;
	} else {
		while (is_digit(*at))
			at++;
	}
	if (*at == '.') {
		at++;
		if (!is_digit(*at)) {
			(void)json_refuse(s, JSON_SYNTAX, at);
			return NULL;
		}
		while (is_digit(*at))
			at++;
	}
	if (at - start > DIGITS_MAX) {
		(void)json_refuse(s, JSON_DIGITS, start);
		return NULL;
	}
	if ((*at == 'e' || *at == 'E') && !scan_exponent(s, &at))
		return NULL;
	return at;
}

const unsigned char *
json_word(struct json_pass *s, const unsigned char *at, const char *word)
{
	for (; *word != '\0'; word++, at++) {
		if (*at == (unsigned char)*word)
			continue;
		(void)json_refuse(s, JSON_SYNTAX, at);
		return NULL;
	}
	return at;
}

bool
json_enter(struct json_pass *s)
{
	/* The envelope itself is not counted. */
	if (s->depth > s->limits->depth || s->depth >= JSON_DEPTH_MAX)
		return json_refuse(s, JSON_DEPTH, s->at);
	s->depth++;
	s->at++;
	json_skip_blanks(s);
	return true;
}
