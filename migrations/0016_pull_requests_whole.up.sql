-- Pull requests whole, or said to be a part: identities of GitHub in whatever
-- form they come, what an answer names and what it does not, and how much of a
-- pull request's commits, reviews and comments is there.

SELECT set_config('app.every_tenant', 'on', true);

-- Identity.

CREATE FUNCTION etl_identity(id TEXT) RETURNS TEXT
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
	hex TEXT;
	width INTEGER;
BEGIN
	IF id ~ '^MD[A-Za-z0-9+/]+={0,2}$' AND length(id) % 4 = 0 THEN
		RETURN COALESCE(substring(encode(decode(id, 'base64'), 'escape')
			FROM '^0[0-9]+:[A-Za-z]+([1-9][0-9]{0,17})$'), id);
	ELSIF id !~ '^[A-Z]{1,6}_k[gw][A-Za-z0-9_-]+$' THEN
		RETURN id;
	END IF;
	hex := translate(substr(id, strpos(id, '_') + 1), '-_', '+/');
	IF length(hex) % 4 = 1 OR length(hex) > 40 THEN
		RETURN id;
	END IF;
	hex := encode(decode(rpad(hex, (length(hex) + 3) / 4 * 4, '='),
		'base64'), 'hex');
	IF left(hex, 4) = '9300' THEN
		hex := '9200' || substr(hex, CASE substr(hex, 5, 2)
			WHEN 'cc' THEN 9 WHEN 'cd' THEN 11 WHEN 'ce' THEN 15
			WHEN 'cf' THEN 23 ELSE 7 END);
	END IF;
	width := CASE substr(hex, 5, 2) WHEN 'cc' THEN 2 WHEN 'cd' THEN 4
		WHEN 'ce' THEN 8 WHEN 'cf' THEN 16 ELSE 0 END;
	IF left(hex, 4) <> '9200' OR length(hex) <> 6 + width
		OR (width = 0 AND substr(hex, 5, 1) > '7')
		OR (width = 16 AND substr(hex, 7, 1) > '7') THEN
		RETURN id;
	END IF;
	RETURN ('x' || lpad(CASE width WHEN 0 THEN substr(hex, 5, 2)
		ELSE right(hex, width) END, 16, '0'))::bit(64)::bigint::text;
END
$$;
COMMENT ON FUNCTION etl_identity IS
	'The number that is in a node id of GitHub, of the older form (base64 '
	'of 011:PullRequest7) or the newer one (a prefix and base64 of the '
	'MessagePack array [0, repository, 7]): what REST calls id. Any other '
	'id is its own identity';

CREATE FUNCTION etl_is_number(id TEXT) RETURNS BOOLEAN
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT id ~ '^[0-9]{1,19}$'
$$;

-- What an answer names.

CREATE FUNCTION etl_read(kind TEXT, member JSONB) RETURNS JSONB
LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT CASE WHEN member = 'null' THEN member ELSE CASE kind
	WHEN 'text' THEN to_jsonb(etl_scalar(member))
	WHEN 'prose' THEN CASE WHEN member = '""' THEN 'null'
		ELSE to_jsonb(etl_scalar(member)) END
	WHEN 'id' THEN to_jsonb(etl_id(member))
	WHEN 'name' THEN to_jsonb(etl_name(member))
	WHEN 'lower' THEN to_jsonb(lower(etl_name(member)))
	WHEN 'upper' THEN to_jsonb(upper(etl_name(member)))
	WHEN 'integer' THEN to_jsonb(etl_integer(etl_scalar(member)))
	WHEN 'stamp' THEN to_jsonb(etl_timestamp(etl_scalar(member)))
	WHEN 'boolean' THEN CASE WHEN jsonb_typeof(member) = 'boolean'
		THEN member END
	WHEN 'login' THEN to_jsonb(regexp_replace(
		etl_scalar(member->'login'), '\[bot\]$', ''))
	END END
$$;
COMMENT ON FUNCTION etl_read IS
	'A member that an answer names, as the column of that kind takes it; '
	'null stays null, NULL is what cannot be read';

CREATE FUNCTION etl_member(outer_value JSONB, name TEXT) RETURNS JSONB
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT CASE jsonb_typeof(outer_value) WHEN 'object'
		THEN outer_value->name WHEN 'null' THEN outer_value
		ELSE '[]'::jsonb || outer_value END
$$;
COMMENT ON FUNCTION etl_member IS
	'A member of an object; null of a null, NULL of what is absent, and a '
	'list, which no column takes, of anything else';

CREATE AGGREGATE etl_merged(JSONB) (SFUNC = jsonb_concat, STYPE = JSONB,
	INITCOND = '{}', PARALLEL = SAFE);
COMMENT ON AGGREGATE etl_merged(JSONB) IS
	'Objects put on top of each other: of each member the last one';

CREATE FUNCTION etl_stamps(told JSONB, stamp TIMESTAMP) RETURNS JSONB
LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT jsonb_object_agg(k, to_jsonb(stamp))
	FROM jsonb_object_keys(told) AS k
$$;
COMMENT ON FUNCTION etl_stamps IS 'Each member of told, with this stamp';

-- Of two answers the newer one counts, and of the same age the one that was
-- stored later. One that does not tell its age is as old as the batches that
-- were stored before it.
CREATE FUNCTION etl_is_newer(stamp TIMESTAMP, batch BIGINT,
	row_stamp TIMESTAMP, row_batch BIGINT) RETURNS BOOLEAN
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT CASE WHEN stamp IS NULL OR row_stamp IS NULL
		THEN batch >= COALESCE(row_batch, 0)
		ELSE (stamp, batch) >= (row_stamp, COALESCE(row_batch, 0)) END
$$;
COMMENT ON FUNCTION etl_is_newer IS
	'Whether an answer counts more than what a row was taken from, or is '
	'the same';

CREATE FUNCTION etl_newest(stamp TIMESTAMP, batch BIGINT,
	row_stamp TIMESTAMP, row_batch BIGINT) RETURNS BIGINT
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT CASE WHEN etl_is_newer(stamp, batch, row_stamp, row_batch)
		THEN batch ELSE row_batch END
$$;
COMMENT ON FUNCTION etl_newest IS
	'The batch of the two that counts more';

-- stamps is NULL, or has the stamps of those that an older item of the same
-- answer named.
CREATE FUNCTION etl_taken(told JSONB, stamps JSONB, stamp TIMESTAMP,
	batch BIGINT, row_stamp TIMESTAMP, row_batch BIGINT, ages JSONB)
RETURNS JSONB
LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT CASE
	WHEN ages IS NULL AND stamps IS NULL THEN CASE WHEN
		etl_is_newer(stamp, batch, row_stamp, row_batch)
		THEN told ELSE '{}' END
	ELSE (
		SELECT COALESCE(jsonb_object_agg(t.key, t.value), '{}')
		FROM jsonb_each(told) AS t
		CROSS JOIN LATERAL (SELECT CASE WHEN stamps ? t.key
			THEN (stamps->>t.key)::timestamp ELSE stamp END AS stamp
			) AS n
		WHERE CASE WHEN ages ? t.key
			THEN COALESCE(n.stamp, '-infinity') >= COALESCE(
			(ages->>t.key)::timestamp, '-infinity')
			ELSE etl_is_newer(n.stamp, batch, row_stamp, row_batch)
			END)
	END
$$;
COMMENT ON FUNCTION etl_taken IS
	'Which of the columns that an answer names a row takes from it: those '
	'that nothing newer has told';

CREATE FUNCTION etl_column_ages(columns TEXT[], taken JSONB, stamps JSONB,
	stamp TIMESTAMP, batch BIGINT, row_stamp TIMESTAMP, row_batch BIGINT,
	is_new BOOLEAN, ages JSONB)
RETURNS JSONB
LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT CASE WHEN taken ?& columns AND stamps IS NULL THEN NULL
	WHEN ages IS NULL AND NOT is_new
		AND stamp IS NOT DISTINCT FROM row_stamp THEN NULL
	ELSE (
		SELECT jsonb_object_agg(c.name, a.age)
		FROM unnest(columns) AS c (name)
		CROSS JOIN LATERAL (SELECT CASE
			WHEN taken ? c.name AND stamps ? c.name
			THEN stamps->c.name
			WHEN taken ? c.name THEN to_jsonb(stamp)
			WHEN is_new THEN 'null'
			WHEN ages ? c.name THEN ages->c.name
			WHEN row_stamp IS NULL AND row_batch > batch
			THEN to_jsonb(stamp)
			ELSE to_jsonb(row_stamp) END AS age) AS a
		CROSS JOIN LATERAL (SELECT to_jsonb(GREATEST(stamp, row_stamp))
			AS age) AS newest
		WHERE COALESCE(a.age, 'null') <> COALESCE(newest.age, 'null')
			OR (NOT taken ? c.name
			AND (is_new OR ages->c.name = 'null')))
	END
$$;
COMMENT ON FUNCTION etl_column_ages IS
	'column_ages of a row that takes these: for each column that the '
	'newest answer did not name, when it was told last; null: never';

-- Lists of parts.

CREATE OR REPLACE FUNCTION etl_nodes(value JSONB) RETURNS JSONB
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT CASE WHEN jsonb_typeof(value) = 'array' THEN value
		WHEN jsonb_typeof(value->'nodes') = 'array' THEN value->'nodes'
		WHEN jsonb_typeof(value->'edges') = 'array' THEN
			jsonb_path_query_array(value, '$.edges[*].node')
		ELSE '[]' END
$$;
COMMENT ON FUNCTION etl_nodes IS
	'An array, or a connection''s nodes or those of its edges, or nothing: '
	'[]';

CREATE FUNCTION etl_is_list(value JSONB) RETURNS BOOLEAN
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT jsonb_typeof(value) = 'array'
		OR COALESCE(jsonb_typeof(value->'nodes') = 'array', false)
		OR COALESCE(jsonb_typeof(value->'edges') = 'array', false)
$$;
COMMENT ON FUNCTION etl_is_list IS
	'Does it hold nodes, as etl_nodes reads them, though perhaps none?';

-- Keys of issues.

