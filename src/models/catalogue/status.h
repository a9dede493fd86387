/* SPDX-License-Identifier: MIT */
/*
 * Statuses as their source names them, and the mappings that give them common
 * names and a step of the workflow.
 */
#ifndef MODELS_CATALOGUE_STATUS_H
#define MODELS_CATALOGUE_STATUS_H

#include "models/catalogue/catalogue.h"

extern const struct catalogue status_catalogue;
extern const struct catalogue status_mapping_catalogue;

/* What depends on a mapping, for catalogue_document(). */
extern const struct db_statement status_mapping_dependencies;

#endif
