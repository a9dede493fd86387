/* SPDX-License-Identifier: MIT */
/*
 * The streams of each source: how a page is asked for, and what its answer says
 * of the next one. Nothing here talks to anybody: questions are texts, answers
 * are looked at.
 */
#ifndef EXTRACT_EXTRACTOR_H
#define EXTRACT_EXTRACTOR_H

#include "base/arena.h"
#include "base/str.h"

enum extract_product { JIRA_CLOUD, JIRA_SERVER, GITHUB, GITHUB_REST };

enum extract_flag {
	EACH_PART = 1,
	GIVES_PARTS = 2,
	CHANGES = 4,
	NAMED = 8,
	CENSUS = 16,
	NEWEST_FIRST = 32,
};

/* What a question is made of. */
struct page_wish {
	const char *base; /* the source's address, without a slash at the end */
	struct span part; /* a project's key, a repository's owner/name */
	struct span token;   /* of the next page; SPAN_NONE: the first one */
	int64_t size;	     /* items of a page */
	struct span from_ms; /* changes since, ms since 1970; SPAN_NONE: all */
	struct span to_ms;   /* and before; SPAN_NONE: all */
	struct span organization; /* whose repositories, or SPAN_NONE */
	bool is_app; /* of GitHub: what it is installed for is read */
	const struct span *lacking; /* of REST: what is asked for */
	size_t lacking_count;
	struct arena *arena;
};

/* A question: an address, and a body where it is a POST. */
struct page_question {
	const char *url;
	struct span body;
};

enum page_flaw {
	PAGE_FINE,
	PAGE_REFUSED,  /* the answer contradicts itself: text */
	PAGE_TOO_DEAR, /* the source did not manage so much at once */
	PAGE_LIMITED,  /* a limit that is told in an answer */
	PAGE_USED_UP,  /* the budget, until it is renewed */
	PAGE_NO_PART,  /* this project or repository cannot be read: text */
};

/* What an answer says. Texts live in the arena. */
struct page {
	enum page_flaw flaw;
	const char *text;
	int64_t items;
	bool is_passed_over; /* all of it is newer than what is asked for */
	int64_t census_page; /* its place in a census, from 1 */
	struct span next; /* the next page's token; SPAN_NONE: it is the last */
	const struct span *parts; /* projects or repositories that it names */
	size_t part_count;
	const struct span *lacking; /* what it says it lacks */
	size_t lacking_count;
	/* Of a list that belongs to a pull request: stored also if empty. */
	struct span pull_request; /* its number; SPAN_NONE: it is none */
	const char *pull_part;
	int64_t number; /* of the page; 0: it is not known */
	bool is_same;	/* as it was stored before: there is nothing new */
};

/* An answer: JSON in a buffer that may be written, see look.h. */
struct page_answer {
	struct span body;
	const char *link; /* the header, or NULL */
};

typedef void page_ask(const struct page_wish *wish,
    struct page_question *question);
typedef void page_read(const struct page_wish *wish,
    const struct page_answer *answer, struct page *page);

struct extractor {
	enum extract_product product;
	const char *stream;
	const char *entity_type;
	int64_t size; /* of a page; of REST: lacking ones at once */
	unsigned flags;
	page_ask *ask;
	page_read *read;
};

#define EXTRACTOR(product, stream, type, size, flags, ask, read) \
	page_ask ask; \
	page_read read;
#define REST(product, stream, type, size, ask, read) \
	page_ask ask; \
	page_read read;
#include "extract/extractor_rows.h"

/* A stream of a product, what completes it; NULL: there is none. */
const struct extractor *extractor_find(enum extract_product product,
    struct span stream);
const struct extractor *extractor_rest(const struct extractor *extractor);

/*
 * The names of a job's streams, separated by blanks; NULL: there is no such job
 * of this source. source: NULL: of any.
 */
const char *extract_job_streams(const char *source, struct span job_type);

/* The n-th stream of a job, from 0; SPAN_NONE: it has fewer. */
struct span extract_job_stream(const char *streams, int64_t n);

/* All job types, in words: "a, b and c". Lives: in the arena. */
const char *extract_job_types(struct arena *arena);

bool extract_is_github(enum extract_product product);

/*
 * What an integration's source is, by its product's name and its settings'
 * deployment ("server": Jira Data Center; "rest": GitHub without GraphQL).
 * Gives: false when it is none that is known; *ret_source: "jira" or "github".
 */
bool extract_product(struct span product, struct span deployment,
    enum extract_product *ret_product, const char **ret_source);

#endif
