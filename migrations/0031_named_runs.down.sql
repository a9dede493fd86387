-- Back to 0030. Runs of webhooks that wait name nothing that 0030 reads: they end.
UPDATE extract_runs SET state = 'cancelled', ended_at = now()
WHERE active AND job_type IN ('jira_hook', 'github_hook');
ALTER TABLE extract_runs
	DROP COLUMN rest_loop,
	DROP COLUMN token_loop,
	DROP COLUMN late,
	DROP COLUMN to_at;