-- A branch may have a word before the key: bugfix_AA-1 is the key BUGFIX_AA-1
-- or else AA-1.
CREATE OR REPLACE FUNCTION etl_issue_keys(value TEXT) RETURNS VARCHAR[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT array_agg(k.key ORDER BY k.place)
	FROM (
		SELECT n.key, min(m.place * 100 + n.place) AS place
		FROM regexp_matches(value, '(?<![[:alnum:]_])_*([A-Z][A-Z0-9_]+-[0-9]+)(?![[:alnum:]])', 'gi')
			WITH ORDINALITY AS m (found, place)
		CROSS JOIN LATERAL (
			SELECT upper(m.found[1]) AS key, 0 AS place
			UNION ALL
			SELECT upper(array_to_string((string_to_array(
				m.found[1], '_'))[i:], '_')), i
			FROM generate_series(2, LEAST(20, cardinality(
				string_to_array(m.found[1], '_')))) AS i
		) AS n
		WHERE length(n.key) <= 255 AND n.key ~ '^[A-Z][A-Z0-9_]+-'
		GROUP BY n.key
		ORDER BY 2
		LIMIT 100) AS k
$$;
COMMENT ON FUNCTION etl_issue_keys IS
	'Issue keys a text names in any case of letters, in capitals, each '
	'once, in their order; NULL for none';

-- Tables: identities, ages, and what is known of parts.

ALTER TABLE repositories
	ADD COLUMN identity VARCHAR
		GENERATED ALWAYS AS (etl_identity(external_id)) STORED,
	ADD COLUMN name_key VARCHAR
		GENERATED ALWAYS AS (lower(full_name)) STORED,
	ADD COLUMN host VARCHAR GENERATED ALWAYS AS (regexp_replace(lower(
		substring(url FROM '^https?://([^/]+)/')), '^api\.github\.com$',
		'github.com')) STORED,
	ADD COLUMN raw_data_id BIGINT,
	ADD COLUMN column_ages JSONB;
ALTER TABLE prs
	ADD COLUMN identity VARCHAR
		GENERATED ALWAYS AS (etl_identity(external_id)) STORED,
	ADD COLUMN parts_complete BOOLEAN,
	ADD COLUMN parts JSONB,
	ADD COLUMN raw_data_id BIGINT,
	ADD COLUMN column_ages JSONB,
	ADD COLUMN gone_since BIGINT,
	DROP CONSTRAINT uq_prs_external_id_tenant_id_integration_id;
ALTER TABLE prs_commits
	ADD COLUMN told_at TIMESTAMP,
	ADD COLUMN raw_data_id BIGINT,
	ADD COLUMN column_ages JSONB,
	DROP CONSTRAINT uq_prs_commits_tenant_id_integration_id_external_id;
ALTER TABLE prs_reviews
	ADD COLUMN identity VARCHAR
		GENERATED ALWAYS AS (etl_identity(external_id)) STORED,
	ADD COLUMN told_at TIMESTAMP,
	ADD COLUMN raw_data_id BIGINT,
	ADD COLUMN column_ages JSONB,
	DROP CONSTRAINT uq_prs_reviews_tenant_id_integration_id_external_id;
ALTER TABLE prs_comments
	ADD COLUMN identity VARCHAR
		GENERATED ALWAYS AS (etl_identity(external_id)) STORED,
	ADD COLUMN told_at TIMESTAMP,
	ADD COLUMN raw_data_id BIGINT,
	ADD COLUMN column_ages JSONB,
	DROP CONSTRAINT uq_prs_comments_tenant_id_integration_id_external_id;

COMMENT ON COLUMN repositories.identity IS
	'The same for every form of its id: see etl_identity';
COMMENT ON COLUMN repositories.name_key IS
	'full_name in small letters: names are the same in any case of letters';
COMMENT ON COLUMN repositories.host IS 'The host in its url';
COMMENT ON COLUMN repositories.raw_data_id IS
	'The batch that it was last taken from';
COMMENT ON COLUMN repositories.column_ages IS
	'Columns that the newest answer did not name: when they were told '
	'last, or null: never';
COMMENT ON COLUMN prs.identity IS
	'The same for every form of its id: see etl_identity';
COMMENT ON COLUMN prs.parts_complete IS
	'Whether all of its commits, reviews and comments are there that '
	'answers told of; NULL: not known';
COMMENT ON COLUMN prs.parts IS
	'Of each kind of part: total, at, id: how many there are, by which '
	'answer; asked: some answer had them; cut: one had not all; list, '
	'list_id: the newest answer that had all of them';
COMMENT ON COLUMN prs.raw_data_id IS 'The batch that it was last taken from';
COMMENT ON COLUMN prs.column_ages IS
	'Columns that the newest answer did not name: when they were told '
	'last, or null: never';
COMMENT ON COLUMN prs.gone_since IS
	'The first page of the census that lacked it; what is stored later '
	'makes it active again';
COMMENT ON COLUMN prs_commits.told_at IS
	'updated of the pull request in the answer that had it last';
COMMENT ON COLUMN prs_reviews.told_at IS
	'updated of the pull request in the answer that had it last';
COMMENT ON COLUMN prs_comments.told_at IS
	'updated of the pull request in the answer that had it last';

-- Rows that were made under two ids become one: the newest one's.
CREATE TEMPORARY TABLE merged ON COMMIT DROP AS
SELECT r.id AS old, first_value(r.id) OVER (
	PARTITION BY r.tenant_id, r.integration_id, r.identity
	ORDER BY r.repo_updated_at DESC NULLS LAST, r.id DESC) AS new
FROM repositories AS r
WHERE r.identity IS NOT NULL;
DELETE FROM merged WHERE old = new;
UPDATE prs AS p SET repository_id = m.new
FROM merged AS m WHERE p.repository_id = m.old;
DELETE FROM repositories AS r USING merged AS m WHERE r.id = m.old;
DROP TABLE merged;

CREATE FUNCTION prs_merged(by_number BOOLEAN) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	CREATE TEMPORARY TABLE merged ON COMMIT DROP AS
	SELECT p.id AS old, first_value(p.id) OVER (
		PARTITION BY p.tenant_id, p.integration_id, CASE WHEN by_number
			THEN p.repository_id || '#' || p.number
			ELSE p.identity END
		ORDER BY p.pr_updated_at DESC NULLS LAST, p.id DESC) AS new
	FROM prs AS p
	WHERE CASE WHEN by_number THEN p.number IS NOT NULL
		ELSE p.identity IS NOT NULL END;
	DELETE FROM merged WHERE old = new;
	UPDATE prs AS p SET work_item_id = o.work_item_id,
		work_item_place = o.work_item_place
	FROM merged AS m JOIN prs AS o ON o.id = m.old
	WHERE p.id = m.new AND p.work_item_id IS NULL
		AND o.work_item_id IS NOT NULL;
	UPDATE prs_commits AS c SET pr_id = m.new
	FROM merged AS m WHERE c.pr_id = m.old;
	UPDATE prs_reviews AS c SET pr_id = m.new
	FROM merged AS m WHERE c.pr_id = m.old;
	UPDATE prs_comments AS c SET pr_id = m.new
	FROM merged AS m WHERE c.pr_id = m.old;
	DELETE FROM prs AS p USING merged AS m WHERE p.id = m.old;
	DROP TABLE merged;
END
$$;
SELECT prs_merged(false);
SELECT prs_merged(true);
DROP FUNCTION prs_merged(BOOLEAN);
DELETE FROM prs_reviews AS r USING prs_reviews AS o
WHERE o.pr_id = r.pr_id AND o.identity = r.identity AND o.id > r.id;
DELETE FROM prs_comments AS c USING prs_comments AS o
WHERE o.pr_id = c.pr_id AND o.identity = c.identity AND o.id > c.id
	AND o.comment_type = c.comment_type;

UPDATE prs_commits AS x SET told_at = p.pr_updated_at
FROM prs AS p WHERE p.id = x.pr_id;
UPDATE prs_reviews AS x SET told_at = p.pr_updated_at
FROM prs AS p WHERE p.id = x.pr_id;
UPDATE prs_comments AS x SET told_at = p.pr_updated_at
FROM prs AS p WHERE p.id = x.pr_id;

-- One vocabulary; keys in any case of letters. What is stored of parts was
-- asked for; whether it is all of them, nobody wrote down.
UPDATE prs SET
	status = CASE WHEN lower(status) = 'closed' AND merged_at IS NOT NULL
		THEN 'merged' ELSE lower(status) END,
	work_item_keys = etl_issue_keys(concat_ws(E'\n', source, name, body)),
	body = NULLIF(body, ''),
	parts = (SELECT jsonb_object_agg(kind, '{"asked": true}'::jsonb)
		FROM (
			SELECT 'commits' AS kind WHERE EXISTS (
				SELECT FROM prs_commits WHERE pr_id = prs.id)
			UNION ALL SELECT 'reviews' WHERE EXISTS (
				SELECT FROM prs_reviews WHERE pr_id = prs.id)
			UNION ALL SELECT 'comments' WHERE EXISTS (
				SELECT FROM prs_comments WHERE pr_id = prs.id
				AND comment_type = 'issue')
			UNION ALL SELECT 'review_comments' WHERE EXISTS (
				SELECT FROM prs_comments WHERE pr_id = prs.id
				AND comment_type = 'review')) AS k);
UPDATE prs AS p SET work_item_place = COALESCE(
	array_position(p.work_item_keys, w.key), 0)
FROM work_items AS w
WHERE w.tenant_id = p.tenant_id AND w.id = p.work_item_id;

-- Each look-up has the one index that serves: see 0010.
ALTER TABLE repositories
	DROP CONSTRAINT uq_repositories_tenant_id_integration_id_external_id,
	ADD CONSTRAINT uq_repositories_identity_tenant_id_integration_id
	UNIQUE (identity, tenant_id, integration_id);
CREATE INDEX idx_repositories_name_key ON repositories (name_key);
ALTER TABLE prs
	ADD CONSTRAINT uq_prs_identity_tenant_id_integration_id
	UNIQUE (identity, tenant_id, integration_id),
	ADD CONSTRAINT uq_prs_repository_id_number
	UNIQUE (repository_id, number);
DROP INDEX idx_prs_repository_id, idx_prs_tenant_id_waiting,
	idx_prs_commits_pr_id, idx_prs_reviews_pr_id, idx_prs_comments_pr_id,
	idx_repositories_full_name;
ALTER TABLE prs_commits
	ADD CONSTRAINT uq_prs_commits_pr_id_external_id
	UNIQUE (pr_id, external_id);
ALTER TABLE prs_reviews
	ADD CONSTRAINT uq_prs_reviews_pr_id_identity UNIQUE (pr_id, identity);
ALTER TABLE prs_comments
	ADD CONSTRAINT uq_prs_comments_pr_id_comment_type_identity
	UNIQUE (pr_id, comment_type, identity);

-- The keys that pull requests name, found by key.
CREATE TABLE prs_keys (
	key VARCHAR(255) NOT NULL,
	tenant_id INTEGER NOT NULL
		CONSTRAINT fk_prs_keys_tenant_id REFERENCES tenants (id),
	pr_id BIGINT NOT NULL,
	place INTEGER NOT NULL,
	CONSTRAINT pk_prs_keys PRIMARY KEY (key, tenant_id, pr_id),
	CONSTRAINT fk_prs_keys_pr_id FOREIGN KEY (tenant_id, pr_id)
		REFERENCES prs (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX idx_prs_keys_pr_id ON prs_keys (pr_id);
COMMENT ON TABLE prs_keys IS
	'prs.work_item_keys by key: who waits for an issue that comes';
INSERT INTO prs_keys (key, tenant_id, pr_id, place)
SELECT k.key, p.tenant_id, p.id, k.place
FROM prs AS p
CROSS JOIN unnest(p.work_item_keys) WITH ORDINALITY AS k (key, place);

-- Links: names in any case of letters, the host where it is told, and ages.
ALTER TABLE wits_prs_links
	ADD COLUMN repo_key VARCHAR
		GENERATED ALWAYS AS (lower(repo_full_name)) STORED,
	ADD COLUMN repo_host VARCHAR NOT NULL DEFAULT '',
	ADD COLUMN told_at TIMESTAMP,
	ADD COLUMN raw_data_id BIGINT,
	ADD COLUMN column_ages JSONB,
	DROP CONSTRAINT uq_wits_prs_links_work_item_id_repo_number;
DELETE FROM wits_prs_links AS l USING wits_prs_links AS o
WHERE o.tenant_id = l.tenant_id AND o.work_item_id = l.work_item_id
	AND o.repo_key = l.repo_key
	AND o.pull_request_number = l.pull_request_number
	AND (o.last_updated_at IS NOT NULL, o.id)
	> (l.last_updated_at IS NOT NULL, l.id);
ALTER TABLE wits_prs_links
	ADD CONSTRAINT uq_wits_prs_links_work_item_id_repo_number
	UNIQUE (tenant_id, work_item_id, repo_key, pull_request_number,
		repo_host);
UPDATE wits_prs_links SET raw_data_id = 0 WHERE last_updated_at IS NOT NULL;
UPDATE wits_prs_links SET last_updated_at = created_at
WHERE last_updated_at IS NULL;
UPDATE wits_prs_links SET external_repo_id = lower(repo_full_name)
WHERE external_repo_id = repo_full_name;
UPDATE wits_prs_links AS l SET repo_host = COALESCE(substring(lower(p.url)
	FROM '^https?://([^/]+)/'), '')
FROM prs AS p JOIN repositories AS r ON r.id = p.repository_id
WHERE p.tenant_id = l.tenant_id AND r.name_key = l.repo_key
	AND p.number = l.pull_request_number AND l.raw_data_id IS NULL;
DROP INDEX idx_wits_prs_links_repo_full_name;
CREATE INDEX idx_wits_prs_links_repo_key_pull_request_number
	ON wits_prs_links (repo_key, pull_request_number);
COMMENT ON COLUMN wits_prs_links.repo_key IS
	'repo_full_name in small letters';
COMMENT ON COLUMN wits_prs_links.repo_host IS
	'The host in the pull request''s url; empty: not known';
COMMENT ON COLUMN wits_prs_links.told_at IS
	'When the source saw the pull request last, by its panel';
COMMENT ON COLUMN wits_prs_links.raw_data_id IS
	'The batch of the panel that it was last taken from; NULL: the pull '
	'request names the issue itself';

DO $$
BEGIN
	ALTER TABLE prs_keys ENABLE ROW LEVEL SECURITY,
		FORCE ROW LEVEL SECURITY;
	CREATE POLICY tenant_isolation ON prs_keys USING (tenant_id = (SELECT
		NULLIF(current_setting('app.tenant_id', true), '')::integer)
		OR (SELECT current_setting('app.every_tenant', true) = 'on'));
	REVOKE ALL ON prs_keys FROM PUBLIC, pulse_etl_service;
	GRANT SELECT, INSERT, UPDATE, DELETE ON prs_keys TO pulse_etl_service;
	IF current_user <> 'pulse_etl_owner' THEN
		ALTER TABLE prs_keys OWNER TO pulse_etl_owner;
	END IF;
END
$$;

-- The pull requests of a batch, whatever answer of GitHub it is.

CREATE FUNCTION etl_pr_way(answer JSONB) RETURNS TEXT
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT CASE jsonb_typeof(answer)
	WHEN 'array' THEN '$[*]'
	WHEN 'object' THEN COALESCE((
		SELECT '$.' || w.way || '[*]'
		FROM unnest('{pullRequests.nodes,pullRequests.edges,
			repository.pullRequests.nodes,
			repository.pullRequests.edges,
			data.repository.pullRequests.nodes,
			data.repository.pullRequests.edges,
			data.search.nodes,data.search.edges,search.nodes,
			search.edges,data.nodes,nodes,prs,pull_requests,
			items}'::text[]) WITH ORDINALITY AS w (way, place)
		WHERE jsonb_path_exists(answer, ('strict $.' || w.way ||
			' ? (@.type() == "array")')::jsonpath, '{}', true)
		ORDER BY w.place
		LIMIT 1), CASE WHEN answer ?& '{number,title}' THEN '$' END, (
		SELECT '$.' || w.way
		FROM unnest('{data.node,node,data.repository.pullRequest,
			repository.pullRequest,data.pullRequest,pullRequest,
			pull_request}'::text[]) WITH ORDINALITY AS w (way, place)
		WHERE jsonb_typeof(answer #> string_to_array(w.way, '.'))
			= 'object'
		ORDER BY w.place
		LIMIT 1), CASE WHEN answer ?| '{commits,reviews,comments,
			review_comments,reviewThreads,number}' THEN '$' END)
	END
$$;
COMMENT ON FUNCTION etl_pr_way IS
	'The way to the pull requests of an answer: a list, a connection''s '
	'nodes or edges, or one pull request';

CREATE FUNCTION etl_part_kind(part JSONB) RETURNS TEXT
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT CASE WHEN part ?| '{sha,commit,oid}' THEN 'commits'
		WHEN part ?| '{path,diff_hunk,pull_request_review_id}'
			THEN 'review_comments'
		WHEN part ? 'issue_url' THEN 'comments'
		WHEN part ?| '{submitted_at,submittedAt,state}' THEN 'reviews'
		END
$$;
COMMENT ON FUNCTION etl_part_kind IS
	'What a single part of a pull request is, by its members';

CREATE FUNCTION etl_pr_of_url(url TEXT) RETURNS JSONB
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT jsonb_build_object('number', m[2]::integer, 'repository',
		jsonb_build_object('full_name', m[1]))
	FROM regexp_match(url, '^https?://[^/]+/(?:api/v3/)?(?:repos/)?([^/]{1,100}/[^/]{1,100})/(?:pulls?|issues)/([0-9]{1,9})(?:[/?#]|$)') AS m
	WHERE m IS NOT NULL
$$;
COMMENT ON FUNCTION etl_pr_of_url IS
	'Number and repository that an address of GitHub names';

-- extraction_metadata.pull_request: a number, an id, or an object.
CREATE FUNCTION etl_pr_named(metadata JSONB) RETURNS JSONB
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT CASE WHEN ref IS NOT NULL THEN ref || CASE
		WHEN ref ? 'repository' OR metadata->'repository' IS NULL
		THEN '{}' ELSE jsonb_build_object('repository',
			metadata->'repository') END END
	FROM (SELECT CASE jsonb_typeof(metadata->'pull_request')
		WHEN 'object' THEN metadata->'pull_request'
		WHEN 'number' THEN jsonb_build_object('number',
			metadata->'pull_request')
		WHEN 'string' THEN CASE
			WHEN metadata->>'pull_request' ~ '^#?[0-9]{1,9}$'
			THEN jsonb_build_object('number', ltrim(
				metadata->>'pull_request', '#')::integer)
			ELSE jsonb_build_object('id',
				metadata->'pull_request') END END AS ref) AS r
$$;

-- Parts that come as REST gives them, a list of one kind: of the pull request
-- that extraction_metadata names, or each of the one in its address.
CREATE FUNCTION etl_pr_parts_alone(answer JSONB, metadata JSONB)
RETURNS TABLE (place BIGINT, value JSONB)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT min(k.place), COALESCE(etl_pr_named(metadata),
		etl_pr_of_url(k.url), '{}') || jsonb_build_object('_alone',
		jsonb_build_object('page', metadata->'page',
			'per_page', metadata->'per_page',
			'last', COALESCE(metadata->'last',
			metadata->'complete'))) || etl_merged(
		jsonb_build_object(k.kind, k.list))
	FROM (
		SELECT min(e.place) AS place, e.url, e.kind,
			jsonb_agg(e.value ORDER BY e.place) AS list
		FROM (
			SELECT p.place, p.value, COALESCE(
				etl_part_kind(p.value),
				etl_id(metadata->'part'), 'unknown') AS kind,
				CASE WHEN metadata->'pull_request' IS NULL THEN
				COALESCE(p.value->>'pull_request_url',
				p.value->>'issue_url', p.value#>>
				'{_links,pull_request,href}',
				p.value->>'html_url') END AS url
			FROM jsonb_array_elements(answer) WITH ORDINALITY
				AS p (value, place)
			WHERE p.place <= COALESCE(NULLIF(current_setting(
				'app.items', true), '')::bigint, p.place)
		) AS e
		GROUP BY e.url, e.kind
		UNION ALL
		SELECT 1, NULL, metadata->>'part', '[]'
		WHERE answer = '[]' AND metadata->>'part' IN ('commits',
			'reviews', 'comments', 'review_comments')
	) AS k
	GROUP BY k.url
$$;

-- What of an item GraphQL could not tell: paths of errors, from the item on.
CREATE FUNCTION etl_broken(errors JSONB, index BIGINT, is_one BOOLEAN)
RETURNS TEXT[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT array_agg(DISTINCT e.value->'path'->>(p.at + 1))
	FROM jsonb_array_elements(CASE jsonb_typeof(errors)
		WHEN 'array' THEN errors ELSE '[]' END) AS e
	CROSS JOIN LATERAL (
		SELECT (n.place - 1)::integer AS at
		FROM jsonb_array_elements(CASE jsonb_typeof(e.value->'path')
			WHEN 'array' THEN e.value->'path' ELSE '[]' END)
			WITH ORDINALITY AS n (value, place)
		WHERE CASE WHEN is_one THEN n.value IN ('"node"',
			'"pullRequest"') ELSE n.value = to_jsonb(index) END
		ORDER BY n.place
		LIMIT 1) AS p
	WHERE jsonb_typeof(e.value->'path'->(p.at + 1)) = 'string'
$$;
COMMENT ON FUNCTION etl_broken IS
	'Members of an item that errors of GraphQL are about: a null there '
	'says nothing';

CREATE FUNCTION etl_without_nulls(value JSONB, names TEXT[]) RETURNS JSONB
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT CASE WHEN names IS NULL THEN value ELSE value - ARRAY(
		SELECT n FROM unnest(names) AS n WHERE value->n = 'null') END
$$;

-- A repository around its pull requests is not carried along with each of them.
CREATE FUNCTION etl_short(repository JSONB) RETURNS JSONB
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT CASE WHEN jsonb_typeof(repository) = 'object' THEN repository
		- '{pullRequests,pullRequest}'::text[] ELSE repository END
$$;
COMMENT ON FUNCTION etl_short IS 'A repository without its pull requests';

-- Searches and lists of REST have issues, too. A pull request among them has
-- pull_request.
CREATE FUNCTION etl_is_other(value JSONB) RETURNS BOOLEAN
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT COALESCE(CASE WHEN value ? '__typename'
		THEN value->>'__typename' <> 'PullRequest'
		WHEN value ?| '{pull_request,head,base,headRefName,baseRefName}'
		THEN false ELSE COALESCE(value->>'node_id', value->>'id')
		~ '^(?:I_k|MDU6SXNzdWU)' OR COALESCE(value->>'html_url',
		value->>'url') ~ '/issues/[0-9]+$' END, false)
$$;
COMMENT ON FUNCTION etl_is_other IS
	'Is this something else than a pull request: an issue?';

-- The last page of REST tells how many there are by its place. Of commits GitHub
-- gives 250 at most.
CREATE FUNCTION etl_pages_total(marks JSONB, kind TEXT, given INTEGER)
RETURNS INTEGER
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT CASE WHEN kind <> 'commits' OR t.total < 250 THEN t.total END
	FROM (
		SELECT CASE WHEN m.is_last OR given < m.size THEN CASE
			WHEN m.page = 1 THEN given WHEN m.page
			BETWEEN 2 AND 100000 AND m.size <= 1000
			THEN (m.page - 1) * m.size + given END END AS total
		FROM (
			SELECT etl_integer(etl_scalar(marks->'page')) AS page,
				etl_integer(etl_scalar(marks->'per_page'))
				AS size, marks->'last' = 'true' AS is_last
			OFFSET 0) AS m) AS t
$$;
COMMENT ON FUNCTION etl_pages_total IS
	'How many parts there are, by the last page of a list of REST; NULL: '
	'it is not the last, or does not tell which one it is';

-- OFFSET as in etl_panels. Its id is the same in GraphQL (id) and REST
-- (node_id). One that is whole tells when it was updated and has a title: a
-- continuation has only parts.
CREATE FUNCTION etl_prs_read(tenant BIGINT, integration BIGINT, batch BIGINT)
RETURNS TABLE (index BIGINT, value JSONB, external_id TEXT, number INTEGER,
	updated TIMESTAMP, is_whole BOOLEAN, is_row BOOLEAN, repo JSONB,
	broken TEXT[])
LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT i.index, i.value, CASE WHEN NOT i.is_other THEN
		COALESCE(etl_id(i.value->'node_id'), etl_id(i.value->'id')) END,
		CASE WHEN NOT i.is_other THEN COALESCE(
			etl_integer(etl_scalar(i.value->'number')), (etl_pr_of_url(
			COALESCE(i.value->>'html_url', i.value->>'url'))
			->>'number')::integer) END,
		etl_timestamp(etl_scalar(COALESCE(i.value->'updatedAt',
			i.value->'updated_at'))),
		COALESCE(NOT i.is_other AND i.value ? 'title' AND i.value ?|
			'{updatedAt,updated_at}', false),
		COALESCE(NOT i.is_other AND i.value ?| '{title,state,updatedAt,
			updated_at,head,headRefName}', false),
		CASE WHEN jsonb_typeof(i.repo) = 'object' THEN i.repo
			WHEN jsonb_typeof(i.repo) = 'string' THEN
			jsonb_build_object('full_name', i.repo)
			ELSE '{}' END || CASE WHEN i.repo ?|
			'{full_name,nameWithOwner}' THEN '{}' ELSE COALESCE(
			etl_pr_of_url(COALESCE(i.value->>'html_url',
			i.value->>'url'))->'repository', '{}') END,
		i.broken
	FROM (
		SELECT x.index, x.value, x.broken, etl_is_other(x.value)
			AS is_other, COALESCE(
			NULLIF(x.value#>'{base,repo}', 'null'),
			NULLIF(x.value->'repository', 'null'),
			NULLIF(x.value->'baseRepository', 'null'),
			CASE WHEN x.value ? 'repository_url' THEN
			to_jsonb(substring(x.value->>'repository_url'
			FROM '/repos/([^/]+/[^/]+)$')) END, x.repo) AS repo
		FROM (
			SELECT i.place - 1 AS index, etl_without_nulls(
				i.value, b.broken) AS value, b.broken, r.repo
			FROM (
				SELECT d.answer, d.metadata, etl_pr_way(
					d.answer) AS way, CASE WHEN
					jsonb_typeof(d.answer) = 'object' THEN
					d.answer->'errors' END AS errors,
					jsonb_typeof(d.answer) = 'array' AND
					NOT jsonb_path_exists(d.answer,
					'$[*].title') AND (d.metadata ?
					'pull_request' OR jsonb_path_exists(
					d.answer, '$[*] ? (exists (@.sha) ||
					exists (@.pull_request_url) ||
					exists (@.issue_url))')) AS is_parts,
					etl_short(COALESCE(d.answer->'repository',
					d.answer#>'{data,repository}',
					d.metadata->'repository')) AS repo
				FROM (
					SELECT e.raw_data #> '{}' AS answer,
						e.extraction_metadata
						AS metadata
					FROM raw_extraction_data AS e
					WHERE e.tenant_id = tenant
						AND e.integration_id
						= integration AND e.id = batch
					OFFSET 0) AS d
				OFFSET 0) AS r
			CROSS JOIN LATERAL (
				SELECT p.place, CASE WHEN r.way LIKE '%edges[*]'
					THEN p.value->'node'
					WHEN r.way NOT LIKE '%[*]' AND NOT
					p.value ?| '{id,node_id,number}' THEN
					COALESCE(etl_pr_named(r.metadata), '{}')
					|| p.value ELSE p.value END AS value
				FROM jsonb_path_query(r.answer, CASE
					WHEN r.is_parts IS NOT TRUE
					THEN r.way::jsonpath END)
					WITH ORDINALITY AS p (value, place)
				WHERE p.place <= COALESCE(NULLIF(current_setting(
					'app.items', true), '')::bigint, p.place)
				UNION ALL
				SELECT p.place, p.value
				FROM etl_pr_parts_alone(CASE WHEN r.is_parts
					THEN r.answer ELSE '[]' END,
					CASE WHEN r.is_parts THEN r.metadata
					END) AS p
				WHERE r.is_parts
			) AS i
			CROSS JOIN LATERAL (SELECT CASE WHEN r.errors IS NOT NULL
				THEN etl_broken(r.errors, i.place - 1,
				r.way NOT LIKE '%[*]') END AS broken) AS b
		) AS x
		OFFSET 0) AS i
	OFFSET 0
$$;

-- Each with its repository and, where it is known, its row.
DROP FUNCTION etl_prs(BIGINT, BIGINT, BIGINT);
CREATE FUNCTION etl_prs(tenant BIGINT, integration BIGINT, batch BIGINT)
RETURNS TABLE (index BIGINT, value JSONB, external_id TEXT, identity TEXT,
	number INTEGER, updated TIMESTAMP, is_whole BOOLEAN, is_row BOOLEAN,
	repo JSONB, repo_id TEXT, repo_identity TEXT, repo_name TEXT,
	repo_key TEXT, broken TEXT[])
LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT i.index, i.value, i.external_id, etl_identity(i.external_id),
		i.number, i.updated, i.is_whole, i.is_row, i.repo, i.repo_id,
		etl_identity(i.repo_id), i.repo_name, lower(i.repo_name),
		i.broken
	FROM (
		SELECT p.*, COALESCE(etl_id(p.repo->'node_id'),
			etl_id(p.repo->'id')) AS repo_id,
			COALESCE(etl_id(p.repo->'full_name'),
			etl_id(p.repo->'nameWithOwner')) AS repo_name
		FROM etl_prs_read(tenant, integration, batch) AS p
		OFFSET 0) AS i
	OFFSET 0
$$;
COMMENT ON FUNCTION etl_prs IS
	'The pull requests of a stored batch, each with its repository; value '
	'may be only a part of one, of whatever answer';

-- An id decides, however it is written. A name does where no id is told, or
-- where of two ids only one is a number, so that they cannot be compared: then
-- the newest repository of that name.
CREATE FUNCTION etl_repository(tenant BIGINT, integration BIGINT, told TEXT,
	told_name TEXT)
RETURNS TABLE (id BIGINT)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1 AS $$
	SELECT f.id
	FROM (
		SELECT r.id, 1 AS rank, NULL::timestamp AS born,
			r.identity
		FROM repositories AS r
		WHERE r.identity = told AND r.tenant_id::bigint = tenant
			AND r.integration_id::bigint = integration
		UNION ALL
		SELECT r.id, 2, r.repo_created_at, r.identity
		FROM repositories AS r
		WHERE r.name_key = told_name AND r.tenant_id::bigint = tenant
			AND r.integration_id::bigint = integration
			AND (told IS NULL OR r.identity LIKE '%/%'
			OR etl_is_number(r.identity) <> etl_is_number(told))
	) AS f
	ORDER BY f.rank, f.born DESC NULLS LAST, length(f.identity) DESC,
		f.identity DESC
	LIMIT 1
$$;
COMMENT ON FUNCTION etl_repository IS
	'The row of the repository that has this identity, or else this name '
	'in small letters';

CREATE FUNCTION etl_pr(tenant BIGINT, integration BIGINT, told TEXT,
	repository BIGINT, told_number INTEGER)
RETURNS TABLE (id BIGINT, updated TIMESTAMP, raw_data_id BIGINT,
	repository_id BIGINT)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1 AS $$
	SELECT p.id, p.pr_updated_at, p.raw_data_id, p.repository_id
	FROM prs AS p
	WHERE p.identity = told AND p.tenant_id::bigint = tenant
		AND p.integration_id::bigint = integration
	UNION ALL
	SELECT p.id, p.pr_updated_at, p.raw_data_id, p.repository_id
	FROM prs AS p
	WHERE p.repository_id = repository AND p.number = told_number
		AND p.tenant_id::bigint = tenant
		AND p.integration_id::bigint = integration
	LIMIT 1
$$;
COMMENT ON FUNCTION etl_pr IS
	'The row of the pull request that has this identity, or else this '
	'number in its repository';

-- Where these functions call each other, each statement would be planned with
-- all of them in it: those that statements call are not put in place. Their own
-- plans are kept by the session.

-- What is told of no certain age belongs to what was known of the pull request
-- when it was stored.
CREATE FUNCTION etl_known_prs(tenant BIGINT, integration BIGINT, batch BIGINT)
RETURNS TABLE (index BIGINT, value JSONB, external_id TEXT, identity TEXT,
	number INTEGER, stamp TIMESTAMP, is_whole BOOLEAN, is_row BOOLEAN,
	broken TEXT[], repo_key TEXT, repository_id BIGINT, pr_id BIGINT)
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 100 AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	SELECT i.index, i.value, i.external_id, i.identity, i.number,
		COALESCE(i.updated, CASE WHEN p.raw_data_id <= batch
			THEN p.updated END),
		i.is_whole, i.is_row, i.broken, i.repo_key,
		COALESCE(r.id, p.repository_id), p.id
	FROM etl_prs(tenant, integration, batch) AS i
	LEFT JOIN LATERAL etl_repository(tenant, integration, i.repo_identity,
		i.repo_key) AS r ON true
	LEFT JOIN LATERAL etl_pr(tenant, integration, i.identity, r.id,
		i.number) AS p ON true
	OFFSET 0;
END
$$;
COMMENT ON FUNCTION etl_known_prs IS
	'The pull requests of a stored batch with the rows they have, and the '
	'stamp of what is told of them';

-- Which columns a value names, as they are written, and which of its members
-- cannot be read.

CREATE FUNCTION etl_pr_told(v JSONB)
RETURNS TABLE (told JSONB, wrong JSONB)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT COALESCE(jsonb_object_agg(c.name, c.value)
			FILTER (WHERE c.value IS NOT NULL), '{}'),
		jsonb_agg(c.place) FILTER (WHERE c.value IS NULL)
	FROM (
		SELECT m.name, m.place, etl_read(m.kind, m.member) AS value
		FROM (VALUES
		('external_id', 'id', 'id', COALESCE(v->'node_id', v->'id')),
		('number', 'number', 'integer', v->'number'),
		('name', 'title', 'text', v->'title'),
		('body', 'body', 'prose', v->'body'),
		('status', 'state', 'lower', CASE WHEN v->'merged' = 'true'
			THEN '"merged"' ELSE v->'state' END),
		('user_name', 'author', 'login', COALESCE(v->'author',
			v->'user')),
		('source', 'head.ref', 'text', COALESCE(v->'headRefName',
			etl_member(v->'head', 'ref'))),
		('destination', 'base.ref', 'text', COALESCE(v->'baseRefName',
			etl_member(v->'base', 'ref'))),
		('url', 'url', 'text', COALESCE(v->'html_url', v->'url')),
		('pr_created_at', 'created_at', 'stamp',
			COALESCE(v->'createdAt', v->'created_at')),
		(NULL, 'updated_at', 'stamp',
			COALESCE(v->'updatedAt', v->'updated_at')),
		('closed_at', 'closed_at', 'stamp',
			COALESCE(v->'closedAt', v->'closed_at')),
		('merged_at', 'merged_at', 'stamp',
			COALESCE(v->'mergedAt', v->'merged_at',
			v#>'{pull_request,merged_at}')),
		('merged_by', 'merged_by', 'login',
			COALESCE(v->'mergedBy', v->'merged_by')),
		('additions', 'additions', 'integer', v->'additions'),
		('deletions', 'deletions', 'integer', v->'deletions'),
		('changed_files', 'changed_files', 'integer',
			COALESCE(v->'changedFiles', v->'changed_files'))
		) AS m (name, place, kind, member)
		WHERE m.member IS NOT NULL
		OFFSET 0) AS c
	WHERE c.name IS NOT NULL OR c.value IS NULL
$$;

CREATE FUNCTION etl_repository_told(v JSONB)
RETURNS TABLE (told JSONB, wrong JSONB)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT COALESCE(jsonb_object_agg(c.name, c.value)
			FILTER (WHERE c.value IS NOT NULL), '{}'),
		jsonb_agg(c.place) FILTER (WHERE c.value IS NULL)
	FROM (
		SELECT m.name, m.place, etl_read(m.kind, m.member) AS value
		FROM (VALUES
		('external_id', 'id', 'id', COALESCE(v->'node_id', v->'id')),
		('name', 'name', 'text', COALESCE(v->'name', to_jsonb(
			regexp_replace(COALESCE(etl_id(v->'full_name'),
			etl_id(v->'nameWithOwner')), '^.*/', '')))),
		('full_name', 'full_name', 'id', COALESCE(v->'full_name',
			v->'nameWithOwner', v->'name')),
		('description', 'description', 'text', v->'description'),
		('url', 'url', 'text', COALESCE(v->'html_url', v->'url')),
		('is_private', 'private', 'boolean',
			COALESCE(v->'private', v->'isPrivate')),
		('repo_created_at', 'created_at', 'stamp',
			COALESCE(v->'created_at', v->'createdAt')),
		(NULL, 'updated_at', 'stamp',
			COALESCE(v->'updated_at', v->'updatedAt')),
		('pushed_at', 'pushed_at', 'stamp',
			COALESCE(v->'pushed_at', v->'pushedAt')),
		('language', 'language', 'text', COALESCE(v->'language',
			etl_member(v->'primaryLanguage', 'name'))),
		('default_branch', 'default_branch', 'text', COALESCE(
			v->'default_branch',
			etl_member(v->'defaultBranchRef', 'name'))),
		('archived', 'archived', 'boolean',
			COALESCE(v->'archived', v->'isArchived'))
		) AS m (name, place, kind, member)
		WHERE m.member IS NOT NULL
		OFFSET 0) AS c
	WHERE c.name IS NOT NULL OR c.value IS NULL
$$;

CREATE FUNCTION etl_commit_told(n JSONB)
RETURNS TABLE (told JSONB, wrong JSONB)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT COALESCE(jsonb_object_agg(x.name, x.value)
			FILTER (WHERE x.value IS NOT NULL), '{}'),
		jsonb_agg(x.place) FILTER (WHERE x.value IS NULL)
	FROM (
		SELECT m.name, m.place, etl_read(m.kind, m.member) AS value
		FROM (SELECT CASE WHEN jsonb_typeof(n->'commit') = 'object'
			THEN n->'commit' ELSE n END OFFSET 0) AS r (c)
		CROSS JOIN LATERAL (VALUES
		('author_name', 'author.name', 'text',
			etl_member(c->'author', 'name')),
		('author_email', 'author.email', 'text',
			etl_member(c->'author', 'email')),
		('committer_name', 'committer.name', 'text',
			etl_member(c->'committer', 'name')),
		('committer_email', 'committer.email', 'text',
			etl_member(c->'committer', 'email')),
		('message', 'message', 'text', c->'message'),
		('authored_date', 'author.date', 'stamp',
			COALESCE(c->'authoredDate', c#>'{author,date}')),
		('committed_date', 'committer.date', 'stamp',
			COALESCE(c->'committedDate', c#>'{committer,date}'))
		) AS m (name, place, kind, member)
		WHERE m.member IS NOT NULL
		OFFSET 0) AS x
$$;

CREATE FUNCTION etl_review_told(n JSONB)
RETURNS TABLE (told JSONB, wrong JSONB)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT COALESCE(jsonb_object_agg(x.name, x.value)
			FILTER (WHERE x.value IS NOT NULL), '{}'),
		jsonb_agg(x.place) FILTER (WHERE x.value IS NULL)
	FROM (
		SELECT m.name, m.place, etl_read(m.kind, m.member) AS value
		FROM (VALUES
		('external_id', 'id', 'id', COALESCE(n->'node_id', n->'id')),
		('author_login', 'author', 'login',
			COALESCE(n->'author', n->'user')),
		('state', 'state', 'upper', n->'state'),
		('body', 'body', 'prose', n->'body'),
		('submitted_at', 'submitted_at', 'stamp',
			COALESCE(n->'submittedAt', n->'submitted_at'))
		) AS m (name, place, kind, member)
		WHERE m.member IS NOT NULL
		OFFSET 0) AS x
$$;

CREATE FUNCTION etl_comment_told(n JSONB)
RETURNS TABLE (told JSONB, wrong JSONB)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT COALESCE(jsonb_object_agg(x.name, x.value)
			FILTER (WHERE x.value IS NOT NULL), '{}'),
		jsonb_agg(x.place) FILTER (WHERE x.value IS NULL)
	FROM (
		SELECT m.name, m.place, etl_read(m.kind, m.member) AS value
		FROM (VALUES
		('external_id', 'id', 'id', COALESCE(n->'node_id', n->'id')),
		('author_login', 'author', 'login',
			COALESCE(n->'author', n->'user')),
		('body', 'body', 'prose', n->'body'),
		('path', 'path', 'text', n->'path'),
		('position', 'position', 'integer', n->'position'),
		('line', 'line', 'integer', n->'line'),
		('created_at_github', 'created_at', 'stamp',
			COALESCE(n->'createdAt', n->'created_at')),
		('updated_at_github', 'updated_at', 'stamp',
			COALESCE(n->'updatedAt', n->'updated_at'))
		) AS m (name, place, kind, member)
		WHERE m.member IS NOT NULL
		OFFSET 0) AS x
$$;

-- Lists of parts.

-- How many there are by REST, which has just a number where GraphQL has
-- totalCount.
CREATE FUNCTION etl_more(value JSONB) RETURNS BOOLEAN
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT CASE value#>'{pageInfo,hasNextPage}' WHEN 'true' THEN true
		WHEN 'false' THEN false END
$$;
COMMENT ON FUNCTION etl_more IS
	'Whether a connection says that it goes on';

-- Comments of threads as one list. A comment without a place of its own has
-- its thread's. How many there are is known if every thread is there: here or,
-- by threads and threadsTotal, on several pages.
-- Planned once a session, not with each call.
CREATE FUNCTION etl_thread_comments(threads JSONB) RETURNS JSONB
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
	RETURN CASE WHEN threads IS NULL OR threads = 'null' THEN threads
	WHEN NOT etl_is_list(threads) THEN CASE
		WHEN etl_total(threads) = 0 THEN '{"totalCount": 0}'
		WHEN jsonb_typeof(threads) = 'object' THEN '{}'
		ELSE threads END
	ELSE (
		SELECT jsonb_build_object('pageInfo', jsonb_build_object(
				'hasNextPage', CASE WHEN etl_total(threads)
				> jsonb_array_length(etl_nodes(threads))
				OR bool_or(t.is_cut) THEN true
				ELSE etl_more(threads) END))
			|| CASE WHEN bool_and(t.is_list) IS NOT FALSE THEN
			jsonb_build_object('nodes', jsonb_path_query_array(
			COALESCE(jsonb_agg(t.nodes) FILTER (WHERE t.nodes
			IS NOT NULL), '[]'), 'strict $[*][*]')) ELSE '{}' END
			|| CASE WHEN etl_total(threads) = jsonb_array_length(
			etl_nodes(threads)) AND etl_more(threads) IS NOT TRUE
			AND bool_and(t.total IS NOT NULL) IS NOT FALSE
			THEN jsonb_build_object('totalCount',
			COALESCE(sum(t.total), 0)) ELSE '{}' END
			|| CASE WHEN bool_and(t.id IS NOT NULL) IS NOT FALSE
			THEN jsonb_build_object('threadsTotal',
			etl_total(threads), 'threads', COALESCE(
			jsonb_object_agg(t.id, COALESCE(t.total, t.given))
			FILTER (WHERE t.id IS NOT NULL), '{}')) ELSE '{}' END
		FROM (
			SELECT etl_id(n->'id') AS id,
				CASE WHEN etl_more(n->'comments') IS FALSE THEN
				jsonb_array_length(etl_nodes(n->'comments'))
				END AS given,
				etl_is_list(n->'comments') AS is_list,
				etl_total(n->'comments') AS total,
				COALESCE(etl_more(n->'comments'), false) OR
				COALESCE(etl_total(n->'comments') >
				jsonb_array_length(etl_nodes(n->'comments')),
				false) AS is_cut, (
				SELECT jsonb_agg(CASE WHEN jsonb_typeof(c)
					= 'object' THEN c || CASE WHEN n ?
					'path' AND COALESCE(c->'path', 'null')
					= 'null' THEN jsonb_build_object('path',
					n->'path') ELSE '{}' END || CASE WHEN n
					? 'line' AND COALESCE(c->'line', 'null')
					= 'null' THEN jsonb_build_object('line',
					n->'line') ELSE '{}' END ELSE c END)
				FROM jsonb_array_elements(etl_nodes(
					n->'comments')) AS c) AS nodes
			FROM jsonb_array_elements(etl_nodes(threads)) AS n
		) AS t)
	END;
END
$$;

-- Of each list: what the answer says of it. Complete is a list that has as many
-- as there are, or that is no page: a connection that ends, an array of some
-- other length than pages have, of a pull request that is whole.
CREATE FUNCTION etl_pr_lists(tenant BIGINT, integration BIGINT, batch BIGINT)
RETURNS TABLE (index BIGINT, pr_id BIGINT, stamp TIMESTAMP, kind TEXT,
	place TEXT, member JSONB, is_list BOOLEAN, nodes JSONB, given INTEGER,
	total INTEGER, is_cut BOOLEAN, is_complete BOOLEAN, is_broken BOOLEAN,
	is_whole BOOLEAN, known JSONB)
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 100 AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	SELECT l.index, l.pr_id, l.stamp, l.kind, l.place, l.member, l.is_list,
		l.nodes, l.given, l.total,
		COALESCE(l.more OR l.is_broken OR (l.is_page
			AND l.total IS NULL), false)
			AND NOT COALESCE(l.is_only, false),
		l.is_list AND NOT l.is_broken AND l.more IS NOT TRUE AND CASE
			WHEN l.total IS NOT NULL THEN l.total = l.given
			WHEN l.is_only THEN true
			WHEN l.is_alone THEN COALESCE(l.given = etl_integer(
				l.known->>'total'), false)
			WHEN l.is_array THEN l.is_whole AND NOT l.is_page
			ELSE l.is_whole AND l.more IS FALSE END,
		l.is_broken, l.is_whole, l.known
	FROM (
		SELECT i.index, i.pr_id, i.stamp, i.is_whole, k.kind, k.place,
			k.member, n.nodes, etl_is_list(k.member) AS is_list,
			jsonb_typeof(k.member) = 'array' AS is_array,
			i.value ? '_alone' AS is_alone,
			jsonb_array_length(n.nodes) AS given,
			COALESCE(etl_total(k.member), CASE WHEN i.value
				? '_alone' AND jsonb_typeof(k.member) = 'array'
				THEN etl_pages_total(i.value->'_alone', k.kind,
				jsonb_array_length(n.nodes)) END) AS total,
			etl_more(k.member) AS more,
			COALESCE(k.place = ANY (i.broken), false) AS is_broken,
			jsonb_typeof(k.member) = 'array' AND (i.is_whole OR
				i.value ? '_alone') AND n.nodes <> '[]' AND
				(jsonb_array_length(n.nodes) % 100 = 0 OR
				jsonb_array_length(n.nodes) IN (30, 250))
				AS is_page,
			i.value#>'{_alone,page}' = '1' AND (COALESCE(
				i.value#>'{_alone,last}' = 'true', false) OR
				jsonb_array_length(n.nodes) < etl_integer(
				etl_scalar(i.value#>'{_alone,per_page}')))
				AS is_only,
			p.parts->k.kind AS known
		FROM (
			SELECT *
			FROM etl_known_prs(tenant, integration, batch)
			WHERE value ?| '{commits,reviews,comments,
				review_comments,reviewThreads}'
			OFFSET 0) AS i
		LEFT JOIN prs AS p ON p.tenant_id = tenant AND p.id = i.pr_id
		CROSS JOIN LATERAL (VALUES
			('commits', 'commits', i.value->'commits'),
			('reviews', 'reviews', i.value->'reviews'),
			('comments', 'comments', i.value->'comments'),
			('review_comments', 'review_comments',
				i.value->'review_comments'),
			('review_comments', 'reviewThreads', CASE WHEN i.value
				? 'reviewThreads' THEN etl_thread_comments(
				i.value->'reviewThreads') END),
			('review_comments', 'reviews.comments', CASE WHEN NOT
				i.value ?| '{review_comments,reviewThreads}'
				AND jsonb_path_exists(etl_nodes(
				i.value->'reviews'), '$[*].comments')
				THEN etl_thread_comments(i.value->'reviews')
				END)
			) AS k (kind, place, member)
		CROSS JOIN LATERAL (SELECT etl_nodes(k.member) AS nodes
			OFFSET 0) AS n
		WHERE k.member IS NOT NULL AND k.member <> 'null'
		OFFSET 0) AS l
	OFFSET 0;
END
$$;
COMMENT ON FUNCTION etl_pr_lists IS
	'The lists of commits, reviews and comments of a stored batch, and '
	'numbers in their place';

-- prs.parts of one kind, with what an answer says.
CREATE FUNCTION etl_part_facts(known JSONB, asked BOOLEAN, total INTEGER,
	total_stamp TIMESTAMP, cut BOOLEAN, cut_stamp TIMESTAMP, batch BIGINT)
RETURNS JSONB
LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT COALESCE(known, '{}')
		|| CASE WHEN asked THEN '{"asked": true}'::jsonb
		ELSE '{}'::jsonb END
		|| CASE WHEN total IS NULL THEN '{}' ELSE CASE
		WHEN known->'total' IS NULL
		OR (COALESCE(total_stamp, '-infinity'), batch)
		>= (COALESCE((known->>'at')::timestamp, '-infinity'),
		COALESCE((known->>'id')::bigint, 0))
		AND (total_stamp IS DISTINCT FROM (known->>'at')::timestamp
		OR known->'total' <> to_jsonb(total)) THEN jsonb_build_object(
			'total', total, 'at', total_stamp, 'id', batch)
		ELSE '{}' END END
		|| CASE WHEN cut IS NOT TRUE THEN '{}' ELSE CASE
		WHEN NOT COALESCE(known ? 'cut', false)
		OR (COALESCE(cut_stamp, '-infinity'), batch)
		>= (COALESCE((known->>'cut')::timestamp, '-infinity'),
		COALESCE((known->>'cut_id')::bigint, 0))
		AND cut_stamp IS DISTINCT FROM (known->>'cut')::timestamp
		THEN jsonb_build_object('cut', cut_stamp, 'cut_id', batch)
		ELSE '{}' END END
$$;

-- Repositories: of a batch of its own, or those that pull requests name.

CREATE FUNCTION etl_repository_way(answer JSONB) RETURNS TEXT
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT CASE jsonb_typeof(answer)
	WHEN 'array' THEN '$[*]'
	WHEN 'object' THEN COALESCE((
		SELECT '$.' || w.way || '[*]'
		FROM unnest('{repositories,items,repositories.nodes,
			repositories.edges,data.organization.repositories.nodes,
			data.organization.repositories.edges,
			data.user.repositories.nodes,
			data.user.repositories.edges,
			data.viewer.repositories.nodes,
			data.viewer.repositories.edges,
			data.repositoryOwner.repositories.nodes,
			data.repositoryOwner.repositories.edges,
			organization.repositories.nodes,
			organization.repositories.edges,
			user.repositories.nodes,user.repositories.edges,
			viewer.repositories.nodes,viewer.repositories.edges,
			data.search.nodes,data.search.edges,search.nodes,
			search.edges,data.nodes,nodes}'::text[])
			WITH ORDINALITY AS w (way, place)
		WHERE jsonb_path_exists(answer, ('strict $.' || w.way ||
			' ? (@.type() == "array")')::jsonpath, '{}', true)
		ORDER BY w.place
		LIMIT 1), CASE WHEN answer ?| '{full_name,nameWithOwner}'
		THEN '$' END, (
		SELECT '$.' || w.way
		FROM unnest('{data.repository,repository,data.node,node}'
			::text[]) WITH ORDINALITY AS w (way, place)
		WHERE jsonb_typeof(answer #> string_to_array(w.way, '.'))
			= 'object'
		ORDER BY w.place
		LIMIT 1))
	END
$$;
COMMENT ON FUNCTION etl_repository_way IS
	'The way to the repositories of an answer: a list, a connection''s '
	'nodes or edges, or one repository';

CREATE FUNCTION etl_repository_items(tenant BIGINT, integration BIGINT,
	batch BIGINT)
RETURNS TABLE (index BIGINT, value JSONB)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT i.place - 1, etl_without_nulls(CASE WHEN r.way LIKE '%edges[*]'
		THEN i.value->'node' ELSE i.value END, CASE WHEN r.errors
		IS NOT NULL THEN etl_broken(r.errors, i.place - 1,
		r.way NOT LIKE '%[*]') END)
	FROM (
		SELECT e.answer, etl_repository_way(e.answer) AS way, CASE WHEN
			jsonb_typeof(e.answer) = 'object' THEN
			e.answer->'errors' END AS errors
		FROM (
			SELECT d.raw_data #> '{}' AS answer
			FROM raw_extraction_data AS d
			WHERE d.tenant_id = tenant
				AND d.integration_id = integration
				AND d.id = batch
				AND d.entity_type = 'github_repositories_batch'
			OFFSET 0) AS e
		OFFSET 0) AS r
	CROSS JOIN jsonb_path_query(r.answer, r.way::jsonpath)
		WITH ORDINALITY AS i (value, place)
	WHERE i.place <= COALESCE(NULLIF(current_setting('app.items', true),
		'')::bigint, i.place)
$$;

CREATE FUNCTION etl_repositories(tenant BIGINT, integration BIGINT,
	batch BIGINT)
RETURNS TABLE (index BIGINT, value JSONB, external_id TEXT, identity TEXT,
	full_name TEXT, name_key TEXT, stamp TIMESTAMP, repository_id BIGINT,
	by_name BOOLEAN)
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 100 AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	SELECT i.index, i.value, i.external_id, i.identity, i.full_name,
		i.name_key, COALESCE(i.updated, CASE WHEN o.raw_data_id <= batch
			THEN o.repo_updated_at END), r.id, i.by_name
	FROM (
		SELECT x.index, x.value, x.external_id, x.by_name,
			etl_identity(x.external_id) AS identity, x.full_name,
			lower(x.full_name) AS name_key,
			etl_timestamp(etl_scalar(COALESCE(x.value->'updated_at',
				x.value->'updatedAt'))) AS updated
		FROM (
			SELECT n.index, n.value, n.by_name, COALESCE(
				etl_id(n.value->'node_id'),
				etl_id(n.value->'id')) AS external_id,
				COALESCE(etl_id(n.value->'full_name'),
				etl_id(n.value->'nameWithOwner'),
				etl_id(n.value->'name')) AS full_name
			FROM (
				SELECT s.index, s.value, false AS by_name
				FROM etl_repository_items(tenant, integration,
					batch) AS s
				UNION ALL
				SELECT min(p.index), p.repo, true
				FROM etl_prs_read(tenant, integration, batch)
					AS p
				WHERE p.is_row AND p.repo <> '{}'
					AND p.external_id IS NOT NULL
					AND EXISTS (SELECT
					FROM raw_extraction_data AS d
					WHERE d.tenant_id = tenant
					AND d.id = batch
					AND d.entity_type = 'github_prs_batch')
				GROUP BY p.repo
			) AS n
			OFFSET 0) AS x
		OFFSET 0) AS i
	LEFT JOIN LATERAL etl_repository(tenant, integration, i.identity,
		i.name_key) AS r ON true
	LEFT JOIN repositories AS o ON o.tenant_id = tenant AND o.id = r.id
	OFFSET 0;
END
$$;
COMMENT ON FUNCTION etl_repositories IS
	'What a stored batch tells of repositories, with the rows they have';

-- Development panels.

-- The answer of one issue's panel has the issue's name in extraction_metadata.
CREATE FUNCTION etl_panel_way(answer JSONB) RETURNS TEXT
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT CASE jsonb_typeof(answer)
	WHEN 'array' THEN '$[*]'
	WHEN 'object' THEN CASE
		WHEN jsonb_typeof(answer->'values') = 'array'
		THEN '$.values[*]'
		WHEN jsonb_typeof(answer->'items') = 'array' THEN '$.items[*]'
		WHEN jsonb_typeof(answer->'detail') = 'array' THEN '$' END
	END
$$;

CREATE OR REPLACE FUNCTION etl_panels(tenant BIGINT, integration BIGINT,
	batch BIGINT)
RETURNS TABLE (index BIGINT, value JSONB, issue_id TEXT, issue_key TEXT,
	stored_at TIMESTAMP)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT i.place - 1, i.value, COALESCE(n.id, CASE WHEN n.key IS NULL
		THEN etl_id(COALESCE(r.metadata->'issue_id',
		r.metadata->'issueId')) END),
		upper(COALESCE(n.key, CASE WHEN n.id IS NULL
		THEN etl_id(COALESCE(r.metadata->'issue_key',
		r.metadata->'issueKey')) END)), r.created_at
	FROM (
		SELECT d.raw_data #> '{}' AS answer,
			d.extraction_metadata AS metadata, d.created_at
		FROM raw_extraction_data AS d
		WHERE d.tenant_id = tenant AND d.integration_id = integration
			AND d.id = batch
		OFFSET 0) AS r
	CROSS JOIN jsonb_path_query(r.answer, etl_panel_way(r.answer)::jsonpath)
		WITH ORDINALITY AS i (value, place)
	CROSS JOIN LATERAL (SELECT COALESCE(etl_id(i.value->'issue_id'),
		etl_id(i.value->'issueId')) AS id, COALESCE(
		etl_id(i.value->'issue_key'), etl_id(i.value->'issueKey'))
		AS key) AS n
	WHERE i.place <= COALESCE(NULLIF(current_setting('app.items', true),
		'')::bigint, i.place)
	OFFSET 0
$$;

CREATE FUNCTION etl_pr_place(url TEXT)
RETURNS TABLE (host TEXT, repo_full_name TEXT, number INTEGER)
LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 1 AS $$
	SELECT regexp_replace(lower(m.found[1]), '^api\.github\.com$',
		'github.com'), m.found[2], m.found[3]::integer
	FROM (
		SELECT CASE
		WHEN a IS NOT NULL THEN ARRAY[a[1],
			COALESCE(a[2], a[3]) || '/' || a[3], a[4]]
		WHEN b IS NOT NULL THEN ARRAY[b[1], CASE b[2] WHEN 'users'
			THEN '~' ELSE '' END || b[3] || '/' || b[4], b[5]]
		ELSE o END AS found
		FROM regexp_match(url, '^https?://([^/]+)(?:/(.{1,200}?))?/_git/([^/]{1,100})/pullrequest/([0-9]{1,9})(?:[/?#]|$)') AS a
		CROSS JOIN regexp_match(url, '^https?://([^/]+)/(?:.{1,100}/)?(projects|users)/([^/]{1,100})/repos/([^/]{1,100})/pull-requests/([0-9]{1,9})(?:[/?#]|$)') AS b
		CROSS JOIN regexp_match(url, '^https?://([^/]+)/(?:api/v3/)?(?:repos/)?(.{1,250}?)/(?:-/)?(?:pull|pulls|pull-requests|merge_requests)/([0-9]{1,9})(?:[/?#]|$)') AS o
	) AS m
	WHERE m.found[2] LIKE '%/%'
$$;
COMMENT ON FUNCTION etl_pr_place IS
	'Host, repository and number that the address of a pull request names: '
	'of GitHub, GitLab, Bitbucket (Server, too) or Azure DevOps';

CREATE FUNCTION etl_panel_told(v JSONB)
RETURNS TABLE (told JSONB, wrong JSONB)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT COALESCE(jsonb_object_agg(c.name, c.value)
			FILTER (WHERE c.value IS NOT NULL), '{}'),
		jsonb_agg(c.place) FILTER (WHERE c.value IS NULL)
	FROM (
		SELECT m.name, m.place, etl_read(m.kind, m.member) AS value
		FROM (VALUES
		('branch_name', 'source.branch', 'name',
			etl_member(v->'source', 'branch')),
		('commit_sha', 'lastCommit.id', 'name', COALESCE(
			etl_member(v->'lastCommit', 'id'),
			v#>'{source,lastCommit,id}')),
		('pr_status', 'status', 'name', v->'status'),
		(NULL, 'lastUpdate', 'stamp', v->'lastUpdate')
		) AS m (name, place, kind, member)
		WHERE m.member IS NOT NULL AND m.member <> '""'
		OFFSET 0) AS c
	WHERE c.name IS NOT NULL OR c.value IS NULL
$$;

CREATE FUNCTION etl_panel_prs(tenant BIGINT, integration BIGINT, batch BIGINT)
RETURNS TABLE (index BIGINT, place TEXT, value JSONB, work_item_id BIGINT,
	host TEXT, repo_full_name TEXT, number INTEGER)
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 100 AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	SELECT i.index, 'detail[' || (d.place - 1) || '].pullRequests['
		|| (p.place - 1) || ']', p.value, i.work_item_id, u.host,
		u.repo_full_name, u.number
	FROM (
		SELECT n.index, n.value, w.id AS work_item_id
		FROM etl_panels(tenant, integration, batch) AS n
		LEFT JOIN LATERAL (
			SELECT x.id
			FROM work_items AS x
			WHERE x.external_id = n.issue_id
				AND x.tenant_id::bigint = tenant
				AND x.integration_id::bigint = integration
			UNION ALL
			SELECT k.id
			FROM etl_issue_of_key(tenant, integration, n.issue_key)
				AS k
			LIMIT 1) AS w ON true
		OFFSET 0) AS i
	CROSS JOIN jsonb_array_elements(CASE jsonb_typeof(i.value->'detail')
		WHEN 'array' THEN i.value->'detail' ELSE '[]' END)
		WITH ORDINALITY AS d (value, place)
	CROSS JOIN jsonb_array_elements(CASE
		jsonb_typeof(d.value->'pullRequests') WHEN 'array'
		THEN d.value->'pullRequests' ELSE '[]' END)
		WITH ORDINALITY AS p (value, place)
	LEFT JOIN LATERAL etl_pr_place(p.value->>'url') AS u ON true
	OFFSET 0;
END
$$;
COMMENT ON FUNCTION etl_panel_prs IS
	'The pull requests that the panels of a stored batch name';

CREATE FUNCTION etl_host(url TEXT, otherwise TEXT) RETURNS TEXT
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT COALESCE(regexp_replace(lower(substring(url FROM
		'^https?://([^/]+)/')), '^api\.github\.com$', 'github.com'),
		otherwise, '')
$$;

-- By its name, or by its repository's id where that was renamed. A host that
-- is not told is any.
CREATE FUNCTION etl_links_of_pr(tenant BIGINT, name TEXT, repository TEXT,
	pull_request INTEGER, told_host TEXT)
RETURNS TABLE (id BIGINT, work_item_id BIGINT, raw_data_id BIGINT)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT l.id, l.work_item_id, l.raw_data_id
	FROM wits_prs_links AS l
	WHERE l.repo_key = name AND l.pull_request_number = pull_request
		AND l.tenant_id::bigint = tenant
		AND (l.repo_host = told_host OR '' IN (l.repo_host, told_host))
	UNION
	SELECT l.id, l.work_item_id, l.raw_data_id
	FROM wits_prs_links AS l
	WHERE l.external_repo_id = repository
		AND l.pull_request_number = pull_request
		AND l.tenant_id::bigint = tenant
		AND (l.repo_host = told_host OR '' IN (l.repo_host, told_host))
$$;
COMMENT ON FUNCTION etl_links_of_pr IS
	'The links that name a pull request';

-- Which issue a pull request belongs to: that of the first of its keys that
-- there is, in the integrations that its own names in its settings, or in all
-- of the tenant's. A key that two of them have says nothing: nor does one that
-- nobody has. Then the oldest issue counts whose panel names it.
CREATE FUNCTION etl_pr_issue(tenant BIGINT, pr BIGINT)
RETURNS TABLE (work_item_id BIGINT, place INTEGER)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1 AS $$
	SELECT COALESCE(k.id, l.id), CASE WHEN k.id IS NULL THEN 0
		ELSE k.place::integer END
	FROM prs AS p
	JOIN repositories AS r ON r.tenant_id = tenant
		AND r.id = p.repository_id
	JOIN integrations AS i ON i.tenant_id = tenant
		AND i.id = p.integration_id
	LEFT JOIN LATERAL (
		SELECT u.place, CASE WHEN count(*) = 1 THEN min(c.id) END AS id
		FROM unnest(p.work_item_keys) WITH ORDINALITY AS u (key, place)
		CROSS JOIN LATERAL (
			SELECT DISTINCT ON (f.integration_id) f.id
			FROM (
				SELECT w.integration_id, w.id, w.active,
					w.created, 1 AS rank
				FROM work_items AS w
				WHERE w.key = u.key
					AND w.tenant_id::bigint = tenant
				UNION ALL
				SELECT w.integration_id, w.id, w.active,
					w.created, 2
				FROM work_items_old_keys AS o
				JOIN work_items AS w ON w.tenant_id = tenant
					AND w.id = o.work_item_id
				WHERE o.key = u.key AND o.tenant_id = tenant
			) AS f
			WHERE jsonb_typeof(i.settings->'issue_integrations')
				IS DISTINCT FROM 'array'
				OR i.settings->'issue_integrations'
				@> to_jsonb(f.integration_id)
			ORDER BY f.integration_id, f.rank, f.active DESC,
				f.created DESC NULLS LAST, f.id DESC
		) AS c
		GROUP BY u.place
		ORDER BY u.place
		LIMIT 1) AS k ON true
	LEFT JOIN LATERAL (
		SELECT w.id
		FROM etl_links_of_pr(tenant, r.name_key, r.external_id,
			p.number, etl_host(p.url, r.host)) AS x
		JOIN work_items AS w ON w.tenant_id = tenant
			AND w.id = x.work_item_id
		WHERE x.raw_data_id IS NOT NULL
		ORDER BY w.created NULLS LAST, w.external_id COLLATE "C", w.id
		LIMIT 1) AS l ON k.id IS NULL
	WHERE p.tenant_id::bigint = tenant AND p.id = pr
$$;
COMMENT ON FUNCTION etl_pr_issue IS
	'The work item of a pull request and which of its keys that is, from '
	'1; 0: none, a panel names it';

-- Pull requests whose work item a batch may change: its own, those that its
-- panels name, those that name one of its issues.
CREATE FUNCTION etl_due_prs(tenant BIGINT, integration BIGINT, batch BIGINT)
RETURNS TABLE (pr_id BIGINT)
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 100 AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	SELECT DISTINCT due.pr_id
	FROM (
		SELECT d.entity_type
		FROM raw_extraction_data AS d
		WHERE d.tenant_id = tenant AND d.id = batch
		OFFSET 0) AS t
	CROSS JOIN LATERAL (
		SELECT i.pr_id
		FROM etl_known_prs(tenant, integration, CASE t.entity_type
			WHEN 'github_prs_batch' THEN batch END) AS i
		WHERE i.pr_id IS NOT NULL
		UNION ALL
		SELECT p.id
		FROM (
			SELECT DISTINCT work_item_id
			FROM etl_panel_prs(tenant, integration,
				CASE t.entity_type WHEN 'jira_dev_status_batch'
				THEN batch END)
			WHERE work_item_id IS NOT NULL
		) AS i
		JOIN wits_prs_links AS l ON l.tenant_id = tenant
			AND l.work_item_id = i.work_item_id
		CROSS JOIN LATERAL (
			SELECT r.id, r.host
			FROM repositories AS r
			WHERE r.name_key = l.repo_key
				AND r.tenant_id::bigint = tenant
			UNION
			SELECT r.id, r.host
			FROM repositories AS r
			WHERE r.external_id = l.external_repo_id
				AND r.tenant_id::bigint = tenant) AS r
		JOIN prs AS p ON p.repository_id = r.id
			AND p.number = l.pull_request_number
			AND p.tenant_id::bigint = tenant
		WHERE p.work_item_place = 0
		UNION ALL
		SELECT p.id
		FROM (
			SELECT w.id, w.key
			FROM etl_loaded_issues() AS i
			CROSS JOIN LATERAL (
				SELECT x.id, x.key
				FROM work_items AS x
				WHERE x.external_id = i.external_id
					AND x.tenant_id::bigint = tenant
					AND x.integration_id::bigint = integration
				LIMIT 1) AS w
			OFFSET 0) AS w
		CROSS JOIN LATERAL (
			SELECT w.key
			UNION
			SELECT o.key
			FROM work_items_old_keys AS o
			WHERE o.work_item_id = w.id AND o.tenant_id = tenant
			OFFSET 0) AS n
		CROSS JOIN LATERAL (
			SELECT x.pr_id, x.place
			FROM prs_keys AS x
			WHERE x.key = n.key AND x.tenant_id = tenant
			OFFSET 0) AS k
		CROSS JOIN LATERAL (
			SELECT x.id, x.work_item_id, x.work_item_place
			FROM prs AS x
			WHERE x.tenant_id::bigint = tenant AND x.id = k.pr_id
			LIMIT 1) AS p
		WHERE p.work_item_id IS DISTINCT FROM w.id
			OR p.work_item_place NOT BETWEEN 1 AND k.place
	) AS due;
END
$$;
COMMENT ON FUNCTION etl_due_prs IS
	'Pull requests whose work item a stored batch may change';
