ALTER TABLE prs
	DROP CONSTRAINT uq_prs_external_id_tenant_id_integration_id,
	ADD CONSTRAINT uq_prs_tenant_id_integration_id_external_id
	UNIQUE (tenant_id, integration_id, external_id);
ALTER TABLE work_items
	DROP CONSTRAINT uq_work_items_external_id_tenant_id_integration_id,
	ADD CONSTRAINT uq_work_items_tenant_id_integration_id_external_id
	UNIQUE (tenant_id, integration_id, external_id);
DROP INDEX idx_work_items_external_id;
CREATE INDEX idx_work_items_tenant_id ON work_items (tenant_id);
CREATE INDEX idx_work_items_external_id ON work_items (external_id);

DROP INDEX idx_prs_tenant_id_waiting;
ALTER TABLE prs DROP COLUMN work_item_keys;
ALTER TABLE wits_prs_links
	DROP CONSTRAINT uq_wits_prs_links_work_item_id_repo_number;

-- What the older key cannot tell apart goes; the batches have it still.
DELETE FROM changelogs AS c
WHERE EXISTS (SELECT FROM changelogs AS o WHERE o.tenant_id = c.tenant_id
	AND o.integration_id = c.integration_id
	AND o.external_id = c.external_id AND o.id < c.id);
ALTER TABLE changelogs
	ADD CONSTRAINT uq_changelogs_tenant_id_integration_id_external_id
	UNIQUE (tenant_id, integration_id, external_id);
