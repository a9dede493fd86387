/* SPDX-License-Identifier: MIT */
#include "adapters/svg/svg_drawing.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/svg/svg_drawing_inside.h"
#include "adapters/svg/svg_text.h"

/* Names and references of a picture of a megabyte. */
#define ARENA_BYTES (6u << 20)

struct svg_drawing *
svg_drawing_new(void)
{
	struct svg_drawing *drawing = calloc(1, sizeof(*drawing));

	if (drawing == NULL)
		return NULL;
	drawing->arena = arena_new(ARENA_BYTES);
	if (drawing->arena == NULL) {
		free(drawing);
		return NULL;
	}
	return drawing;
}

void
svg_drawing_free(struct svg_drawing *drawing)
{
	if (drawing == NULL)
		return;
	arena_free(drawing->arena);
	free(drawing);
}

/* The element that is the nearest outside of one that begins now. */
static size_t
parent_of(const struct svg_drawing *drawing, int depth)
{
	size_t at = drawing->count;

	if (depth == 0 || at == 0)
		return at;
	for (at--; drawing->elements[at].depth >= depth && at > 0;)
		at = drawing->elements[at].parent;
	return at;
}

enum err
svg_drawing_add(struct svg_drawing *drawing, const char *kind, int depth,
    struct diag *diag)
{
	size_t parent = parent_of(drawing, depth);

	if (drawing->count >= SVG_DRAWN_MAX - 1)
		return diag_tell(diag, E_INVALID,
		    "The SVG has %d elements or"
		    " more: make it simpler",
		    SVG_DRAWN_MAX);
	drawing->elements[drawing->count++] = (struct svg_element){
		.kind = kind,
		.depth = depth,
		.parent = parent
	};
	return E_OK;
}

static struct svg_element *
last_of(struct svg_drawing *drawing)
{
	return &drawing->elements[drawing->count - 1];
}

void
svg_drawing_name(struct svg_drawing *drawing, const char *id)
{
	struct svg_name *name;

	if (drawing->name_count >= SVG_DRAWN_MAX) {
		drawing->is_unclear = true;
		return;
	}
	name = &drawing->names[drawing->name_count];
	name->id = arena_text(drawing->arena, str_span(id));
	name->element = drawing->count - 1;
	drawing->name_count++;
}

void
svg_drawing_class(struct svg_drawing *drawing, const char *classes)
{
	last_of(drawing)->classes = arena_text(drawing->arena,
	    str_span(classes));
}

/* As a browser reads it: blanks of no meaning and percents. */
static const char *
fragment_read(struct svg_drawing *drawing, struct span fragment)
{
	char *name = arena_text(drawing->arena, fragment);
	size_t len = 0;

	for (const char *at = name; *at != '\0'; at++) {
		char digits[3] = "";

		if (*at == '\t' || *at == '\r' || *at == '\n')
			continue;
		if (*at == '%' && isxdigit((unsigned char)at[1]) &&
		    isxdigit((unsigned char)at[2])) {
			memcpy(digits, at + 1, 2);
			name[len++] = (char)strtol(digits, NULL, 16);
			at += 2;
		} else {
			name[len++] = *at;
		}
	}
	while (len > 0 && (unsigned char)name[len - 1] <= ' ')
		len--;
	name[len] = '\0';
	return name;
}

void
svg_drawing_refer(struct svg_drawing *drawing, const char *fragment)
{
	struct svg_element *element = last_of(drawing);
	const char *name = fragment_read(drawing, str_span(fragment));

	/* href and xlink:href, and browsers differ in what they take. */
	if (element->target != NULL && strcmp(element->target, name) != 0)
		drawing->is_unclear = true;
	element->target = name;
}

void
svg_drawing_points(struct svg_drawing *drawing, size_t count)
{
	last_of(drawing)->points += count;
}

static void
add_reference(struct svg_drawing *drawing, struct svg_element *element,
    const char *part)
{
	struct svg_reference *reference;

	if (drawing->reference_count >= SVG_REFERENCES_MAX) {
		drawing->has_many_references = true;
		return;
	}
	reference = &drawing->references[drawing->reference_count++];
	*reference = (struct svg_reference){ part, element->references };
	element->references = reference;
}

/* Is it one word that may name an element, a class or an id? */
static bool
is_plain(struct span word)
{
	for (size_t i = 0; i < word.len; i++)
		if (!isalnum((unsigned char)word.at[i]) &&
		    (unsigned char)word.at[i] < 0x80 && word.at[i] != '-' &&
		    word.at[i] != '_')
			return false;
	return word.len > 0;
}

