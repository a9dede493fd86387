-- What was loaded, for people who read it by SQL: the schema report with its
-- views, a role that may read them and nothing else, and a table that says which
-- tenant a login belongs to.
--
-- A reader's tenant hangs on its login. session_user is what no statement of a
-- session can change; app.tenant_id, which anybody may set, is for the service.
-- The permissive policies let a reader in, and the restrictive ones refuse what
-- the service's own policy would let through when a reader sets app.tenant_id.

DO $$
BEGIN
	IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'pulse_etl_reader') THEN
		BEGIN
			CREATE ROLE pulse_etl_reader NOLOGIN;
		EXCEPTION WHEN duplicate_object OR unique_violation THEN
			NULL; -- another database's migration was faster
		END;
	END IF;
	IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'pulse_etl_reader'
	    AND (rolsuper OR rolbypassrls)) THEN
		RAISE EXCEPTION 'the role pulse_etl_reader may not be a'
			' superuser or bypass row-level security';
	END IF;
END
$$;

CREATE SCHEMA report;
COMMENT ON SCHEMA report IS 'Views of what was loaded; docs/reports.md';
GRANT USAGE ON SCHEMA report TO pulse_etl_reader, pulse_etl_service;
DO $$
BEGIN
	IF NOT has_schema_privilege('pulse_etl_reader', 'public', 'USAGE') THEN
		GRANT USAGE ON SCHEMA public TO pulse_etl_reader;
	END IF;
	IF current_user <> 'pulse_etl_owner' THEN
		ALTER SCHEMA report OWNER TO pulse_etl_owner;
	END IF;
END
$$;

CREATE TABLE report.logins (
	login NAME PRIMARY KEY,
	tenant_id INTEGER NOT NULL
		CONSTRAINT fk_logins_tenant_id REFERENCES tenants (id),
	created_at TIMESTAMP NOT NULL DEFAULT NOW()
);
COMMENT ON TABLE report.logins IS
	'Which tenant''s rows a login sees in this schema: pulse-etl report grant';

CREATE FUNCTION report.reader_tenant() RETURNS INTEGER
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog
AS $$
	SELECT tenant_id FROM report.logins WHERE login = session_user
$$;
COMMENT ON FUNCTION report.reader_tenant IS
	'The tenant of who is logged in; NULL: it is no reader';
REVOKE ALL ON FUNCTION report.reader_tenant FROM PUBLIC;
GRANT EXECUTE ON FUNCTION report.reader_tenant
	TO pulse_etl_reader, pulse_etl_owner;

-- Let a login read a tenant's rows; pulse-etl report grant calls it. A login
-- that could read past the views is refused: what it has beside this role would
-- be read with app.tenant_id, which it may set.
CREATE FUNCTION report.admit(login NAME, tenant INTEGER,
	verifier TEXT DEFAULT NULL) RETURNS VOID
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
	known pg_roles;
	other text;
