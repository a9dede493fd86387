-- The unified data model: what extraction, transformation and loading share.
--
-- Every table that belongs to a tenant refers to others by (tenant_id, id), so
-- that no row can name another tenant's row; UNIQUE (tenant_id, id) is there
-- for these references. A TIMESTAMP is UTC: sessions set TimeZone to UTC.
-- Names: uq_ unique, fk_ foreign key, ck_ check, idx_ index, then the table
-- and the columns.

-- Tenants, their people, where their data comes from

CREATE TABLE tenants (
	id SERIAL PRIMARY KEY,
	name VARCHAR NOT NULL,
	website VARCHAR,
	assets_folder VARCHAR(100),
	logo_filename VARCHAR(255) DEFAULT 'default-logo.png',
	color_schema_mode VARCHAR(10) DEFAULT 'default',
	active BOOLEAN NOT NULL DEFAULT TRUE,
	created_at TIMESTAMP DEFAULT NOW(),
	last_updated_at TIMESTAMP DEFAULT NOW(),
	CONSTRAINT uq_tenants_name UNIQUE (name),
	CONSTRAINT ck_tenants_color_schema_mode
		CHECK (color_schema_mode IN ('default', 'custom'))
);
COMMENT ON TABLE tenants IS
	'Whose data it is; every other row names its tenant';

CREATE TABLE users (
	id SERIAL PRIMARY KEY,
	tenant_id INTEGER NOT NULL
		CONSTRAINT fk_users_tenant_id REFERENCES tenants (id),
	email VARCHAR(255) NOT NULL,
	first_name VARCHAR(100),
	last_name VARCHAR(100),
	role VARCHAR(50) NOT NULL DEFAULT 'user',
	is_admin BOOLEAN DEFAULT FALSE,
	auth_provider VARCHAR(50) NOT NULL DEFAULT 'local',
	okta_user_id VARCHAR(255),
	password_hash VARCHAR(255),
	theme_mode VARCHAR(10) DEFAULT 'light',
	high_contrast_mode BOOLEAN DEFAULT FALSE,
	reduce_motion BOOLEAN DEFAULT FALSE,
	colorblind_safe_palette BOOLEAN DEFAULT FALSE,
	accessibility_level VARCHAR(10) DEFAULT 'regular',
	profile_image_filename VARCHAR(255),
	last_login_at TIMESTAMP,
	active BOOLEAN NOT NULL DEFAULT TRUE,
	created_at TIMESTAMP DEFAULT NOW(),
	last_updated_at TIMESTAMP DEFAULT NOW()
);
CREATE INDEX idx_users_tenant_id ON users (tenant_id);
CREATE INDEX idx_users_auth_provider ON users (auth_provider);

CREATE TABLE integrations (
	id SERIAL PRIMARY KEY,
	tenant_id INTEGER NOT NULL
		CONSTRAINT fk_integrations_tenant_id REFERENCES tenants (id),
	provider VARCHAR(50) NOT NULL,
	type VARCHAR(50) NOT NULL,
	username VARCHAR,
	password VARCHAR,
	base_url TEXT,
	base_search VARCHAR,
	ai_model VARCHAR(100),
	ai_model_config JSONB DEFAULT '{}',
	cost_config JSONB DEFAULT '{}',
	fallback_integration_id INTEGER,
	logo_filename VARCHAR(255),
	active BOOLEAN NOT NULL DEFAULT TRUE,
	created_at TIMESTAMP DEFAULT NOW(),
	last_updated_at TIMESTAMP DEFAULT NOW(),
	CONSTRAINT fk_integrations_fallback_integration_id
		FOREIGN KEY (tenant_id, fallback_integration_id)
		REFERENCES integrations (tenant_id, id),
	CONSTRAINT uq_integrations_tenant_id_id UNIQUE (tenant_id, id)
);
CREATE INDEX idx_integrations_tenant_id ON integrations (tenant_id);
CREATE INDEX idx_integrations_provider ON integrations (provider);
CREATE INDEX idx_integrations_type ON integrations (type);
COMMENT ON TABLE integrations IS
	'Where a tenant''s data comes from, one per provider';
COMMENT ON COLUMN integrations.password IS
	'Encrypted by the service with a key of its settings';

-- The catalogue: projects, workflows, statuses, work item types

