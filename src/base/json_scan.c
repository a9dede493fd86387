#include "base/json_scan.h"

#include <string.h>

#define DEPTH_MAX 1024
#define DIGITS_MAX 100000

const struct json_limits json_limits_default = {
	.depth = 512,
	.exponent = 308,
	.expansion = (size_t)128 << 20,
};

static const struct {
	bool well_formed;
	const char *name;
	const char *text;
} flaw_rows[] = {
#define FLAW(code, well_formed, name, text) [code] = { well_formed, name, text },
#include "base/json_flaw_table.h"
#undef FLAW
};

/*
 * The state of a pass. The functions below begin at `at` and leave it behind
 * what they read; they return false after noting a flaw.
 */
struct scan {
	const unsigned char *start;
	const unsigned char *at;
	const unsigned char *end; /* *end is 0 */
	const struct json_limits *limits;
	unsigned depth;
	size_t expansion;
	enum json_flaw flaw;
	const unsigned char *flaw_at;
};

const char *
json_flaw_name(enum json_flaw flaw)
{
	return flaw_rows[flaw].name;
}

const char *
json_flaw_text(enum json_flaw flaw)
{
	return flaw_rows[flaw].text;
}

bool
json_flaw_is_well_formed(enum json_flaw flaw)
{
	return flaw_rows[flaw].well_formed;
}

/* Note a flaw; one at the very end of the text is a truncation. */
static bool
refuse(struct scan *s, enum json_flaw flaw, const unsigned char *at)
{
	if (flaw == JSON_SYNTAX && at >= s->end)
		flaw = JSON_TRUNCATED;
	s->flaw = flaw;
	s->flaw_at = at;
	return false;
}

