/*
 * Who changed what: one line of the log for each change that was committed.
 */
#ifndef HTTP_AUDIT_H
#define HTTP_AUDIT_H

#include "http/request.h"

/*
 * Note a change that was made. action: "wit_mapping.update", what and how.
 */
void audit_note(const struct req *rq, const char *action, int64_t row_id);

#endif
