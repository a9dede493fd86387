/* SPDX-License-Identifier: MIT */
#include "extract/extractor.h"

#include <string.h>

static const struct extractor extractors[] = {
#define EXTRACTOR(product, stream, type, size, flags, ask, read) \
	{ product, stream, type, size, flags, ask, read },
#include "extract/extractor_rows.h"
};

static const struct extractor rests[] = {
#define REST(product, stream, type, size, ask, read) \
	{ product, stream, type, size, 0, ask, read },
#include "extract/extractor_rows.h"
};

static const struct {
	const char *source, *type, *streams;
} jobs[] = {
#define JOB(source, type, streams) { source, type, streams },
#include "extract/extractor_rows.h"
};

const struct extractor *
extractor_find(enum extract_product product, struct span stream)
{
	for (size_t i = 0; i < COUNT(extractors); i++)
		if (extractors[i].product == product &&
		    span_is(stream, extractors[i].stream))
			return &extractors[i];
	return NULL;
}

const struct extractor *
extractor_rest(const struct extractor *extractor)
{
	for (size_t i = 0; i < COUNT(rests); i++)
		if (rests[i].product == extractor->product &&
		    strcmp(rests[i].stream, extractor->stream) == 0)
			return &rests[i];
	return NULL;
}

const char *
extract_job_streams(const char *source, struct span job_type)
{
	for (size_t i = 0; i < COUNT(jobs); i++)
		if (span_is(job_type, jobs[i].type) &&
		    (source == NULL || strcmp(source, jobs[i].source) == 0))
			return jobs[i].streams;
	return NULL;
}

struct span
extract_job_stream(const char *streams, int64_t n)
{
	struct span rest = str_span(streams), word = SPAN_NONE;

	for (int64_t i = 0; i <= n; i++) {
		if (rest.at == NULL)
			return SPAN_NONE;
		word = span_cut(&rest, ' ');
	}
	return word;
}

const char *
extract_job_types(struct arena *arena)
{
	const char *text = jobs[0].type;

	for (size_t i = 1; i < COUNT(jobs); i++)
		text = arena_printf(arena, "%s%s%s", text,
		    i + 1 == COUNT(jobs) ? " and " : ", ", jobs[i].type);
	return text;
}

/* Is the word in the text, in any case? */
static bool
has_word(struct span text, const char *word)
{
	size_t len = strlen(word);

	for (size_t i = 0; i + len <= text.len; i++)
		if (span_is_nocase((struct span){ text.at + i, len }, word))
			return true;
	return false;
}

bool
extract_is_github(enum extract_product product)
{
	return product == GITHUB || product == GITHUB_REST;
}

bool
extract_product(struct span product, struct span deployment,
    enum extract_product *ret_product, const char **ret_source)
{
	if (has_word(product, "jira")) {
		*ret_product = span_is_nocase(deployment, "server") ?
		    JIRA_SERVER :
		    JIRA_CLOUD;
		*ret_source = "jira";
		return true;
	}
	*ret_product = span_is_nocase(deployment, "rest") ?
	    GITHUB_REST :
	    GITHUB;
	*ret_source = "github";
	return has_word(product, "github");
}
