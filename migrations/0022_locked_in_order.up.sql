-- Who locks rows, and in which order, so that no two wait for each other for
-- ever. Whoever changes the work items of an integration says so first: usually
-- beside others, each of whom then locks all of its own in the order of their
-- external ids; alone, if it is to change those of any batch, as a status that
-- counts otherwise now demands (app.due_statuses). Names (projects, types,
-- statuses, repositories) are made by one at a time. What is locked before such
-- a lock is never waited for after it.

CREATE FUNCTION etl_beside_others(tenant BIGINT, integration BIGINT, what TEXT)
RETURNS VOID
LANGUAGE sql VOLATILE AS $$
	SELECT pg_advisory_xact_lock_shared(
		hashtextextended(what || ' of ' || tenant, integration))
$$;
COMMENT ON FUNCTION etl_beside_others IS
	'Until the transaction ends, nobody is alone with these rows of an '
	'integration (etl_alone)';

CREATE FUNCTION etl_alone(tenant BIGINT, integration BIGINT, what TEXT)
RETURNS VOID
LANGUAGE sql VOLATILE AS $$
	SELECT pg_advisory_xact_lock(
		hashtextextended(what || ' of ' || tenant, integration))
$$;
COMMENT ON FUNCTION etl_alone IS
	'Until the transaction ends, nobody else changes the work_items of an '
	'integration, or makes names. Fails: as a lock that is waited for too long';

-- Somebody who waits for a work item may find that the one who had it has added
-- others of the same batch. To lock these only now would be out of order, so
-- all are let go and locked anew.
CREATE FUNCTION etl_lock_work_items(tenant BIGINT, integration BIGINT,
	issues TEXT[])
RETURNS BIGINT
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	locked BIGINT;
	present BIGINT;
BEGIN
	PERFORM etl_beside_others(tenant, integration, 'work_items');
	LOOP
		BEGIN
			PERFORM w.id
			FROM (
				SELECT i.id COLLATE "C" AS external_id
				FROM unnest(issues) AS i (id)
				ORDER BY 1
			) AS touched
			CROSS JOIN LATERAL (
				SELECT x.id
				FROM work_items AS x
				WHERE x.tenant_id::bigint = tenant
					AND x.integration_id::bigint = integration
					AND x.external_id = touched.external_id
						COLLATE "default"
				FOR NO KEY UPDATE) AS w;
			GET DIAGNOSTICS locked = ROW_COUNT;
			SELECT count(*) INTO present
			FROM unnest(issues) AS i (id)
			CROSS JOIN LATERAL (
				SELECT FROM work_items AS x
				WHERE x.tenant_id::bigint = tenant
					AND x.integration_id::bigint = integration
					AND x.external_id = i.id
				LIMIT 1) AS w;
			IF present <= locked THEN
				RETURN locked;
			END IF;
			RAISE EXCEPTION USING ERRCODE = 'PE001';
		EXCEPTION WHEN SQLSTATE 'PE001' THEN
			NULL; -- the locks of this turn are gone
		END;
	END LOOP;
END
$$;
COMMENT ON FUNCTION etl_lock_work_items IS
	'Locks those of some issues, each named once, that are stored, in the '
	'order of their external ids. Gives: how many';
