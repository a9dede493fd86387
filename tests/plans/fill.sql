-- Two tenants with much of everything that grows: for 580_plans.sh. Without
-- triggers and keys' checks, so as the superuser. Variables: rows (work items),
-- batches. A third of all is the second tenant's.
SET session_replication_role = replica;
SET app.every_tenant = 'on';
BEGIN;
INSERT INTO tenants (id, name) VALUES (900, 'Second');
INSERT INTO integrations (id, tenant_id, provider, type, product)
VALUES (901, 900, 'Jira', 'data_source', 'jira'),
	(902, 900, 'GitHub', 'data_source', 'github'),
	(903, 1, 'Silent', 'data_source', 'jira');

-- Whose row number n is: tenant, Jira's and GitHub's integration.
CREATE FUNCTION pg_temp.tenant(n BIGINT) RETURNS INTEGER
LANGUAGE sql IMMUTABLE AS 'SELECT CASE WHEN n % 3 = 0 THEN 900 ELSE 1 END';
CREATE FUNCTION pg_temp.jira(n BIGINT) RETURNS INTEGER
LANGUAGE sql IMMUTABLE AS 'SELECT CASE WHEN n % 3 = 0 THEN 901 ELSE 1 END';
CREATE FUNCTION pg_temp.github(n BIGINT) RETURNS INTEGER
LANGUAGE sql IMMUTABLE AS 'SELECT CASE WHEN n % 3 = 0 THEN 902 ELSE 2 END';

-- The first tenant has a hundred projects, types and statuses, the second one
-- very many.
INSERT INTO projects (id, tenant_id, integration_id, external_id, key, name)
SELECT 1000000 + n, CASE WHEN n <= 100 THEN 1 ELSE 900 END,
	CASE WHEN n <= 100 THEN 1 ELSE 901 END, 'fill' || n, 'FILL' || n, 'Fill'
FROM generate_series(1, 20000) AS n;
INSERT INTO statuses (id, tenant_id, integration_id, external_id,
	original_name, category)
SELECT 1000000 + n, CASE WHEN n <= 100 THEN 1 ELSE 900 END,
	CASE WHEN n <= 100 THEN 1 ELSE 901 END, 'fill' || n, 'Fill ' || n,
	'To Do'
FROM generate_series(1, 20000) AS n;
INSERT INTO wits (id, tenant_id, integration_id, external_id, original_name,
	hierarchy_level)
SELECT 1000000 + n, CASE WHEN n <= 100 THEN 1 ELSE 900 END,
	CASE WHEN n <= 100 THEN 1 ELSE 901 END, 'fill' || n, 'Fill ' || n, 0
FROM generate_series(1, 20000) AS n;

INSERT INTO work_items (id, tenant_id, integration_id, external_id, key,
	project_id, wit_id, status_id, summary, created, updated,
	parent_external_id)
SELECT 1000000 + n, pg_temp.tenant(n), pg_temp.jira(n), 'fill' || n,
	'FILL' || n % 100 || '-' || n, 1000001 + n % 100, 1000001 + n % 100,
	1000001 + n % 100, 'Fill ' || n,
	timestamp '2020-01-01' + n * interval '1 minute',
	timestamp '2021-01-01' + n * interval '1 minute',
	CASE WHEN n % 5 = 0 THEN 'fill' || n / 5
	WHEN n % 7 = 0 THEN 'GONE-' || n END
FROM generate_series(1, :rows) AS n;
INSERT INTO changelogs (id, tenant_id, integration_id, work_item_id,
	external_id, from_status_id, to_status_id, transition_change_date)
SELECT 1000000 + 2 * n + k, pg_temp.tenant(n), pg_temp.jira(n), 1000000 + n,
	'c' || n || '-' || k, 1000001 + n % 100, 1000001 + (n + 1) % 100,
	timestamp '2020-06-01' + (n + k) * interval '1 minute'
FROM generate_series(1, :rows) AS n CROSS JOIN generate_series(0, 1) AS k;

INSERT INTO repositories (id, tenant_id, integration_id, external_id, name,
	full_name)
