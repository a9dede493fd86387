-- Keys of what a batch may bring again, and what waits for another batch.

-- A history's id is one within its issue only.
ALTER TABLE changelogs
	DROP CONSTRAINT uq_changelogs_tenant_id_integration_id_external_id;

-- A work item names a pull request once, whoever tells of it.
DELETE FROM wits_prs_links AS l
WHERE EXISTS (SELECT FROM wits_prs_links AS o
	WHERE o.tenant_id = l.tenant_id AND o.work_item_id = l.work_item_id
	AND o.repo_full_name = l.repo_full_name
	AND o.pull_request_number = l.pull_request_number AND o.id < l.id);
ALTER TABLE wits_prs_links
	ADD CONSTRAINT uq_wits_prs_links_work_item_id_repo_number
	UNIQUE (tenant_id, work_item_id, repo_full_name, pull_request_number);

-- A pull request may come before the work item it names.
ALTER TABLE prs ADD COLUMN work_item_keys VARCHAR[];
CREATE INDEX idx_prs_tenant_id_waiting ON prs (tenant_id)
	WHERE work_item_id IS NULL AND work_item_keys IS NOT NULL;
COMMENT ON COLUMN prs.work_item_keys IS
	'Issue keys in branch, title and body, in that order; the first that '
	'exists is its work item';

-- While a table is small and nobody has counted it, the planner takes any index
-- of a tenant's rows for as good as the one that finds a single row, and keeps
-- to it while the table grows. So each look-up has one index that serves:
-- statements write tenant_id::bigint, as it stands in this index; and what the
-- index on (tenant_id) was for, uq_work_items_tenant_id_id does.
DROP INDEX idx_work_items_tenant_id, idx_work_items_external_id;
CREATE INDEX idx_work_items_external_id ON work_items
	(external_id, (tenant_id::bigint), (integration_id::bigint));

-- The same holds for the checks of foreign keys to (tenant_id, id): no other
-- index begins with tenant_id.
ALTER TABLE work_items
	DROP CONSTRAINT uq_work_items_tenant_id_integration_id_external_id,
	ADD CONSTRAINT uq_work_items_external_id_tenant_id_integration_id
	UNIQUE (external_id, tenant_id, integration_id);
ALTER TABLE prs
	DROP CONSTRAINT uq_prs_tenant_id_integration_id_external_id,
	ADD CONSTRAINT uq_prs_external_id_tenant_id_integration_id
	UNIQUE (external_id, tenant_id, integration_id);