BEGIN
	IF NOT EXISTS (SELECT FROM public.tenants AS t
	    WHERE t.id = tenant AND t.active) THEN
		RAISE EXCEPTION 'there is no active tenant %', tenant
			USING ERRCODE = 'no_data_found';
	END IF;
	SELECT * INTO known FROM pg_roles AS r WHERE r.rolname = login;
	IF NOT FOUND THEN
		EXECUTE format('CREATE ROLE %I LOGIN', login);
	ELSIF NOT known.rolcanlogin OR known.rolsuper OR known.rolbypassrls
	    OR known.rolcreaterole OR known.rolreplication THEN
		RAISE EXCEPTION 'the role % cannot be a reader: it %', login,
			CASE WHEN NOT known.rolcanlogin THEN 'may not log in'
			WHEN known.rolsuper THEN 'is a superuser'
			WHEN known.rolbypassrls THEN 'bypasses row security'
			WHEN known.rolcreaterole THEN 'may make roles'
			ELSE 'may replicate' END
			USING ERRCODE = 'invalid_grant_operation';
	END IF;
	SELECT g.rolname INTO other FROM pg_auth_members AS m
	JOIN pg_roles AS r ON r.oid = m.member
	JOIN pg_roles AS g ON g.oid = m.roleid
	WHERE r.rolname = login AND g.rolname <> 'pulse_etl_reader' LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'the role % cannot be a reader: it is a member'
			' of %', login, other
			USING ERRCODE = 'invalid_grant_operation';
	END IF;
	IF NOT pg_has_role(login, 'pulse_etl_reader', 'MEMBER') THEN
		EXECUTE format('GRANT pulse_etl_reader TO %I', login);
	END IF;
	SELECT c.relname INTO other FROM pg_shdepend AS d
	JOIN pg_roles AS r ON r.oid = d.refobjid
	JOIN pg_class AS c ON c.oid = d.objid
	WHERE d.refclassid = 'pg_authid'::regclass
	AND d.classid = 'pg_class'::regclass
	AND d.dbid = (SELECT oid FROM pg_database
		WHERE datname = current_database())
	AND c.relnamespace IN ('public'::regnamespace, 'report'::regnamespace)
	AND r.rolname = login LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'the role % cannot be a reader: it has rights'
			' of its own on %', login, other
			USING ERRCODE = 'invalid_grant_operation';
	END IF;
	EXECUTE format('ALTER ROLE %I IN DATABASE %I SET'
		' default_transaction_read_only = on', login, current_database());
	EXECUTE format('ALTER ROLE %I IN DATABASE %I SET'
		' statement_timeout = %L', login, current_database(), '60s');
	EXECUTE format('ALTER ROLE %I IN DATABASE %I SET work_mem = %L', login,
		current_database(), '64MB');
	EXECUTE format('ALTER ROLE %I IN DATABASE %I SET jit = off', login,
		current_database());
	IF verifier IS NOT NULL THEN
		IF verifier !~ '^(SCRAM-SHA-256[$]|md5[0-9a-f]{32}$)' THEN
			RAISE EXCEPTION 'the verifier is not one of PostgreSQL'
				USING ERRCODE = 'invalid_password';
		END IF;
		EXECUTE format('ALTER ROLE %I PASSWORD %L', login, verifier);
	END IF;
	INSERT INTO report.logins AS l (login, tenant_id)
	VALUES (admit.login, tenant)
	ON CONFLICT ON CONSTRAINT logins_pkey
	DO UPDATE SET tenant_id = EXCLUDED.tenant_id;
END
$$;
COMMENT ON FUNCTION report.admit IS
	'Lets a login read a tenant''s rows; the verifier is that of its password';

-- Let a login read nothing any more, from its next statement on. The role stays:
-- it may be a reader of another database.
CREATE FUNCTION report.dismiss(login NAME) RETURNS BOOLEAN
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
	DELETE FROM report.logins AS l WHERE l.login = dismiss.login;
	RETURN FOUND;
END
$$;
COMMENT ON FUNCTION report.dismiss IS
	'Lets a login read nothing any more; false: it was no reader';
REVOKE ALL ON FUNCTION report.admit, report.dismiss FROM PUBLIC;

-- What a reader may see of the tables; nothing of tokens, secrets, payloads.
DO $$
DECLARE
	readable record;
BEGIN
	FOR readable IN SELECT * FROM (VALUES
		('projects', NULL), ('workflows', NULL),
		('statuses_mappings', NULL), ('statuses', NULL),
		('wits_mappings', NULL), ('wits', NULL),
		('work_items', NULL), ('changelogs', NULL),
		('repositories', NULL), ('prs', NULL),
		('prs_commits', 'tenant_id, pr_id, authored_date, active'),
		('integrations', 'id, tenant_id, provider, type, active'),
		('raw_extraction_data', 'id, tenant_id, integration_id,'
			' entity_type, processing_status, created_at,'
			' processed_at, queued_at, claimed_at, active')
	) AS list (name, columns)
	LOOP
		EXECUTE format('GRANT SELECT %s ON %I TO pulse_etl_reader',
			'(' || readable.columns || ')', readable.name);
		EXECUTE format('CREATE POLICY reader_sees ON %I FOR SELECT TO'
			' pulse_etl_reader USING (tenant_id ='
			' (SELECT report.reader_tenant()))', readable.name);
		EXECUTE format('CREATE POLICY reader_isolation ON %I AS'
			' RESTRICTIVE TO pulse_etl_reader USING (tenant_id ='
			' (SELECT report.reader_tenant()))', readable.name);
	END LOOP;
