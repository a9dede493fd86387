/*
 * A mapping of names applied to what has such names, in one statement: the
 * rows it fits get it; those that had it and that it fits no more get the
 * oldest other mapping that does, or none. A mapping that is not active
 * changes nothing. $1 is the tenant, $2 the mapping; names are compared
 * without regard to case.
 */
#ifndef MODELS_REMAP_H
#define MODELS_REMAP_H

#define REMAP_FITS(mapping, from) \
	mapping ".integration_id = t.integration_id" \
	" AND lower(" mapping "." from ") = lower(t.original_name)"

#define REMAP(rows, link, mappings, from) \
	"UPDATE " rows " AS t SET last_updated_at = now(), " link \
	" = CASE WHEN " REMAP_FITS("m", from) " THEN m.id" \
	" ELSE (SELECT min(o.id) FROM " mappings " AS o" \
	" WHERE o.tenant_id = $1 AND o.active" \
	" AND " REMAP_FITS("o", from) ") END" \
	" FROM " mappings " AS m WHERE m.tenant_id = $1 AND m.id = $2" \
	" AND m.active AND t.tenant_id = $1" \
	" AND (t." link " IS NOT DISTINCT FROM m.id)" \
	" <> (" REMAP_FITS("m", from) ")"

#endif