CREATE TABLE projects (
	id SERIAL PRIMARY KEY,
	tenant_id INTEGER NOT NULL
		CONSTRAINT fk_projects_tenant_id REFERENCES tenants (id),
	integration_id INTEGER NOT NULL,
	external_id VARCHAR,
	key VARCHAR NOT NULL,
	name VARCHAR NOT NULL,
	project_type VARCHAR,
	active BOOLEAN NOT NULL DEFAULT TRUE,
	created_at TIMESTAMP DEFAULT NOW(),
	last_updated_at TIMESTAMP DEFAULT NOW(),
	CONSTRAINT fk_projects_integration_id
		FOREIGN KEY (tenant_id, integration_id)
		REFERENCES integrations (tenant_id, id),
	CONSTRAINT uq_projects_tenant_id_id UNIQUE (tenant_id, id),
	CONSTRAINT uq_projects_tenant_id_integration_id_external_id
		UNIQUE (tenant_id, integration_id, external_id)
);
CREATE INDEX idx_projects_integration_id ON projects (integration_id);
CREATE INDEX idx_projects_tenant_id ON projects (tenant_id);
CREATE INDEX idx_projects_key ON projects (key);

CREATE TABLE workflows (
	id SERIAL PRIMARY KEY,
	tenant_id INTEGER NOT NULL
		CONSTRAINT fk_workflows_tenant_id REFERENCES tenants (id),
	integration_id INTEGER NOT NULL,
	step_name VARCHAR NOT NULL,
	step_number INTEGER,
	step_category VARCHAR NOT NULL,
	is_commitment_point BOOLEAN NOT NULL DEFAULT FALSE,
	active BOOLEAN NOT NULL DEFAULT TRUE,
	created_at TIMESTAMP DEFAULT NOW(),
	last_updated_at TIMESTAMP DEFAULT NOW(),
	CONSTRAINT fk_workflows_integration_id
		FOREIGN KEY (tenant_id, integration_id)
		REFERENCES integrations (tenant_id, id),
	CONSTRAINT uq_workflows_tenant_id_id UNIQUE (tenant_id, id)
);
CREATE INDEX idx_workflows_tenant_id ON workflows (tenant_id);
CREATE INDEX idx_workflows_integration_id ON workflows (integration_id);
CREATE INDEX idx_workflows_is_commitment_point
	ON workflows (is_commitment_point);
CREATE UNIQUE INDEX uq_workflows_tenant_id_integration_id_commitment_point
	ON workflows (tenant_id, integration_id) WHERE is_commitment_point;
COMMENT ON TABLE workflows IS
	'The steps work passes through; at most one step per tenant and '
	'integration is the commitment point';

CREATE TABLE statuses_mappings (
	id SERIAL PRIMARY KEY,
	tenant_id INTEGER NOT NULL
		CONSTRAINT fk_statuses_mappings_tenant_id
		REFERENCES tenants (id),
	integration_id INTEGER NOT NULL,
	status_from VARCHAR NOT NULL,
	status_to VARCHAR NOT NULL,
	status_category VARCHAR NOT NULL,
	workflow_id INTEGER,
	active BOOLEAN NOT NULL DEFAULT TRUE,
	created_at TIMESTAMP DEFAULT NOW(),
	last_updated_at TIMESTAMP DEFAULT NOW(),
	CONSTRAINT fk_statuses_mappings_integration_id
		FOREIGN KEY (tenant_id, integration_id)
		REFERENCES integrations (tenant_id, id),
	CONSTRAINT fk_statuses_mappings_workflow_id
		FOREIGN KEY (tenant_id, workflow_id)
		REFERENCES workflows (tenant_id, id),
	CONSTRAINT uq_statuses_mappings_tenant_id_id UNIQUE (tenant_id, id)
);
CREATE INDEX idx_statuses_mappings_tenant_id ON statuses_mappings (tenant_id);
CREATE INDEX idx_statuses_mappings_workflow_id
	ON statuses_mappings (workflow_id);
CREATE INDEX idx_statuses_mappings_status_from
	ON statuses_mappings (status_from);
COMMENT ON TABLE statuses_mappings IS
	'Which status of a source, by name, means which common status';

CREATE TABLE wits_hierarchies (
	id SERIAL PRIMARY KEY,
	tenant_id INTEGER NOT NULL
		CONSTRAINT fk_wits_hierarchies_tenant_id
		REFERENCES tenants (id),
	integration_id INTEGER NOT NULL,
	level_name VARCHAR NOT NULL,
	level_number INTEGER NOT NULL,
	description VARCHAR,
	active BOOLEAN NOT NULL DEFAULT TRUE,
	created_at TIMESTAMP DEFAULT NOW(),
	last_updated_at TIMESTAMP DEFAULT NOW(),
	CONSTRAINT fk_wits_hierarchies_integration_id
		FOREIGN KEY (tenant_id, integration_id)
		REFERENCES integrations (tenant_id, id),
	CONSTRAINT uq_wits_hierarchies_tenant_id_id UNIQUE (tenant_id, id)
);
CREATE INDEX idx_wits_hierarchies_tenant_id ON wits_hierarchies (tenant_id);
CREATE INDEX idx_wits_hierarchies_level_number
	ON wits_hierarchies (level_number);