END
$$;

-- When an item was completed for good: it is done now. A lead time is only there
-- then; a history that is not known has a completion only then.
CREATE FUNCTION report.completed_at(lead DOUBLE PRECISION, is_known BOOLEAN,
	last_completed TIMESTAMP) RETURNS TIMESTAMP
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT CASE WHEN lead IS NOT NULL OR is_known IS NOT TRUE
		THEN last_completed END
$$;
COMMENT ON FUNCTION report.completed_at IS
	'The last completion of an item that is done now; NULL: it is not';

CREATE INDEX idx_work_items_flow ON work_items (tenant_id, project_id)
	INCLUDE (created, work_first_started_at, work_last_completed_at,
		total_cycle_time_seconds, total_lead_time_seconds,
		history_complete)
	WHERE active;
CREATE INDEX idx_prs_merged ON prs (tenant_id, merged_at) WHERE active;

CREATE VIEW report.statuses WITH (security_invoker = true) AS
SELECT s.tenant_id, s.id, s.integration_id, s.original_name AS name,
	CASE COALESCE(public.etl_kind(m.status_category), public.etl_kind(s.category))
		WHEN 't' THEN 'To Do' WHEN 'p' THEN 'In Progress'
		WHEN 'd' THEN 'Done' END AS category,
	m.status_to AS mapped_name, f.step_name AS workflow_step
FROM public.statuses AS s
LEFT JOIN public.statuses_mappings AS m ON m.tenant_id = s.tenant_id
	AND m.id = s.status_mapping_id AND m.active
LEFT JOIN public.workflows AS f ON f.tenant_id = s.tenant_id
	AND f.id = m.workflow_id AND f.active;

CREATE VIEW report.work_items WITH (security_invoker = true) AS
SELECT w.tenant_id, w.id, w.integration_id, w.external_id, w.key, w.project_id,
	p.key AS project_key, p.name AS project_name,
	COALESCE(tm.wit_to, t.original_name) AS type,
	t.original_name AS source_type, s.name AS status,
	s.category AS status_category, s.workflow_step, w.summary, w.resolution,
	w.assignee, w.labels, w.priority, w.team, w.story_points,
	w.parent_external_id, w.created, w.updated, w.resolution_date,
	w.work_first_committed_at, w.work_first_started_at,
	w.work_last_started_at, w.work_first_completed_at,
	w.work_last_completed_at,
	report.completed_at(w.total_lead_time_seconds, w.history_complete,
		w.work_last_completed_at) AS completed_at,
	w.total_work_starts, w.total_completions, w.total_backlog_returns,
	w.total_work_time_seconds, w.total_review_time_seconds,
	w.total_cycle_time_seconds, w.total_lead_time_seconds,
	w.workflow_complexity_score, w.rework_indicator, w.direct_completion,
	w.history_complete
FROM public.work_items AS w
LEFT JOIN public.projects AS p ON p.tenant_id = w.tenant_id
	AND p.id = w.project_id
LEFT JOIN public.wits AS t ON t.tenant_id = w.tenant_id AND t.id = w.wit_id
LEFT JOIN public.wits_mappings AS tm ON tm.tenant_id = w.tenant_id
	AND tm.id = t.wits_mapping_id AND tm.active
LEFT JOIN report.statuses AS s ON s.tenant_id = w.tenant_id
	AND s.id = w.status_id
WHERE w.active;

