/*
 * What the files of raw_batch.h share: SQL that several statements need.
 */
#ifndef MODELS_RAW_BATCH_INSIDE_H
#define MODELS_RAW_BATCH_INSIDE_H

#include "adapters/sql.h"
#include "models/raw_batch.h"

/* Add FROM and the conditions of a filter, but for paging. */
void raw_batch_add_filter(struct sql *sql, const struct raw_batch_filter *filter);

/* error_details with what is in it as its history; NULL stays NULL. */
#define RAW_BATCH_EARLIER(column) "etl_earlier(" column ")"

#endif
