/* Every table as the migrations leave it; see begin_table.h. */
#define TABLES_FOLLOW
#include "models/integration_table.h"
#include "models/pr_table.h"
#include "models/project_table.h"
#include "models/raw_batch_table.h"
#include "models/repository_table.h"
#include "models/service_table.h"
#include "models/status_mapping_table.h"
#include "models/status_table.h"
#include "models/tenant_table.h"
#include "models/wit_hierarchy_table.h"
#include "models/wit_mapping_table.h"
#include "models/wit_table.h"
#include "models/work_item_table.h"
#include "models/workflow_table.h"
#undef TABLES_FOLLOW
#include "models/end_table.h"