COMMENT ON TABLE wits_hierarchies IS
	'Levels of work item types (wit): sub-tasks below, portfolios '
	'above';

CREATE TABLE wits_mappings (
	id SERIAL PRIMARY KEY,
	tenant_id INTEGER NOT NULL
		CONSTRAINT fk_wits_mappings_tenant_id REFERENCES tenants (id),
	integration_id INTEGER NOT NULL,
	wit_from VARCHAR NOT NULL,
	wit_to VARCHAR NOT NULL,
	wits_hierarchy_id INTEGER NOT NULL,
	active BOOLEAN NOT NULL DEFAULT TRUE,
	created_at TIMESTAMP DEFAULT NOW(),
	last_updated_at TIMESTAMP DEFAULT NOW(),
	CONSTRAINT fk_wits_mappings_integration_id
		FOREIGN KEY (tenant_id, integration_id)
		REFERENCES integrations (tenant_id, id),
	CONSTRAINT fk_wits_mappings_wits_hierarchy_id
		FOREIGN KEY (tenant_id, wits_hierarchy_id)
		REFERENCES wits_hierarchies (tenant_id, id),
	CONSTRAINT uq_wits_mappings_tenant_id_id UNIQUE (tenant_id, id)
);
CREATE INDEX idx_wits_mappings_tenant_id ON wits_mappings (tenant_id);
CREATE INDEX idx_wits_mappings_wit_from ON wits_mappings (wit_from);
CREATE INDEX idx_wits_mappings_wits_hierarchy_id
	ON wits_mappings (wits_hierarchy_id);
COMMENT ON TABLE wits_mappings IS
	'Which work item type of a source, by name, means which common '
	'type';

CREATE TABLE wits (
	id SERIAL PRIMARY KEY,
	tenant_id INTEGER NOT NULL
		CONSTRAINT fk_wits_tenant_id REFERENCES tenants (id),
	integration_id INTEGER NOT NULL,
	external_id VARCHAR,
	original_name VARCHAR NOT NULL,
	wits_mapping_id INTEGER,
	description VARCHAR,
	hierarchy_level INTEGER NOT NULL,
	active BOOLEAN NOT NULL DEFAULT TRUE,
	created_at TIMESTAMP DEFAULT NOW(),
	last_updated_at TIMESTAMP DEFAULT NOW(),
	CONSTRAINT fk_wits_integration_id
		FOREIGN KEY (tenant_id, integration_id)
		REFERENCES integrations (tenant_id, id),
	CONSTRAINT fk_wits_wits_mapping_id
		FOREIGN KEY (tenant_id, wits_mapping_id)
		REFERENCES wits_mappings (tenant_id, id),
	CONSTRAINT uq_wits_tenant_id_id UNIQUE (tenant_id, id),
	CONSTRAINT uq_wits_tenant_id_integration_id_external_id
		UNIQUE (tenant_id, integration_id, external_id)
);
CREATE INDEX idx_wits_integration_id ON wits (integration_id);
CREATE INDEX idx_wits_tenant_id ON wits (tenant_id);
CREATE INDEX idx_wits_external_id ON wits (external_id);
CREATE INDEX idx_wits_original_name ON wits (original_name);
COMMENT ON TABLE wits IS
	'Work item types as their source names them';

CREATE TABLE statuses (
	id SERIAL PRIMARY KEY,
	tenant_id INTEGER NOT NULL
		CONSTRAINT fk_statuses_tenant_id REFERENCES tenants (id),
	integration_id INTEGER NOT NULL,
	external_id VARCHAR,
	original_name VARCHAR NOT NULL,
	status_mapping_id INTEGER,
	category VARCHAR NOT NULL,
	description VARCHAR,
	active BOOLEAN NOT NULL DEFAULT TRUE,
	created_at TIMESTAMP DEFAULT NOW(),
	last_updated_at TIMESTAMP DEFAULT NOW(),
	CONSTRAINT fk_statuses_integration_id
		FOREIGN KEY (tenant_id, integration_id)
		REFERENCES integrations (tenant_id, id),
	CONSTRAINT fk_statuses_status_mapping_id
		FOREIGN KEY (tenant_id, status_mapping_id)
		REFERENCES statuses_mappings (tenant_id, id),
	CONSTRAINT uq_statuses_tenant_id_id UNIQUE (tenant_id, id),
	CONSTRAINT uq_statuses_tenant_id_integration_id_external_id
		UNIQUE (tenant_id, integration_id, external_id)
);
CREATE INDEX idx_statuses_integration_id ON statuses (integration_id);
CREATE INDEX idx_statuses_tenant_id ON statuses (tenant_id);
CREATE INDEX idx_statuses_external_id ON statuses (external_id);
CREATE INDEX idx_statuses_original_name ON statuses (original_name);
COMMENT ON TABLE statuses IS
	'Statuses as their source names them';

