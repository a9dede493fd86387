#include "etl/store_warning.h"

#include <string.h>

#include "base/buf.h"
#include "base/suggest.h"
#include "models/entity_type.h"

#define LIST_MAX 4096

/* The types that are transformed, in words. */
static const char *
list_types(struct arena *arena)
{
	struct buf buf;
	const char *text;

	buf_init(&buf, LIST_MAX);
	for (size_t i = 0; i < entity_type_count; i++) {
		if (i > 0)
			buf_add_text(&buf, i + 1 == entity_type_count ?
			    " and " : ", ");
		buf_add_text(&buf, entity_types[i].name);
	}
	text = buf_done(&buf) == E_OK ? arena_text(arena, buf_span(&buf)) : "";
	buf_free(&buf);
	return text;
}

static const char *
warn_of_unknown(struct span entity_type, struct arena *arena)
{
	struct suggestion near = { 0 };
	const char *meant = ".";

	for (size_t i = 0; i < entity_type_count; i++)
		suggest(&near, entity_type, entity_types[i].name);
	if (near.name != NULL)
		meant = arena_printf(arena, "; did you mean %s?", near.name);
	return meant == NULL ? NULL : arena_printf(arena, "Nothing is made of"
	    " batches of the entity type %.*s: it is kept as it came%s Those"
	    " that are transformed are %s", SPAN_ARG(entity_type), meant,
	    list_types(arena));
}

/* What stands before the first '_': "jira". */
static struct span
source_of(const char *name)
{
	struct span rest = str_span(name);

	return span_cut(&rest, '_');
}

/* Is the word in the text, in any case? */
static bool
has_word(struct span text, struct span word)
{
	for (size_t i = 0; i + word.len <= text.len; i++) {
		size_t j = 0;

		while (j < word.len && (text.at[i + j] | 0x20) == word.at[j])
			j++;
		if (j == word.len)
			return true;
	}
	return false;
}

/* Another source that the provider is said to be; NULL: none that is known. */
static const char *
other_source(struct span source, struct span provider)
{
	if (has_word(provider, source))
		return NULL;
	for (size_t i = 0; i < entity_type_count; i++)
		if (has_word(provider, source_of(entity_types[i].name)))
			return entity_types[i].name;
	return NULL;
}

const char *
store_warning(struct span entity_type, struct span provider,
    struct arena *arena)
{
	const struct entity_type *type = entity_type_find(entity_type);
	struct span source;

	if (type == NULL)
		return warn_of_unknown(entity_type, arena);
	source = source_of(type->name);
	if (other_source(source, provider) == NULL)
		return NULL;
	return arena_printf(arena, "The entity type %s is one of another source"
	    " than its integration, whose provider is %.*s", type->name,
	    SPAN_ARG(provider));
}
