/* SPDX-License-Identifier: MIT */
#include "models/product.h"

#include "base/cc.h"

static const struct product products[] = {
#define PRODUCT(word, name) { #word, name },
#include "models/product_rows.h"
};

const struct product *
product_find(struct span word)
{
	for (size_t i = 0; i < COUNT(products); i++)
		if (span_is(word, products[i].word))
			return &products[i];
	return NULL;
}

const struct product *
product_of_type(struct span entity_type)
{
	struct span rest = entity_type;

	return product_find(span_cut(&rest, '_'));
}
