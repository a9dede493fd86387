-- Which of a tenant's active mappings a name has, for whoever asks: its own
-- integration's first, then the one changed last. In FROM, the planner puts
-- them in place of their calls, as 0009's.

CREATE FUNCTION etl_wit_mapping(tenant BIGINT, integration BIGINT, name TEXT)
RETURNS SETOF wits_mappings
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1 AS $$
	SELECT *
	FROM wits_mappings AS m
	WHERE m.tenant_id = tenant AND m.active
		AND lower(m.wit_from) = lower(name)
	ORDER BY m.integration_id = integration DESC,
		m.last_updated_at DESC NULLS LAST, m.id DESC
	LIMIT 1
$$;
COMMENT ON FUNCTION etl_wit_mapping IS
	'The mapping that a work item type of this name has, or no row';

CREATE FUNCTION etl_status_mapping(tenant BIGINT, integration BIGINT, name TEXT)
RETURNS SETOF statuses_mappings
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1 AS $$
	SELECT *
	FROM statuses_mappings AS m
	WHERE m.tenant_id = tenant AND m.active
		AND lower(m.status_from) = lower(name)
	ORDER BY m.integration_id = integration DESC,
		m.last_updated_at DESC NULLS LAST, m.id DESC
	LIMIT 1
$$;
COMMENT ON FUNCTION etl_status_mapping IS
	'The mapping that a status of this name has, or no row';
