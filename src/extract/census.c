/* SPDX-License-Identifier: MIT */
#include "extract/census.h"

#include <inttypes.h>

struct span
census_token(struct span token, int64_t *ret_place)
{
	struct span rest = token;

	*ret_place = 1;
	if (token.at == NULL)
		return SPAN_NONE;
	if (!span_int64(span_cut(&rest, ' '), ret_place))
		*ret_place = 1;
	return rest;
}

void
census_page(const struct page_wish *wish, struct page *page)
{
	(void)census_token(wish->token, &page->census_page);
	if (page->flaw != PAGE_FINE)
		return;
	if (page->next.at != NULL) {
		page->next = str_span(arena_printf(wish->arena,
		    "%" PRId64 " %.*s", page->census_page + 1,
		    SPAN_ARG(page->next)));
	} else if (page->items == 0 && page->census_page > 1) {
		page->flaw = PAGE_REFUSED;
		page->text =
		    "the last page of the census is empty: it may be"
		    " cut short, and ends nothing";
	}
}
