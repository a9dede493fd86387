/*
 * Who changed what: one line of the log for each change that was committed.
 */
#ifndef HTTP_AUDIT_H
#define HTTP_AUDIT_H

#include "http/request.h"

/*
 * Note a change that is committed. what: resource and verb,
 * "wit_mapping.update"; id: the row's.
 */
void audit_note(const struct req *rq, const char *what, int64_t id);

#endif