CREATE TABLE projects_wits (
	project_id INTEGER NOT NULL,
	wit_id INTEGER NOT NULL,
	PRIMARY KEY (project_id, wit_id),
	CONSTRAINT fk_projects_wits_project_id
		FOREIGN KEY (project_id) REFERENCES projects (id),
	CONSTRAINT fk_projects_wits_wit_id
		FOREIGN KEY (wit_id) REFERENCES wits (id)
);
COMMENT ON TABLE projects_wits IS
	'Without a tenant_id of its own: a row belongs to its '
	'project''s tenant, and whoever writes one takes both ids from '
	'the same tenant';

CREATE TABLE projects_statuses (
	project_id INTEGER NOT NULL,
	status_id INTEGER NOT NULL,
	PRIMARY KEY (project_id, status_id),
	CONSTRAINT fk_projects_statuses_project_id
		FOREIGN KEY (project_id) REFERENCES projects (id),
	CONSTRAINT fk_projects_statuses_status_id
		FOREIGN KEY (status_id) REFERENCES statuses (id)
);
COMMENT ON TABLE projects_statuses IS
	'As projects_wits';

-- What Jira holds: work items and their history

CREATE TABLE work_items (
	id SERIAL PRIMARY KEY,
	tenant_id INTEGER NOT NULL
		CONSTRAINT fk_work_items_tenant_id REFERENCES tenants (id),
	integration_id INTEGER NOT NULL,
	external_id VARCHAR,
	key VARCHAR,
	project_id INTEGER,
	team VARCHAR,
	summary VARCHAR,
	description TEXT,
	acceptance_criteria TEXT,
	wit_id INTEGER,
	status_id INTEGER,
	resolution VARCHAR,
	story_points INTEGER,
	assignee VARCHAR,
	labels VARCHAR,
	created TIMESTAMP,
	updated TIMESTAMP,
	work_first_committed_at TIMESTAMP,
	work_first_started_at TIMESTAMP,
	work_last_started_at TIMESTAMP,
	work_first_completed_at TIMESTAMP,
	work_last_completed_at TIMESTAMP,
	priority VARCHAR,
	parent_external_id VARCHAR,
	code_changed BOOLEAN,
	total_work_starts INTEGER DEFAULT 0,
	total_completions INTEGER DEFAULT 0,
	total_backlog_returns INTEGER DEFAULT 0,
	total_work_time_seconds FLOAT DEFAULT 0.0,
	total_review_time_seconds FLOAT DEFAULT 0.0,
	total_cycle_time_seconds FLOAT DEFAULT 0.0,
	total_lead_time_seconds FLOAT DEFAULT 0.0,
	workflow_complexity_score INTEGER DEFAULT 0,
	rework_indicator BOOLEAN DEFAULT FALSE,
	direct_completion BOOLEAN DEFAULT FALSE,
	custom_field_01 VARCHAR, custom_field_02 VARCHAR,
	custom_field_03 VARCHAR, custom_field_04 VARCHAR,
	custom_field_05 VARCHAR, custom_field_06 VARCHAR,
	custom_field_07 VARCHAR, custom_field_08 VARCHAR,
	custom_field_09 VARCHAR, custom_field_10 VARCHAR,
	custom_field_11 VARCHAR, custom_field_12 VARCHAR,
	custom_field_13 VARCHAR, custom_field_14 VARCHAR,
	custom_field_15 VARCHAR, custom_field_16 VARCHAR,
	custom_field_17 VARCHAR, custom_field_18 VARCHAR,
	custom_field_19 VARCHAR, custom_field_20 VARCHAR,
	active BOOLEAN NOT NULL DEFAULT TRUE,
	created_at TIMESTAMP DEFAULT NOW(),
	last_updated_at TIMESTAMP DEFAULT NOW(),
	CONSTRAINT fk_work_items_integration_id
		FOREIGN KEY (tenant_id, integration_id)
		REFERENCES integrations (tenant_id, id),
	CONSTRAINT fk_work_items_project_id FOREIGN KEY (tenant_id, project_id)
		REFERENCES projects (tenant_id, id),
	CONSTRAINT fk_work_items_wit_id FOREIGN KEY (tenant_id, wit_id)
		REFERENCES wits (tenant_id, id),
	CONSTRAINT fk_work_items_status_id FOREIGN KEY (tenant_id, status_id)
		REFERENCES statuses (tenant_id, id),
	CONSTRAINT uq_work_items_tenant_id_id UNIQUE (tenant_id, id),
	CONSTRAINT uq_work_items_tenant_id_integration_id_external_id
		UNIQUE (tenant_id, integration_id, external_id)
);
CREATE INDEX idx_work_items_integration_id ON work_items (integration_id);
CREATE INDEX idx_work_items_tenant_id ON work_items (tenant_id);
CREATE INDEX idx_work_items_external_id ON work_items (external_id);
CREATE INDEX idx_work_items_key ON work_items (key);
CREATE INDEX idx_work_items_project_id ON work_items (project_id);
CREATE INDEX idx_work_items_status_id ON work_items (status_id);
CREATE INDEX idx_work_items_wit_id ON work_items (wit_id);
CREATE INDEX idx_work_items_created ON work_items (created);
CREATE INDEX idx_work_items_updated ON work_items (updated);
CREATE INDEX idx_work_items_parent_external_id
	ON work_items (parent_external_id);
