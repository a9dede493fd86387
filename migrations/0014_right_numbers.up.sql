-- Right numbers, or said to be partial: what the tables need so that an answer
-- that is only a part is never taken for the whole.

-- What an answer says of itself.

CREATE FUNCTION etl_sentence(value JSONB) RETURNS TEXT
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT left(CASE jsonb_typeof(value) WHEN 'object' THEN COALESCE(
		etl_scalar(value->'message'), etl_scalar(value->'error'),
		etl_scalar(value->'detail'), value::text)
		ELSE COALESCE(etl_scalar(value), value::text) END, 500)
$$;
COMMENT ON FUNCTION etl_sentence IS
	'The sentence of an error as APIs write them: an object''s message, '
	'error or detail, or the value itself; 500 characters at most';

-- errors is an array in GraphQL and an object of sentences by field in Jira.
CREATE FUNCTION etl_answer_errors(answer JSONB) RETURNS TABLE (note JSONB)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT jsonb_build_object('what', 'errors',
		'message', etl_sentence(e.value)) || CASE
		WHEN jsonb_typeof(e.value) = 'object' AND e.value ? 'path'
		THEN jsonb_build_object('place', e.value->'path') ELSE '{}' END
	FROM jsonb_array_elements(CASE jsonb_typeof(answer->'errors')
		WHEN 'array' THEN answer->'errors' ELSE '[]' END) AS e (value)
	WHERE jsonb_typeof(answer) = 'object'
	UNION ALL
	SELECT jsonb_build_object('what', 'errors', 'message',
		left(e.key || ': ' || etl_sentence(e.value), 500))
	FROM jsonb_each(CASE jsonb_typeof(answer->'errors')
		WHEN 'object' THEN answer->'errors' ELSE '{}' END) AS e
	WHERE jsonb_typeof(answer) = 'object'
	UNION ALL
	SELECT jsonb_build_object('what', n.name, 'message',
		etl_sentence(e.value))
	FROM (VALUES ('errorMessages'), ('warningMessages'), ('warnings'),
		('configErrors')) AS n (name)
	CROSS JOIN jsonb_array_elements(CASE jsonb_typeof(answer->n.name)
		WHEN 'array' THEN answer->n.name WHEN 'string'
		THEN jsonb_build_array(answer->n.name) ELSE '[]' END)
		AS e (value)
	WHERE jsonb_typeof(answer) = 'object'
	UNION ALL
	SELECT jsonb_build_object('what', 'incomplete_results', 'message',
		'the source says that its results are incomplete')
	WHERE jsonb_typeof(answer) = 'object'
		AND answer->'incomplete_results' = 'true'
$$;
COMMENT ON FUNCTION etl_answer_errors IS
	'What an answer says went wrong with it, a note each: errors of GraphQL '
	'and Jira, errorMessages, warnings, incomplete_results';

-- A page that has fewer items than the answer itself says it has: Jira tells
-- total, startAt and maxResults beside the list. A path looks into the answer,
-- where -> would copy the whole list.
CREATE FUNCTION etl_page_lack(answer JSONB, names TEXT[])
RETURNS TABLE (note JSONB)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT jsonb_strip_nulls(jsonb_build_object('what', 'page',
		'given', t.given, 'total', t.expected))
	FROM (
		SELECT CASE WHEN answer ? 'total' THEN LEAST(NULLIF(etl_integer(
			answer->>'maxResults'), 0), etl_integer(answer->>'total')
			- COALESCE(etl_integer(answer->>'startAt'), 0)) END
			AS expected, answer->'isLast' = 'false' OR etl_scalar(
			answer->'nextPageToken') <> '' AS goes_on, (
			SELECT l.size::integer
			FROM unnest(names) WITH ORDINALITY AS n (name, place)
			CROSS JOIN jsonb_path_query_first(answer, format(
				'strict $.%I ? (@.type() == "array").size()',
				n.name)::jsonpath, '{}', true) AS l (size)
			WHERE l.size IS NOT NULL
			ORDER BY n.place
			LIMIT 1) AS given
		WHERE jsonb_typeof(answer) = 'object') AS t
	WHERE t.given < t.expected OR (t.given = 0 AND t.goes_on)
$$;
COMMENT ON FUNCTION etl_page_lack IS
	'A note if the list of an answer, the first of these members, is shorter '
	'than total, startAt and maxResults say, or empty and not the last';

CREATE FUNCTION etl_refusal(answer JSONB) RETURNS TEXT
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT left(COALESCE(NULLIF(concat_ws('; ', NULLIF(etl_scalar(
		a.own->'message'), ''), (SELECT string_agg(note->>'message',
		'; ') FROM etl_answer_errors(answer))), ''),
		NULLIF(etl_scalar(a.own->'errorMessage'), ''),
		NULLIF(etl_scalar(a.own->'error_description'), ''),
		NULLIF(etl_sentence(NULLIF(a.own->'error', 'null')), '')), 500)
	FROM (SELECT CASE jsonb_typeof(answer) WHEN 'object' THEN answer
		ELSE '{}' END AS own) AS a
$$;
COMMENT ON FUNCTION etl_refusal IS
	'The source''s own sentence in an answer that is only an error, or NULL';

-- Ids. What batches bring again and again must not come to an end of ids, nor
-- of sequences. Each table is written once; tables that refer to it follow.
SELECT set_config('app.every_tenant', 'on', true);
ALTER TABLE projects ALTER COLUMN id TYPE BIGINT;
ALTER TABLE wits ALTER COLUMN id TYPE BIGINT;
ALTER TABLE statuses ALTER COLUMN id TYPE BIGINT;
ALTER TABLE projects_wits ALTER COLUMN project_id TYPE BIGINT,
	ALTER COLUMN wit_id TYPE BIGINT;
ALTER TABLE projects_statuses ALTER COLUMN project_id TYPE BIGINT,
	ALTER COLUMN status_id TYPE BIGINT;
ALTER TABLE repositories ALTER COLUMN id TYPE BIGINT;
ALTER TABLE prs ALTER COLUMN id TYPE BIGINT,
	ALTER COLUMN repository_id TYPE BIGINT,
	ALTER COLUMN work_item_id TYPE BIGINT;
ALTER TABLE prs_reviews ALTER COLUMN id TYPE BIGINT,
	ALTER COLUMN pr_id TYPE BIGINT;
ALTER TABLE prs_commits ALTER COLUMN id TYPE BIGINT,
	ALTER COLUMN pr_id TYPE BIGINT;
ALTER TABLE prs_comments ALTER COLUMN id TYPE BIGINT,
	ALTER COLUMN pr_id TYPE BIGINT;
