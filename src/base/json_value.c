#include "base/json_value.h"

#include <string.h>

#define DEPTH_MAX 1024
#define DIGITS_MAX 100000

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
	if (code == 0)
		return json_refuse(s, JSON_NUL, *at);
	if (code >= 0xd800 && code <= 0xdbff)
		return scan_low_half(s, here, at);
	if (code >= 0xdc00 && code <= 0xdfff)
		return json_refuse(s, JSON_SURROGATE, *at);
	*at = here;
	return true;
}

/*
 * Does any of eight bytes need a look: a quote, a backslash, a control
 * character or a byte above 0x7f? The usual bit tricks: a byte minus n borrows
 * into its top bit when it is smaller than n. A borrow may also raise a false
 * alarm in the next byte, which only costs a look.
 */
static bool
eight_plain(const unsigned char *at)
{
	const uint64_t ones = UINT64_C(0x0101010101010101);
	const uint64_t tops = UINT64_C(0x8080808080808080);
	uint64_t word, quote, slash;

	memcpy(&word, at, sizeof(word));
	quote = word ^ (ones * '"');
	slash = word ^ (ones * '\\');
	return ((word | (word - ones * 0x20) | (quote - ones) |
	    (slash - ones)) & tops) == 0;
}

/* A string, from its opening quote. */
static bool
scan_string(struct json_pass *s)
{
	const unsigned char *at = s->at + 1;

	for (;;) {
		size_t len;

		while (s->end - at >= 8 && eight_plain(at))
			at += 8;
		while (*at >= 0x20 && *at < 0x80 && *at != '"' && *at != '\\')
			at++;
		if (*at == '"') {
			s->at = at + 1;
			return true;
		}
		if (*at == '\\') {
			if (!scan_escape(s, &at))
				return false;
			continue;
		}
		if (at == s->end)
			return json_refuse(s, JSON_TRUNCATED, at);
		if (*at < 0x20)
			return json_refuse(s, JSON_CONTROL, at);
		len = utf8_sequence(at, s->end);
		if (len == 0)
			return json_refuse(s, JSON_UTF8, at);
		at += len;
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

/* A number, from its '-' or first digit. */
static bool
scan_number(struct json_pass *s)
{
	const unsigned char *at = s->at;

	if (*at == '-')
		at++;
	if (*at == '0')
		at++;
	else if (!is_digit(*at))
		return json_refuse(s, JSON_SYNTAX, at);
	else
		while (is_digit(*at))
			at++;
	if (*at == '.') {
		at++;
		if (!is_digit(*at))
			return json_refuse(s, JSON_SYNTAX, at);
		while (is_digit(*at))
			at++;
	}
	if (at - s->at > DIGITS_MAX)
		return json_refuse(s, JSON_DIGITS, s->at);
	if ((*at == 'e' || *at == 'E') && !scan_exponent(s, &at))
		return false;
	s->at = at;
	return true;
}

static bool
scan_word(struct json_pass *s, const char *word, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (s->at[i] != (unsigned char)word[i])
			return json_refuse(s, JSON_SYNTAX, s->at + i);
	s->at += len;
	return true;
}

/* Any value but an array or object, from its first byte. */
static bool
scan_scalar(struct json_pass *s)
{
	switch (*s->at) {
	case '"':
		return scan_string(s);
	case 't':
		return scan_word(s, "true", 4);
	case 'f':
		return scan_word(s, "false", 5);
	case 'n':
		return scan_word(s, "null", 4);
	default:
		return scan_number(s);
	}
}

bool
json_name(struct json_pass *s, struct span *ret_name)
{
	json_skip_blanks(s);
	if (*s->at != '"')
		return json_refuse(s, JSON_SYNTAX, s->at);
	ret_name->at = (const char *)s->at + 1;
	if (!scan_string(s))
		return false;
	ret_name->len = (size_t)((const char *)s->at - ret_name->at) - 1;
	json_skip_blanks(s);
	if (*s->at != ':')
		return json_refuse(s, JSON_SYNTAX, s->at);
	s->at++;
	return true;
}

bool
json_enter(struct json_pass *s)
{
	/* The envelope itself is not counted. */
	if (s->depth > s->limits->depth || s->depth >= DEPTH_MAX)
		return json_refuse(s, JSON_DEPTH, s->at);
	s->depth++;
	s->at++;
	json_skip_blanks(s);
	return true;
}

/* No recursion: one bit a level remembers what we are in. */
bool
json_value(struct json_pass *s)
{
	unsigned char is_object[DEPTH_MAX / 8 + 1] = { 0 };
	const unsigned base = s->depth;
	struct span name;
	unsigned level;
	bool object;

value:
	json_skip_blanks(s);
	if (*s->at == '{' || *s->at == '[') {
		object = *s->at == '{';
		if (!json_enter(s))
			return false;
		level = s->depth - base;
		if (object)
			is_object[level / 8] |= (unsigned char)(1u << level % 8);
		else
			is_object[level / 8] &=
			    (unsigned char)~(1u << level % 8);
		if (*s->at == (object ? '}' : ']'))
			goto close;
		if (object && !json_name(s, &name))
			return false;
		goto value;
	}
	if (!scan_scalar(s))
		return false;
after:
	if (s->depth == base)
		return true;
	json_skip_blanks(s);
	level = s->depth - base;
	object = (is_object[level / 8] >> level % 8 & 1) != 0;
	if (*s->at == ',') {
		s->at++;
		if (object && !json_name(s, &name))
			return false;
		goto value;
	}
	if (*s->at != (object ? '}' : ']'))
		return json_refuse(s, JSON_SYNTAX, s->at);
close:
	s->depth--;
	s->at++;
	goto after;
}
