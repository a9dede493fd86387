/* SPDX-License-Identifier: MIT */
#include "adapters/svg/svg_limit.h"

#include <ctype.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* A filter's width and height, of what it is put on, and in units. */
#define REGION_MOST 50
#define REGION_UNITS_MOST 10000
/* A tile's width and height, of what it fills, and in units. */
#define TILE_LEAST 0.01
#define TILE_UNITS_LEAST 0.1
/* patternTransform makes a tile's area no smaller than this part of it. */
#define TILE_AREA_LEAST 0.0001
/* The lengths of a stroke-dasharray together. */
#define DASHES_LEAST 0.1

static const struct limit {
	const char *element;
	const char *attribute;
	double least, most;
} limits[] = {
#define LIMIT(element, attribute, least, most) \
	{ element, attribute, least, most },
#include "adapters/svg/svg_limit_rows.h"
#undef LIMIT
};

/*
 * The next number of a text, as SVG writes them; what stands between them, and
 * units but for the percent, means nothing. Gives: false when there is none.
 */
static bool
next_number(struct span *text, double *ret_number)
{
	static const char marks[] = "0123456789+-.eE";
	const char *end = text->at + text->len;
	char digits[64];
	size_t len = 0;
	char *stop;

	while (text->at < end && !isdigit((unsigned char)*text->at) &&
	    *text->at != '.' && *text->at != '-' && *text->at != '+')
		text->at++;
	while (text->at + len < end && len < sizeof(digits) - 1 &&
	    strchr(marks, text->at[len]) != NULL && text->at[len] != '\0') {
		digits[len] = text->at[len];
		len++;
	}
	digits[len] = '\0';
	*ret_number = strtod(digits, &stop);
	if (stop == digits + sizeof(digits) - 1)
		/* nobody writes one so long: no limit has it */
		*ret_number = NAN;
	/* At least the character that is no number. */
	len = stop == digits ? (len > 0 ? 1 : 0) : (size_t)(stop - digits);
	text->at += len;
	if (text->at < end && *text->at == '%')
		*ret_number /= 100;
	text->len = (size_t)(end - text->at);
	return len > 0;
}

static const char *
value_of(const char *const *attributes, const char *name)
{
	for (; attributes[0] != NULL; attributes += 2)
		if (strcmp(attributes[0], name) == 0)
			return attributes[1];
	return NULL;
}

static bool
is(const char *value, const char *wanted)
{
	return value != NULL && span_is(span_trim(str_span(value)), wanted);
}

/* A reference to another, of XLink or not. */
static bool
has_href(const char *const *attributes)
{
	for (; attributes[0] != NULL; attributes += 2) {
		size_t len = strlen(attributes[0]);

		if (len >= 4 && strcmp(attributes[0] + len - 4, "href") == 0)
			return true;
	}
	return false;
}

/* Are all numbers of an attribute within these? */
static enum err
check(const char *element, const char *attribute, const char *value,
    double least, double most, struct diag *diag)
{
	struct span text = str_span(value);
	double number;

	while (value != NULL && next_number(&text, &number)) {
		if (!(number <= most))
			return diag_tell(diag, E_INVALID,
			    "The SVG has %.40s of"
			    " %.40s above %g: make it smaller",
			    attribute, element, most);
		if (!(number >= least))
			return diag_tell(diag, E_INVALID,
			    "The SVG has %.40s of"
			    " %.40s below %g: make it larger",
			    attribute, element, least);
	}
	return E_OK;
}

/* A percent is of the picture; as a hundredth it passes as a small number. */
static enum err
check_region(const char *element, const char *attribute, const char *value,
    bool in_units, struct diag *diag)
{
	bool is_part = !in_units ||
	    (value != NULL && strchr(value, '%') != NULL);

	return check(element, attribute, value, -INFINITY,
	    is_part ? REGION_MOST : REGION_UNITS_MOST, diag);
}

/* How much of an area is left by a list of transformations. */
static double
area_of(const char *transforms)
{
	double area = 1;

	for (const char *at = transforms; (at = strchr(at, '(')) != NULL;
	     at++) {
		struct span rest = str_span(at + 1);
		struct span inner = span_cut(&rest, ')');
		double numbers[6] = { 0 };
		size_t count = 0;

		while (count < 6 && next_number(&inner, &numbers[count]))
			count++;
		for (const char *end = at;
		     at > transforms && isspace((unsigned char)end[-1]);)
			at = --end;
		if (at - transforms >= 6 && memcmp(at - 6, "matrix", 6) == 0)
			area *= numbers[0] * numbers[3] -
			    numbers[1] * numbers[2];
		else if (at - transforms >= 5 &&
		    memcmp(at - 5, "scale", 5) == 0)
			area *= numbers[0] * numbers[count > 1 ? 1 : 0];
		at = strchr(at, '(');
	}
	return fabs(area);
}

