/* SPDX-License-Identifier: MIT */
/* What a drawing costs a browser that shows it, references included. */
#include <string.h>

#include "adapters/svg/svg_drawing_inside.h"

/* The elements that a part is drawn for: it inherits from them. */
struct context {
	const struct context *outer;
	size_t element;
	bool is_marker; /* a marker takes their colours only */
};

struct walk {
	const struct svg_drawing *drawing;
	size_t drawn, layers, points, steps;
	bool led_too_far;
};

static bool draw(struct walk *walk, size_t first, unsigned links,
    const struct context *context);

static bool
is_one_of(const char *kind, const char *const *kinds, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(kind, kinds[i]) == 0)
			return true;
	return false;
}

/*
 * How many layers an element of this kind counts as: those count more for which
 * a browser looks at many points to make one.
 */
static size_t
layers_of(const char *kind)
{
	static const char *const plain[] = { "mask", "pattern" };
	static const char *const slow[] = { "feConvolveMatrix", "feMorphology",
		"feDiffuseLighting", "feSpecularLighting" };

	if (strcmp(kind, "feTurbulence") == 0)
		return 25;
	if (is_one_of(kind, slow, COUNT(slow)))
		return 5;
	return strncmp(kind, "fe", 2) == 0 ||
	    is_one_of(kind, plain, COUNT(plain));
}

/* These have lines and colours, and inherit them. */
static bool
is_painted(const char *kind)
{
	static const char *const kinds[] = { "path", "rect", "circle",
		"ellipse", "line", "polyline", "polygon", "text", "tspan",
		"textPath" };

	return is_one_of(kind, kinds, COUNT(kinds));
}

static bool
is_marked(const char *kind)
{
	static const char *const kinds[] = { "path", "line", "polyline",
		"polygon" };

	return is_one_of(kind, kinds, COUNT(kinds));
}

/* These are put on an element as a whole, and nothing inherits them. */
static bool
is_put_on(const char *kind)
{
	static const char *const kinds[] = { "mask", "clipPath", "filter" };

	return is_one_of(kind, kinds, COUNT(kinds));
}

static bool
step(struct walk *walk)
{
	return ++walk->steps <= SVG_STEPS_MAX;
}

/* Draw one that a reference leads to. */
static bool
draw_part(struct walk *walk, size_t part, unsigned links,
    const struct context *context)
{
	if (links >= SVG_LINKS_MAX) {
		walk->led_too_far = true;
		return false;
	}
	return draw(walk, part, links + 1, context);
}

/* A marker is drawn at each point; a line has two. */
static bool
draw_marker(struct walk *walk, size_t marker, size_t element, unsigned links,
    const struct context *outer)
{
	struct context context = { outer, element, true };
	size_t points = walk->drawing->elements[element].points;

	for (size_t i = 0; i < points || i < 2; i++)
		if (!draw_part(walk, marker, links, &context))
			return false;
	return true;
}

/* Draw what one reference means for a painted element that has it. */
static bool
draw_paint(struct walk *walk, const char *part, size_t element, unsigned links,
    const struct context *context, bool is_inner)
{
	const struct svg_drawing *drawing = walk->drawing;
	const struct svg_element *elements = drawing->elements;

	if (part == NULL)
		return !is_inner || ++walk->layers <= SVG_LAYERS_MAX;
	for (size_t i = svg_drawing_find(drawing, part);
	     i < drawing->name_count && strcmp(drawing->names[i].id, part) == 0;
	     i++) {
		size_t at = drawing->names[i].element;

		if (!step(walk))
			return false;
		if (strcmp(elements[at].kind, "pattern") == 0 &&
		    !draw_part(walk, at, links, NULL))
			return false;
		if (strcmp(elements[at].kind, "marker") == 0 && is_inner &&
		    is_marked(elements[element].kind) &&
		    !draw_marker(walk, at, element, links, context))
			return false;
	}
	return true;
}

/* From an element outwards, draw what its references mean for one within. */
static bool
draw_paints_of(struct walk *walk, size_t owner, size_t element, unsigned links,
    const struct context *context, bool is_inner)
{
	const struct svg_element *elements = walk->drawing->elements;

	for (;; owner = elements[owner].parent) {
		for (const struct svg_reference *reference =
			 elements[owner].references;
		     reference != NULL; reference = reference->next)
			if (!step(walk) ||
			    !draw_paint(walk, reference->part, element, links,
				context, is_inner))
				return false;
		if (elements[owner].parent == owner)
			return step(walk);
	}
}