ALTER TABLE wits_prs_links ALTER COLUMN id TYPE BIGINT,
	ALTER COLUMN work_item_id TYPE BIGINT;
ALTER TABLE qdrant_vectors ALTER COLUMN record_id TYPE BIGINT;
ALTER SEQUENCE projects_id_seq AS BIGINT;
ALTER SEQUENCE wits_id_seq AS BIGINT;
ALTER SEQUENCE statuses_id_seq AS BIGINT;
ALTER SEQUENCE work_items_id_seq AS BIGINT;
ALTER SEQUENCE changelogs_id_seq AS BIGINT;
ALTER SEQUENCE repositories_id_seq AS BIGINT;
ALTER SEQUENCE prs_id_seq AS BIGINT;
ALTER SEQUENCE prs_reviews_id_seq AS BIGINT;
ALTER SEQUENCE prs_commits_id_seq AS BIGINT;
ALTER SEQUENCE prs_comments_id_seq AS BIGINT;
ALTER SEQUENCE wits_prs_links_id_seq AS BIGINT;

-- Absent is not null: an answer that names some columns leaves the others as
-- they are, whichever answer is processed first.
ALTER TABLE work_items
	ALTER COLUMN id TYPE BIGINT,
	ALTER COLUMN project_id TYPE BIGINT,
	ALTER COLUMN wit_id TYPE BIGINT,
	ALTER COLUMN status_id TYPE BIGINT,
	ALTER COLUMN story_points TYPE NUMERIC,
	ALTER COLUMN total_work_starts DROP DEFAULT,
	ALTER COLUMN total_completions DROP DEFAULT,
	ALTER COLUMN total_backlog_returns DROP DEFAULT,
	ALTER COLUMN total_work_time_seconds DROP DEFAULT,
	ALTER COLUMN total_review_time_seconds DROP DEFAULT,
	ALTER COLUMN total_cycle_time_seconds DROP DEFAULT,
	ALTER COLUMN total_lead_time_seconds DROP DEFAULT,
	ALTER COLUMN workflow_complexity_score DROP DEFAULT,
	ALTER COLUMN rework_indicator DROP DEFAULT,
	ALTER COLUMN direct_completion DROP DEFAULT,
	ADD COLUMN resolution_date TIMESTAMP,
	ADD COLUMN raw_data_id BIGINT,
	ADD COLUMN column_ages JSONB,
	ADD COLUMN history_complete BOOLEAN,
	ADD COLUMN history_total INTEGER,
	ADD COLUMN history_seen BIGINT[],
	ADD COLUMN history_as_of TIMESTAMP,
	ADD COLUMN history_raw_data_id BIGINT,
	ADD COLUMN gone_since BIGINT;
COMMENT ON COLUMN work_items.resolution_date IS
	'When the source says that it was resolved, UTC';
COMMENT ON COLUMN work_items.raw_data_id IS
	'The batch that the row was last taken from; of two with the same '
	'updated the one stored later counts';
COMMENT ON COLUMN work_items.column_ages IS
	'Columns that the newest answer did not name: when they were last told, '
	'as "updated batch", or null for never; NULL: it named every column';
COMMENT ON COLUMN work_items.history_complete IS
	'Whether every entry of the history is known, so that the metrics are '
	'those of the whole; NULL: no answer ever told of the history';
COMMENT ON COLUMN work_items.history_total IS
	'How many entries the history has, as the source told at last';
COMMENT ON COLUMN work_items.history_seen IS
	'The entries that came, as hashes of their ids; all of them once there are '
	'history_total';
COMMENT ON COLUMN work_items.history_as_of IS
	'The newest updated of an answer that told of the history';
COMMENT ON COLUMN work_items.history_raw_data_id IS
	'The batch that this answer came with';
COMMENT ON COLUMN work_items.gone_since IS
	'The first batch of the census that named it no more; see census_pages';

-- What each metric means, in short; docs/metrics.md has it at length.
COMMENT ON COLUMN work_items.work_first_committed_at IS
	'The first entry into a commitment point of the workflow, else the '
	'first start, else for a completed one its creation; never after '
	'the first completion. NULL: not committed, or the history is not '
	'known';
COMMENT ON COLUMN work_items.work_first_started_at IS
	'The first entry into In Progress. NULL: never, or the history is '
	'not known';
COMMENT ON COLUMN work_items.work_last_started_at IS
	'The last entry into In Progress. NULL: never, or the history is '
	'not known';
COMMENT ON COLUMN work_items.work_first_completed_at IS
	'The first entry into Done. NULL: never, or the history is not '
	'known';
COMMENT ON COLUMN work_items.work_last_completed_at IS
	'The last entry into Done; without a known history resolution_date, '
	'if the work item is done now. NULL: never, or not known';
COMMENT ON COLUMN work_items.total_work_starts IS
	'Entries into In Progress, creation included; moves within a '
	'category are none. NULL: the history is not known';
COMMENT ON COLUMN work_items.total_completions IS
	'Entries into Done, creation included. NULL: the history is not '
	'known';
COMMENT ON COLUMN work_items.total_backlog_returns IS
	'Changes into To Do from another category. NULL: the history is not '
	'known';
COMMENT ON COLUMN work_items.total_work_time_seconds IS
	'Seconds in statuses In Progress that were left. NULL: the history '
	'is not known';
COMMENT ON COLUMN work_items.total_review_time_seconds IS
	'The part of total_work_time_seconds in statuses whose workflow '
	'step has "review" in its name';
COMMENT ON COLUMN work_items.total_cycle_time_seconds IS
	'Seconds from work_first_started_at to work_last_completed_at. NULL '
	'unless it is done now and was started before';
COMMENT ON COLUMN work_items.total_lead_time_seconds IS
	'Seconds from work_first_committed_at to work_last_completed_at. '
	'NULL unless it is done now';
COMMENT ON COLUMN work_items.workflow_complexity_score IS
	'2 * total_backlog_returns + max(0, total_completions - 1)';
COMMENT ON COLUMN work_items.rework_indicator IS
	'total_work_starts > 1';
COMMENT ON COLUMN work_items.direct_completion IS
	'One completion, no start, no return';
COMMENT ON COLUMN changelogs.transition_change_date IS
	'When the status changed, UTC';
COMMENT ON COLUMN changelogs.transition_start_date IS
	'When the status that was left had begun: the change before, or '
	'creation, UTC. NULL: entries in between are missing';
COMMENT ON COLUMN changelogs.time_in_status_seconds IS
	'Seconds from transition_start_date to transition_change_date; 0 or '
	'more';
COMMENT ON COLUMN prs.commit_count IS
	'Commits, as the source told; else active ones of a complete list. '
	'NULL: not known';
COMMENT ON COLUMN prs.reviewers IS
	'Different authors of reviews that were submitted, but the author '
	'of the pull request. NULL: the reviews are not all known';