COMMENT ON COLUMN work_items.parent_external_id IS
	'External id of the parent, which may not have arrived yet';

CREATE TABLE changelogs (
	id SERIAL PRIMARY KEY,
	tenant_id INTEGER NOT NULL
		CONSTRAINT fk_changelogs_tenant_id REFERENCES tenants (id),
	integration_id INTEGER NOT NULL,
	work_item_id INTEGER NOT NULL,
	external_id VARCHAR,
	from_status_id INTEGER,
	to_status_id INTEGER,
	transition_start_date TIMESTAMP,
	transition_change_date TIMESTAMP,
	time_in_status_seconds FLOAT,
	changed_by VARCHAR,
	active BOOLEAN NOT NULL DEFAULT TRUE,
	created_at TIMESTAMP DEFAULT NOW(),
	last_updated_at TIMESTAMP DEFAULT NOW(),
	CONSTRAINT fk_changelogs_integration_id
		FOREIGN KEY (tenant_id, integration_id)
		REFERENCES integrations (tenant_id, id),
	CONSTRAINT fk_changelogs_work_item_id
		FOREIGN KEY (tenant_id, work_item_id)
		REFERENCES work_items (tenant_id, id),
	CONSTRAINT fk_changelogs_from_status_id
		FOREIGN KEY (tenant_id, from_status_id)
		REFERENCES statuses (tenant_id, id),
	CONSTRAINT fk_changelogs_to_status_id
		FOREIGN KEY (tenant_id, to_status_id)
		REFERENCES statuses (tenant_id, id),
	CONSTRAINT uq_changelogs_tenant_id_integration_id_external_id
		UNIQUE (tenant_id, integration_id, external_id),
	CONSTRAINT uq_changelogs_work_item_id_external_id
		UNIQUE (work_item_id, external_id)
);
CREATE INDEX idx_changelogs_work_item_id ON changelogs (work_item_id);
CREATE INDEX idx_changelogs_transition_change_date
	ON changelogs (transition_change_date);
COMMENT ON TABLE changelogs IS
	'Changes of a work item''s status, oldest history included';

-- What GitHub holds: repositories and pull requests

CREATE TABLE repositories (
	id SERIAL PRIMARY KEY,
	tenant_id INTEGER NOT NULL
		CONSTRAINT fk_repositories_tenant_id REFERENCES tenants (id),
	integration_id INTEGER NOT NULL,
	external_id VARCHAR,
	name VARCHAR,
	full_name VARCHAR,
	description TEXT,
	url VARCHAR,
	is_private BOOLEAN,
	repo_created_at TIMESTAMP,
	repo_updated_at TIMESTAMP,
	pushed_at TIMESTAMP,
	language VARCHAR,
	default_branch VARCHAR,
	archived BOOLEAN,
	active BOOLEAN NOT NULL DEFAULT TRUE,
	created_at TIMESTAMP DEFAULT NOW(),
	last_updated_at TIMESTAMP DEFAULT NOW(),
	CONSTRAINT fk_repositories_integration_id
		FOREIGN KEY (tenant_id, integration_id)
		REFERENCES integrations (tenant_id, id),
	CONSTRAINT uq_repositories_tenant_id_id UNIQUE (tenant_id, id),
	CONSTRAINT uq_repositories_tenant_id_integration_id_external_id
		UNIQUE (tenant_id, integration_id, external_id)
);
CREATE INDEX idx_repositories_tenant_id ON repositories (tenant_id);
CREATE INDEX idx_repositories_external_id ON repositories (external_id);
CREATE INDEX idx_repositories_full_name ON repositories (full_name);

