-- Back to 0014. Statuses stay in small letters, merged rows stay one, and of
-- what several pull requests have, the first one keeps it.

SELECT set_config('app.every_tenant', 'on', true);

DROP TABLE prs_keys;
DROP FUNCTION etl_prs(BIGINT, BIGINT, BIGINT);

DELETE FROM wits_prs_links AS l USING wits_prs_links AS o
WHERE o.tenant_id = l.tenant_id AND o.work_item_id = l.work_item_id
	AND o.repo_full_name = l.repo_full_name
	AND o.pull_request_number = l.pull_request_number AND o.id < l.id;
UPDATE wits_prs_links SET last_updated_at = NULL WHERE raw_data_id IS NULL;
UPDATE wits_prs_links SET external_repo_id = repo_full_name
WHERE external_repo_id = repo_key;
ALTER TABLE wits_prs_links
	DROP CONSTRAINT uq_wits_prs_links_work_item_id_repo_number,
	DROP COLUMN repo_key, DROP COLUMN repo_host, DROP COLUMN told_at,
	DROP COLUMN raw_data_id, DROP COLUMN column_ages,
	ADD CONSTRAINT uq_wits_prs_links_work_item_id_repo_number
	UNIQUE (tenant_id, work_item_id, repo_full_name, pull_request_number);
CREATE INDEX idx_wits_prs_links_repo_full_name
	ON wits_prs_links (repo_full_name);

DELETE FROM prs_commits AS x USING prs_commits AS o
WHERE o.tenant_id = x.tenant_id AND o.integration_id = x.integration_id
	AND o.external_id = x.external_id AND o.id < x.id;
ALTER TABLE prs_commits
	DROP CONSTRAINT uq_prs_commits_pr_id_external_id,
	DROP COLUMN told_at,
	DROP COLUMN raw_data_id, DROP COLUMN column_ages,
	ADD CONSTRAINT uq_prs_commits_tenant_id_integration_id_external_id
	UNIQUE (tenant_id, integration_id, external_id);
CREATE INDEX idx_prs_commits_pr_id ON prs_commits (pr_id);

DELETE FROM prs_reviews AS x USING prs_reviews AS o
WHERE o.tenant_id = x.tenant_id AND o.integration_id = x.integration_id
	AND o.external_id = x.external_id AND o.id < x.id;
ALTER TABLE prs_reviews
	DROP CONSTRAINT uq_prs_reviews_pr_id_identity,
	DROP COLUMN identity, DROP COLUMN told_at,
	DROP COLUMN raw_data_id, DROP COLUMN column_ages,
	ADD CONSTRAINT uq_prs_reviews_tenant_id_integration_id_external_id
	UNIQUE (tenant_id, integration_id, external_id);
CREATE INDEX idx_prs_reviews_pr_id ON prs_reviews (pr_id);

DELETE FROM prs_comments AS x USING prs_comments AS o
WHERE o.tenant_id = x.tenant_id AND o.integration_id = x.integration_id
	AND o.external_id = x.external_id AND o.id < x.id;
ALTER TABLE prs_comments
	DROP CONSTRAINT uq_prs_comments_pr_id_comment_type_identity,
	DROP COLUMN identity, DROP COLUMN told_at,
	DROP COLUMN raw_data_id, DROP COLUMN column_ages,
	ADD CONSTRAINT uq_prs_comments_tenant_id_integration_id_external_id
	UNIQUE (tenant_id, integration_id, external_id);
CREATE INDEX idx_prs_comments_pr_id ON prs_comments (pr_id);

ALTER TABLE prs
	DROP CONSTRAINT uq_prs_identity_tenant_id_integration_id,
	DROP CONSTRAINT uq_prs_repository_id_number,
	DROP COLUMN identity, DROP COLUMN parts_complete, DROP COLUMN parts,
	DROP COLUMN raw_data_id, DROP COLUMN column_ages,
	DROP COLUMN gone_since,
	ADD CONSTRAINT uq_prs_external_id_tenant_id_integration_id
	UNIQUE (external_id, tenant_id, integration_id);
CREATE INDEX idx_prs_repository_id ON prs (repository_id);
CREATE INDEX idx_prs_tenant_id_waiting ON prs (tenant_id)
	WHERE work_item_keys IS NOT NULL AND work_item_place <> 1;
ALTER TABLE repositories
	DROP CONSTRAINT uq_repositories_identity_tenant_id_integration_id,
	DROP COLUMN identity, DROP COLUMN name_key, DROP COLUMN host,
	DROP COLUMN raw_data_id, DROP COLUMN column_ages,
	ADD CONSTRAINT uq_repositories_tenant_id_integration_id_external_id
	UNIQUE (tenant_id, integration_id, external_id);
CREATE INDEX idx_repositories_full_name ON repositories (full_name);

