DROP TABLE extract_states, extract_runs;
ALTER TABLE integrations DROP COLUMN refused_at;
DROP INDEX etl_jobs_next_at_idx;
ALTER TABLE etl_jobs
	DROP CONSTRAINT etl_jobs_tenant_id_id_key,
	DROP COLUMN next_at,
	DROP COLUMN jitter_seconds,
	DROP COLUMN interval_seconds,
	DROP COLUMN job_params,
	DROP COLUMN job_type;