CREATE TABLE prs (
	id SERIAL PRIMARY KEY,
	tenant_id INTEGER NOT NULL
		CONSTRAINT fk_prs_tenant_id REFERENCES tenants (id),
	integration_id INTEGER NOT NULL,
	external_id VARCHAR,
	external_repo_id VARCHAR,
	repository_id INTEGER NOT NULL,
	work_item_id INTEGER,
	number INTEGER,
	name VARCHAR,
	user_name VARCHAR,
	body TEXT,
	discussion_comment_count INTEGER,
	review_comment_count INTEGER,
	source VARCHAR,
	destination VARCHAR,
	reviewers INTEGER,
	status VARCHAR,
	url VARCHAR,
	pr_created_at TIMESTAMP,
	pr_updated_at TIMESTAMP,
	closed_at TIMESTAMP,
	merged_at TIMESTAMP,
	merged_by VARCHAR,
	commit_count INTEGER,
	additions INTEGER,
	deletions INTEGER,
	changed_files INTEGER,
	first_review_at TIMESTAMP,
	rework_commit_count INTEGER,
	review_cycles INTEGER,
	active BOOLEAN NOT NULL DEFAULT TRUE,
	created_at TIMESTAMP DEFAULT NOW(),
	last_updated_at TIMESTAMP DEFAULT NOW(),
	CONSTRAINT fk_prs_integration_id FOREIGN KEY (tenant_id, integration_id)
		REFERENCES integrations (tenant_id, id),
	CONSTRAINT fk_prs_repository_id FOREIGN KEY (tenant_id, repository_id)
		REFERENCES repositories (tenant_id, id),
	CONSTRAINT fk_prs_work_item_id FOREIGN KEY (tenant_id, work_item_id)
		REFERENCES work_items (tenant_id, id),
	CONSTRAINT uq_prs_tenant_id_id UNIQUE (tenant_id, id),
	CONSTRAINT uq_prs_tenant_id_integration_id_external_id
		UNIQUE (tenant_id, integration_id, external_id)
);
CREATE INDEX idx_prs_repository_id ON prs (repository_id);
CREATE INDEX idx_prs_work_item_id ON prs (work_item_id);
CREATE INDEX idx_prs_external_id ON prs (external_id);
CREATE INDEX idx_prs_number ON prs (number);
CREATE INDEX idx_prs_status ON prs (status);
CREATE INDEX idx_prs_pr_created_at ON prs (pr_created_at);

CREATE TABLE prs_reviews (
	id SERIAL PRIMARY KEY,
	tenant_id INTEGER NOT NULL
		CONSTRAINT fk_prs_reviews_tenant_id REFERENCES tenants (id),
	integration_id INTEGER NOT NULL,
	external_id VARCHAR,
	pr_id INTEGER NOT NULL,
	author_login VARCHAR,
	state VARCHAR,
	body TEXT,
	submitted_at TIMESTAMP,
	active BOOLEAN NOT NULL DEFAULT TRUE,
	created_at TIMESTAMP DEFAULT NOW(),
	last_updated_at TIMESTAMP DEFAULT NOW(),
	CONSTRAINT fk_prs_reviews_integration_id
		FOREIGN KEY (tenant_id, integration_id)
		REFERENCES integrations (tenant_id, id),
	CONSTRAINT fk_prs_reviews_pr_id FOREIGN KEY (tenant_id, pr_id)
		REFERENCES prs (tenant_id, id),
	CONSTRAINT uq_prs_reviews_tenant_id_integration_id_external_id
		UNIQUE (tenant_id, integration_id, external_id)
);
CREATE INDEX idx_prs_reviews_pr_id ON prs_reviews (pr_id);

CREATE TABLE prs_commits (
	id SERIAL PRIMARY KEY,
	tenant_id INTEGER NOT NULL
		CONSTRAINT fk_prs_commits_tenant_id REFERENCES tenants (id),
	integration_id INTEGER NOT NULL,
	external_id VARCHAR,
	pr_id INTEGER NOT NULL,
	author_name VARCHAR,
	author_email VARCHAR,
	committer_name VARCHAR,
	committer_email VARCHAR,
	message TEXT,
	authored_date TIMESTAMP,
	committed_date TIMESTAMP,
	active BOOLEAN NOT NULL DEFAULT TRUE,
	created_at TIMESTAMP DEFAULT NOW(),
	last_updated_at TIMESTAMP DEFAULT NOW(),
	CONSTRAINT fk_prs_commits_integration_id
		FOREIGN KEY (tenant_id, integration_id)
		REFERENCES integrations (tenant_id, id),
	CONSTRAINT fk_prs_commits_pr_id FOREIGN KEY (tenant_id, pr_id)
		REFERENCES prs (tenant_id, id),
	CONSTRAINT uq_prs_commits_tenant_id_integration_id_external_id
		UNIQUE (tenant_id, integration_id, external_id)
);
CREATE INDEX idx_prs_commits_pr_id ON prs_commits (pr_id);

