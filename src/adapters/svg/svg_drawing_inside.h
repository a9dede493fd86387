/* SPDX-License-Identifier: MIT */
/*
 * What the two halves of svg_drawing.h share: svg_drawing.c notes what the
 * picture has, svg_cost.c counts what that draws.
 */
#ifndef ADAPTERS_SVG_SVG_DRAWING_INSIDE_H
#define ADAPTERS_SVG_SVG_DRAWING_INSIDE_H

#include <stdbool.h>
#include <stddef.h>

#include "adapters/svg/svg_drawing.h"
#include "base/arena.h"

/* Fewer elements than this may be drawn, each as often as it is. */
#define SVG_DRAWN_MAX 10000
/*
 * What a browser makes a picture of its own for, or many small lines: filter
 * primitives, masks, patterns, dashed lines; each as often as it is drawn.
 */
#define SVG_LAYERS_MAX 250
/* Points of paths, and characters, each as often as it is drawn. */
#define SVG_POINTS_MAX 1000000
/* References of elements, those that a style sheet gives them included. */
#define SVG_REFERENCES_MAX 20000
/* References in a style sheet. */
#define SVG_RULES_MAX 500
/* How often references and classes are looked up; ours is the time. */
#define SVG_STEPS_MAX 5000000
/* References that lead from one to the next. */
#define SVG_LINKS_MAX 16

/* A part of the picture that is put on an element; part NULL: dashes. */
struct svg_reference {
	const char *part;
	const struct svg_reference *next;
};

struct svg_element {
	const char *kind;
	int depth;
	size_t parent;	    /* its own number: it has none */
	size_t points;	    /* and characters */
	const char *target; /* what its href refers to, or NULL */
	const char *classes;
	const struct svg_reference *references;
};

struct svg_name {
	const char *id;
	size_t element;
};

/* A reference of a style sheet, for one selector. */
struct svg_rule {
	char kind;	  /* '*' all, '.' a class, '#' an id, 'e' an element */
	struct span name; /* without the mark */
	const char *part;
};

struct svg_drawing {
	struct arena *arena; /* of the texts */
	struct svg_element elements[SVG_DRAWN_MAX];
	size_t count;
	struct svg_name names[SVG_DRAWN_MAX];
	size_t name_count;
	struct svg_rule rules[SVG_RULES_MAX];
	size_t rule_count;
	struct svg_reference references[SVG_REFERENCES_MAX];
	size_t reference_count;
	size_t steps;
	bool is_unclear;     /* an element refers to two others */
	bool has_many_rules; /* more than a style sheet may have */
	bool has_many_references;
};

/* The first of the names that are this one: an id may be there twice. */
size_t svg_drawing_find(const struct svg_drawing *drawing, const char *id);

/* Count what all of it draws. Fails: E_INVALID, the client is told. */
enum err svg_cost_check(const struct svg_drawing *drawing, struct diag *diag)
    MUST_CHECK;

#endif
