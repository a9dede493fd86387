/* SPDX-License-Identifier: MIT */
/*
 * What a source says of itself, of the credentials and of its fields, asked once
 * and at once: for people who set an integration up. Nothing is tried again.
 */
#ifndef EXTRACT_SOURCE_TEST_H
#define EXTRACT_SOURCE_TEST_H

#include "extract/extract_conf.h"
#include "extract/extractor.h"
#include "models/extract/extract_source.h"

/* What is told; SPAN_NONE: the source does not tell it. */
enum source_fact {
#define FACT(code, name, sentence) code,
#include "extract/source_fact_rows.h"
#undef FACT
	SOURCE_FACTS
};
extern const char *const source_fact_names[SOURCE_FACTS];

struct source_test {
	const char *trouble; /* why it does not work, and what to do; or NULL */
	struct span facts[SOURCE_FACTS];
};

/* Who asks, and how. */
struct source_tester {
	const struct extract_settings *settings;
	const char *secret_keys_file;
	struct arena *arena;
};

/*
 * Ask a source who the credentials are.
 * Gives: *ret_test; what goes wrong with the source is its trouble.
 * Fails: E_NO_KEY, E_CONFLICT when the password cannot be opened; E_SYSTEM,
 *        E_NO_MEMORY.
 */
enum err source_test(const struct source_tester *tester,
    const struct extract_source *source, struct source_test *ret_test,
    struct diag *diag) MUST_CHECK;

/* A custom field of Jira, and the column that it is mapped to. */
struct source_field {
	struct span id, name, type;
	struct span column; /* SPAN_NONE: none */
};

/*
 * Ask a Jira for its custom fields.
 * Gives: *ret_fields, in the source's order; *ret_trouble or NULL, as above.
 * Fails: as above.
 */
enum err source_fields(const struct source_tester *tester,
    const struct extract_source *source, struct source_field **ret_fields,
    size_t *ret_count, const char **ret_trouble, struct diag *diag) MUST_CHECK;

#endif