static void
skip_blanks(struct scan *s)
{
	const unsigned char *at = s->at;

	while (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t')
		at++;
	s->at = at;
}

/* Four hex digits; -1 when they are not. */
static long
hex4(const unsigned char *at)
{
	long value = 0;

	for (int i = 0; i < 4; i++) {
		unsigned char c = at[i];

		if (c >= '0' && c <= '9')
			value = value * 16 + (c - '0');
		else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
			value = value * 16 + ((c | 0x20) - 'a' + 10);
		else
			return -1; /* the 0 at the end stops us, too */
	}
	return value;
}

/* The escape at the backslash at *at; *at moves behind it. */
static bool
scan_escape(struct scan *s, const unsigned char **at)
{
	const unsigned char *here = *at;
	long code, low;

	switch (here[1]) {
	case '"':
	case '\\':
	case '/':
	case 'b':
	case 'f':
	case 'n':
	case 'r':
	case 't':
		*at = here + 2;
		return true;
	case 'u':
		break;
	default:
		return refuse(s, JSON_SYNTAX, here + 1);
	}
	code = hex4(here + 2);
	if (code < 0) {
		if (s->end - here < 6)
			return refuse(s, JSON_TRUNCATED, s->end);
		return refuse(s, JSON_SYNTAX, here);
	}
	if (code == 0)
		return refuse(s, JSON_NUL, here);
	*at = here + 6;
	if (code < 0xd800 || code > 0xdfff)
		return true;
	if (code > 0xdbff || here[6] != '\\' || here[7] != 'u')
		return refuse(s, JSON_SURROGATE, here);
	low = hex4(here + 8);
	if (low < 0xdc00 || low > 0xdfff)
		return refuse(s, JSON_SURROGATE, here);
	*at = here + 12;
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
scan_string(struct scan *s)
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
			return refuse(s, JSON_TRUNCATED, at);
		if (*at < 0x20)
			return refuse(s, JSON_CONTROL, at);
		len = utf8_sequence(at, s->end);
		if (len == 0)
			return refuse(s, JSON_UTF8, at);
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
scan_exponent(struct scan *s, const unsigned char **at)
{
	const unsigned char *here = *at + 1;
	int value = 0;

	if (*here == '+' || *here == '-')
		here++;
	if (!is_digit(*here))
		return refuse(s, JSON_SYNTAX, here);
	for (; is_digit(*here); here++) {
		if (value < 1000000)
			value = value * 10 + (*here - '0');
	}
	if (value > s->limits->exponent)
		return refuse(s, JSON_EXPONENT, *at);
	s->expansion += (size_t)value;
	if (s->expansion > s->limits->expansion)
		return refuse(s, JSON_EXPANSION, *at);
	*at = here;
	return true;
}

/* A number, from its '-' or first digit. */
static bool
scan_number(struct scan *s)
{
	const unsigned char *at = s->at;

	if (*at == '-')
		at++;
	if (*at == '0')
		at++;
	else if (!is_digit(*at))
		return refuse(s, JSON_SYNTAX, at);
	else
		while (is_digit(*at))
			at++;
	if (*at == '.') {
		at++;
		if (!is_digit(*at))
			return refuse(s, JSON_SYNTAX, at);
		while (is_digit(*at))
			at++;
	}
	if (at - s->at > DIGITS_MAX)
		return refuse(s, JSON_DIGITS, s->at);
	if ((*at == 'e' || *at == 'E') && !scan_exponent(s, &at))
		return false;
	s->at = at;
	return true;
}

static bool
scan_word(struct scan *s, const char *word, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (s->at[i] != (unsigned char)word[i])
			return refuse(s, JSON_SYNTAX, s->at + i);
	s->at += len;
	return true;
}

/* Any value but an array or object, from its first byte. */
static bool
scan_scalar(struct scan *s)
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

/* A member's name, undecoded, and its colon, up to the value. */
static bool
scan_name(struct scan *s, struct span *ret_name)
{
	skip_blanks(s);
	if (*s->at != '"')
		return refuse(s, JSON_SYNTAX, s->at);
	ret_name->at = (const char *)s->at + 1;
	if (!scan_string(s))
		return false;
	ret_name->len = (size_t)((const char *)s->at - ret_name->at) - 1;
	skip_blanks(s);
	if (*s->at != ':')
		return refuse(s, JSON_SYNTAX, s->at);
	s->at++;
	return true;
}

static bool
enter(struct scan *s)
{
	/* The envelope itself is not counted. */
	if (s->depth > s->limits->depth || s->depth >= DEPTH_MAX)
		return refuse(s, JSON_DEPTH, s->at);
	s->depth++;
	s->at++;
	skip_blanks(s);
	return true;
}

/*
 * Any value, nested or not, blanks before it skipped. No recursion: one bit a
 * level remembers what we are in.
 */
static bool
scan_value(struct scan *s)
{
	unsigned char is_object[DEPTH_MAX / 8 + 1] = { 0 };
	const unsigned base = s->depth;
	struct span name;
	unsigned level;
	bool object;

value:
	skip_blanks(s);
	if (*s->at == '{' || *s->at == '[') {
		object = *s->at == '{';
		if (!enter(s))
			return false;
		level = s->depth - base;
		if (object)
			is_object[level / 8] |= (unsigned char)(1u << level % 8);
		else
			is_object[level / 8] &=
			    (unsigned char)~(1u << level % 8);
		if (*s->at == (object ? '}' : ']'))
			goto close;
		if (object && !scan_name(s, &name))
			return false;
		goto value;
	}
	if (!scan_scalar(s))
		return false;
after:
	if (s->depth == base)
		return true;
	skip_blanks(s);
	level = s->depth - base;
	object = (is_object[level / 8] >> level % 8 & 1) != 0;
	if (*s->at == ',') {
		s->at++;
		if (object && !scan_name(s, &name))
			return false;
		goto value;
	}
	if (*s->at != (object ? '}' : ']'))
		return refuse(s, JSON_SYNTAX, s->at);
close:
	s->depth--;
	s->at++;
	goto after;
}

/* After an element or member: is there another? *ret_more says. */
static bool
scan_next(struct scan *s, unsigned char close, bool *ret_more)
{
	skip_blanks(s);
	if (*s->at != ',' && *s->at != close)
		return refuse(s, JSON_SYNTAX, s->at);
	*ret_more = *s->at == ',';
	if (!*ret_more)
		s->depth--;
	s->at++;
	return true;
}

/* An array, from its bracket; counts the elements. */
static bool
scan_array(struct scan *s, int64_t *ret_count)
{
	bool more = true;

	*ret_count = 0;
	if (!enter(s))
		return false;
	if (*s->at == ']') {
		s->at++;
		s->depth--;
		return true;
	}
	while (more) {
		if (!scan_value(s) || !scan_next(s, ']', &more))
			return false;
		(*ret_count)++;
	}
	return true;
}

/*
 * Does this name lead to items? Gives what follows "name.", an empty text when
 * the items are the value itself, or NULL.
 */
static const char *
items_below(const char *const *items, struct span name)
{
	for (; *items != NULL; items++) {
		size_t len = strcspn(*items, ".");

		if (len == name.len && memcmp(*items, name.at, len) == 0)
			return *items + len + ((*items)[len] == '.' ? 1 : 0);
	}
	return NULL;
}

/* An object that may hold a batch's items, from its brace; -1: none found. */
static bool
scan_items(struct scan *s, const char *const *items, int64_t *ret_count)
{
	bool more = true;

	*ret_count = -1;
	if (!enter(s))
		return false;
	if (*s->at == '}') {
		s->at++;
		s->depth--;
		return true;
	}
	while (more) {
		const char *below[2] = { NULL, NULL };
		int64_t count = -1;
		struct span name;

		if (!scan_name(s, &name))
			return false;
		skip_blanks(s);
		if (*ret_count < 0)
			below[0] = items_below(items, name);
		if (below[0] != NULL && *below[0] == '\0' && *s->at == '[') {
			if (!scan_array(s, &count))
				return false;
		} else if (below[0] != NULL && *below[0] != '\0' &&
		    *s->at == '{') {
			if (!scan_items(s, below, &count))
				return false;
		} else if (!scan_value(s)) {
			return false;
		}
		if (count >= 0)
			*ret_count = count;
		if (!scan_next(s, '}', &more))
			return false;
	}
	return true;
}

static enum json_kind
kind_of(unsigned char first)
{
	switch (first) {
	case 'n':
		return JSON_NULL;
	case 't':
		return JSON_TRUE;
	case 'f':
		return JSON_FALSE;
	case '"':
		return JSON_STRING;
	case '[':
		return JSON_ARRAY;
	case '{':
		return JSON_OBJECT;
	default:
		return JSON_NUMBER;
	}
}

/* The value of a wanted member. */
static bool
scan_member(struct scan *s, struct json_member *member)
{
	const unsigned char *start;
	bool fine;

	skip_blanks(s);
	start = s->at;
	member->kind = kind_of(*start);
	member->item_count = 1;
	if (member->kind == JSON_ARRAY)
		fine = scan_array(s, &member->item_count);
	else if (member->kind == JSON_OBJECT && member->items != NULL)
		fine = scan_items(s, member->items, &member->item_count);
	else
		fine = scan_value(s);
	if (member->item_count < 0)
		member->item_count = 1;
	member->value.at = (const char *)start;
	member->value.len = (size_t)(s->at - start);
	return fine;
}

static struct json_member *
member_named(struct json_member *members, size_t count, struct span name)
{
	for (size_t i = 0; i < count; i++)
		if (span_is(name, members[i].name))
			return &members[i];
	return NULL;
}

/* The outermost object, from its brace. */
static bool
scan_envelope(struct scan *s, struct json_member *members, size_t count)
{
	bool more = true;

	if (!enter(s))
		return false;
	if (*s->at == '}') {
		s->at++;
		return true;
	}
	while (more) {
		struct json_member *member;
		struct span name;

		if (!scan_name(s, &name))
			return false;
		member = member_named(members, count, name);
		if (member != NULL && member->kind != JSON_ABSENT)
			return refuse(s, JSON_DUPLICATE,
			    (const unsigned char *)name.at);
		if (member != NULL ? !scan_member(s, member) : !scan_value(s))
			return false;
		if (!scan_next(s, '}', &more))
			return false;
	}
	return true;
}

/* Where the whole text goes wrong before its first or after its last brace. */
static bool
scan_text(struct scan *s, struct json_member *members, size_t count)
{
	if (s->end - s->at >= 3 && memcmp(s->at, "\xef\xbb\xbf", 3) == 0)
		return refuse(s, JSON_BOM, s->at);
	skip_blanks(s);
	if (s->at == s->end)
		return refuse(s, JSON_EMPTY, s->at);
	if (*s->at != '{') {
		if (!scan_value(s))
			return false;
		return refuse(s, JSON_NOT_OBJECT, s->start);
	}
	if (!scan_envelope(s, members, count))
		return false;
	skip_blanks(s);
	if (s->at != s->end)
		return refuse(s, JSON_TRAILING, s->at);
	return true;
}

bool
json_scan_object(struct span text, const struct json_limits *limits,
    struct json_member *members, size_t count, struct json_refusal *ret_refusal)
{
	const unsigned char *start = (const unsigned char *)text.at;
	struct scan s = {
		.start = start,
		.at = start,
		.end = start + text.len,
		.limits = limits,
	};

	for (size_t i = 0; i < count; i++) {
		members[i].kind = JSON_ABSENT;
		members[i].value = SPAN_NONE;
		members[i].item_count = 0;
	}
	if (scan_text(&s, members, count))
		return true;
	ret_refusal->flaw = s.flaw;
	ret_refusal->at = (size_t)(s.flaw_at - s.start);
	return false;
}