/*
 * A part of a selector that what it selects has, too: the first word of what
 * stands behind the last blank or combinator. SPAN_NONE: it may select all.
 */
static struct span
selector_read(struct span selector)
{
	struct span word = selector;

	for (size_t i = 0; i < selector.len; i++) {
		if (strchr("()@&", selector.at[i]) != NULL)
			return SPAN_NONE;
		if (strchr(" \t\r\n\f>+~", selector.at[i]) != NULL)
			word.at = selector.at + i + 1;
	}
	word.len -= (size_t)(word.at - selector.at);
	for (size_t i = 1; i < word.len; i++)
		if (strchr(".#:", word.at[i]) != NULL)
			word.len = i;
	return word;
}

static void
add_rule(struct svg_drawing *drawing, struct span selector, const char *part)
{
	struct svg_rule rule = { .kind = 'e', .part = part };

	selector = selector_read(selector);
	if (selector.len > 0 && (*selector.at == '.' || *selector.at == '#')) {
		rule.kind = *selector.at++;
		selector.len--;
	}
	if (!is_plain(selector))
		rule.kind = '*';
	if (drawing->rule_count >= SVG_RULES_MAX) {
		drawing->has_many_rules = true;
		return;
	}
	rule.name = arena_span(drawing->arena, selector);
	drawing->rules[drawing->rule_count++] = rule;
}

void
svg_drawing_apply(struct svg_drawing *drawing, struct span selectors,
    struct span part)
{
	const char *name = NULL;

	if (part.at != NULL)
		name = fragment_read(drawing, part);
	if (selectors.at == NULL) {
		add_reference(drawing, last_of(drawing), name);
		return;
	}
	do
		add_rule(drawing, svg_trim(span_cut(&selectors, ',')), name);
	while (selectors.len > 0);
}

static int
compare(const void *a, const void *b)
{
	return strcmp(((const struct svg_name *)a)->id,
	    ((const struct svg_name *)b)->id);
}

/* Whatever their letters: in HTML they may be those of others. */
static bool
has_class(struct svg_drawing *drawing, const struct svg_element *element,
    struct span class)
{
	const char *at = element->classes;

	for (size_t len; at != NULL && *at != '\0'; at += len) {
		drawing->steps++;
		at += strspn(at, " \t\r\n\f");
		len = strcspn(at, " \t\r\n\f");
		if (len == class.len && strncasecmp(at, class.at, len) == 0)
			return true;
	}
	return false;
}

/* Give the elements what a rule of a style sheet has for them. */
static void
apply_rule(struct svg_drawing *drawing, const struct svg_rule *rule)
{
	if (rule->kind == '#') {
		for (size_t i = 0; i < drawing->name_count; i++)
			if (span_is_nocase(rule->name, drawing->names[i].id))
				add_reference(drawing,
				    &drawing
					 ->elements[drawing->names[i].element],
				    rule->part);
		return;
	}
	for (size_t i = 0;
	     i < drawing->count && drawing->steps <= SVG_STEPS_MAX; i++) {
		struct svg_element *element = &drawing->elements[i];

		if (rule->kind == '*' ||
		    (rule->kind == '.' &&
			has_class(drawing, element, rule->name)) ||
		    (rule->kind == 'e' &&
			span_is_nocase(rule->name, element->kind)))
			add_reference(drawing, element, rule->part);
	}
}

enum err
svg_drawing_check(struct svg_drawing *drawing, struct diag *diag)
{
	enum err rc = arena_done(drawing->arena, diag);

	if (rc != E_OK)
		return rc;
	qsort(drawing->names, drawing->name_count, sizeof(drawing->names[0]),
	    compare);
	for (size_t i = 0;
	     i < drawing->rule_count && !drawing->has_many_references; i++)
		apply_rule(drawing, &drawing->rules[i]);
	if (drawing->has_many_rules)
		return diag_tell(diag, E_INVALID,
		    "The SVG's style sheets refer"
		    " to more than %d parts: make it simpler",
		    SVG_RULES_MAX);
	if (drawing->has_many_references)
		return diag_tell(diag, E_INVALID,
		    "The SVG's elements refer to"
		    " more than %d parts: make it simpler",
		    SVG_REFERENCES_MAX);
	return svg_cost_check(drawing, diag);
}