CREATE TABLE prs_comments (
	id SERIAL PRIMARY KEY,
	tenant_id INTEGER NOT NULL
		CONSTRAINT fk_prs_comments_tenant_id REFERENCES tenants (id),
	integration_id INTEGER NOT NULL,
	external_id VARCHAR,
	pr_id INTEGER NOT NULL,
	author_login VARCHAR,
	body TEXT,
	comment_type VARCHAR,
	path VARCHAR,
	position INTEGER,
	line INTEGER,
	created_at_github TIMESTAMP,
	updated_at_github TIMESTAMP,
	active BOOLEAN NOT NULL DEFAULT TRUE,
	created_at TIMESTAMP DEFAULT NOW(),
	last_updated_at TIMESTAMP DEFAULT NOW(),
	CONSTRAINT fk_prs_comments_integration_id
		FOREIGN KEY (tenant_id, integration_id)
		REFERENCES integrations (tenant_id, id),
	CONSTRAINT fk_prs_comments_pr_id FOREIGN KEY (tenant_id, pr_id)
		REFERENCES prs (tenant_id, id),
	CONSTRAINT uq_prs_comments_tenant_id_integration_id_external_id
		UNIQUE (tenant_id, integration_id, external_id)
);
CREATE INDEX idx_prs_comments_pr_id ON prs_comments (pr_id);

-- Settings, jobs, links

CREATE TABLE system_settings (
	id SERIAL PRIMARY KEY,
	tenant_id INTEGER NOT NULL
		CONSTRAINT fk_system_settings_tenant_id REFERENCES tenants (id),
	setting_key VARCHAR NOT NULL,
	setting_value VARCHAR NOT NULL,
	setting_type VARCHAR NOT NULL DEFAULT 'string',
	description VARCHAR,
	active BOOLEAN NOT NULL DEFAULT TRUE,
	created_at TIMESTAMP DEFAULT NOW(),
	last_updated_at TIMESTAMP DEFAULT NOW(),
	CONSTRAINT uq_system_settings_setting_key_tenant_id
		UNIQUE (setting_key, tenant_id)
);

CREATE TABLE etl_jobs (
	id SERIAL PRIMARY KEY,
	tenant_id INTEGER NOT NULL
		CONSTRAINT fk_etl_jobs_tenant_id REFERENCES tenants (id),
	job_name VARCHAR NOT NULL,
	execution_order INTEGER NOT NULL,
	status VARCHAR NOT NULL DEFAULT 'PENDING',
	last_repo_sync_checkpoint TIMESTAMP,
	repo_processing_queue TEXT,
	last_pr_cursor VARCHAR,
	current_pr_node_id VARCHAR,
	last_commit_cursor VARCHAR,
	last_review_cursor VARCHAR,
	last_comment_cursor VARCHAR,
	last_review_thread_cursor VARCHAR,
	last_run_started_at TIMESTAMP,
	last_success_at TIMESTAMP,
	error_message TEXT,
	retry_count INTEGER DEFAULT 0,
	integration_id INTEGER,
	active BOOLEAN NOT NULL DEFAULT TRUE,
	created_at TIMESTAMP DEFAULT NOW(),
	last_updated_at TIMESTAMP DEFAULT NOW(),
	CONSTRAINT fk_etl_jobs_integration_id
		FOREIGN KEY (tenant_id, integration_id)
		REFERENCES integrations (tenant_id, id),
	CONSTRAINT uq_etl_jobs_job_name_tenant_id
		UNIQUE (job_name, tenant_id)
);
CREATE INDEX idx_etl_jobs_status ON etl_jobs (status);
CREATE INDEX idx_etl_jobs_last_run_started_at ON etl_jobs (last_run_started_at);
CREATE INDEX idx_etl_jobs_integration_id ON etl_jobs (integration_id);

