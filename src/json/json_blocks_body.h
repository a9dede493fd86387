/* SPDX-License-Identifier: MIT */
/*
 * One implementation of json_blocks.h. A source file that includes this has
 * defined before:
 *
 *	JSON_BLOCKS     its function
 *	JSON_BLOCKS_TARGET   the attribute of all that use extensions
 *	load_block()    the masks of the 64 bytes at a place
 *	utf8_fine()     no byte of such 64 makes a sequence wrong that they or
 *	                the three bytes before them began
 *	prefix_xor()    each bit becomes the parity of it and those below
 *	count_bits()    how many bits are set
 *	first_bit()     the number of the lowest bit that is set; 64: none is
 *	skip_text()     over whole blocks within a string that are nothing but
 *	                plain ASCII
 *
 * The order of bytes is that of x86 and ARM: the first is the lowest.
 *
 * The grammar needs no loop: a token is where something begins outside of
 * strings (opening quotes count, closing ones do not), and for all tokens of
 * one class in a block, those that follow them are found by one addition.
 */
#ifndef JSON_JSON_BLOCKS_BODY_H
#define JSON_JSON_BLOCKS_BODY_H

#include <string.h>

#include "json/json_blocks.h"
#include "json/json_blocks_scalars.h"

/* Values nested deeper are left to the exact way. */
#define LEVELS_MAX 60

#define ALL_ONES UINT64_MAX

/* What one block leaves to the next. */
struct blocks {
	struct json_pass *s;
	const unsigned char *behind; /* the value, once it has ended */
	uint64_t in_string;	     /* all ones or 0 */
	uint64_t in_scalar;	     /* 1 or 0 */
	uint64_t in_sequence;	     /* not 0: UTF-8 goes on, or may */
	uint64_t escaped;	     /* so many bytes belong to an escape */
	/* Is the next token behind: */
	uint64_t after_start; /* an opening bracket or comma? */
	uint64_t after_colon;
	uint64_t after_key;
	/* A bit a level, the lowest the innermost: an object? Above: 10 */
	uint64_t kinds;
	uint64_t kinds_end; /* kinds stays below that: the limit of depth */
	/*
	 * Tokens so far, closing brackets, commas and colons not being values.
	 */
	size_t opens, objects, values, keys;
	/*
	 * For each level, at least as many as the object there has members, but
	 * for those of its last block; what is left to the exact way.
	 */
	unsigned members[LEVELS_MAX + 4], members_end;
};

enum block_result { BLOCK_REFUSED, BLOCK_MORE, BLOCK_TEXT, BLOCK_ENDED };

/*
 * What follows each of some tokens: they carry into the run of other bytes
 * behind them, which carries on to the next token. Only the bits of tokens
 * count in the sum.
 */
static ALWAYS_INLINE uint64_t
following(uint64_t some, uint64_t tokens, uint64_t *carry)
{
	const uint64_t run = ~tokens;
	uint64_t sum = (some << 1 | *carry) + run;

	*carry = some >> 63 | (sum < run);
	return sum & tokens;
}

/* -- strings */

#define DIGIT(c) [c] = 1 + ((c) <= '9' ? (c) - '0' : ((c) | 0x20) - 'a' + 10)

/* One more than a hex digit is worth; 0: it is none. */
static const unsigned char hex_digit[256] = {
	DIGIT('0'), DIGIT('1'), DIGIT('2'), DIGIT('3'), DIGIT('4'), DIGIT('5'),
	DIGIT('6'), DIGIT('7'), DIGIT('8'), DIGIT('9'), DIGIT('a'), DIGIT('b'),
	DIGIT('c'), DIGIT('d'), DIGIT('e'), DIGIT('f'), DIGIT('A'), DIGIT('B'),
	DIGIT('C'), DIGIT('D'), DIGIT('E'), DIGIT('F'),
};

#undef DIGIT

/* As json_escape(); \u is judged here unless it begins with 00, d or D. */
static ALWAYS_INLINE const unsigned char *
escape(struct json_pass *s, const unsigned char *at)
{
	if (s->end - at >= 6 && at[1] == 'u') {
		unsigned first = hex_digit[at[2]], second = hex_digit[at[3]];

		if (first > 0 && second > 0 && first + second > 2 &&
		    first != 1 + 0xd && hex_digit[at[4]] > 0 &&
		    hex_digit[at[5]] > 0)
			return at + 6;
	}
	return json_escape(s, at);
}

/* The bits below n, which may be 64 or more. */
static ALWAYS_INLINE uint64_t
bits_below(uint64_t n)
{
	return n < 64 ? ~(ALL_ONES << n) : ALL_ONES;
}

struct unescaped {
	uint64_t quote;
	uint64_t escaped; /* as in struct blocks; all ones: a flaw */
};

/*
 * The quotes that are not part of an escape. Those outside of strings are
 * judged as well: a backslash there is no scalar, so they are refused.
 */
