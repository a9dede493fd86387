/* SPDX-License-Identifier: MIT */
/*
 * Censuses: pages that name all issues of a project, or all pull requests of a
 * repository. What a census lacks ends, so it must be known to be whole: its
 * pages are counted, the count goes from token to token, and only the last page
 * is marked as that (docs/loading.md, jira_issue_ids_batch).
 */
#ifndef EXTRACT_CENSUS_H
#define EXTRACT_CENSUS_H

#include "extract/extractor.h"

/*
 * The source's own token in a token of ours, "PAGE TOKEN", and the page's place,
 * from 1. SPAN_NONE is the first page.
 */
struct span census_token(struct span token, int64_t *ret_place);

/*
 * Make a page that was looked at one of a census: its place, and the token of
 * the next one. A last page that is empty is refused: a permission that has
 * vanished looks like that.
 */
void census_page(const struct page_wish *wish, struct page *page);

#endif
