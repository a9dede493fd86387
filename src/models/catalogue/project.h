/* SPDX-License-Identifier: MIT */
/*
 * Projects, each with its work item types and statuses. Extraction writes
 * them; people only look.
 */
#ifndef MODELS_CATALOGUE_PROJECT_H
#define MODELS_CATALOGUE_PROJECT_H

#include "models/catalogue/catalogue.h"

extern const struct catalogue project_catalogue;

#endif
