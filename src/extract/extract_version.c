/* SPDX-License-Identifier: MIT */
/*
 * Conditional requests: a page that says its version (ETag) is asked for with it
 * the next time, and an answer of 304 is the page as it was stored. GitHub does
 * not count these.
 */
#include "extract/extract_engine_inside.h"

/*
 * Does it help? A page of a list that is read whole each time; not of a census,
 * which needs all its pages. Of changes,
 * newest first, only the first page: where that is the same, all are.
 */
static bool
has_version(const struct round *round, const struct page_question *question)
{
	unsigned flags = round->extractor->flags;

	return question->body.at == NULL && round->asked == round->extractor &&
	    (flags & (NAMED | CENSUS)) == 0 &&
	    ((flags & CHANGES) == 0 ||
		((flags & NEWEST_FIRST) != 0 && round->wish.token.at == NULL));
}

enum err
round_condition(struct round *round, const struct page_question *question,
    const char **headers)
{
	struct extract_engine *engine = round->engine;
	enum err rc;

	round->tag = (struct extract_tag){ .etag = SPAN_NONE };
	if (!has_version(round, question))
		return E_OK;
	/* Of changes of a time, what is the same is not all that was read. */
	if ((round->extractor->flags & CHANGES) != 0 && round->run.is_full)
		return E_OK;
	round->address = question->url;
	if (round->run.is_full)
		return E_OK;
	rc = extract_tag_get(engine->db, &round->run, round->extractor->stream,
	    round->address, engine->arena, &round->tag, round->diag);
	if (rc != E_OK || round->tag.etag.at == NULL)
		return rc;
	while (*headers != NULL)
		headers++;
	*headers = arena_printf(engine->arena, "If-None-Match: %.*s",
	    SPAN_ARG(round->tag.etag));
	return arena_done(engine->arena, round->diag);
}

/* It would be sent as a header: no control characters. */
static bool
is_etag(struct span etag)
{
	for (size_t i = 0; i < etag.len; i++)
		if (etag.at[i] < ' ' || etag.at[i] > '~')
			return false;
	return etag.len > 0;
}

enum err
round_note_version(struct round *round, const struct page *page)
{
	struct extract_engine *engine = round->engine;
	const char *stream = round->extractor->stream;
	struct extract_tag tag = { .etag = SPAN_NONE, .next = SPAN_NONE };

	if (page->is_same)
		return extract_tag_seen(engine->db, &round->run, stream,
		    round->address, engine->arena, round->diag);
	if (is_etag(round->etag))
		tag.etag = round->etag;
	if ((round->extractor->flags & CHANGES) == 0) {
		tag.next = page->next;
		tag.parts = page->parts;
		tag.part_count = page->part_count;
	}
	return extract_tag_put(engine->db, &round->run, stream, round->address,
	    &tag, engine->arena, round->diag);
}
