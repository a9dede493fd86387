/* SPDX-License-Identifier: MIT */
#include "http/etag.h"

#include <string.h>

bool
etag_is_any(struct span header)
{
	return header.at != NULL && span_is(span_trim(header), "*");
}

bool
etag_next(struct span *rest, struct span *ret_tag, bool *ret_weak)
{
	struct span tag;

	if (rest->at == NULL)
		return false;
	tag = span_trim(span_cut(rest, ','));
	*ret_weak = tag.len > 2 && memcmp(tag.at, "W/", 2) == 0;
	if (*ret_weak) {
		tag.at += 2;
		tag.len -= 2;
	}
	if (tag.len >= 2 && tag.at[0] == '"' && tag.at[tag.len - 1] == '"') {
		tag.at++;
		tag.len -= 2;
	}
	*ret_tag = tag;
	return true;
}

static bool
is_same(struct span a, struct span b)
{
	return a.len == b.len && memcmp(a.at, b.at, a.len) == 0;
}

bool
etag_is_known(struct span if_none_match, struct span tag)
{
	struct span known;
	bool weak;

	if (etag_is_any(if_none_match))
		return true;
	while (etag_next(&if_none_match, &known, &weak))
		if (is_same(known, tag))
			return true;
	return false;
}

bool
etag_allows(struct span if_match, struct span version)
{
	struct span tag;
	bool weak;

	if (if_match.at == NULL || etag_is_any(if_match))
		return true;
	while (etag_next(&if_match, &tag, &weak))
		if (!weak && is_same(span_cut(&tag, '-'), version))
			return true;
	return false;
}
