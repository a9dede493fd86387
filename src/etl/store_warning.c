/* SPDX-License-Identifier: MIT */
#include "etl/store_warning.h"

#include "base/buf.h"
#include "base/suggest.h"
#include "models/entity_type.h"
#include "models/product.h"

/* A sentence with all entity types in it is shorter. */
#define WARNING_MAX 8192

/* The types that are transformed, in words. */
static void
list_types(struct buf *out)
{
	for (size_t i = 0; i < entity_type_count; i++) {
		if (i > 0)
			buf_add_text(out,
			    i + 1 == entity_type_count ? " and " : ", ");
		buf_add_text(out, entity_types[i].name);
	}
}

static void
warn_of_unknown(struct span entity_type, struct buf *out)
{
	struct suggestion near = { 0 };

	for (size_t i = 0; i < entity_type_count; i++)
		suggest(&near, entity_type, entity_types[i].name);
	buf_printf(out,
	    "Nothing is made of batches of the entity type %.*s:"
	    " it is kept as it came until POST /app/etl/types says how it"
	    " becomes rows",
	    SPAN_ARG(entity_type));
	if (near.name != NULL)
		buf_printf(out, "; did you mean %s?", near.name);
	else
		buf_add_char(out, '.');
	buf_add_text(out, " Those that are transformed are ");
	list_types(out);
}

/* Nothing, when there is nothing to say. */
static void
warn(struct span entity_type, struct span word, struct buf *out)
{
	const struct entity_type *type = entity_type_find(entity_type);
	const struct product *of = product_of_type(entity_type);
	const struct product *product = product_find(word);

	if (type == NULL)
		warn_of_unknown(entity_type, out);
	else if (product != NULL && product != of)
		buf_printf(out,
		    "The entity type %s is one of another source"
		    " than its integration, whose product is %s",
		    type->name, product->name);
}

void
store_warning_write(struct json *json, struct span entity_type,
    struct span product)
{
	struct buf text;

	buf_init(&text, WARNING_MAX);
	warn(entity_type, product, &text);
	if (text.len > 0 && buf_done(&text) == E_OK)
		json_span(json, "warning", buf_span(&text));
	buf_free(&text);
}
