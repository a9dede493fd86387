-- Two tenants with much to report, a third of it the second one's: 8 years, 50
-- projects, 50 repositories. Without triggers and keys' checks, so as the
-- superuser. Variable: rows (work items; a fifth as many pull requests).
SET session_replication_role = replica;
SET app.every_tenant = 'on';
BEGIN;
INSERT INTO tenants (id, name) VALUES (900, 'Second');
INSERT INTO integrations (id, tenant_id, provider, product, type)
VALUES (901, 900, 'Jira', 'jira', 'data_source'),
	(902, 900, 'GitHub', 'github', 'data_source');
CREATE FUNCTION pg_temp.tenant(n BIGINT) RETURNS INTEGER
LANGUAGE sql IMMUTABLE AS 'SELECT CASE WHEN n % 3 = 0 THEN 900 ELSE 1 END';
CREATE FUNCTION pg_temp.source(n BIGINT, first INTEGER) RETURNS INTEGER
LANGUAGE sql IMMUTABLE AS
	'SELECT CASE WHEN n % 3 = 0 THEN 900 + first ELSE first END';

INSERT INTO projects (id, tenant_id, integration_id, external_id, key, name)
SELECT 1000000 + n, pg_temp.tenant(n), pg_temp.source(n, 1), 'r' || n,
	'REP' || n, 'Report ' || n
FROM generate_series(0, 49) AS n;
INSERT INTO statuses (id, tenant_id, integration_id, external_id,
	original_name, category)
SELECT 1000000 + n, pg_temp.tenant(n), pg_temp.source(n, 1), 'r' || n,
	(ARRAY['Open', 'Doing', 'Closed'])[n / 3 + 1],
	(ARRAY['To Do', 'In Progress', 'Done'])[n / 3 + 1]
FROM generate_series(0, 8) AS n;
INSERT INTO wits (id, tenant_id, integration_id, external_id, original_name,
	hierarchy_level)
SELECT 1000000 + n, pg_temp.tenant(n), pg_temp.source(n, 1), 'r' || n,
	'Type ' || n, 0
FROM generate_series(0, 8) AS n;
-- Of ten: seven are done, one is in work, two wait.
INSERT INTO work_items (id, tenant_id, integration_id, external_id, key,
	project_id, wit_id, status_id, summary, created, updated,
	work_first_committed_at, work_first_started_at, work_last_started_at,
	work_first_completed_at, work_last_completed_at, total_work_starts,
	total_completions, total_backlog_returns, total_work_time_seconds,
	total_cycle_time_seconds, total_lead_time_seconds, history_complete)
SELECT 1000000 + n, pg_temp.tenant(n), pg_temp.source(n, 1), 'r' || n,
	'REP' || n % 48 || '-' || n, 1000000 + n % 48, 1000000 + n % 9,
	1000000 + n % 3 + CASE WHEN kind < 7 THEN 6 WHEN kind = 7 THEN 3 ELSE 0 END,
	'Report ' || n, made, made + took * 2, CASE WHEN kind < 8 THEN made END,
	CASE WHEN kind < 8 THEN made + took END,
	CASE WHEN kind < 8 THEN made + took END,
	CASE WHEN kind < 7 THEN made + took * 2 END,
	CASE WHEN kind < 7 THEN made + took * 2 END, (kind < 8)::int,
	(kind < 7)::int, 0, CASE WHEN kind < 7 THEN EXTRACT(EPOCH FROM took) END,
	CASE WHEN kind < 7 THEN EXTRACT(EPOCH FROM took) END,
	CASE WHEN kind < 7 THEN EXTRACT(EPOCH FROM took * 2) END, true
FROM (SELECT n, n / 11 % 10 AS kind, (n % 1000 * 7919 % 1000) * interval '37 minutes'
	AS took, (now() AT TIME ZONE 'UTC') - interval '8 years'
	+ n * interval '7.8 years' / :rows AS made
	FROM generate_series(1, :rows) AS n) AS each;
INSERT INTO changelogs (id, tenant_id, integration_id, work_item_id,
	external_id, from_status_id, to_status_id, transition_start_date,
	transition_change_date, time_in_status_seconds)
SELECT 1000000 + 2 * n + k, pg_temp.tenant(n), pg_temp.source(n, 1),
	1000000 + n, 'c' || k, 1000000 + n % 3 + 3 * k, 1000003 + n % 3 + 3 * k,
	w.created, w.updated, 60
FROM generate_series(1, :rows) AS n CROSS JOIN generate_series(0, 1) AS k
JOIN work_items AS w ON w.id = 1000000 + n;

INSERT INTO repositories (id, tenant_id, integration_id, external_id, name,
	full_name, default_branch)
SELECT 1000000 + n, pg_temp.tenant(n), pg_temp.source(n, 2), 'r' || n,
	'rep' || n, 'report/rep' || n, 'main'
FROM generate_series(0, 49) AS n;
INSERT INTO prs (id, tenant_id, integration_id, external_id, repository_id,
	number, name, status, source, destination, pr_created_at,
	first_review_at, merged_at, closed_at, parts_complete, commit_count,
	reviewers)
SELECT 1000000 + n, pg_temp.tenant(n), pg_temp.source(n, 2), 'r' || n,
	1000000 + n % 48, n, CASE WHEN n % 97 = 48
	THEN 'Revert "Change ' || n - 48 || '"' ELSE 'Change ' || n END,
	CASE WHEN n % 8 = 0 THEN 'open' ELSE 'merged' END, 'work', 'main', made,
	made + took, CASE WHEN n % 8 > 0 THEN made + took * 2 END,
	CASE WHEN n % 8 > 0 THEN made + took * 2 END, true, 2, 1
FROM (SELECT n, (n % 1000 * 7919 % 1000) * interval '7 minutes' AS took,
	(now() AT TIME ZONE 'UTC') - interval '8 years'
	+ n * interval '7.8 years' / (:rows / 5) AS made
	FROM generate_series(1, :rows / 5) AS n) AS each;
INSERT INTO prs_commits (id, tenant_id, integration_id, external_id, pr_id,
	authored_date)
SELECT 1000000 + 2 * n + k, pg_temp.tenant(n), pg_temp.source(n, 2), 'c' || k,
	1000000 + n, r.pr_created_at - k * interval '1 hour'
FROM generate_series(1, :rows / 5) AS n CROSS JOIN generate_series(0, 1) AS k
JOIN prs AS r ON r.id = 1000000 + n;
COMMIT;
VACUUM ANALYZE projects, statuses, wits, work_items, changelogs, repositories,
	prs, prs_commits;