JSON_BLOCKS_TARGET __attribute__((noinline)) static struct unescaped
unescape(struct json_pass *s, const unsigned char *at, uint64_t backslash,
    uint64_t quote, uint64_t escaped)
{
	uint64_t left = backslash & ~bits_below(escaped);

	quote &= ~bits_below(escaped);
	escaped = 0;
	while (left != 0) {
		uint64_t place = first_bit(left), gone;
		const unsigned char *behind = escape(s, at + place);

		if (behind == NULL)
			return (struct unescaped){ quote, ALL_ONES };
		escaped = (uint64_t)(behind - at);
		gone = bits_below(escaped);
		quote &= ~(gone & ~bits_below(place));
		left &= ~gone;
	}
	return (struct unescaped){ quote, escaped < 64 ? 0 : escaped - 64 };
}

/* Leaves in m->quote the unescaped ones; *ret_in: string, opening quote. */
JSON_BLOCKS_TARGET static ALWAYS_INLINE bool
strings(struct blocks *b, struct json_block *m, const unsigned char *at,
    const unsigned char *bytes, uint64_t *ret_in)
{
	if ((m->high | b->in_sequence) != 0) {
		if (!utf8_fine(bytes))
			return false;
		b->in_sequence = m->high >> 61;
	}
	if ((m->backslash | b->escaped) != 0) {
		struct unescaped u = unescape(b->s, at, m->backslash, m->quote,
		    b->escaped);

		if (u.escaped == ALL_ONES)
			return false;
		m->quote = u.quote;
		b->escaped = u.escaped;
	}
	*ret_in = prefix_xor(m->quote) ^ b->in_string;
	b->in_string = 0 - (*ret_in >> 63);
	return (m->control & *ret_in) == 0;
}

/* -- brackets, one by one */

/*
 * Do they match? *ret_object: the bytes within an object, closing brackets
 * included. Where the value ends, b->kinds becomes 2 or 3 and b->behind is set.
 */
JSON_BLOCKS_TARGET static ALWAYS_INLINE bool
brackets(struct blocks *b, uint64_t left, const unsigned char *at,
    const unsigned char *bytes, uint64_t *ret_object, uint64_t *ret_lowest)
{
	uint64_t kinds = b->kinds, object = 0 - (kinds & 1), now = object;
	uint64_t wrong = 0, lowest = kinds;

	for (; left != 0; left &= left - 1) {
		unsigned place = first_bit(left), bracket = bytes[place];
		uint64_t kind = bracket >> 5 & 1, next;

		if ((bracket & 2) != 0) { /* of [{ and not of ]} */
			kinds = kinds << 1 | kind;
			b->objects += kind;
			if (kinds >= b->kinds_end)
				return false;
		} else {
			wrong |= kinds ^ kind;
			kinds >>= 1;
			if (kinds < lowest)
				lowest = kinds;
			if (kinds < 4) {
				b->behind = at + place + 1;
				break;
			}
		}
		next = 0 - (kinds & 1);
		object ^= (next ^ now) & ~UINT64_C(1) << place;
		now = next;
	}
	b->kinds = kinds;
	*ret_object = object;
	*ret_lowest = lowest;
	return (wrong & 1) == 0;
}

/*
 * Count the members of the objects that are open, too many rather than too few:
 * a block's keys count for the outermost level that it was at, and for those
 * that it has opened. What it has closed has got at most these more, which the
 * limit has room for.
 */
JSON_BLOCKS_TARGET static ALWAYS_INLINE bool
count_members(struct blocks *b, unsigned keys, uint64_t lowest)
{
	unsigned level = 63 - (unsigned)__builtin_clzll(lowest);
	unsigned end = 63 - (unsigned)__builtin_clzll(b->kinds);

	if ((lowest & 1) != 0) {
		b->members[level] += keys;
		if (b->members[level] > b->members_end)
			return false;
	}
	while (++level <= end)
		b->members[level] = keys;
	return true;
}

/* -- tokens */

/* Is there nothing but blanks between the brackets that end here? */
__attribute__((noinline)) static bool
all_empty(const unsigned char *at, uint64_t close)
{
	for (; close != 0; close &= close - 1) {
		const unsigned char *before = at + __builtin_ctzll(close) - 1;

		while (*before <= ' ')
			before--; /* the value's own bracket stops us */
		if (*before != '[' && *before != '{')
			return false;
	}
	return true;
}

/*
 * Behind an opening bracket, a comma or a colon comes the begin of a value (or
 * key), and nowhere else; only behind an opening bracket may a closing one
 * come. In objects what is not behind a colon is a key, hence a string, and
 * colons come behind keys, and nowhere else.
 */