COMMENT ON COLUMN prs.first_review_at IS
	'The first such review, UTC. NULL: none, or the reviews are not all '
	'known';
COMMENT ON COLUMN prs.review_cycles IS
	'Such reviews that approve or ask for changes. NULL: the reviews '
	'are not all known';
COMMENT ON COLUMN prs.rework_commit_count IS
	'Active commits authored after first_review_at; 0 without a review. '
	'NULL: commits or reviews are not all known';
COMMENT ON COLUMN prs.discussion_comment_count IS
	'Comments on the pull request, as the source told; else active ones '
	'of a complete list. NULL: not known';
COMMENT ON COLUMN prs.review_comment_count IS
	'Comments in review threads, as the source told; else active ones '
	'of a complete list. NULL: not known';

ALTER TABLE projects ADD COLUMN column_ages JSONB;
ALTER TABLE wits ADD COLUMN column_ages JSONB;
ALTER TABLE statuses ADD COLUMN column_ages JSONB;
COMMENT ON COLUMN projects.column_ages IS 'As that of work_items';
COMMENT ON COLUMN wits.column_ages IS 'As that of work_items';
COMMENT ON COLUMN statuses.column_ages IS 'As that of work_items';

ALTER TABLE changelogs
	ALTER COLUMN id TYPE BIGINT,
	ALTER COLUMN work_item_id TYPE BIGINT,
	ALTER COLUMN from_status_id TYPE BIGINT,
	ALTER COLUMN to_status_id TYPE BIGINT,
	ADD COLUMN place INTEGER NOT NULL DEFAULT 0;
COMMENT ON COLUMN changelogs.external_id IS
	'The id of the history entry; #2, #3 … follow it where an entry changes '
	'the status several times';
COMMENT ON COLUMN changelogs.place IS
	'Among changes of the same time: the place that the source gives it';

-- A moved issue is still found by the keys it had.
CREATE TABLE work_items_old_keys (
	tenant_id INTEGER NOT NULL
		CONSTRAINT fk_work_items_old_keys_tenant_id
		REFERENCES tenants (id),
	integration_id INTEGER NOT NULL,
	key VARCHAR NOT NULL,
	work_item_id BIGINT NOT NULL,
	CONSTRAINT fk_work_items_old_keys_work_item_id
		FOREIGN KEY (tenant_id, work_item_id)
		REFERENCES work_items (tenant_id, id) ON DELETE CASCADE,
	PRIMARY KEY (key, tenant_id, integration_id, work_item_id)
);
CREATE INDEX idx_work_items_old_keys_work_item_id
	ON work_items_old_keys (work_item_id);
COMMENT ON TABLE work_items_old_keys IS
	'Keys that work items had before they were moved; the key that one has '
	'now comes first';

-- Batches that wait for something, by its name: error_details.waiting, where
-- an index finds it.
CREATE TABLE waiting_batches (
	tenant_id INTEGER NOT NULL
		CONSTRAINT fk_waiting_batches_tenant_id REFERENCES tenants (id),
	integration_id INTEGER NOT NULL,
	kind VARCHAR(10) NOT NULL,
	name VARCHAR NOT NULL,
	raw_data_id BIGINT NOT NULL,
	CONSTRAINT fk_waiting_batches_raw_data_id
		FOREIGN KEY (tenant_id, raw_data_id)
		REFERENCES raw_extraction_data (tenant_id, id) ON DELETE CASCADE,
	PRIMARY KEY (tenant_id, integration_id, kind, name, raw_data_id)
);
CREATE INDEX idx_waiting_batches_raw_data_id ON waiting_batches (raw_data_id);
COMMENT ON TABLE waiting_batches IS
	'Transformed batches that wait for a row that is not there yet: the '
	'load of the batch that brings it makes them pending again';
COMMENT ON COLUMN waiting_batches.kind IS
	'What name names: an issue or a project by id or key, or a pull request';

CREATE FUNCTION etl_waits_for(entity_type TEXT) RETURNS TEXT
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT CASE WHEN entity_type = 'jira_statuses_batch' THEN 'project'
		WHEN entity_type LIKE 'github%' THEN 'pr' ELSE 'issue' END
$$;
COMMENT ON FUNCTION etl_waits_for IS
	'waiting_batches.kind of what a batch of this type may wait for';

INSERT INTO waiting_batches (tenant_id, integration_id, kind, name, raw_data_id)
SELECT DISTINCT r.tenant_id, r.integration_id, etl_waits_for(r.entity_type),
	n.value #>> '{}', r.id
FROM raw_extraction_data AS r
CROSS JOIN jsonb_path_query(r.error_details, '$.waiting[*]') AS n (value)
WHERE r.error_details ? 'waiting' AND r.processing_status = 'completed'
	AND jsonb_typeof(n.value) IN ('string', 'number')
	AND length(n.value #>> '{}') <= 600;
DROP INDEX idx_raw_extraction_data_waiting;

-- A census names everything that a project or a repository has, in pages that
-- may come in any order. What it lacks is gone, once all pages are there.
CREATE TABLE census_pages (
	tenant_id INTEGER NOT NULL
		CONSTRAINT fk_census_pages_tenant_id REFERENCES tenants (id),
	integration_id INTEGER NOT NULL,
	scope VARCHAR(300) NOT NULL,
	census VARCHAR(255) NOT NULL,
	page INTEGER NOT NULL,
	is_last BOOLEAN NOT NULL,
	raw_data_id BIGINT NOT NULL,
	names VARCHAR[] NOT NULL,
	CONSTRAINT fk_census_pages_raw_data_id
		FOREIGN KEY (tenant_id, raw_data_id)
		REFERENCES raw_extraction_data (tenant_id, id) ON DELETE CASCADE,
	PRIMARY KEY (tenant_id, integration_id, scope, census, page)
);
CREATE INDEX idx_census_pages_raw_data_id ON census_pages (raw_data_id);
COMMENT ON TABLE census_pages IS
	'Pages of a census: batches of jira_issue_ids_batch and '
	'github_pr_numbers_batch';
COMMENT ON COLUMN census_pages.scope IS
	'Whose census it is: project:ID or repo:OWNER/NAME';
COMMENT ON COLUMN census_pages.census IS
	'Which census of this scope the page belongs to';
COMMENT ON COLUMN census_pages.page IS 'Its place, counted from 1';
COMMENT ON COLUMN census_pages.names IS 'The ids or numbers that it names';

-- Rights and the second lock, as in 0006.
DO $$
DECLARE
	owned text;
	policy constant text := 'tenant_id = (SELECT NULLIF(current_setting('
		'''app.tenant_id'', true), '''')::integer) OR (SELECT '
		'current_setting(''app.every_tenant'', true) = ''on'')';
BEGIN
	FOREACH owned IN ARRAY '{work_items_old_keys, waiting_batches,
		census_pages}'::text[]
	LOOP
		EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY,'
			' FORCE ROW LEVEL SECURITY', owned);
		EXECUTE format('CREATE POLICY tenant_isolation ON %I'
			' USING (%s) WITH CHECK (%s)', owned, policy, policy);
		EXECUTE format('REVOKE ALL ON %I FROM PUBLIC,'
			' pulse_etl_service', owned);
		EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I'
			' TO pulse_etl_service', owned);
		IF current_user <> 'pulse_etl_owner' THEN
			EXECUTE format('ALTER TABLE %I OWNER TO'
				' pulse_etl_owner', owned);
		END IF;
	END LOOP;
