/* SPDX-License-Identifier: MIT */
/*
 * What the files of this folder share: SQL that several statements need, and
 * errors in words.
 */
#ifndef MODELS_BATCH_RAW_BATCH_INSIDE_H
#define MODELS_BATCH_RAW_BATCH_INSIDE_H

#include "base/diag.h"

/*
 * Put an error of PostgreSQL about JSON or a reference into words for the
 * client. Gives: the code, a better one where it is the client's mistake.
 */
enum err raw_batch_explain(enum err rc, struct diag *diag);

/* error_details with what is in it as its history; NULL stays NULL. */
#define RAW_BATCH_EARLIER(column) "etl_earlier(" column ")"

#endif