CREATE VIEW report.status_changes WITH (security_invoker = true) AS
SELECT c.tenant_id, c.id, c.work_item_id, w.key AS work_item_key, w.project_id,
	a.name AS from_status, a.category AS from_category,
	b.name AS to_status, b.category AS to_category,
	c.transition_start_date AS started_at,
	c.transition_change_date AS changed_at, c.time_in_status_seconds,
	c.changed_by
FROM public.changelogs AS c
JOIN public.work_items AS w ON w.tenant_id = c.tenant_id
	AND w.id = c.work_item_id AND w.active
LEFT JOIN report.statuses AS a ON a.tenant_id = c.tenant_id
	AND a.id = c.from_status_id
LEFT JOIN report.statuses AS b ON b.tenant_id = c.tenant_id
	AND b.id = c.to_status_id
WHERE c.active;

-- Days without an event are there from a project's first event on, ten years
-- back at most; older ones only where something happened.
CREATE VIEW report.flow_daily WITH (security_invoker = true) AS
WITH event AS MATERIALIZED (
	SELECT tenant_id, project_id, created::date AS day,
		count(*)::integer AS arrivals, 0 AS starts, 0 AS throughput,
		0 AS change
	FROM public.work_items
	WHERE active AND created IS NOT NULL
	GROUP BY 1, 2, 3
	UNION ALL
	SELECT tenant_id, project_id, work_first_started_at::date, 0,
		count(*)::integer, 0, count(*)::integer
	FROM public.work_items
	WHERE active AND work_first_started_at IS NOT NULL
	GROUP BY 1, 2, 3
	UNION ALL
	SELECT tenant_id, project_id, work_last_completed_at::date, 0, 0,
		count(*)::integer, -count(work_first_started_at)::integer
	FROM public.work_items
	WHERE active AND report.completed_at(total_lead_time_seconds,
		history_complete, work_last_completed_at) IS NOT NULL
	GROUP BY 1, 2, 3
), filled AS (
	SELECT * FROM event
	UNION ALL
	SELECT b.tenant_id, b.project_id, d::date, 0, 0, 0, 0
	FROM (SELECT tenant_id, project_id, min(day) AS first FROM event
		GROUP BY 1, 2) AS b
	CROSS JOIN generate_series(GREATEST(b.first, CURRENT_DATE - 3653)::timestamp,
		CURRENT_DATE::timestamp, interval '1 day') AS d
)
SELECT f.tenant_id, f.day, f.project_id, p.key AS project_key, f.arrivals,
	f.starts, f.throughput, f.work_in_progress
FROM (
	SELECT tenant_id, project_id, day, sum(arrivals) AS arrivals,
		sum(starts) AS starts, sum(throughput) AS throughput,
		sum(sum(change)::integer) OVER (
			PARTITION BY tenant_id, project_id ORDER BY day)
			AS work_in_progress
	FROM filled
	WHERE day <= CURRENT_DATE
	GROUP BY tenant_id, project_id, day) AS f
LEFT JOIN public.projects AS p ON p.tenant_id = f.tenant_id
	AND p.id = f.project_id;

CREATE VIEW report.cycle_times WITH (security_invoker = true) AS
SELECT w.tenant_id, date_trunc('week', w.work_last_completed_at)::date AS week,
	w.project_id, p.key AS project_key, count(*) AS items,
	count(w.total_cycle_time_seconds) AS items_with_cycle_time,
	percentile_cont(0.5) WITHIN GROUP (ORDER BY w.total_cycle_time_seconds)
		AS cycle_time_p50_seconds,
	percentile_cont(0.85) WITHIN GROUP (ORDER BY w.total_cycle_time_seconds)
		AS cycle_time_p85_seconds,
	percentile_cont(0.5) WITHIN GROUP (ORDER BY w.total_lead_time_seconds)
		AS lead_time_p50_seconds,
	percentile_cont(0.85) WITHIN GROUP (ORDER BY w.total_lead_time_seconds)
		AS lead_time_p85_seconds