DROP AGGREGATE etl_merged(JSONB);
DROP FUNCTION etl_identity, etl_is_number, etl_read, etl_member, etl_stamps,
	etl_is_newer, etl_newest,
	etl_taken, etl_column_ages, etl_is_list, etl_pr_way, etl_part_kind,
	etl_pr_of_url, etl_pr_named, etl_pr_parts_alone, etl_broken,
	etl_without_nulls, etl_prs_read, etl_repository, etl_pr, etl_known_prs,
	etl_pr_told, etl_repository_told, etl_commit_told, etl_review_told,
	etl_comment_told, etl_more, etl_thread_comments, etl_short, etl_is_other, etl_pages_total, etl_pr_lists,
	etl_part_facts, etl_repository_way, etl_repository_items, etl_repositories,
	etl_panel_way, etl_pr_place, etl_panel_told, etl_panel_prs, etl_host,
	etl_links_of_pr, etl_pr_issue, etl_due_prs;

CREATE OR REPLACE FUNCTION etl_nodes(value JSONB) RETURNS JSONB
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT CASE WHEN jsonb_typeof(value) = 'array' THEN value
		WHEN jsonb_typeof(value->'nodes') = 'array' THEN value->'nodes'
		ELSE '[]' END
$$;
COMMENT ON FUNCTION etl_nodes IS
	'An array, or a connection''s nodes, or nothing: []';

CREATE OR REPLACE FUNCTION etl_issue_keys(value TEXT) RETURNS VARCHAR[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT array_agg(k.key ORDER BY k.place)
	FROM (
		SELECT m.found[1] AS key, min(m.place) AS place
		FROM regexp_matches(value, '[A-Z][A-Z0-9_]+-[0-9]+', 'g')
			WITH ORDINALITY AS m (found, place)
		WHERE length(m.found[1]) <= 255
		GROUP BY m.found[1]
		ORDER BY min(m.place)
		LIMIT 100) AS k
$$;
COMMENT ON FUNCTION etl_issue_keys IS
	'Issue keys a text names, each once, in their order; NULL for none';

CREATE OR REPLACE FUNCTION etl_panels(tenant BIGINT, integration BIGINT, batch BIGINT)
RETURNS TABLE (index BIGINT, value JSONB, issue_id TEXT, issue_key TEXT,
	stored_at TIMESTAMP)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT i.index, i.value, COALESCE(etl_id(i.value->'issue_id'),
		etl_id(i.value->'issueId')), COALESCE(
		etl_id(i.value->'issue_key'), etl_id(i.value->'issueKey')),
		i.stored_at
	FROM etl_items(tenant, integration, batch, '{values,items}') AS i
	OFFSET 0
$$;
COMMENT ON FUNCTION etl_panels IS
	'The development panels of a stored batch, each with its issue';

CREATE FUNCTION etl_prs(tenant BIGINT, integration BIGINT, batch BIGINT)
RETURNS TABLE (index BIGINT, value JSONB, external_id TEXT,
	updated TIMESTAMP, repo_id TEXT, repo_name TEXT, stored_at TIMESTAMP)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT i.index, i.value,
		COALESCE(etl_id(i.value->'node_id'), etl_id(i.value->'id')),
		etl_timestamp(COALESCE(i.value->>'updatedAt',
			i.value->>'updated_at')),
		COALESCE(etl_id(i.value#>'{base,repo,node_id}'),
			etl_id(i.value#>'{base,repo,id}'),
			etl_id(i.value#>'{repository,node_id}'),
			etl_id(i.value#>'{repository,id}'), top.id),
		COALESCE(etl_id(i.value#>'{base,repo,full_name}'),
			etl_id(i.value#>'{repository,nameWithOwner}'),
			etl_id(i.value#>'{repository,full_name}'), top.name,
			substring(COALESCE(i.value->>'html_url',
				i.value->>'url') FROM
				'^https?://[^/]+/([^/]{1,100}/[^/]{1,100})/pull/')),
		i.stored_at
	FROM (
		SELECT COALESCE(etl_id(r.repo->'node_id'), etl_id(r.repo->'id'))
			AS id, COALESCE(etl_id(r.repo->'nameWithOwner'),
			etl_id(r.repo->'full_name')) AS name
		FROM (
			SELECT COALESCE(d.raw_data->'repository',
				d.raw_data#>'{data,repository}') AS repo
			FROM raw_extraction_data AS d
			WHERE d.tenant_id = tenant
				AND d.integration_id = integration
				AND d.id = batch
			OFFSET 0) AS r
		OFFSET 0) AS top
	CROSS JOIN etl_items(tenant, integration, batch, '{pullRequests.nodes,
		repository.pullRequests.nodes,
		data.repository.pullRequests.nodes,prs,pull_requests}') AS i
	OFFSET 0
$$;
COMMENT ON FUNCTION etl_prs IS
	'The pull requests of a stored batch, each with its repository';
