/* SPDX-License-Identifier: MIT */
/*
 * Products that sources are, such as jira, as far as something is made of their
 * batches. Which product an integration is, integrations.product says.
 */
#ifndef MODELS_PRODUCT_H
#define MODELS_PRODUCT_H

#include "base/str.h"

struct product {
	const char *word;
	const char *name; /* for people */
};

/* The product of this word; NULL: nothing is made of its batches. */
const struct product *product_find(struct span word);

/* The product that an entity type's batches come from; NULL: none of ours. */
const struct product *product_of_type(struct span entity_type);

#endif