FROM public.work_items AS w
LEFT JOIN public.projects AS p ON p.tenant_id = w.tenant_id
	AND p.id = w.project_id
WHERE w.active AND report.completed_at(w.total_lead_time_seconds,
	w.history_complete, w.work_last_completed_at) IS NOT NULL
GROUP BY 1, 2, 3, 4;

CREATE VIEW report.pull_requests WITH (security_invoker = true) AS
SELECT r.tenant_id, r.id, r.integration_id, r.external_id, r.repository_id,
	o.full_name AS repository, r.number, r.name AS title,
	r.user_name AS author, r.status, r.source AS source_branch,
	r.destination AS target_branch, r.url, w.key AS work_item_key,
	r.pr_created_at AS created, r.pr_updated_at AS updated,
	r.first_review_at, r.merged_at, r.closed_at, r.merged_by,
	EXTRACT(EPOCH FROM r.first_review_at - r.pr_created_at)::float8
		AS pickup_seconds,
	EXTRACT(EPOCH FROM r.merged_at - r.first_review_at)::float8
		AS review_seconds,
	EXTRACT(EPOCH FROM r.merged_at - r.pr_created_at)::float8
		AS merge_seconds,
	r.commit_count, r.additions, r.deletions, r.changed_files, r.reviewers,
	r.review_cycles, r.rework_commit_count, r.discussion_comment_count,
	r.review_comment_count, r.parts_complete
FROM public.prs AS r
LEFT JOIN public.repositories AS o ON o.tenant_id = r.tenant_id
	AND o.id = r.repository_id
LEFT JOIN public.work_items AS w ON w.tenant_id = r.tenant_id
	AND w.id = r.work_item_id
WHERE r.active;

CREATE VIEW report.pr_times WITH (security_invoker = true) AS
SELECT r.tenant_id, date_trunc('week', r.merged_at)::date AS week, r.repository_id,
	o.full_name AS repository, count(*) AS merged,
	count(r.first_review_at) AS reviewed,
	percentile_cont(0.5) WITHIN GROUP (ORDER BY
		EXTRACT(EPOCH FROM r.first_review_at - r.pr_created_at)::float8)
		AS pickup_p50_seconds,
	percentile_cont(0.85) WITHIN GROUP (ORDER BY
		EXTRACT(EPOCH FROM r.first_review_at - r.pr_created_at)::float8)
		AS pickup_p85_seconds,
	percentile_cont(0.5) WITHIN GROUP (ORDER BY
		EXTRACT(EPOCH FROM r.merged_at - r.first_review_at)::float8)
		AS review_p50_seconds,
	percentile_cont(0.85) WITHIN GROUP (ORDER BY
		EXTRACT(EPOCH FROM r.merged_at - r.first_review_at)::float8)
		AS review_p85_seconds,
	percentile_cont(0.5) WITHIN GROUP (ORDER BY
		EXTRACT(EPOCH FROM r.merged_at - r.pr_created_at)::float8)
		AS merge_p50_seconds,
	percentile_cont(0.85) WITHIN GROUP (ORDER BY
		EXTRACT(EPOCH FROM r.merged_at - r.pr_created_at)::float8)
		AS merge_p85_seconds
FROM public.prs AS r
LEFT JOIN public.repositories AS o ON o.tenant_id = r.tenant_id
	AND o.id = r.repository_id
WHERE r.active AND r.merged_at IS NOT NULL
GROUP BY 1, 2, 3, 4;