JSON_BLOCKS_TARGET static ALWAYS_INLINE bool
grammar(struct blocks *b, const struct json_block *m, uint64_t scalar,
    uint64_t object, const unsigned char *at)
{
	const uint64_t values = m->quote | scalar | m->open;
	const uint64_t tokens = values | m->close | m->colon | m->comma;
	uint64_t starts, empty, keys, bad;

	starts = following(m->open | m->comma, tokens, &b->after_start);
	empty = following(m->colon, tokens, &b->after_colon);
	empty = (starts | empty) ^ values;
	keys = starts & values & object;
	bad = (empty & ~m->close) | (keys & ~m->quote) |
	    (following(keys, tokens, &b->after_key) ^ m->colon);
	if (bad != 0)
		return false;
	return (empty & ~(m->open << 1)) == 0 || all_empty(at, empty);
}

/* Leaves the bits that are among those. */
static ALWAYS_INLINE void
keep(struct json_block *m, uint64_t those)
{
	m->open &= those;
	m->close &= those;
	m->colon &= those;
	m->comma &= those;
}

/* The block at `at`; `bytes` are its, which may be a copy. */
JSON_BLOCKS_TARGET static ALWAYS_INLINE enum block_result
block(struct blocks *b, const unsigned char *at, const unsigned char *bytes)
{
	uint64_t in, outside, other, scalar, object, lowest;
	struct json_block m;
	unsigned keys;

	load_block(bytes, &m);
	if (!strings(b, &m, at, bytes, &in))
		return BLOCK_REFUSED;
	if (m.quote == 0 && in != 0)
		return BLOCK_TEXT;
	outside = ~(in | m.quote);
	other = outside & ~(m.open | m.close | m.colon | m.comma | m.blank);
	scalar = other & ~(other << 1 | b->in_scalar);
	b->in_scalar = other >> 63;
	m.quote &= in;
	keep(&m, outside);
	if (!brackets(b, m.open | m.close, at, bytes, &object, &lowest))
		return BLOCK_REFUSED;
	if (b->kinds < 4) { /* what is behind the value does not count */
		const uint64_t value = bits_below((uint64_t)(b->behind - at));

		m.quote &= value;
		scalar &= value;
		keep(&m, value);
	}
	keys = count_bits(m.colon);
	b->keys += keys;
	b->opens += count_bits(m.open);
	b->values += count_bits(m.quote | scalar);
	if (!count_members(b, keys, lowest) ||
	    !grammar(b, &m, scalar, object, at))
		return BLOCK_REFUSED;
	for (; scalar != 0; scalar &= scalar - 1)
		if (!scalar_fine(b->s, at + first_bit(scalar)))
			return BLOCK_REFUSED;
	return b->kinds < 4 ? BLOCK_ENDED : BLOCK_MORE;
}

/* The last bytes of the text, fewer than a block; blanks fill it up. */
JSON_BLOCKS_TARGET static bool
last_block(struct blocks *b, const unsigned char *at)
{
	unsigned char copy[3 + JSON_BLOCK];

	memset(copy, ' ', sizeof(copy));
	memcpy(copy, at - 3, 3 + (size_t)(b->s->end - at));
	return block(b, at, copy + 3) == BLOCK_ENDED;
}

JSON_BLOCKS_TARGET static bool
all_blocks(struct blocks *ret_b)
{
	struct blocks b = *ret_b; /* of which nobody else has the address */
	const unsigned char *at = b.s->at, *const end = b.s->end;
	enum block_result result = BLOCK_MORE;

	while (end - at >= JSON_BLOCK) {
		result = block(&b, at, at);
		at += JSON_BLOCK;
		if (result == BLOCK_MORE)
			continue;
		if (result != BLOCK_TEXT)
			break;
		if ((b.escaped | b.in_sequence) == 0)
			at = skip_text(at, end);
	}
	*ret_b = b;
	if (result == BLOCK_MORE || result == BLOCK_TEXT)
		return last_block(ret_b, at);
	return result == BLOCK_ENDED;
}

bool
JSON_BLOCKS(struct json_pass *s)
{
	struct blocks b = { .s = s, .after_colon = 1, .kinds = 2 };
	const size_t expansion = s->expansion;
	size_t memory;
	unsigned levels = s->limits->depth < JSON_DEPTH_MAX ?
	    s->limits->depth + 1 : JSON_DEPTH_MAX;

	/* Three bytes before a block are looked at, too. */
	if (s->depth >= levels || s->at - s->start < 3)
		return false;
	levels -= s->depth;
	if (levels > LEVELS_MAX)
		levels = LEVELS_MAX;
	b.kinds_end = UINT64_C(4) << levels;
	b.members_end = s->limits->members - 1; /* 0: any number */
	if (b.members_end < JSON_BLOCK)
		return false;
	b.members_end -= JSON_BLOCK;
	if (!all_blocks(&b)) {
		s->expansion = expansion;
		return false;
	}
	memory = s->memory + b.objects * JSON_OBJECT_BYTES +
	    (b.opens - b.objects) * JSON_ARRAY_BYTES +
	    (b.values - b.keys) * JSON_SCALAR_BYTES;
	if (memory - 1 > s->limits->memory - 1) {
		s->expansion = expansion;
		return false;
	}
	s->memory = memory;
	s->at = b.behind;
	return true;
}

#endif
