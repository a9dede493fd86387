-- Extraction: what is fetched from the sources, and how far that has come. A run
-- is its own outbox: queued_at stays NULL until the broker has confirmed its
-- message. RabbitMQ holds what is to be done; these rows say how far it is.

ALTER TABLE etl_jobs
	ADD COLUMN job_type VARCHAR(50),
	ADD COLUMN job_params JSONB NOT NULL DEFAULT '{}',
	ADD COLUMN interval_seconds INTEGER,
	ADD COLUMN jitter_seconds INTEGER NOT NULL DEFAULT 0,
	ADD COLUMN next_at TIMESTAMP,
	ADD UNIQUE (tenant_id, id),
	ADD CHECK (interval_seconds >= 60),
	ADD CHECK (jitter_seconds >= 0);
CREATE INDEX ON etl_jobs (next_at) WHERE active AND next_at IS NOT NULL;
COMMENT ON COLUMN etl_jobs.job_type IS
	'What is extracted, such as jira_sync; NULL: a job of another program';
COMMENT ON COLUMN etl_jobs.job_params IS 'As POST /jobs/extract takes them';
COMMENT ON COLUMN etl_jobs.interval_seconds IS
	'A run begins so often; NULL: only by hand';
COMMENT ON COLUMN etl_jobs.jitter_seconds IS
	'Each run begins up to so much later, by chance';
COMMENT ON COLUMN etl_jobs.next_at IS 'When the next run begins';

ALTER TABLE integrations ADD COLUMN refused_at TIMESTAMP;
COMMENT ON COLUMN integrations.refused_at IS
	'Since when the source has refused the credentials; NULL: it has not';

CREATE TABLE extract_runs (
	id BIGSERIAL PRIMARY KEY,
	tenant_id INTEGER NOT NULL REFERENCES tenants (id),
	integration_id INTEGER NOT NULL,
	job_id INTEGER,
	job_type VARCHAR(50) NOT NULL,
	job_params JSONB NOT NULL DEFAULT '{}',
	state VARCHAR(20) NOT NULL DEFAULT 'queued' CHECK (state IN ('queued',
		'running', 'waiting', 'done', 'partial', 'failed', 'cancelled')),
	active BOOLEAN GENERATED ALWAYS AS
		(state IN ('queued', 'running', 'waiting')) STORED,
	from_at TIMESTAMP,
	is_full BOOLEAN NOT NULL DEFAULT FALSE,
	stream_at INTEGER NOT NULL DEFAULT 0,
	stream VARCHAR(50),
	part_at INTEGER NOT NULL DEFAULT 0,
	part VARCHAR,
	part_is_read BOOLEAN NOT NULL DEFAULT FALSE,
	part_failed BOOLEAN NOT NULL DEFAULT FALSE,
	token TEXT,
	rest_token TEXT,
	page_size INTEGER NOT NULL DEFAULT 0,
	empty_pages INTEGER NOT NULL DEFAULT 0,
	parts VARCHAR[] NOT NULL DEFAULT '{}',
	lacking VARCHAR[] NOT NULL DEFAULT '{}',
	step BIGINT NOT NULL DEFAULT 0,
	pages BIGINT NOT NULL DEFAULT 0,
	items BIGINT NOT NULL DEFAULT 0,
	bytes BIGINT NOT NULL DEFAULT 0,
	requests BIGINT NOT NULL DEFAULT 0,
	waited_seconds BIGINT NOT NULL DEFAULT 0,
	resume_at TIMESTAMP,
	errors JSONB NOT NULL DEFAULT '[]',
	created_at TIMESTAMP NOT NULL DEFAULT now(),
	queued_at TIMESTAMP,
	started_at TIMESTAMP,
	ended_at TIMESTAMP,
	last_updated_at TIMESTAMP NOT NULL DEFAULT now(),
	FOREIGN KEY (tenant_id, integration_id)
		REFERENCES integrations (tenant_id, id),
	FOREIGN KEY (tenant_id, job_id) REFERENCES etl_jobs (tenant_id, id)
		ON DELETE SET NULL (job_id)
);
CREATE UNIQUE INDEX ON extract_runs (tenant_id, integration_id, job_type)
	WHERE active;
CREATE INDEX ON extract_runs (tenant_id, id);
CREATE INDEX ON extract_runs (tenant_id, job_id);
CREATE INDEX ON extract_runs (id) WHERE active;
COMMENT ON TABLE extract_runs IS
	'Runs of extractions, and how far they have come';
COMMENT ON COLUMN extract_runs.active IS 'It has not ended yet';
COMMENT ON COLUMN extract_runs.stream_at IS
	'Which of the job type''s streams it is at, from 0';
COMMENT ON COLUMN extract_runs.parts IS
	'Projects or repositories that are to be read';
COMMENT ON COLUMN extract_runs.lacking IS
	'What answers have said they lack and that is still to be asked for';
COMMENT ON COLUMN extract_runs.step IS
	'Counts changes: two extractors do not take the same step';

CREATE TABLE extract_states (
	tenant_id INTEGER NOT NULL REFERENCES tenants (id),
	integration_id INTEGER NOT NULL,
	stream VARCHAR(50) NOT NULL,
	part VARCHAR(255) NOT NULL,
	cursor_at TIMESTAMP,
	page_size INTEGER NOT NULL DEFAULT 0,
	run_id BIGINT NOT NULL,
	last_updated_at TIMESTAMP NOT NULL DEFAULT now(),
	PRIMARY KEY (tenant_id, integration_id, stream, part),
	FOREIGN KEY (tenant_id, integration_id)
		REFERENCES integrations (tenant_id, id)
);
COMMENT ON TABLE extract_states IS
	'How far each stream of an integration was read, for each project or '
	'repository';
COMMENT ON COLUMN extract_states.cursor_at IS
	'All that had changed before was read; NULL: nothing yet';

-- Rights and the second lock, as in 0006.
DO $$
DECLARE
	owned text;
	policy constant text := 'tenant_id = (SELECT NULLIF(current_setting('
		'''app.tenant_id'', true), '''')::integer) OR (SELECT '
		'current_setting(''app.every_tenant'', true) = ''on'')';
BEGIN
	FOREACH owned IN ARRAY '{extract_runs, extract_states}'::text[]
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
GRANT USAGE ON SEQUENCE extract_runs_id_seq TO pulse_etl_service;