END
$$;

-- Metrics follow whatever they go by: also a mapping's category or step, and
-- a step's name or commitment point. Statuses are locked as the loads do it.
CREATE FUNCTION statuses_of_mappings_due(mappings INTEGER[], tenant INTEGER)
RETURNS VOID LANGUAGE sql AS $$
	WITH due AS MATERIALIZED (
		SELECT s.id
		FROM statuses AS s
		WHERE s.tenant_id = tenant
			AND s.status_mapping_id = ANY (mappings)
			AND NOT s.metrics_due
		ORDER BY s.external_id COLLATE "C"
		FOR NO KEY UPDATE
	)
	UPDATE statuses AS s
	SET metrics_due = TRUE
	FROM due
	WHERE s.tenant_id = tenant AND s.id = due.id
$$;
CREATE FUNCTION statuses_mappings_metrics_due()
RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
	PERFORM statuses_of_mappings_due(ARRAY[NEW.id], NEW.tenant_id);
	RETURN NULL;
END
$$;
CREATE TRIGGER metrics_due AFTER UPDATE OF status_category, workflow_id, active
	ON statuses_mappings FOR EACH ROW
	WHEN ((OLD.status_category, OLD.workflow_id, OLD.active)
		IS DISTINCT FROM (NEW.status_category, NEW.workflow_id,
		NEW.active))
	EXECUTE FUNCTION statuses_mappings_metrics_due();
CREATE FUNCTION workflows_metrics_due()
RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
	PERFORM statuses_of_mappings_due(ARRAY(SELECT m.id
		FROM statuses_mappings AS m
		WHERE m.tenant_id = NEW.tenant_id AND m.workflow_id = NEW.id),
		NEW.tenant_id);
	RETURN NULL;
END
$$;
CREATE TRIGGER metrics_due AFTER UPDATE OF step_name, is_commitment_point, active
	ON workflows FOR EACH ROW
	WHEN ((OLD.step_name, OLD.is_commitment_point, OLD.active)
		IS DISTINCT FROM (NEW.step_name, NEW.is_commitment_point,
		NEW.active))
	EXECUTE FUNCTION workflows_metrics_due();
CREATE INDEX idx_statuses_status_mapping_id ON statuses (status_mapping_id);
CREATE INDEX idx_statuses_metrics_due ON statuses (tenant_id, integration_id)
	WHERE metrics_due;

-- What a status counts as.
CREATE FUNCTION etl_kind(category TEXT) RETURNS TEXT
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT CASE lower(btrim(category)) WHEN 'to do' THEN 't'
		WHEN 'new' THEN 't' WHEN 'todo' THEN 't'
		WHEN 'in progress' THEN 'p' WHEN 'indeterminate' THEN 'p'
		WHEN 'in_progress' THEN 'p' WHEN 'done' THEN 'd' END
$$;
COMMENT ON FUNCTION etl_kind IS
	'A category as metrics know it: t to do, p in progress, d done; NULL for '
	'any other';

-- Functions that read more of what APIs send.

-- Numbers are seconds or milliseconds since 1970.
CREATE OR REPLACE FUNCTION etl_timestamp(value TEXT) RETURNS TIMESTAMP
LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT CASE
	WHEN value ~ '^[1-9][0-9]{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,9})?(?:Z|[+-](?:0[0-9]|1[0-4]):?[0-5][0-9])$'
		THEN value::timestamptz AT TIME ZONE 'UTC'
	WHEN value ~ '^[0-9]{12,14}$'
		THEN timestamp '1970-01-01' + value::bigint * interval '1 ms'
	WHEN value ~ '^[0-9]{9,11}$'
		THEN timestamp '1970-01-01' + value::bigint * interval '1 s'
	WHEN value IS NOT NULL THEN etl_timestamp_rare(value)
	END
$$;
COMMENT ON FUNCTION etl_timestamp IS
	'ISO 8601 with any offset as UTC; without one it is UTC already. A '
	'number of 9 to 11 digits is seconds since 1970, one of 12 to 14 '
	'milliseconds';

CREATE FUNCTION etl_number(value TEXT) RETURNS NUMERIC
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT CASE WHEN value ~ '^[ \t\r\n]*[+-]?([0-9]{1,15}(\.[0-9]{0,15})?|\.[0-9]{1,15})([eE][+-]?[0-9]{1,2})?[ \t\r\n]*$'
		AND abs(value::numeric) < 1e15
		THEN trim_scale(round(value::numeric, 6)) END
$$;
COMMENT ON FUNCTION etl_number IS
	'A number or numeric text below 10^15, with six decimals at most';

