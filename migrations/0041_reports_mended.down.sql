-- Back to 0040.
CREATE OR REPLACE FUNCTION pg_temp.mend(name REGPROC, was TEXT, becomes TEXT) RETURNS VOID
LANGUAGE plpgsql AS $$
DECLARE
	body TEXT := pg_get_functiondef(name);
BEGIN
	IF strpos(body, was) = 0 THEN
		RAISE EXCEPTION '% does not have %', name, was;
	END IF;
	EXECUTE replace(body, was, becomes);
END
$$;

SELECT pg_temp.mend('etl_path_flaw',
	$$	ELSIF plain ~ '[.]keyvalue\(' THEN
		RETURN 'must not have .keyvalue(): name the members';
	ELSIF strpos(plain, ',') > 0 THEN
		RETURN 'must not have several subscripts, as in [0, 1]: [*]'
			' reads all elements';
	ELSIF plain !~ $$, $$	ELSIF plain !~ $$);
SELECT pg_temp.mend('etl_mapped_value', $$THEN 'null'
	WHEN pg_column_size(value) > 4194304 THEN NULL ELSE CASE kind$$,
	$$THEN 'null' ELSE CASE kind$$);
SELECT pg_temp.mend('etl_mapped_outcome',
	$$'^(.*)\[\*\](?:\?\((?:[^"]|"(?:[^"\\]|\\.)*")*\))?$'$$,
	$$'^(.*)\[\*\]$'$$);
CREATE OR REPLACE FUNCTION report.reader_tenant() RETURNS INTEGER
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog
AS $$
	SELECT tenant_id FROM report.logins WHERE login = session_user
$$;
DROP POLICY owner_reads ON tenants;
CREATE OR REPLACE VIEW report.deployments WITH (security_invoker = true) AS
SELECT d.tenant_id, d.id AS pull_request_id, d.repository_id,
	o.full_name AS repository,
	d.number, d.name AS title, d.merged_at AS deployed_at,
	(SELECT min(c.authored_date) FROM public.prs_commits AS c
		WHERE c.tenant_id = d.tenant_id AND c.pr_id = d.id AND c.active)
		AS first_commit_at,
	mended.reverted_at
FROM public.prs AS d
JOIN public.repositories AS o ON o.tenant_id = d.tenant_id
	AND o.id = d.repository_id AND o.default_branch = d.destination
LEFT JOIN LATERAL (
	SELECT min(x.merged_at) AS reverted_at
	FROM public.prs AS x
	WHERE x.tenant_id = d.tenant_id AND x.repository_id = d.repository_id
		AND x.active AND x.name LIKE 'Revert "%"'
		AND x.name = 'Revert "' || d.name || '"'
		AND x.destination = d.destination AND x.merged_at > d.merged_at
		AND NOT EXISTS (SELECT FROM public.prs AS n
			WHERE n.tenant_id = d.tenant_id AND n.active
			AND n.repository_id + 0 = d.repository_id
			AND n.name = d.name AND n.destination = d.destination
			AND n.merged_at > d.merged_at
			AND n.merged_at < x.merged_at
			OFFSET 0)) AS mended ON TRUE
WHERE d.active AND d.merged_at IS NOT NULL;
COMMENT ON COLUMN report.deployments.first_commit_at IS
	'When its first commit was authored (UTC)';
DROP INDEX idx_prs_reverts;
CREATE INDEX idx_prs_reverts ON prs (tenant_id, repository_id, name, merged_at)
	WHERE active AND name LIKE 'Revert "%"';
DROP FUNCTION pg_temp.mend(REGPROC, TEXT, TEXT);
