/* SPDX-License-Identifier: MIT */
/*
 * The version (ETag) of a page that a run has stored, for a conditional request
 * (RFC 9110, 13.1.2). It counts once a run has read the stream to its end, for
 * until then what lies behind the page may be missing.
 */
#ifndef MODELS_EXTRACT_EXTRACT_TAG_H
#define MODELS_EXTRACT_EXTRACT_TAG_H

#include "models/extract/extract_run.h"

/* A page's version and what it says. Texts live in the arena. */
struct extract_tag {
	struct span etag; /* SPAN_NONE: none is known */
	struct span next; /* the next page's token, or SPAN_NONE */
	const struct span *parts;
	size_t part_count;
};

/* What is known of the page at an address. Fails: as db_run(). */
enum err extract_tag_get(struct db *db, const struct extract_run *run,
    const char *stream, const char *address, struct arena *arena,
    struct extract_tag *ret_tag, struct diag *diag) MUST_CHECK;

/*
 * Note the version of a page that is stored now. One whose address or version
 * is too long is forgotten.
 * Needs: the transaction that stores the page. Fails: as db_run().
 */
enum err extract_tag_put(struct db *db, const struct extract_run *run,
    const char *stream, const char *address, const struct extract_tag *tag,
    struct arena *arena, struct diag *diag) MUST_CHECK;

/* The page is the same as before. Fails: as db_run(). */
enum err extract_tag_seen(struct db *db, const struct extract_run *run,
    const char *stream, const char *address, struct arena *arena,
    struct diag *diag) MUST_CHECK;

/*
 * The stream (of this part) was read to its end: pages that the run has seen
 * count, others are forgotten. Fails: as db_run().
 */
enum err extract_tag_settle(struct db *db, const struct extract_run *run,
    const char *stream, struct arena *arena, struct diag *diag) MUST_CHECK;

#endif