SELECT 1000000 + n, pg_temp.tenant(n), pg_temp.github(n), 'fill' || n,
	'fill' || n, 'fill/fill' || n
FROM generate_series(1, :rows / 10) AS n;
-- Most name keys that nobody has: CVE-2021-1, UTF-8.
INSERT INTO prs (id, tenant_id, integration_id, external_id, repository_id,
	number, name, status, pr_created_at, pr_updated_at, work_item_keys,
	work_item_place)
SELECT 1000000 + n, pg_temp.tenant(n), pg_temp.github(n), 'fill' || n,
	1000000 + 1 + n % (:rows / 10), n, 'Fill ' || n, 'open',
	timestamp '2020-01-01' + n * interval '1 minute',
	timestamp '2021-01-01' + n * interval '1 minute',
	ARRAY['CVE-' || n, 'UTF-8'], 0
FROM generate_series(1, :rows) AS n;
INSERT INTO prs_commits (id, tenant_id, integration_id, external_id, pr_id)
SELECT 1000000 + n, pg_temp.tenant(n), pg_temp.github(n), 'sha' || n, 1000000 + n
FROM generate_series(1, :rows) AS n;
INSERT INTO prs_reviews (id, tenant_id, integration_id, external_id, pr_id)
SELECT 1000000 + n, pg_temp.tenant(n), pg_temp.github(n), 'r' || n, 1000000 + n
FROM generate_series(1, :rows) AS n;
INSERT INTO prs_comments (id, tenant_id, integration_id, external_id, pr_id,
	comment_type)
SELECT 1000000 + n, pg_temp.tenant(n), pg_temp.github(n), 'o' || n, 1000000 + n,
	'issue'
FROM generate_series(1, :rows) AS n;
INSERT INTO wits_prs_links (id, tenant_id, integration_id, work_item_id,
	external_repo_id, repo_full_name, pull_request_number)
SELECT 1000000 + n, pg_temp.tenant(n), pg_temp.jira(n), 1000000 + n,
	'fill' || n % 1000, 'fill/fill' || n % 1000, n
FROM generate_series(1, :rows) AS n;

-- One integration has sent nothing since the first ones.
INSERT INTO raw_extraction_data (id, tenant_id, integration_id, entity_type,
	raw_data, processing_status, error_details, created_at, processed_at,
	queued_at, raw_data_items, raw_data_bytes, raw_data_sha256)
SELECT 1000000 + n, pg_temp.tenant(n),
	CASE WHEN n % 3 <> 0 AND n <= 300 THEN 903 ELSE pg_temp.jira(n) END,
	CASE WHEN n % 50 = 0 THEN 'jira_dev_status_batch'
	WHEN n % 51 = 0 THEN 'jira_statuses_batch'
	ELSE 'jira_issues_batch' END, '[]',
	CASE WHEN n % 97 = 0 THEN 'failed' ELSE 'completed' END,
	CASE WHEN n % 50 = 0 OR n % 51 = 0 THEN jsonb_build_object('waiting',
		jsonb_build_array('gone' || n)) END,
	now() - n * interval '1 second', now() - n * interval '1 second',
	now() - n * interval '1 second', 0, 2, sha256('[]')
FROM generate_series(1, :batches) AS n;
INSERT INTO raw_extraction_counts
SELECT pg_temp.tenant(n), n, 0 FROM generate_series(1, 511) AS n
ON CONFLICT DO NOTHING;
SELECT format('SELECT setval(%L, 5000000)', s.oid::regclass)
FROM pg_class AS s
WHERE s.relkind = 'S' AND s.relname ~ '_id_seq$'
	AND s.relnamespace = 'public'::regnamespace \gexec
-- Later migrations keep names that batches wait for in a table.
SELECT $$INSERT INTO waiting_batches (tenant_id, integration_id, kind, name,
	raw_data_id)
SELECT r.tenant_id, r.integration_id, etl_waits_for(r.entity_type),
	r.error_details#>>'{waiting,0}', r.id
FROM raw_extraction_data AS r WHERE r.error_details ? 'waiting'$$
WHERE to_regclass('waiting_batches') IS NOT NULL \gexec
COMMIT;
ANALYZE;