-- No source tells deployments yet: a merge into the default branch stands for
-- one. A pull request named Revert "X" mends the newest merge before it that is
-- named X; docs/reports.md says what makes that wrong.
CREATE VIEW report.deployments WITH (security_invoker = true) AS
WITH merged AS (
	SELECT r.id, r.tenant_id, r.repository_id, o.full_name, r.number, r.name,
		r.merged_at
	FROM public.prs AS r
	JOIN public.repositories AS o ON o.tenant_id = r.tenant_id
		AND o.id = r.repository_id AND o.default_branch = r.destination
	WHERE r.active AND r.merged_at IS NOT NULL
), mended AS (
	SELECT id, min(mended_at) AS mended_at
	FROM (
		SELECT DISTINCT ON (x.id) r.id, x.merged_at AS mended_at
		FROM merged AS x
		JOIN merged AS r ON r.tenant_id = x.tenant_id
			AND r.repository_id = x.repository_id
			AND r.name = substring(x.name from '^Revert "(.*)"$')
			AND r.merged_at < x.merged_at
		WHERE x.name LIKE 'Revert "%"'
		ORDER BY x.id, r.merged_at DESC) AS each
	GROUP BY id
)
SELECT d.tenant_id, d.id AS pull_request_id, d.repository_id,
	d.full_name AS repository,
	d.number, d.name AS title, d.merged_at AS deployed_at,
	(SELECT min(c.authored_date) FROM public.prs_commits AS c
		WHERE c.tenant_id = d.tenant_id AND c.pr_id = d.id AND c.active)
		AS first_commit_at,
	mended.mended_at AS reverted_at
FROM merged AS d
LEFT JOIN mended ON mended.id = d.id;

CREATE VIEW report.dora_weekly WITH (security_invoker = true) AS
SELECT tenant_id, date_trunc('week', deployed_at)::date AS week, repository_id,
	repository, count(*) AS deployments, count(reverted_at) AS failures,
	count(reverted_at)::float8 / count(*) AS change_failure_rate,
	percentile_cont(0.5) WITHIN GROUP (ORDER BY
		EXTRACT(EPOCH FROM deployed_at - first_commit_at)::float8)
		AS lead_time_p50_seconds,
	percentile_cont(0.5) WITHIN GROUP (ORDER BY
		EXTRACT(EPOCH FROM reverted_at - deployed_at)::float8)
		AS time_to_restore_p50_seconds
FROM report.deployments
GROUP BY 1, 2, 3, 4;

CREATE VIEW report.etl_health WITH (security_invoker = true) AS
SELECT i.tenant_id, i.id AS integration_id, i.provider AS integration, i.type,
	COALESCE(b.pending, 0) AS pending, COALESCE(b.processing, 0) AS processing,
	COALESCE(b.failed, 0) AS failed, b.oldest_pending_at,
	(SELECT n.created_at FROM public.raw_extraction_data AS n
		WHERE n.tenant_id = i.tenant_id AND n.integration_id = i.id
		ORDER BY n.created_at DESC LIMIT 1) AS newest_batch_at
FROM public.integrations AS i
LEFT JOIN (
	SELECT tenant_id, integration_id,
		count(*) FILTER (WHERE processing_status = 'pending') AS pending,
		count(*) FILTER (WHERE processing_status = 'processing')
			AS processing,
		count(*) FILTER (WHERE processing_status = 'failed') AS failed,
		min(created_at) FILTER (WHERE processing_status = 'pending')
			AS oldest_pending_at
	FROM public.raw_extraction_data
	WHERE active
		AND processing_status IN ('pending', 'processing', 'failed')
	GROUP BY 1, 2) AS b
	ON b.tenant_id = i.tenant_id AND b.integration_id = i.id
WHERE i.active;

