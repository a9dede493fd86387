/* SPDX-License-Identifier: MIT */
/*
 * A broker's connection for those commands of pulse-etl that need one.
 */
#ifndef PROGRAMS_TOOL_TOOL_BROKER_H
#define PROGRAMS_TOOL_TOOL_BROKER_H

#include "programs/tool/tool.h"

/*
 * Connect. The queues are the relay's to declare.
 *
 * Gives: *ret_queue, closed at the arena's end.
 * Fails: as mq_open().
 */
enum err tool_broker(struct tool *tool, struct queue_manager **ret_queue,
    struct diag *diag) MUST_CHECK;

#endif
