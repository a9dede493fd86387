/* SPDX-License-Identifier: MIT */
/* What GitHub's answers of REST and GraphQL have in common. */
#ifndef EXTRACT_GITHUB_INSIDE_H
#define EXTRACT_GITHUB_INSIDE_H

#include "extract/extractor.h"

/* Was an item changed before a time, ms since 1970? name: of its own time. */
bool github_is_older(struct span item, const char *name, struct span than_ms);

/* The next page, as the Link header has it, must be at the same host. */
void github_read_link(const struct page_wish *wish, const char *link,
    struct page *page);

#endif
