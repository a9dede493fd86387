/* SPDX-License-Identifier: MIT */
/*
 * Marks of queued_at still to be written, collected so that one statement
 * writes many. Losing them costs duplicate messages, never a batch.
 */
#ifndef MODELS_BATCH_RAW_BATCH_MARKS_H
#define MODELS_BATCH_RAW_BATCH_MARKS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "models/batch/raw_batch_version.h"

#define RAW_BATCH_MARKS_MAX 64

struct raw_batch_marks {
	size_t count;
	struct raw_batch_version versions[RAW_BATCH_MARKS_MAX];
	int64_t oldest; /* of clock_ms() */
	int64_t newest;
};

/* Note that its message was confirmed; when full, one mark is lost. */
void raw_batch_marks_add(struct raw_batch_marks *marks,
    struct raw_batch_version version);

/*
 * Milliseconds until the marks should be written although nothing else is to
 * be done; 0: now, -1: there are none.
 */
int raw_batch_marks_due(const struct raw_batch_marks *marks);

/* Are there so many, or so old ones, that they should be written even so? */
bool raw_batch_marks_pressing(const struct raw_batch_marks *marks);

/* Write them and forget them, whatever comes of it. */
void raw_batch_marks_flush(struct raw_batch_marks *marks, struct db *db,
    struct arena *arena);

#endif
