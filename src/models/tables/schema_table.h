/* Every table as the migrations leave it; see row_words.h. */
#define TABLES_FOLLOW
#include "models/tables/integration_table.h"
#include "models/tables/pr_table.h"
#include "models/tables/project_table.h"
#include "models/tables/raw_batch_table.h"
#include "models/tables/repository_table.h"
#include "models/tables/service_table.h"
#include "models/tables/status_mapping_table.h"
#include "models/tables/status_table.h"
#include "models/tables/tenant_table.h"
#include "models/tables/wit_hierarchy_table.h"
#include "models/tables/wit_mapping_table.h"
#include "models/tables/wit_table.h"
#include "models/tables/work_item_table.h"
#include "models/tables/workflow_table.h"
#undef TABLES_FOLLOW
#include "models/tables/row_words_end.h"
