#include "adapters/svg_drawing.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

/* Elements that a picture may draw, each as often as it does. */
#define DRAWN_MAX 10000
/* References that lead from one to the next. */
#define LINKS_MAX 16
/* Names and references of a picture of a megabyte. */
#define ARENA_BYTES (4u << 20)

struct element {
	int depth;
	const char *target; /* the name it refers to, or NULL */
};

struct name {
	const char *id;
	size_t element;
};

struct svg_drawing {
	struct arena *arena;
	struct element elements[DRAWN_MAX];
	size_t count;
	struct name names[DRAWN_MAX];
	size_t name_count;
	size_t drawn;
	bool is_incomplete; /* there was no memory for all */
	bool is_unclear;    /* an element refers to two others */
};

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

static enum err
refuse(struct diag *diag)
{
	return diag_tell(diag, E_INVALID, "The SVG draws %d elements or more,"
	    " or its references lead too far: make it simpler", DRAWN_MAX);
}

enum err
svg_drawing_add(struct svg_drawing *drawing, int depth, struct diag *diag)
{
	if (drawing->count >= DRAWN_MAX - 1)
		return refuse(diag);
	drawing->elements[drawing->count++].depth = depth;
	return E_OK;
}

void
svg_drawing_name(struct svg_drawing *drawing, const char *id)
{
	struct name *name;

	if (drawing->name_count >= DRAWN_MAX) {
		drawing->is_unclear = true;
		return;
	}
	name = &drawing->names[drawing->name_count];
	name->id = arena_text(drawing->arena, str_span(id));
	name->element = drawing->count - 1;
	if (name->id == NULL)
		drawing->is_incomplete = true;
	else
		drawing->name_count++;
}

/* As a browser reads it: blanks of no meaning and percents. */
void
svg_drawing_refer(struct svg_drawing *drawing, const char *fragment)
{
	struct element *element = &drawing->elements[drawing->count - 1];
	char *name = arena_get(drawing->arena, strlen(fragment) + 1);
	size_t len = 0;

	if (name == NULL) {
		drawing->is_incomplete = true;
		return;
	}
	for (const char *at = fragment; *at != '\0'; at++) {
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
	/* href and xlink:href, and browsers differ in what they take. */
	if (element->target != NULL && strcmp(element->target, name) != 0)
		drawing->is_unclear = true;
	element->target = name;
}

static int
compare(const void *a, const void *b)
{
	return strcmp(((const struct name *)a)->id,
	    ((const struct name *)b)->id);
}

/* The first of the names that are this one: an id may be there twice. */
static size_t
find(const struct svg_drawing *drawing, const char *id)
{
	size_t low = 0, high = drawing->name_count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (strcmp(drawing->names[middle].id, id) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Draw an element with all that is within it. */
static bool
draw(struct svg_drawing *drawing, size_t first, unsigned links)
{
	const struct element *elements = drawing->elements;

	for (size_t i = first; i == first || (i < drawing->count &&
	    elements[i].depth > elements[first].depth); i++) {
		const char *target = elements[i].target;

		if (++drawing->drawn >= DRAWN_MAX)
			return false;
		if (target == NULL)
			continue;
		for (size_t j = find(drawing, target); j < drawing->name_count
		    && strcmp(drawing->names[j].id, target) == 0; j++)
			if (links >= LINKS_MAX || !draw(drawing,
			    drawing->names[j].element, links + 1))
				return false;
	}
	return true;
}

enum err
svg_drawing_check(struct svg_drawing *drawing, struct diag *diag)
{
	if (drawing->is_incomplete)
		return diag_set(diag, E_NO_MEMORY, "no memory for an SVG");
	qsort(drawing->names, drawing->name_count, sizeof(drawing->names[0]),
	    compare);
	if (drawing->is_unclear || (drawing->count > 0 &&
	    !draw(drawing, 0, 0)))
		return refuse(diag);
	return E_OK;
}
