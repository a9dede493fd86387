-- Back to 0013. Changes of status that shared an entry are one again; story
-- points are whole numbers.
SELECT set_config('app.every_tenant', 'on', true);

DROP TRIGGER metrics_due ON workflows;
DROP TRIGGER metrics_due ON statuses_mappings;
DROP FUNCTION statuses_of_mappings_due, statuses_mappings_metrics_due, workflows_metrics_due;
DROP INDEX idx_statuses_status_mapping_id, idx_statuses_metrics_due,
	idx_changelogs_from_status_id,
	idx_changelogs_to_status_id;
CREATE INDEX idx_changelogs_work_item_id ON changelogs (work_item_id);
DROP TABLE work_items_old_keys, waiting_batches, census_pages;
CREATE INDEX idx_raw_extraction_data_waiting
	ON raw_extraction_data (tenant_id, integration_id)
	WHERE error_details ? 'waiting';

DELETE FROM changelogs WHERE external_id LIKE '%#%';
ALTER TABLE changelogs DROP COLUMN place;
COMMENT ON COLUMN changelogs.external_id IS NULL;
COMMENT ON COLUMN work_items.work_first_committed_at IS NULL;
COMMENT ON COLUMN work_items.work_first_started_at IS NULL;
COMMENT ON COLUMN work_items.work_last_started_at IS NULL;
COMMENT ON COLUMN work_items.work_first_completed_at IS NULL;
COMMENT ON COLUMN work_items.work_last_completed_at IS NULL;
COMMENT ON COLUMN work_items.total_work_starts IS NULL;
COMMENT ON COLUMN work_items.total_completions IS NULL;
COMMENT ON COLUMN work_items.total_backlog_returns IS NULL;
COMMENT ON COLUMN work_items.total_work_time_seconds IS NULL;
COMMENT ON COLUMN work_items.total_review_time_seconds IS NULL;
COMMENT ON COLUMN work_items.total_cycle_time_seconds IS NULL;
COMMENT ON COLUMN work_items.total_lead_time_seconds IS NULL;
COMMENT ON COLUMN work_items.workflow_complexity_score IS NULL;
COMMENT ON COLUMN work_items.rework_indicator IS NULL;
COMMENT ON COLUMN work_items.direct_completion IS NULL;
COMMENT ON COLUMN changelogs.transition_change_date IS NULL;
COMMENT ON COLUMN changelogs.transition_start_date IS NULL;
COMMENT ON COLUMN changelogs.time_in_status_seconds IS NULL;
COMMENT ON COLUMN prs.commit_count IS NULL;
COMMENT ON COLUMN prs.reviewers IS NULL;
COMMENT ON COLUMN prs.first_review_at IS NULL;
COMMENT ON COLUMN prs.review_cycles IS NULL;
COMMENT ON COLUMN prs.rework_commit_count IS NULL;
COMMENT ON COLUMN prs.discussion_comment_count IS NULL;
COMMENT ON COLUMN prs.review_comment_count IS NULL;
ALTER TABLE work_items
	DROP COLUMN resolution_date,
	DROP COLUMN raw_data_id,
	DROP COLUMN column_ages,
	DROP COLUMN history_complete,
	DROP COLUMN history_total,
	DROP COLUMN history_seen,
	DROP COLUMN history_as_of,
	DROP COLUMN history_raw_data_id,
	DROP COLUMN gone_since,
	ALTER COLUMN story_points TYPE INTEGER,
	ALTER COLUMN total_work_starts SET DEFAULT 0,
	ALTER COLUMN total_completions SET DEFAULT 0,
	ALTER COLUMN total_backlog_returns SET DEFAULT 0,
	ALTER COLUMN total_work_time_seconds SET DEFAULT 0.0,
	ALTER COLUMN total_review_time_seconds SET DEFAULT 0.0,
	ALTER COLUMN total_cycle_time_seconds SET DEFAULT 0.0,
	ALTER COLUMN total_lead_time_seconds SET DEFAULT 0.0,
	ALTER COLUMN workflow_complexity_score SET DEFAULT 0,
	ALTER COLUMN rework_indicator SET DEFAULT FALSE,
	ALTER COLUMN direct_completion SET DEFAULT FALSE;
