/*
 * Projects, each with its work item types and statuses. Extraction writes
 * them; people only look.
 */
#ifndef MODELS_PROJECT_H
#define MODELS_PROJECT_H

#include "models/catalogue.h"

extern const struct catalogue project_catalogue;

#endif
