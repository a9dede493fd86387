-- Back to 0028. Logins of readers stay, and may read nothing any more. Views that
-- somebody added to the schema are in the way: they are not ours to drop.
DO $$
DECLARE
	readable text;
BEGIN
	FOREACH readable IN ARRAY '{projects, workflows, statuses_mappings,
		statuses, wits_mappings, wits, work_items, changelogs,
		repositories, prs, prs_commits, integrations,
		raw_extraction_data}'::text[]
	LOOP
		EXECUTE format('DROP POLICY reader_sees ON %I', readable);
		EXECUTE format('DROP POLICY reader_isolation ON %I', readable);
		EXECUTE format('REVOKE ALL ON %I FROM pulse_etl_reader', readable);
	END LOOP;
END
$$;
DROP INDEX idx_work_items_flow, idx_prs_merged;
DROP VIEW report.dora_weekly, report.deployments, report.pr_times,
	report.pull_requests, report.cycle_times, report.flow_daily,
	report.status_changes, report.work_items, report.statuses,
	report.etl_health;
DROP FUNCTION report.admit, report.dismiss, report.completed_at,
	report.reader_tenant;
DROP TABLE report.logins;
DROP SCHEMA report;
REVOKE USAGE ON SCHEMA public FROM pulse_etl_reader;
