/* SPDX-License-Identifier: MIT */
#include "unit/json/json_reference.h"

#include <string.h>

#define DIGITS_MAX 100000 /* of one number */

struct reader {
	const char *at;
	const char *end;
	const struct json_limits *limits;
	size_t expansion;
	size_t memory;
};

/* Takes any value; depth says how many arrays and objects it is in. */
static bool take_value(struct reader *r, unsigned depth);

/* The next byte, or -1 at the end. */
static int
peek(const struct reader *r)
{
	return r->at < r->end ? (unsigned char)*r->at : -1;
}

static bool
take(struct reader *r, int byte)
{
	if (peek(r) != byte)
		return false;
	r->at++;
	return true;
}

static bool
take_text(struct reader *r, const char *text)
{
	for (; *text != '\0'; text++)
		if (!take(r, *text))
			return false;
	return true;
}

static void
take_blanks(struct reader *r)
{
	while (take(r, ' ') || take(r, '\t') || take(r, '\r') || take(r, '\n'))
		continue;
}

static bool
take_range(struct reader *r, int low, int high)
{
	if (peek(r) < low || peek(r) > high)
		return false;
	r->at++;
	return true;
}

/* RFC 3629, section 4, line by line. */
static bool
take_utf8(struct reader *r)
{
	static const unsigned char forms[][5] = {
		/* first byte from, to; second from, to; how many more */
		{ 0xc2, 0xdf, 0x80, 0xbf, 0 },
		{ 0xe0, 0xe0, 0xa0, 0xbf, 1 },
		{ 0xe1, 0xec, 0x80, 0xbf, 1 },
		{ 0xed, 0xed, 0x80, 0x9f, 1 },
		{ 0xee, 0xef, 0x80, 0xbf, 1 },
		{ 0xf0, 0xf0, 0x90, 0xbf, 2 },
		{ 0xf1, 0xf3, 0x80, 0xbf, 2 },
		{ 0xf4, 0xf4, 0x80, 0x8f, 2 },
	};

	for (size_t i = 0; i < COUNT(forms); i++) {
		const unsigned char *form = forms[i];

		if (!take_range(r, form[0], form[1]))
			continue;
		if (!take_range(r, form[2], form[3]))
			return false;
		for (int more = 0; more < form[4]; more++)
			if (!take_range(r, 0x80, 0xbf))
				return false;
		return true;
	}
	return false;
}

/* Four hexadecimal digits; -1 if not. */
static int
take_hex4(struct reader *r)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	int value = 0;

	for (int i = 0; i < 4; i++) {
		const char *digit;

		if (peek(r) <= 0)
			return -1;
		digit = strchr(digits, peek(r));
		if (digit == NULL)
			return -1;
		r->at++;
		value = value * 16 + (int)((digit - digits) % 16);
	}
	return value;
}

/* What follows a backslash. */
static bool
take_escape(struct reader *r)
{
	const char *behind;
	int code;

	if (peek(r) > 0 && strchr("\"\\/bfnrt", peek(r)) != NULL) {
		r->at++;
		return true;
	}
	if (!take(r, 'u'))
		return false;
	code = take_hex4(r);
	if (code <= 0 || (code >= 0xdc00 && code <= 0xdfff))
		return code >= 0 && r->limits->unstorable;
	if (code < 0xd800 || code > 0xdfff)
		return true;
	behind = r->at;
	code = take_text(r, "\\u") ? take_hex4(r) : -1;
	if (code >= 0xdc00 && code <= 0xdfff)
		return true;
	r->at = behind; /* half a pair */
	return r->limits->unstorable;
}

static bool
take_string(struct reader *r)
{
	if (!take(r, '"'))
		return false;
	while (!take(r, '"')) {
		if (take(r, '\\')) {
			if (!take_escape(r))
				return false;
		} else if (!take_range(r, 0x20, 0x7f) && !take_utf8(r)) {
			return false;
		}
	}
	return true;
}

static bool
take_digits(struct reader *r)
{
	if (!take_range(r, '0', '9'))
		return false;
	while (take_range(r, '0', '9'))
		continue;
	return true;
}

static bool
take_exponent(struct reader *r)
{
	long value = 0;

	if (!take(r, 'e') && !take(r, 'E'))
		return true;
	if (!take(r, '+'))
		(void)take(r, '-');
	if (peek(r) < '0' || peek(r) > '9')
		return false;
	for (; peek(r) >= '0' && peek(r) <= '9'; r->at++) {
		value = value * 10 + (peek(r) - '0');
		if (value > r->limits->exponent)
			return false;
	}
	r->expansion += (size_t)value;
	return r->expansion <= r->limits->expansion;
}

static bool
take_number(struct reader *r)
{
	const char *start = r->at;

	(void)take(r, '-');
	if (!take(r, '0') && !take_digits(r))
		return false;
	if (take(r, '.') && !take_digits(r))
		return false;
	return r->at - start <= DIGITS_MAX && take_exponent(r);
}

