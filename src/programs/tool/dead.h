/* SPDX-License-Identifier: MIT */
/*
 * A dead message in the hands of pulse-etl dead, and how one is shown.
 */
#ifndef PROGRAMS_TOOL_DEAD_H
#define PROGRAMS_TOOL_DEAD_H

#include "programs/tool/tool_output.h"
#include "queue/dead_letters.h"
#include "queue/queue_consumer.h"

/* What these commands take: a queue, and which of its dead messages. */
struct pick {
	enum queue queue;
	int64_t limit;
	int64_t number; /* as dead list counts, from 1; 0: any */
	int64_t batch;	/* raw_data_id; 0: any */
	int64_t run;	/* of an extraction; 0: any */
	int64_t tenant; /* 0: any */
	bool all;
	struct tool_output *output; /* of what is shown; else NULL */
};

/* One message, as far as it can be read. */
struct dead {
	const struct mq_delivery *delivery;
	int64_t number;
	bool is_job;
	struct job job;
};

/* Gives: *ret_done, whether it could be done. */
typedef enum err dead_action(struct tool *tool, struct queue_manager *queue,
    const struct pick *pick, const struct dead *dead, bool *ret_done,
    struct diag *diag);

/* Begin a list of a queue's messages, with all of each, or a line for each. */
struct tool_output *dead_output_begin(struct tool *tool, enum queue queue,
    bool is_whole);

/* Add one to such a list. A person gets one that is whole as lines of text. */
dead_action dead_print_line;
dead_action dead_print_whole;

#endif
