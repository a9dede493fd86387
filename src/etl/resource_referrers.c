/* SPDX-License-Identifier: MIT */
/* What still uses a row of the catalogue, and what happens to it on DELETE. */
#include "etl/resource.h"

#include <inttypes.h>

enum err
resource_release(struct req *rq, struct edit *edit)
{
	const struct resource *resource = edit->of;
	int64_t target = 0, referrers = 0;
	enum err rc = E_OK;

	if (resource->target != 0)
		target = *(
		    const int64_t *)(const void *)((const char *)edit->values +
		    resource->target);
	if (target != 0)
		rc = catalogue_move(rq->db, resource->table, rq->who.tenant_id,
		    edit->id, target, rq->arena, &rq->diag);
	if (rc == E_OK)
		rc = catalogue_release(rq->db, resource->table,
		    rq->who.tenant_id, edit->id, rq->arena, &referrers,
		    &rq->diag);
	if (rc == E_OK && referrers > 0)
		edit->kept = arena_printf(rq->arena,
		    "The %s is deactivated,"
		    " not deleted: %" PRId64 " %s still use it",
		    resource->noun, referrers, resource->referrers);
	return rc;
}

enum err
resource_remap(struct req *rq, struct edit *edit)
{
	const struct catalogue *table = edit->of->table;
	struct span old_name = edit->before == NULL ?
	    SPAN_NONE :
	    catalogue_text(table, edit->before, table->maps);

	if (!edit->changed)
		return E_OK;
	return catalogue_remap(rq->db, table, rq->who.tenant_id, edit->id,
	    old_name, rq->arena, &rq->diag);
}
