/* SPDX-License-Identifier: MIT */
#include "base/str.h"

#include <string.h>
#include <strings.h>

struct span
str_span(const char *text)
{
	return (struct span){ text, text == NULL ? 0 : strlen(text) };
}

bool
span_is(struct span span, const char *text)
{
	return span.at != NULL && span.len == strlen(text) &&
	    memcmp(span.at, text, span.len) == 0;
}

bool
span_is_nocase(struct span span, const char *text)
{
	return span.at != NULL && span.len == strlen(text) &&
	    strncasecmp(span.at, text, span.len) == 0;
}

bool
span_is_blank(struct span span)
{
	/* U+00A0, 1680, 2000 to 200A, 2028, 2029, 202F, 205F, 3000, FEFF */
	static const char *const blanks[] = { "\t", "\n", "\v", "\f", "\r", " ",
		"\xc2\xa0", "\xe1\x9a\x80", "\xe2\x80\x80", "\xe2\x80\x81",
		"\xe2\x80\x82", "\xe2\x80\x83", "\xe2\x80\x84", "\xe2\x80\x85",
		"\xe2\x80\x86", "\xe2\x80\x87", "\xe2\x80\x88", "\xe2\x80\x89",
		"\xe2\x80\x8a", "\xe2\x80\xa8", "\xe2\x80\xa9", "\xe2\x80\xaf",
		"\xe2\x81\x9f", "\xe3\x80\x80", "\xef\xbb\xbf" };

	while (span.len > 0) {
		size_t i = 0, len = 0;

		for (; i < COUNT(blanks); i++) {
			len = strlen(blanks[i]);
			if (len <= span.len &&
			    memcmp(span.at, blanks[i], len) == 0)
				break;
		}
		if (i == COUNT(blanks))
			return false;
		span.at += len;
		span.len -= len;
	}
	return true;
}

bool
span_is_word(struct span span)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz0123456789-_";

	for (size_t i = 0; i < span.len; i++)
		if (memchr(plain, span.at[i], sizeof(plain) - 1) == NULL)
			return false;
	return span.len > 0 && span.at[0] != '-' && span.at[0] != '_';
}

struct span
span_trim(struct span span)
{
	while (span.len > 0 && (span.at[0] == ' ' || span.at[0] == '\t')) {
		span.at++;
		span.len--;
	}
	while (span.len > 0 &&
	    (span.at[span.len - 1] == ' ' || span.at[span.len - 1] == '\t'))
		span.len--;
	return span;
}

struct span
span_cut(struct span *rest, char mark)
{
	struct span head = *rest;
	const char *found = NULL;

	if (rest->len > 0)
		found = memchr(rest->at, mark, rest->len);
	if (found == NULL) {
		*rest = SPAN_NONE;
		return head;
	}
	head.len = (size_t)(found - head.at);
	rest->at += head.len + 1;
	rest->len -= head.len + 1;
	return head;
}

bool
span_is_choice(struct span span, const char *choices)
{
	struct span rest = str_span(choices);

	while (span.at != NULL && rest.at != NULL) {
		struct span choice = span_cut(&rest, '|');

		if (choice.len == span.len &&
		    memcmp(choice.at, span.at, span.len) == 0)
			return true;
	}
	return false;
}

bool
span_int64(struct span span, int64_t *ret)
{
	bool minus = span.len > 0 && span.at[0] == '-';
	size_t i = minus ? 1 : 0;
	uint64_t limit = minus ? (uint64_t)INT64_MAX + 1 : INT64_MAX;
	uint64_t value = 0;

	if (i == span.len || (span.at[i] == '0' && span.len > 1))
		return false;
	for (; i < span.len; i++) {
		unsigned digit = (unsigned char)span.at[i] - (unsigned)'0';

		if (digit > 9 || value > (limit - digit) / 10)
			return false;
		value = value * 10 + digit;
	}
	*ret = minus ? (int64_t)(0 - value) : (int64_t)value;
	return true;
}

size_t
utf8_sequence(const unsigned char *at, const unsigned char *end)
{
	size_t left = (size_t)(end - at), len, i;
	unsigned char low = 0x80, high = 0xbf;

	if (left == 0)
		return 0;
	if (at[0] < 0x80)
		return 1;
	if (at[0] < 0xc2 || at[0] > 0xf4)
		return 0;
	len = at[0] < 0xe0 ? 2 : at[0] < 0xf0 ? 3 : 4;
	if (at[0] == 0xe0)
		low = 0xa0; /* shorter forms exist */
	else if (at[0] == 0xed)
		high = 0x9f; /* surrogates */
	else if (at[0] == 0xf0)
		low = 0x90;
	else if (at[0] == 0xf4)
		high = 0x8f; /* U+10FFFF is the last */
	if (left < len || at[1] < low || at[1] > high)
		return 0;
	for (i = 2; i < len; i++)
		if (at[i] < 0x80 || at[i] > 0xbf)
			return 0;
	return len;
}

size_t
span_utf8_chars(struct span span)
{
	const unsigned char *at = (const unsigned char *)span.at;
	const unsigned char *end;
	size_t chars = 0;

	if (at == NULL)
		return 0; /* to add even 0 to it is not defined */
	end = at + span.len;
	while (at < end) {
		size_t len = utf8_sequence(at, end);

		if (len == 0)
			return SIZE_MAX;
		at += len;
		chars++;
	}
	return chars;
}