/* Patterns, markers and dashes: its own, and all that it inherits. */
static bool
draw_paints(struct walk *walk, size_t element, unsigned links,
    const struct context *context)
{
	bool is_inner = true;

	if (!draw_paints_of(walk, element, element, links, context, true))
		return false;
	for (const struct context *at = context; at != NULL; at = at->outer) {
		is_inner = is_inner && !at->is_marker;
		if (!draw_paints_of(walk, at->element, element, links, context,
			is_inner))
			return false;
	}
	return true;
}

/* Draw all parts of this name, or those that are put on an element. */
static bool
draw_named(struct walk *walk, const char *part, bool any, unsigned links,
    const struct context *context)
{
	const struct svg_drawing *drawing = walk->drawing;

	for (size_t i = svg_drawing_find(drawing, part);
	     i < drawing->name_count && strcmp(drawing->names[i].id, part) == 0;
	     i++) {
		size_t at = drawing->names[i].element;

		if (!step(walk))
			return false;
		if ((any || is_put_on(drawing->elements[at].kind)) &&
		    !draw_part(walk, at, links, context))
			return false;
	}
	return true;
}

/* What is put on an element, and what its href refers to. */
static bool
draw_parts(struct walk *walk, size_t at, unsigned links,
    const struct context *outer)
{
	const struct svg_element *element = &walk->drawing->elements[at];
	struct context context = { outer, at, false };

	if (element->target != NULL &&
	    !draw_named(walk, element->target, true, links, &context))
		return false;
	for (const struct svg_reference *reference = element->references;
	     reference != NULL; reference = reference->next)
		if (!step(walk) ||
		    (reference->part != NULL &&
			!draw_named(walk, reference->part, false, links, NULL)))
			return false;
	return true;
}

/* Draw an element with all that is within it. Gives: false when it is much. */
static bool
draw(struct walk *walk, size_t first, unsigned links,
    const struct context *context)
{
	const struct svg_element *elements = walk->drawing->elements;

	for (size_t i = first; i == first ||
	     (i < walk->drawing->count &&
		 elements[i].depth > elements[first].depth);
	     i++) {
		if (++walk->drawn >= SVG_DRAWN_MAX)
			return false;
		walk->layers += layers_of(elements[i].kind);
		walk->points += elements[i].points;
		if (walk->layers > SVG_LAYERS_MAX ||
		    walk->points > SVG_POINTS_MAX)
			return false;
		if (!draw_parts(walk, i, links, context) ||
		    (is_painted(elements[i].kind) &&
			!draw_paints(walk, i, links, context)))
			return false;
	}
	return true;
}

enum err
svg_cost_check(const struct svg_drawing *drawing, struct diag *diag)
{
	struct walk walk = { .drawing = drawing, .steps = drawing->steps };

	if (drawing->is_unclear)
		walk.led_too_far = true;
	else if (walk.steps <= SVG_STEPS_MAX &&
	    (drawing->count == 0 || draw(&walk, 0, 0, NULL)))
		return E_OK;
	if (walk.layers > SVG_LAYERS_MAX)
		return diag_tell(diag, E_INVALID,
		    "The SVG draws more than %d"
		    " filter primitives, masks, patterns and dashed lines, each"
		    " as often as it is used: make it simpler",
		    SVG_LAYERS_MAX);
	if (walk.points > SVG_POINTS_MAX)
		return diag_tell(diag, E_INVALID,
		    "The SVG draws more than %d"
		    " points and characters, each as often as it is used: make"
		    " it simpler",
		    SVG_POINTS_MAX);
	if (walk.led_too_far)
		return diag_tell(diag, E_INVALID,
		    "The SVG draws itself, or its"
		    " references lead over more than %d others: make it"
		    " simpler",
		    SVG_LINKS_MAX);
	if (walk.steps > SVG_STEPS_MAX)
		return diag_tell(diag, E_INVALID,
		    "The SVG's references are"
		    " followed more than %d times: make it simpler",
		    SVG_STEPS_MAX);
	return diag_tell(diag, E_INVALID,
	    "The SVG draws %d elements or more,"
	    " each as often as it is used: make it simpler",
	    SVG_DRAWN_MAX);
}
