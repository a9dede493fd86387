/* SPDX-License-Identifier: MIT */
/* What questions to Jira and its answers share. */
#ifndef EXTRACT_JIRA_INSIDE_H
#define EXTRACT_JIRA_INSIDE_H

#include "base/str.h"

/* Where a page of Data Center's search begins: the token "START RETURNS ID". */
struct jira_place {
	int64_t start;
	int64_t returns; /* how often the part's pages had moved by then */
	struct span id;	 /* of the issue that was there; or empty */
};

struct jira_place jira_place_of(struct span token);

#endif
