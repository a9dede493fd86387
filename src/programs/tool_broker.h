/*
 * A broker's connection for those commands of pulse-etl that need one.
 */
#ifndef PROGRAMS_TOOL_BROKER_H
#define PROGRAMS_TOOL_BROKER_H

#include "programs/tool.h"

/*
 * Connect and declare the queues.
 *
 * Gives: *ret_queue, closed at the arena's end.
 * Fails: as queue_manager_declare().
 */
enum err tool_broker(struct tool *tool, struct queue_manager **ret_queue,
    struct diag *diag) MUST_CHECK;

#endif