-- What each view and column is: one text for all of a name.
DO $$
DECLARE
	shown record;
	told text;
	texts constant jsonb := '{
		"tenant_id": "The tenant that the row is of",
		"id": "Of this row, within this database",
		"integration_id": "The account of a source that it came from",
		"integration": "The name of the account",
		"external_id": "The id that the source gives it",
		"key": "The key that the source gives it, as ABC-1",
		"name": "The name that the source gives it",
		"type": "The type, as mapped; of an integration: data_source, ai, ...",
		"source_type": "The type, as the source names it",
		"category": "To Do, In Progress or Done; NULL: unknown",
		"mapped_name": "The name that its mapping gives it",
		"workflow_step": "The step of its mapping",
		"project_id": "The project, within this database",
		"project_key": "The project''s key",
		"project_name": "The project''s name",
		"status": "The status, as the source names it",
		"status_category": "To Do, In Progress or Done, by mapping, else by source; NULL: unknown",
		"summary": "The title",
		"title": "The title",
		"resolution": "How it was resolved, by name",
		"assignee": "Who it is assigned to",
		"labels": "Labels, with a comma in between",
		"priority": "The priority, by name",
		"team": "The team, of the mapped custom field",
		"story_points": "The estimate",
		"parent_external_id": "The external_id of its parent; a key while the parent is unknown",
		"created": "When it was made at the source (UTC)",
		"updated": "When it was last changed at the source (UTC)",
		"resolution_date": "When the source resolved it (UTC)",
		"work_first_committed_at": "When the team committed to it (UTC)",
		"work_first_started_at": "First entry into In Progress (UTC)",
		"work_last_started_at": "Last entry into In Progress (UTC)",
		"work_first_completed_at": "First entry into Done (UTC)",
		"work_last_completed_at": "Last entry into Done (UTC), whatever came after",
		"completed_at": "Last completion (UTC) of what is done now; NULL: it is not done",
		"total_work_starts": "Entries into In Progress",
		"total_completions": "Entries into Done",
		"total_backlog_returns": "Returns to To Do",
		"total_work_time_seconds": "Time in statuses that are In Progress",
		"total_review_time_seconds": "The part of it in review steps",
		"total_cycle_time_seconds": "From the first start to the last completion",
		"total_lead_time_seconds": "From commitment to the last completion",
		"workflow_complexity_score": "2 for each return, 1 for each completion after the first",
		"rework_indicator": "Started more than once",
		"direct_completion": "Completed once without a start",
		"history_complete": "True: all changes of status are known; the metrics are NULL else",
		"work_item_id": "The work item, within this database",
		"work_item_key": "The work item''s key",
		"from_status": "The status before",
		"from_category": "Its category; NULL: unknown",
		"to_status": "The status after",
		"to_category": "Its category; NULL: unknown",
		"started_at": "When the status before began (UTC)",
		"changed_at": "When the status changed (UTC)",
		"time_in_status_seconds": "How long the status before lasted",
		"changed_by": "Who changed it",
		"day": "The day (UTC)",
		"week": "The Monday that the week begins with (UTC)",
		"arrivals": "Work items made on the day",
		"starts": "Work items started for the first time on the day",
		"throughput": "Work items completed on the day, and still done",
		"work_in_progress": "Started and not completed at the end of the day",
		"items": "Work items completed in the week, and still done",
		"items_with_cycle_time": "Those whose cycle time is known",
		"cycle_time_p50_seconds": "Median cycle time",
		"cycle_time_p85_seconds": "85 of 100 had a cycle time up to this",
		"lead_time_p50_seconds": "Median; of dora_weekly: from the first commit to the merge",
		"lead_time_p85_seconds": "85 of 100 had a lead time up to this",
		"repository_id": "The repository, within this database",
		"repository": "The repository, as OWNER/NAME",
		"number": "The pull request''s number",
		"author": "The login of who opened it",
		"source_branch": "The branch that it comes from",
		"target_branch": "The branch that it goes to",
		"url": "Its page at the source",
		"first_review_at": "First review by somebody else (UTC)",
		"merged_at": "When it was merged (UTC)",
		"closed_at": "When it was closed (UTC)",
		"merged_by": "The login of who merged it",
		"pickup_seconds": "From its opening to the first review",
		"review_seconds": "From the first review to the merge; below 0: reviewed afterwards",
		"merge_seconds": "From its opening to the merge",
		"commit_count": "Commits",
		"additions": "Lines added",
		"deletions": "Lines deleted",
		"changed_files": "Files changed",
		"reviewers": "Different people who reviewed it",
		"review_cycles": "Approvals and requests for changes",
		"rework_commit_count": "Commits made after the first review",
		"discussion_comment_count": "Comments on the pull request",
		"review_comment_count": "Comments on its lines",
		"parts_complete": "True: all commits, reviews and comments are known",
		"merged": "Pull requests merged in the week",
		"reviewed": "Those of them with a review",
		"pickup_p50_seconds": "Median of pickup_seconds",
		"pickup_p85_seconds": "85 of 100 had pickup_seconds up to this",
		"review_p50_seconds": "Median of review_seconds",
		"review_p85_seconds": "85 of 100 had review_seconds up to this",
		"merge_p50_seconds": "Median of merge_seconds",
		"merge_p85_seconds": "85 of 100 had merge_seconds up to this",
		"pull_request_id": "The pull request, within this database",
		"deployed_at": "When it was merged into the default branch (UTC)",
		"first_commit_at": "When its first commit was authored (UTC)",
		"reverted_at": "When a pull request that reverts it was merged (UTC)",
		"deployments": "Merges into the default branch in the week",
		"failures": "Those of them that were reverted later",
		"change_failure_rate": "failures divided by deployments",
		"time_to_restore_p50_seconds": "Median time from the merge to its revert",
		"pending": "Batches that wait",
		"processing": "Batches that a worker has",
		"failed": "Batches that failed",
		"oldest_pending_at": "When the oldest batch that waits was stored (UTC)",
		"newest_batch_at": "When the newest batch was stored (UTC)"
	}';