CREATE TABLE wits_prs_links (
	id SERIAL PRIMARY KEY,
	tenant_id INTEGER NOT NULL
		CONSTRAINT fk_wits_prs_links_tenant_id REFERENCES tenants (id),
	integration_id INTEGER NOT NULL,
	work_item_id INTEGER NOT NULL,
	external_repo_id VARCHAR NOT NULL,
	repo_full_name VARCHAR NOT NULL,
	pull_request_number INTEGER NOT NULL,
	branch_name VARCHAR,
	commit_sha VARCHAR,
	pr_status VARCHAR,
	active BOOLEAN NOT NULL DEFAULT TRUE,
	created_at TIMESTAMP DEFAULT NOW(),
	last_updated_at TIMESTAMP DEFAULT NOW(),
	CONSTRAINT fk_wits_prs_links_integration_id
		FOREIGN KEY (tenant_id, integration_id)
		REFERENCES integrations (tenant_id, id),
	CONSTRAINT fk_wits_prs_links_work_item_id
		FOREIGN KEY (tenant_id, work_item_id)
		REFERENCES work_items (tenant_id, id)
);
CREATE INDEX idx_wits_prs_links_work_item_id ON wits_prs_links (work_item_id);
CREATE INDEX idx_wits_prs_links_external_repo_id_pull_request_number
	ON wits_prs_links (external_repo_id, pull_request_number);
CREATE INDEX idx_wits_prs_links_repo_full_name
	ON wits_prs_links (repo_full_name);
COMMENT ON TABLE wits_prs_links IS
	'Pull requests a work item''s development panel names';

-- Whole API responses: one batch, one row

CREATE TABLE raw_extraction_data (
	id SERIAL PRIMARY KEY,
	tenant_id INTEGER NOT NULL
		CONSTRAINT fk_raw_extraction_data_tenant_id
		REFERENCES tenants (id),
	integration_id INTEGER NOT NULL,
	entity_type VARCHAR(50) NOT NULL,
	external_id VARCHAR(255),
	raw_data JSONB NOT NULL,
	extraction_metadata JSONB,
	processing_status VARCHAR(20) DEFAULT 'pending',
	error_details JSONB,
	created_at TIMESTAMP DEFAULT NOW(),
	processed_at TIMESTAMP,
	active BOOLEAN DEFAULT TRUE,
	CONSTRAINT fk_raw_extraction_data_integration_id
		FOREIGN KEY (tenant_id, integration_id)
		REFERENCES integrations (tenant_id, id)
);
CREATE INDEX idx_raw_extraction_data_tenant_id
	ON raw_extraction_data (tenant_id);
CREATE INDEX idx_raw_extraction_data_integration_id
	ON raw_extraction_data (integration_id);
CREATE INDEX idx_raw_extraction_data_entity_type
	ON raw_extraction_data (entity_type);
CREATE INDEX idx_raw_extraction_data_processing_status
	ON raw_extraction_data (processing_status);
CREATE INDEX idx_raw_extraction_data_created_at
	ON raw_extraction_data (created_at DESC);
COMMENT ON TABLE raw_extraction_data IS
	'Complete API responses, a whole batch in one row; the message '
	'queue carries just the id';
COMMENT ON COLUMN raw_extraction_data.external_id IS
	'The sender''s name for the batch; batches may repeat it';
COMMENT ON COLUMN raw_extraction_data.raw_data IS
	'The response as it came; jsonb keeps all digits, not blanks or '
	'the order of keys';

-- Which row has which vector in Qdrant

CREATE TABLE qdrant_vectors (
	id SERIAL PRIMARY KEY,
	tenant_id INTEGER NOT NULL,
	table_name VARCHAR(50) NOT NULL,
	record_id INTEGER NOT NULL,
	qdrant_collection VARCHAR(100) NOT NULL,
	qdrant_point_id UUID NOT NULL,
	vector_type VARCHAR(50) NOT NULL,
	embedding_model VARCHAR(100) NOT NULL,
	embedding_provider VARCHAR(50) NOT NULL,
	last_updated_at TIMESTAMP WITH TIME ZONE DEFAULT NOW(),
	CONSTRAINT fk_qdrant_vectors_tenant_id
		FOREIGN KEY (tenant_id) REFERENCES tenants (id)
		ON DELETE CASCADE,
	CONSTRAINT uq_qdrant_vectors_tenant_id_table_name_record_id_vector_type
		UNIQUE (tenant_id, table_name, record_id, vector_type)
);
CREATE INDEX idx_qdrant_vectors_tenant_id ON qdrant_vectors (tenant_id);
CREATE INDEX idx_qdrant_vectors_table_name_record_id
	ON qdrant_vectors (table_name, record_id);
CREATE INDEX idx_qdrant_vectors_qdrant_collection
	ON qdrant_vectors (qdrant_collection);
CREATE INDEX idx_qdrant_vectors_qdrant_point_id
	ON qdrant_vectors (qdrant_point_id);
CREATE INDEX idx_qdrant_vectors_embedding_provider
	ON qdrant_vectors (embedding_provider);
COMMENT ON TABLE qdrant_vectors IS
	'Which row of which table has which point in Qdrant; table_name '
	'and record_id name it, no foreign key can';