ALTER TABLE projects DROP COLUMN column_ages;
ALTER TABLE wits DROP COLUMN column_ages;
ALTER TABLE statuses DROP COLUMN column_ages;
ALTER TABLE projects ALTER COLUMN id TYPE INTEGER;
ALTER TABLE wits ALTER COLUMN id TYPE INTEGER;
ALTER TABLE statuses ALTER COLUMN id TYPE INTEGER;
ALTER TABLE projects_wits ALTER COLUMN project_id TYPE INTEGER,
	ALTER COLUMN wit_id TYPE INTEGER;
ALTER TABLE projects_statuses ALTER COLUMN project_id TYPE INTEGER,
	ALTER COLUMN status_id TYPE INTEGER;
ALTER TABLE repositories ALTER COLUMN id TYPE INTEGER;
ALTER TABLE prs ALTER COLUMN id TYPE INTEGER,
	ALTER COLUMN repository_id TYPE INTEGER,
	ALTER COLUMN work_item_id TYPE INTEGER;
ALTER TABLE prs_reviews ALTER COLUMN id TYPE INTEGER,
	ALTER COLUMN pr_id TYPE INTEGER;
ALTER TABLE prs_commits ALTER COLUMN id TYPE INTEGER,
	ALTER COLUMN pr_id TYPE INTEGER;
ALTER TABLE prs_comments ALTER COLUMN id TYPE INTEGER,
	ALTER COLUMN pr_id TYPE INTEGER;
ALTER TABLE wits_prs_links ALTER COLUMN id TYPE INTEGER,
	ALTER COLUMN work_item_id TYPE INTEGER;
ALTER TABLE qdrant_vectors ALTER COLUMN record_id TYPE INTEGER;
ALTER TABLE changelogs ALTER COLUMN id TYPE INTEGER,
	ALTER COLUMN work_item_id TYPE INTEGER,
	ALTER COLUMN from_status_id TYPE INTEGER,
	ALTER COLUMN to_status_id TYPE INTEGER;
ALTER TABLE work_items ALTER COLUMN id TYPE INTEGER,
	ALTER COLUMN project_id TYPE INTEGER,
	ALTER COLUMN wit_id TYPE INTEGER,
	ALTER COLUMN status_id TYPE INTEGER;
ALTER SEQUENCE projects_id_seq AS INTEGER;
ALTER SEQUENCE wits_id_seq AS INTEGER;
ALTER SEQUENCE statuses_id_seq AS INTEGER;
ALTER SEQUENCE work_items_id_seq AS INTEGER;
ALTER SEQUENCE changelogs_id_seq AS INTEGER;
ALTER SEQUENCE repositories_id_seq AS INTEGER;
ALTER SEQUENCE prs_id_seq AS INTEGER;
ALTER SEQUENCE prs_reviews_id_seq AS INTEGER;
ALTER SEQUENCE prs_commits_id_seq AS INTEGER;
ALTER SEQUENCE prs_comments_id_seq AS INTEGER;
ALTER SEQUENCE wits_prs_links_id_seq AS INTEGER;

DROP FUNCTION etl_sentence, etl_answer_errors, etl_page_lack, etl_refusal,
	etl_waits_for, etl_kind, etl_points, etl_number, etl_sprint, etl_lines,
	etl_is_changelog_page, etl_issue_list,
	etl_issue_of_key, etl_status_items, etl_joined, etl_issues, etl_is_blank,
	etl_age, etl_loaded_issues, etl_due_items, etl_takes, etl_ages,
	etl_project_path, etl_projects, etl_wits, etl_status_path,
	etl_status_holders, etl_statuses_in, etl_project_of,
	etl_census_marks;

CREATE OR REPLACE FUNCTION etl_timestamp(value TEXT) RETURNS TIMESTAMP
LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT CASE
	WHEN value ~ '^[1-9][0-9]{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,9})?(?:Z|[+-](?:0[0-9]|1[0-4]):?[0-5][0-9])$'
		THEN value::timestamptz AT TIME ZONE 'UTC'
	WHEN value IS NOT NULL THEN etl_timestamp_rare(value)
	END
$$;
CREATE OR REPLACE FUNCTION etl_word(value JSONB) RETURNS TEXT
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT CASE jsonb_typeof(value)
	WHEN 'object' THEN COALESCE(etl_scalar(value->'displayName'),
		etl_scalar(value->'name'), etl_scalar(value->'value'))
	ELSE etl_scalar(value)
	END
$$;
CREATE OR REPLACE FUNCTION etl_text(value JSONB) RETURNS TEXT
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT CASE jsonb_typeof(value) WHEN 'object' THEN etl_document(value)
		ELSE etl_scalar(value) END
$$;
