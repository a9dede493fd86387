-- Remove tenant 1 and everything that hangs on it, whatever was stored for it
-- since; referring tables first.

DELETE FROM qdrant_vectors WHERE tenant_id = 1;
DELETE FROM raw_extraction_data WHERE tenant_id = 1;
DELETE FROM wits_prs_links WHERE tenant_id = 1;
DELETE FROM etl_jobs WHERE tenant_id = 1;
DELETE FROM system_settings WHERE tenant_id = 1;
DELETE FROM prs_comments WHERE tenant_id = 1;
DELETE FROM prs_commits WHERE tenant_id = 1;
DELETE FROM prs_reviews WHERE tenant_id = 1;
DELETE FROM prs WHERE tenant_id = 1;
DELETE FROM repositories WHERE tenant_id = 1;
DELETE FROM changelogs WHERE tenant_id = 1;
DELETE FROM work_items WHERE tenant_id = 1;
DELETE FROM projects_statuses
WHERE project_id IN (SELECT id FROM projects WHERE tenant_id = 1)
	OR status_id IN (SELECT id FROM statuses WHERE tenant_id = 1);
DELETE FROM projects_wits
WHERE project_id IN (SELECT id FROM projects WHERE tenant_id = 1)
	OR wit_id IN (SELECT id FROM wits WHERE tenant_id = 1);
DELETE FROM statuses WHERE tenant_id = 1;
DELETE FROM wits WHERE tenant_id = 1;
DELETE FROM wits_mappings WHERE tenant_id = 1;
DELETE FROM wits_hierarchies WHERE tenant_id = 1;
DELETE FROM statuses_mappings WHERE tenant_id = 1;
DELETE FROM workflows WHERE tenant_id = 1;
DELETE FROM projects WHERE tenant_id = 1;
DELETE FROM integrations WHERE tenant_id = 1;
DELETE FROM users WHERE tenant_id = 1;
DELETE FROM tenants WHERE id = 1;