BEGIN
	FOR shown IN SELECT c.relname, a.attname FROM pg_class AS c
		JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0
		WHERE c.relnamespace = 'report'::regnamespace AND c.relkind = 'v'
	LOOP
		told := texts->>shown.attname;
		IF told IS NULL THEN
			RAISE EXCEPTION '%.% has no text', shown.relname,
				shown.attname;
		END IF;
		EXECUTE format('COMMENT ON COLUMN report.%I.%I IS %L',
			shown.relname, shown.attname, told);
	END LOOP;
END
$$;
COMMENT ON VIEW report.statuses IS 'Statuses with their category and step';
COMMENT ON VIEW report.work_items IS 'Work items with their metrics';
COMMENT ON VIEW report.status_changes IS 'Changes of status of work items';
COMMENT ON VIEW report.flow_daily IS
	'What arrived, began and ended, by day and project';
COMMENT ON VIEW report.cycle_times IS
	'Percentiles of cycle and lead times, by week of completion and project';
COMMENT ON VIEW report.pull_requests IS 'Pull requests with their times';
COMMENT ON VIEW report.pr_times IS
	'Percentiles of pull requests'' times, by week of merge and repository';
COMMENT ON VIEW report.deployments IS
	'Merges into the default branch, and what reverted them';
COMMENT ON VIEW report.dora_weekly IS
	'The four numbers of DORA, by week and repository';
COMMENT ON VIEW report.etl_health IS
	'Batches that wait or failed, by integration';

GRANT SELECT ON ALL TABLES IN SCHEMA report
	TO pulse_etl_reader, pulse_etl_service;
REVOKE ALL ON report.logins FROM PUBLIC, pulse_etl_reader, pulse_etl_service;
DO $$
DECLARE
	made record;
BEGIN
	IF current_user = 'pulse_etl_owner' THEN
		RETURN;
	END IF;
	FOR made IN SELECT relname, CASE relkind WHEN 'v' THEN 'VIEW' ELSE 'TABLE'
		END AS kind FROM pg_class
		WHERE relnamespace = 'report'::regnamespace AND relkind IN ('r', 'v')
	LOOP
		EXECUTE format('ALTER %s report.%I OWNER TO pulse_etl_owner',
			made.kind, made.relname);
	END LOOP;
	ALTER FUNCTION report.reader_tenant OWNER TO pulse_etl_owner;
	ALTER FUNCTION report.admit OWNER TO pulse_etl_owner;
	ALTER FUNCTION report.dismiss OWNER TO pulse_etl_owner;
	ALTER FUNCTION report.completed_at OWNER TO pulse_etl_owner;
END
$$;
