/* The list of projects, with their types and statuses. */
#include "etl/handlers.h"
#include "etl/resource.h"
#include "models/catalogue/project.h"

enum err
projects_list(struct req *rq, struct resp *rp)
{
	return resource_list(rq, rp, &project_catalogue);
}
