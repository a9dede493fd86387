/* SPDX-License-Identifier: MIT */
/* Tables of the catalogue that people only look at: each has a list. */
#include "etl/answers.h"
#include "etl/resource.h"
#include "models/catalogue/project.h"
#include "models/catalogue/status.h"
#include "models/catalogue/wit.h"

const struct resource project_resource = { .table = &project_catalogue };
const struct resource status_resource = { .table = &status_catalogue };
const struct resource wit_resource = { .table = &wit_catalogue };

/* What is answered. */
/* clang-format off */
static const struct shape_row wit_rows[] = {
#define SHOWN SHAPE_ROW
#include "models/catalogue/wit_shown_rows.h"
#undef SHOWN
};
SHAPE_PART(wit, "A work item type", wit_rows)
SHAPE_PAGE(answer_wit_list, "wit_list", "Work item types", wit_rows)

static const struct shape_row status_rows[] = {
#define SHOWN SHAPE_ROW
#include "models/catalogue/status_shown_rows.h"
#undef SHOWN
};
SHAPE_PART(status, "A status", status_rows)
SHAPE_PAGE(answer_status_list, "status_list", "Statuses", status_rows)

static const struct shape_row project_rows[] = {
#define SHOWN SHAPE_ROW
#include "models/catalogue/project_shown_rows.h"
#undef SHOWN
	{ "wits", SHAPE_LIST, 0, NULL, &wit },
	{ "statuses", SHAPE_LIST, 0, NULL, &status },
};
SHAPE_PAGE(answer_project_list, "project_list", "Projects", project_rows)
/* clang-format on */
