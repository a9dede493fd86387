/* SPDX-License-Identifier: MIT */
/*
 * Who changed what: one log line for each change of a writer or an admin, with
 * the request's id as its context. Changes of integrations also go to the
 * table audit_log.
 */
#ifndef HTTP_AUDIT_H
#define HTTP_AUDIT_H

#include "http/request.h"

/*
 * Note a change that was made. action: "wit_mapping.update", what and how.
 * row_id: its row, 0 for several.
 */
void audit_note(const struct req *rq, const char *action, int64_t row_id);

/*
 * Write a change to audit_log; note it as well once it is committed. A request
 * without a caller's name is one by hand: the row has the database role.
 * Needs: the open transaction of the change. Fails: as db_run().
 */
enum err audit_record(struct req *rq, const char *action, int64_t row_id)
    MUST_CHECK;

#endif
