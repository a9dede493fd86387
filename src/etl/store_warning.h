/* SPDX-License-Identifier: MIT */
/*
 * What a client should know about a batch that is stored all the same: nothing
 * is made of its entity type, or it is that of another source.
 */
#ifndef ETL_STORE_WARNING_H
#define ETL_STORE_WARNING_H

#include "base/str.h"
#include "json/json_write.h"

/*
 * Write the member "warning", a sentence, if there is something to say; without
 * memory for it the answer goes without, for the batch is stored.
 * product: of the batch's integration.
 */
void store_warning_write(struct json *json, struct span entity_type,
    struct span product);

#endif