/* The members of an object or the elements of an array, brackets included. */
static bool
take_nested(struct reader *r, unsigned depth, bool object)
{
	unsigned members = 0;

	if (depth > r->limits->depth)
		return false;
	r->at++;
	take_blanks(r);
	if (take(r, object ? '}' : ']'))
		return true;
	do {
		take_blanks(r);
		if (object) {
			if (!take_string(r))
				return false;
			take_blanks(r);
			if (!take(r, ':') || (r->limits->members > 0 &&
			    ++members > r->limits->members))
				return false;
		}
		if (!take_value(r, depth))
			return false;
	} while (take(r, ','));
	return take(r, object ? '}' : ']');
}

/* A value with the blanks around it. */
static bool
take_value(struct reader *r, unsigned depth)
{
	bool good;

	take_blanks(r);
	r->memory += peek(r) == '{' ? JSON_OBJECT_BYTES : peek(r) == '[' ?
	    JSON_ARRAY_BYTES : JSON_SCALAR_BYTES;
	switch (peek(r)) {
	case '{':
	case '[':
		good = take_nested(r, depth + 1, peek(r) == '{');
		break;
	case '"':
		good = take_string(r);
		break;
	case 't':
		good = take_text(r, "true");
		break;
	case 'f':
		good = take_text(r, "false");
		break;
	case 'n':
		good = take_text(r, "null");
		break;
	default:
		good = take_number(r);
		break;
	}
	take_blanks(r);
	return good;
}

/*
 * The next element or member of a valid array or object; begin with at behind
 * the bracket. Gives: false at the closing bracket.
 */
static bool
next_part(struct reader *r, struct span *ret_name, struct span *ret_value)
{
	take_blanks(r);
	(void)take(r, ',');
	take_blanks(r);
	if (peek(r) == ']' || peek(r) == '}')
		return false;
	*ret_name = SPAN_NONE;
	if (ret_name != ret_value) {
		ret_name->at = r->at + 1;
		(void)take_string(r);
		ret_name->len = (size_t)(r->at - ret_name->at) - 1;
		take_blanks(r);
		(void)take(r, ':');
	}
	take_blanks(r);
	ret_value->at = r->at;
	(void)take_value(r, 0);
	ret_value->len = (size_t)(r->at - ret_value->at);
	while (strchr(" \t\r\n", ret_value->at[ret_value->len - 1]) != NULL)
		ret_value->len--;
	return true;
}

static struct reader
reader_within(struct span json)
{
	static const struct json_limits none = { 2000, 2000000, SIZE_MAX,
	    true, 0, 0 };

	return (struct reader){ json.at + 1, json.at + json.len, &none, 0, 0 };
}

static int64_t
count_elements(struct span array)
{
	struct reader r = reader_within(array);
	struct span element;
	int64_t count = 0;

	while (next_part(&r, &element, &element))
		count++;
	return count;
}

/* The items of an object: of the first member that one of the paths leads to. */
static int64_t
count_items(struct span object, const char *const *items)
{
	struct reader r = reader_within(object);
	struct span name, value;

	while (next_part(&r, &name, &value)) {
		for (size_t i = 0; items[i] != NULL; i++) {
			struct span rest = str_span(items[i]);
			struct span head = span_cut(&rest, '.');
			int64_t count = -1;

			if (head.len != name.len ||
			    memcmp(head.at, name.at, name.len) != 0)
				continue;
			if (rest.at == NULL && value.at[0] == '[')
				count = count_elements(value);
			if (rest.at != NULL && value.at[0] == '{')
				count = count_items(value,
				    (const char *const[]){ rest.at, NULL });
			if (count >= 0)
				return count;
			break;
		}
	}
	return -1;
}

static void
fill(struct json_member *member, struct span value)
{
	static const char firsts[] = "?nft?\"[{";
	const char *first = strchr(firsts + 1, value.at[0]);

	member->kind = first == NULL ? JSON_NUMBER :
	    (enum json_kind)(first - firsts);
	member->value = value;
	member->item_count = 1;
	if (value.at[0] == '[')
		member->item_count = count_elements(value);
	if (value.at[0] == '{' && member->items != NULL)
		member->item_count = count_items(value, member->items);
	if (member->item_count < 0)
		member->item_count = 1;
}

bool
json_reference(struct span text, const struct json_limits *limits,
    struct json_member *members, size_t count)
{
	struct reader r = { text.at, text.at + text.len, limits, 0, 0 };
	struct span name, value;

	/* The outermost object does not count for the depth. */
	take_blanks(&r);
	if (peek(&r) != '{' || !take_nested(&r, 0, true))
		return false;
	take_blanks(&r);
	if (r.at != r.end || (limits->memory > 0 && r.memory > limits->memory))
		return false;
	for (size_t i = 0; i < count; i++)
		members[i] = (struct json_member){ .name = members[i].name,
			.items = members[i].items };
	while (*text.at != '{')
		text.at++;
	r = reader_within((struct span){ text.at, (size_t)(r.end - text.at) });
	while (next_part(&r, &name, &value)) {
		for (size_t i = 0; i < count; i++) {
			if (!span_is(name, members[i].name))
				continue;
			if (members[i].kind != JSON_ABSENT)
				return false;
			fill(&members[i], value);
			break;
		}
	}
	return true;
}

bool
json_reference_same(const struct json_member *one,
    const struct json_member *other, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (one[i].kind != other[i].kind ||
		    one[i].value.at != other[i].value.at ||
		    one[i].value.len != other[i].value.len ||
		    one[i].item_count != other[i].item_count)
			return false;
	return true;
}
