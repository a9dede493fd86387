/* SPDX-License-Identifier: MIT */
/*
 * How far long work has come, as a line of text: a bar for a terminal, which is
 * never wider than it, or words for a file. It only writes the text; when it is
 * shown, and where, is its caller's.
 */
#ifndef BASE_PROGRESS_H
#define BASE_PROGRESS_H

#include <stddef.h>
#include <stdint.h>

struct progress {
	const char *noun; /* what is counted: "batches" */
	int64_t done;
	int64_t total;	  /* below 0: nobody knows */
	int64_t ms;	  /* since it began */
	const char *note; /* what else there is to say, or "" */
};

#define PROGRESS_SIZE 256

/*
 * The bar: done of all, how many in a second, how long it will take, as far as
 * there is room for it.
 * Needs: columns: how wide the terminal is; 0: as wide as usual (80).
 * Gives: text of ASCII, at most columns - 1 characters, for the last column
 *        would make some terminals begin a new line.
 */
void progress_bar(const struct progress *progress, size_t columns,
    char line[PROGRESS_SIZE]);

/* The same in words: "808 of 1700 batches, 67/s, 12 s left". */
void progress_words(const struct progress *progress, char line[PROGRESS_SIZE]);

#endif