static enum err
check_pattern(const char *const *attributes, struct diag *diag)
{
	static const char *const names[] = { "width", "height" };
	const char *units = value_of(attributes, "patternUnits");
	const char *transforms = value_of(attributes, "patternTransform");
	/* Without units of its own it may have those of another. */
	bool in_units = units == NULL ?
	    has_href(attributes) :
	    is(units, "userSpaceOnUse");
	double area = transforms == NULL ? 1 : area_of(transforms);
	enum err rc = E_OK;

	for (size_t i = 0; i < COUNT(names) && rc == E_OK; i++) {
		const char *value = value_of(attributes, names[i]);
		bool is_part = !in_units ||
		    (value != NULL && strchr(value, '%') != NULL);
		struct span text = str_span(value);
		double number;

		/* A pattern of no size is not drawn. */
		if (value != NULL && next_number(&text, &number) && number != 0)
			rc = check("pattern", names[i], value,
			    is_part ? TILE_LEAST : TILE_UNITS_LEAST, INFINITY,
			    diag);
	}
	/* One that is turned over an edge is not drawn. */
	if (rc == E_OK && !(area == 0 || area >= TILE_AREA_LEAST))
		rc = diag_tell(diag, E_INVALID,
		    "The SVG has a patternTransform"
		    " that leaves less than %g of a pattern's area: make its"
		    " tiles larger",
		    TILE_AREA_LEAST);
	return rc;
}

static enum err
check_filter(const char *element, const char *const *attributes,
    struct diag *diag)
{
	bool is_filter = strcmp(element, "filter") == 0;
	bool in_units = !is_filter ||
	    is(value_of(attributes, "filterUnits"), "userSpaceOnUse");
	enum err rc;

	if (is(value_of(attributes, "primitiveUnits"), "objectBoundingBox"))
		return diag_tell(diag, E_INVALID,
		    "The SVG has a filter with"
		    " primitiveUnits objectBoundingBox: remove it");
	rc = check_region(element, "width", value_of(attributes, "width"),
	    in_units, diag);
	if (rc == E_OK)
		rc = check_region(element, "height",
		    value_of(attributes, "height"), in_units, diag);
	return rc;
}

enum err
svg_limit_check(const char *element, const char *const *attributes,
    struct diag *diag)
{
	enum err rc = E_OK;

	for (size_t i = 0; i < COUNT(limits) && rc == E_OK; i++) {
		const struct limit *limit = &limits[i];

		if (limit->element[0] == '\0' ||
		    strcmp(limit->element, element) == 0)
			rc = check(element, limit->attribute,
			    value_of(attributes, limit->attribute),
			    limit->least, limit->most, diag);
	}
	if (rc == E_OK && strcmp(element, "pattern") == 0)
		rc = check_pattern(attributes, diag);
	if (rc == E_OK &&
	    (strcmp(element, "filter") == 0 || strncmp(element, "fe", 2) == 0))
		rc = check_filter(element, attributes, diag);
	return rc;
}

enum err
svg_limit_dashes(struct span value, bool *ret_dashed, struct diag *diag)
{
	struct span rest = value;
	double sum = 0, number;

	*ret_dashed = false;
	/* Neither var() nor a comment, which may be in an attribute as well. */
	if (memchr(value.at, '(', value.len) != NULL ||
	    memchr(value.at, '/', value.len) != NULL)
		return diag_tell(diag, E_INVALID,
		    "The SVG has a"
		    " stroke-dasharray that is computed: write its lengths");
	while (next_number(&rest, &number))
		sum += fabs(number);
	if (sum == 0)
		return E_OK; /* as good as none */
	if (!(sum >= DASHES_LEAST))
		return diag_tell(diag, E_INVALID,
		    "The SVG has a"
		    " stroke-dasharray of less than %g together: make it"
		    " longer",
		    DASHES_LEAST);
	*ret_dashed = true;
	return E_OK;
}

/* How many numbers a point takes at least, by the command of a path. */
static size_t
numbers_of(char command)
{
	switch (tolower((unsigned char)command)) {
	case 'h':
	case 'v':
		return 1;
	case 's':
	case 'q':
	case 'a': /* of its 7, flags may stand together */
		return 4;
	case 'c':
		return 6;
	default:
		return 2;
	}
}

size_t
svg_limit_points(const char *attribute, const char *value)
{
	struct span text = str_span(value);
	size_t points = 0, numbers = 0, each = 2;
	double number;

	if (strcmp(attribute, "d") != 0 && strcmp(attribute, "points") != 0)
		return 0;
	while (text.len > 0) {
		if (isalpha((unsigned char)*text.at)) {
			points += numbers / each +
			    (*text.at == 'z' || *text.at == 'Z');
			numbers = 0;
			each = numbers_of(*text.at);
			text.at++;
			text.len--;
		} else if (strchr("0123456789+-.", *text.at) != NULL) {
			if (next_number(&text, &number))
				numbers++;
		} else {
			text.at++;
			text.len--;
		}
	}
	return points + numbers / each;
}