-- A select list of points has the number in its option.
CREATE FUNCTION etl_points(value JSONB) RETURNS NUMERIC
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT etl_number(CASE jsonb_typeof(value) WHEN 'object'
		THEN etl_scalar(value->'value') ELSE value #>> '{}' END)
$$;
COMMENT ON FUNCTION etl_points IS
	'Story points: a number, a numeric text or an option with one';

-- What a text of a sprint of Jira Server says: name=…, up to the next member.
CREATE FUNCTION etl_sprint(value TEXT) RETURNS TEXT
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT COALESCE(substring(value FROM
		'[[,]name=(.*?)(?:,(?:startDate|endDate|completeDate|activatedDate|sequence|goal|state|rapidViewId|id|autoStartStop|synced|incompleteIssuesDestinationId)=|\]$)'),
		value)
$$;
COMMENT ON FUNCTION etl_sprint IS
	'The name of a sprint that Jira Server writes as a text';

-- A cascading select has a child, which may have one, too.
CREATE OR REPLACE FUNCTION etl_word(value JSONB) RETURNS TEXT
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT CASE jsonb_typeof(value)
	WHEN 'object' THEN CASE WHEN value->'type' = '"doc"'
		THEN NULLIF(etl_document(value), '')
		ELSE COALESCE(etl_scalar(value->'displayName'),
		etl_scalar(value->'name'), etl_scalar(value->'value')
		|| COALESCE(' - ' || etl_scalar(value#>'{child,value}'), '')
		|| COALESCE(' - ' || etl_scalar(value#>'{child,child,value}'),
		''), etl_scalar(value->'title'), etl_scalar(value->'label'),
		etl_scalar(value->'key'), etl_scalar(value->'emailAddress'))
		END
	WHEN 'string' THEN CASE WHEN value #>> '{}' LIKE
		'com.atlassian.greenhopper.service.sprint.Sprint@%'
		THEN etl_sprint(value #>> '{}') ELSE value #>> '{}' END
	ELSE etl_scalar(value)
	END
$$;
COMMENT ON FUNCTION etl_word IS
	'A scalar; a document''s text; or an object''s displayName, name, value '
	'with that of its child, title, label, key or address';

CREATE FUNCTION etl_lines(value JSONB) RETURNS TEXT
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT string_agg(etl_word(e.value), E'\n' ORDER BY e.ordinality)
	FROM jsonb_array_elements(value) WITH ORDINALITY AS e
$$;
COMMENT ON FUNCTION etl_lines IS
	'The elements of an array as etl_word, one a line';

CREATE OR REPLACE FUNCTION etl_text(value JSONB) RETURNS TEXT
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT CASE jsonb_typeof(value) WHEN 'object' THEN COALESCE(
		etl_document(value), etl_word(value))
		WHEN 'array' THEN etl_lines(value)
		ELSE etl_scalar(value) END
$$;
COMMENT ON FUNCTION etl_text IS
	'A text as it is, an Atlassian document as its text, a list an element '
	'a line';

-- The issues of a batch, whichever answer of Jira it is.

-- A page of GET /issue/ID/changelog has its histories in values, and no key
-- in them; a search has issues, and so has a list of an agile board.
CREATE FUNCTION etl_is_changelog_page(answer JSONB) RETURNS BOOLEAN
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT CASE WHEN jsonb_typeof(answer) = 'object' THEN
		COALESCE(answer @@ 'strict $.histories.type() == "array"', false)
		OR (COALESCE(answer @@ 'strict $.values.type() == "array"', false)
		AND NOT (answer#>'{values,0}') ? 'key' IS TRUE
		AND ((answer#>'{values,0}') ? 'items' OR answer->>'self'
		LIKE '%/changelog%' OR answer->'values' = '[]')) END
$$;
CREATE FUNCTION etl_issue_list(answer JSONB) RETURNS JSONB
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT CASE WHEN jsonb_typeof(answer) = 'array' THEN answer
	WHEN jsonb_typeof(answer) <> 'object' THEN NULL
	WHEN answer @@ 'strict $.issues.type() == "array"'
		THEN answer->'issues'
	WHEN answer @@ 'strict $.issueChangeLogs.type() == "array"'
		THEN answer->'issueChangeLogs'
	WHEN answer @@ 'strict $.values.type() == "array"' THEN CASE
		WHEN etl_is_changelog_page(answer)
		THEN jsonb_build_array(answer)
		ELSE answer->'values' END
	WHEN answer @@ 'strict $.histories.type() == "array"'
		THEN jsonb_build_array(answer)
	WHEN jsonb_typeof(answer->'issue') = 'object'
		THEN jsonb_build_array(answer->'issue')
	WHEN answer ? 'id' AND (answer ? 'key' OR answer ? 'fields'
		OR answer ? 'changelog') THEN jsonb_build_array(answer) END
$$;
COMMENT ON FUNCTION etl_issue_list IS
	'The issues of an answer, as a list: of a search, one issue, a page of '
	'the histories of one issue or of several (bulkfetch); NULL: there are '
	'none';
COMMENT ON FUNCTION etl_is_changelog_page IS
	'Whether the answer is a page of the histories of one issue';

-- Whoever has the key now comes before whoever had it; of several (a project
-- deleted and made again) the newest.
CREATE FUNCTION etl_issue_of_key(tenant BIGINT, integration BIGINT, wanted TEXT)
RETURNS TABLE (id BIGINT, external_id VARCHAR)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1 AS $$
	SELECT f.id, f.external_id
	FROM (
		SELECT w.id, w.external_id, w.active, w.created, 1 AS rank
		FROM work_items AS w
		WHERE w.tenant_id::bigint = tenant
			AND w.integration_id::bigint = integration
			AND w.key = wanted
		UNION ALL
		SELECT w.id, w.external_id, w.active, w.created, 2
		FROM work_items_old_keys AS k
		JOIN work_items AS w ON w.tenant_id = k.tenant_id
			AND w.id = k.work_item_id
		WHERE k.key = wanted AND k.tenant_id = tenant
			AND k.integration_id = integration
	) AS f
	ORDER BY f.rank, f.active DESC, f.created DESC NULLS LAST, f.id DESC
	LIMIT 1
$$;
COMMENT ON FUNCTION etl_issue_of_key IS
	'The work item of an integration that has this key, or had it';

-- What a status is changed by. A custom field may be called "status", too:
-- fieldId tells, or fieldtype in answers that have none.
CREATE FUNCTION etl_status_items(history JSONB)
RETURNS TABLE (item JSONB, nr BIGINT)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT i.item, i.ordinality
	FROM jsonb_path_query(history, '$.items[*] ? (@.fieldId == "status" || (@.field == "status" && !(@.fieldId != null) && !(@.fieldtype != "jira")))')
		WITH ORDINALITY AS i (item, ordinality)
$$;
COMMENT ON FUNCTION etl_status_items IS
	'The items of a history entry that change the workflow''s status, in '
	'their order';

-- OFFSET as in etl_panels. A page of histories names its issue in self, or
-- extraction_metadata does: issue_id or issue_key.
CREATE FUNCTION etl_issues(tenant BIGINT, integration BIGINT, batch BIGINT)
RETURNS TABLE (index BIGINT, value JSONB, external_id TEXT, key TEXT,
	is_issue BOOLEAN, histories JSONB, history_total INTEGER,
	history_start INTEGER, claims_whole BOOLEAN)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT x.index, x.value, COALESCE(x.id, CASE WHEN x.key IS NOT NULL
		AND NOT x.is_issue THEN (SELECT k.external_id
		FROM etl_issue_of_key(tenant, integration, x.key) AS k) END),
		x.key, x.is_issue,
		CASE WHEN jsonb_typeof(x.histories) = 'array'
			THEN x.histories END,
		COALESCE(etl_integer(x.told->>'total'), CASE WHEN x.is_page
			AND x.told->'isLast' = 'true' AND jsonb_typeof(
			x.histories) = 'array' THEN COALESCE(etl_integer(
			x.told->>'startAt'), 0)
			+ jsonb_array_length(x.histories) END),
		COALESCE(etl_integer(x.told->>'startAt'), 0),
		CASE WHEN x.is_bulk THEN x.next_page IS NULL
			OR x.index < x.last
		WHEN x.told->'isLast' = 'false' THEN false
		WHEN etl_scalar(x.told->'nextPage') <> '' THEN false
		WHEN jsonb_typeof(x.histories) = 'array' THEN (etl_integer(
			x.told->>'maxResults') <= jsonb_array_length(
			x.histories)) IS NOT TRUE
		ELSE true END
	FROM (
		SELECT i.index, i.value,
			COALESCE(etl_id(i.value->'id'),
				etl_id(i.value->'issueId'), r.id) AS id,
			COALESCE(etl_id(i.value->'key'),
				etl_id(i.value->'issueKey'), r.key) AS key,
			NOT r.is_page AND NOT i.value ? 'changeHistories'
				AND i.value ? 'key' AS is_issue,
			COALESCE(i.value#>'{changelog,histories}',
				i.value->'changeHistories',
				CASE WHEN r.is_page THEN COALESCE(
				i.value->'values', i.value->'histories') END)
				AS histories,
			CASE WHEN r.is_page THEN i.value
				ELSE i.value->'changelog' END AS told,
			i.value ? 'changeHistories' AS is_bulk,
			r.is_page, r.next_page, r.last
		FROM (
			SELECT d.list, d.is_page,
				etl_scalar(CASE WHEN NOT d.is_array
					THEN d.raw_data->'nextPageToken' END)
					AS next_page,
				jsonb_array_length(d.list) - 1 AS last,
				CASE WHEN d.is_page THEN COALESCE(
					etl_id(d.meta->'issue_id'),
					etl_id(d.meta->'issueId'),
					substring(d.raw_data->>'self' FROM
					'/issue/([0-9]+)/changelog')) END AS id,
				CASE WHEN d.is_page THEN COALESCE(
					etl_id(d.meta->'issue_key'),
					etl_id(d.meta->'issueKey'),
					substring(d.raw_data->>'self' FROM
					'/issue/([A-Z][^/?#]*-[0-9]+)/changelog'))
					END AS key
			FROM (
				SELECT e.raw_data, e.extraction_metadata AS meta,
					etl_issue_list(e.raw_data) AS list,
					COALESCE(etl_is_changelog_page(
					e.raw_data), false) AS is_page,
					jsonb_typeof(e.raw_data) = 'array'
					AS is_array
				FROM (
					SELECT b.raw_data #> '{}' AS raw_data,
						b.extraction_metadata
					FROM raw_extraction_data AS b
					WHERE b.tenant_id = tenant
						AND b.integration_id
						= integration AND b.id = batch
					OFFSET 0) AS e
				OFFSET 0) AS d
			OFFSET 0) AS r
		CROSS JOIN generate_series(0, LEAST(r.last, NULLIF(
			current_setting('app.items', true), '')::bigint - 1))
			AS n (index)
		CROSS JOIN LATERAL (
			SELECT n.index, r.list->n.index::integer AS value
			OFFSET 0) AS i
		WHERE r.list IS NOT NULL
		OFFSET 0) AS x
	OFFSET 0
$$;
COMMENT ON FUNCTION etl_issues IS
	'The issues of a stored batch, or the histories it has of some: whose '
	'they are, how many the source says there are, and whether an answer '
	'that tells no number has all of them';

-- Nothing is said by a value like these, or it is a document without a text.
CREATE FUNCTION etl_is_blank(value JSONB) RETURNS BOOLEAN
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT value IS NULL OR value IN ('null', '""', '[]', '{}')
		OR COALESCE(value->'type' = '"doc"', false)
$$;
COMMENT ON FUNCTION etl_is_blank IS
	'Whether NULL is the right reading of a value';

-- How old what an answer told is, to be compared in collation "C".
CREATE FUNCTION etl_age(updated TIMESTAMP, batch BIGINT) RETURNS TEXT
LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT COALESCE(to_char(updated, 'YYYY-MM-DD"T"HH24:MI:SS.US'), '')
		|| ' ' || lpad(COALESCE(batch, 0)::text, 19, '0')
$$;
COMMENT ON FUNCTION etl_age IS
	'A stamp of column_ages: when the source had it so, and the batch';

-- The issues that a load has to do with: it looks for them once, and keeps
-- their ids in app.loaded_issues (waiting_issues.sql).
CREATE FUNCTION etl_loaded_issues()
RETURNS TABLE (external_id TEXT)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT i.id
	FROM jsonb_array_elements_text(NULLIF(current_setting(
		'app.loaded_issues', true), '')::jsonb) AS i (id)
$$;
COMMENT ON FUNCTION etl_loaded_issues IS
	'External ids of the issues of the batch that is loaded, each once; none '
	'of a batch of another type';

-- Statuses whose metrics are due, by the changes that name them: an index each.
-- The unique key serves look-ups of a work item's changes.
DROP INDEX idx_changelogs_work_item_id;
CREATE INDEX idx_changelogs_from_status_id ON changelogs (from_status_id);
CREATE INDEX idx_changelogs_to_status_id ON changelogs (to_status_id);

-- Which place has each of some changes of status behind one that went to `here`,
-- so that one goes to the status that the next comes from. Where nothing joins it
-- goes on with one whose status no other goes to. Of several that may follow the
-- first one does.
CREATE FUNCTION etl_joined(here BIGINT, sources BIGINT[], targets BIGINT[])
RETURNS INTEGER[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
	ranks INTEGER[] := array_fill(NULL::integer,
		ARRAY[cardinality(sources)]);
	next INTEGER;
BEGIN
	FOR rank IN 1 .. cardinality(sources) LOOP
		SELECT i INTO next
		FROM generate_subscripts(sources, 1) AS i
		WHERE ranks[i] IS NULL
		ORDER BY sources[i] = here DESC NULLS LAST, EXISTS (SELECT
			FROM generate_subscripts(sources, 1) AS j
			WHERE ranks[j] IS NULL AND j <> i
				AND targets[j] = sources[i]), i
		LIMIT 1;
		ranks[next] := rank;
		here := targets[next];
	END LOOP;
	RETURN ranks;
END
$$;
COMMENT ON FUNCTION etl_joined IS
	'The places of changes of one time, by their statuses before and after';

CREATE FUNCTION etl_due_items(tenant BIGINT)
RETURNS TABLE (work_item_id BIGINT)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT x.id
	FROM (
		SELECT unnest(string_to_array(NULLIF(current_setting(
			'app.due_statuses', true), ''), ',')::bigint[]) AS id
		OFFSET 0) AS due
	CROSS JOIN LATERAL (
		SELECT c.work_item_id AS id
		FROM changelogs AS c
		WHERE c.to_status_id = due.id AND c.tenant_id = tenant
		UNION ALL
		SELECT c.work_item_id
		FROM changelogs AS c
		WHERE c.from_status_id = due.id AND c.tenant_id = tenant
		UNION ALL
		SELECT w.id
		FROM work_items AS w
		WHERE w.status_id = due.id AND w.tenant_id = tenant) AS x
$$;
COMMENT ON FUNCTION etl_due_items IS
	'Work items that are, or were, in a status of app.due_statuses: its '
	'category counts otherwise now';

-- The same for tables with few columns: said are the columns that an answer
-- names, names those that one may leave out.
CREATE FUNCTION etl_takes(said TEXT[], name TEXT, is_newer BOOLEAN, ages JSONB,
	age TEXT)
RETURNS BOOLEAN
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT name = ANY (said) AND (is_newer OR COALESCE(ages ? name
		AND COALESCE(ages->>name COLLATE "C" < age, true), false))
$$;
COMMENT ON FUNCTION etl_takes IS
	'Whether a column is taken from an answer: a newer one gives what it '
	'names, an older one what no newer one has named';

CREATE FUNCTION etl_ages(said TEXT[], names TEXT[], is_newer BOOLEAN,
	ages JSONB, before TEXT, age TEXT)
RETURNS JSONB
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT CASE WHEN is_newer THEN (
		SELECT jsonb_object_agg(n.name, CASE WHEN ages ? n.name
			THEN ages->n.name ELSE to_jsonb(before) END)
		FROM unnest(names) AS n (name)
		WHERE n.name <> ALL (said))
	ELSE ages || COALESCE((
		SELECT jsonb_object_agg(n.name, age)
		FROM unnest(names) AS n (name)
		WHERE etl_takes(said, n.name, false, ages, age)), '{}')
	END
$$;
COMMENT ON FUNCTION etl_ages IS
	'column_ages of a row once the answer is taken; before: the row''s age';

-- Projects of a batch, and types of work items: in a project, or by themselves
-- (/issuetype, createmeta/KEY/issuetypes), where scope or extraction_metadata
-- may name the project.
CREATE FUNCTION etl_project_path(answer JSONB) RETURNS JSONPATH
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT CASE jsonb_typeof(answer)
	WHEN 'array' THEN 'strict $[*]'::jsonpath
	WHEN 'object' THEN CASE
		WHEN jsonb_typeof(answer->'values') = 'array'
			THEN 'strict $.values[*]'::jsonpath
		WHEN jsonb_typeof(answer->'projects') = 'array'
			THEN 'strict $.projects[*]'::jsonpath
		WHEN answer ? 'id' AND (answer ? 'key' OR answer ? 'subtask')
			THEN 'strict $'::jsonpath
		WHEN jsonb_typeof(answer->'issueTypes') = 'array'
			THEN 'strict $.issueTypes[*]'::jsonpath END
	END
$$;
CREATE FUNCTION etl_projects(tenant BIGINT, integration BIGINT, batch BIGINT)
RETURNS TABLE (index BIGINT, value JSONB, stored_at TIMESTAMP, is_type BOOLEAN,
	project_id TEXT, project_key TEXT)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT x.index, x.value, x.stored_at, x.is_type,
		CASE WHEN x.is_type THEN COALESCE(
			etl_id(x.value#>'{scope,project,id}'),
			etl_id(x.meta->'project_id'),
			etl_id(x.meta->'projectId'))
			ELSE etl_id(x.value->'id') END,
		CASE WHEN x.is_type THEN COALESCE(
			etl_id(x.value#>'{scope,project,key}'),
			etl_id(x.meta->'project_key'),
			etl_id(x.meta->'projectKey'))
			ELSE etl_id(x.value->'key') END
	FROM (
		SELECT i.place - 1 AS index, i.value, r.stored_at, r.meta,
			COALESCE(NOT i.value ? 'key' AND (r.is_types
				OR i.value ? 'subtask'
				OR i.value ? 'hierarchyLevel'), false)
				AS is_type
		FROM (
			SELECT d.raw_data #> '{}' AS raw_data,
				d.created_at AS stored_at,
				d.extraction_metadata AS meta, d.entity_type
				= 'jira_issue_types_batch' AS is_types
			FROM raw_extraction_data AS d
			WHERE d.tenant_id = tenant
				AND d.integration_id = integration
				AND d.id = batch
			OFFSET 0) AS r
		CROSS JOIN jsonb_path_query(r.raw_data,
			etl_project_path(r.raw_data))
			WITH ORDINALITY AS i (value, place)
		WHERE i.place <= COALESCE(NULLIF(current_setting('app.items',
			true), '')::bigint, i.place)
		OFFSET 0) AS x
	OFFSET 0
$$;
CREATE FUNCTION etl_wits(tenant BIGINT, integration BIGINT, batch BIGINT)
RETURNS TABLE (index BIGINT, value JSONB, stored_at TIMESTAMP,
	external_id TEXT, project_id TEXT, project_key TEXT)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT i.index, w.value, i.stored_at, etl_id(w.value->'id'),
		i.project_id, i.project_key
	FROM etl_projects(tenant, integration, batch) AS i
	CROSS JOIN LATERAL (
		SELECT i.value
		WHERE i.is_type
		UNION ALL
		SELECT x.value
		FROM jsonb_path_query(i.value,
			etl_path(i.value, '{issueTypes,issuetypes}'))
			AS x (value)
		WHERE NOT i.is_type AND i.project_id IS NOT NULL
			AND i.project_key IS NOT NULL) AS w
	OFFSET 0
$$;
COMMENT ON FUNCTION etl_project_path IS
	'The way to the projects or types of an answer';
COMMENT ON FUNCTION etl_projects IS
	'The projects of a stored batch; is_type: it is a type of work items '
	'instead, of this project if one is named';
COMMENT ON FUNCTION etl_wits IS
	'The types of work items of a stored batch, each with its project';

-- Statuses of a batch: the flat list of /status or statuses/search, or per
-- project, in statuses or issueTypes[].statuses, where extraction_metadata may
-- name the project that the answer does not (project/KEY/statuses).
CREATE FUNCTION etl_status_path(answer JSONB) RETURNS JSONPATH
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT CASE jsonb_typeof(answer)
	WHEN 'array' THEN 'strict $[*]'::jsonpath
	WHEN 'object' THEN CASE
		WHEN jsonb_typeof(answer->'values') = 'array'
			THEN 'strict $.values[*]'::jsonpath
		WHEN jsonb_typeof(answer->'statuses') = 'array' AND NOT
			(answer ?| '{projectId,project_id,projectKey,project_key}')
			THEN 'strict $.statuses[*]'::jsonpath
		WHEN answer ? 'statuses' OR answer ? 'issueTypes'
			OR (answer ? 'id' AND answer ? 'statusCategory')
			THEN 'strict $'::jsonpath END
	END
$$;
CREATE FUNCTION etl_status_holders(tenant BIGINT, integration BIGINT,
	batch BIGINT)
RETURNS TABLE (index BIGINT, value JSONB, stored_at TIMESTAMP, project_id TEXT,
	project_key TEXT)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT i.place - 1, i.value, r.stored_at,
		CASE WHEN n.id IS NULL AND n.key IS NULL THEN COALESCE(
			etl_id(r.meta->'project_id'),
			etl_id(r.meta->'projectId')) ELSE n.id END,
		CASE WHEN n.id IS NULL AND n.key IS NULL THEN COALESCE(
			etl_id(r.meta->'project_key'),
			etl_id(r.meta->'projectKey')) ELSE n.key END
	FROM (
		SELECT d.raw_data #> '{}' AS raw_data,
			d.created_at AS stored_at, d.extraction_metadata AS meta
		FROM raw_extraction_data AS d
		WHERE d.tenant_id = tenant AND d.integration_id = integration
			AND d.id = batch
		OFFSET 0) AS r
	CROSS JOIN jsonb_path_query(r.raw_data, etl_status_path(r.raw_data))
		WITH ORDINALITY AS i (value, place)
	CROSS JOIN LATERAL (
		SELECT COALESCE(etl_id(i.value->'projectId'),
				etl_id(i.value->'project_id'),
				etl_id(i.value#>'{scope,project,id}')) AS id,
			COALESCE(etl_id(i.value->'projectKey'),
				etl_id(i.value->'project_key')) AS key) AS n
	WHERE i.place <= COALESCE(NULLIF(current_setting('app.items', true),
		'')::bigint, i.place)
	OFFSET 0
$$;
CREATE FUNCTION etl_statuses_in(value JSONB) RETURNS TABLE (status JSONB)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT x.found
	FROM jsonb_path_query(value, '$.**.statuses[*] ? (!exists (@.statuses))')
		AS x (found)
	UNION ALL
	SELECT value
	WHERE jsonb_typeof(value) = 'object'
		AND NOT jsonb_path_exists(value, '$.**.statuses')
$$;
COMMENT ON FUNCTION etl_status_path IS
	'The way to the statuses of an answer, or to what holds them';
COMMENT ON FUNCTION etl_status_holders IS
	'The items of a batch of statuses, each with the project that it or '
	'extraction_metadata names';
COMMENT ON FUNCTION etl_statuses_in IS
	'The statuses of such an item; one may be found several times';

-- The id decides; a key that was used again belongs to the newest project.
CREATE FUNCTION etl_project_of(tenant BIGINT, integration BIGINT, wanted_id TEXT,
	wanted_key TEXT)
RETURNS TABLE (project_id BIGINT)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1 AS $$
	SELECT f.id
	FROM (
		SELECT p.id, p.active, p.last_updated_at
		FROM projects AS p
		WHERE p.tenant_id = tenant AND p.integration_id = integration
			AND p.external_id = wanted_id
		UNION ALL
		SELECT p.id, p.active, p.last_updated_at
		FROM projects AS p
		WHERE wanted_id IS NULL AND p.tenant_id = tenant
			AND p.integration_id = integration AND p.key = wanted_key
	) AS f
	ORDER BY f.active DESC, f.last_updated_at DESC NULLS LAST, f.id DESC
	LIMIT 1
$$;
COMMENT ON FUNCTION etl_project_of IS
	'The project of an integration that has this id, or else this key';

-- A census of issues: {"issues":[{"id":…}]}, {"ids":[…]} or an array. Which
-- project, census and page it is the answer says, or extraction_metadata does:
-- project_id or project_key, census, page (from 1) and last. An answer that
-- names no page and no next one is a census by itself, if it has all that its
-- total says; a page of a search has its place from startAt and maxResults.
CREATE FUNCTION etl_census_marks(answer JSONB, meta JSONB, batch BIGINT)
RETURNS TABLE (census TEXT, page INTEGER, is_last BOOLEAN, project_id TEXT,
	project_key TEXT)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT COALESCE(etl_name(m.own->'census'), etl_name(m.meta->'census'),
			batch::text),
		GREATEST(COALESCE(m.page, CASE WHEN m.start > 0 THEN
			(m.start - 1) / GREATEST(m.size, 1) + 2 END, 1), 1),
		(m.total > m.start + m.given) IS NOT TRUE AND
		COALESCE(CASE WHEN jsonb_typeof(m.own->'last') = 'boolean'
			THEN (m.own->'last')::boolean END,
			CASE WHEN jsonb_typeof(m.meta->'last') = 'boolean'
			THEN (m.meta->'last')::boolean END,
			CASE WHEN jsonb_typeof(m.own->'isLast') = 'boolean'
			THEN (m.own->'isLast')::boolean END,
			m.page IS NULL AND etl_is_blank(m.own->'nextPageToken')),
		COALESCE(etl_id(m.own->'project_id'),
			etl_id(m.own->'projectId'), etl_id(m.own#>'{project,id}'),
			etl_id(m.meta->'project_id'),
			etl_id(m.meta->'projectId')),
		COALESCE(etl_id(m.own->'project_key'),
			etl_id(m.own->'projectKey'),
			etl_id(m.own#>'{project,key}'),
			etl_id(m.meta->'project_key'),
			etl_id(m.meta->'projectKey'))
	FROM (
		SELECT o.own, o.meta, COALESCE(etl_integer(o.own->>'page'),
			etl_integer(o.meta->>'page')) AS page,
			etl_integer(o.own->>'total') AS total,
			etl_integer(o.own->>'maxResults') AS size,
			COALESCE(etl_integer(o.own->>'startAt'), 0) AS start,
			CASE WHEN jsonb_typeof(o.own->'issues') = 'array'
			THEN jsonb_array_length(o.own->'issues')
			WHEN jsonb_typeof(o.own->'ids') = 'array'
			THEN jsonb_array_length(o.own->'ids') END AS given
		FROM (
			SELECT CASE WHEN jsonb_typeof(answer) = 'object'
				THEN answer ELSE '{}' END AS own,
				CASE WHEN jsonb_typeof(etl_census_marks.meta)
				= 'object' THEN etl_census_marks.meta
				ELSE '{}' END AS meta) AS o) AS m
$$;
COMMENT ON FUNCTION etl_census_marks IS
	'Which page of which census an answer is, and of which project';
