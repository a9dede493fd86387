-- Nothing is planned by what texts for people say, so PostgreSQL keeps no statistics
-- of them: a reader of one tenant learnt those of another from the estimates of
-- EXPLAIN, letter by letter (docs/security.md). Keys, names that rows are joined by,
-- statuses, numbers and times keep theirs. Statistics that are there go where a
-- superuser applies this; only he may change them.

DO $$
DECLARE
	place record;
BEGIN
	FOR place IN
		SELECT t AS of, c AS name
		FROM (VALUES
			('work_items', '{summary,description,acceptance_criteria,'
				'resolution,assignee,labels,priority,team}'::text[]
				|| ARRAY(SELECT 'custom_field_' || to_char(n, 'FM00')
				FROM generate_series(1, 20) AS n)),
			('changelogs', '{changed_by}'),
			('prs', '{name,user_name,body,merged_by,url}'),
			('repositories', '{description,url}'),
			('statuses', '{description}'),
			('wits', '{description}')) AS v (t, columns)
		CROSS JOIN unnest(columns) AS c
	LOOP
		EXECUTE format('ALTER TABLE %I ALTER COLUMN %I SET STATISTICS 0',
			place.of, place.name);
		IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
			DELETE FROM pg_statistic AS s USING pg_attribute AS a
			WHERE s.starelid = place.of::regclass
			AND a.attrelid = s.starelid AND a.attnum = s.staattnum
			AND a.attname = place.name;
		END IF;
	END LOOP;
	IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)
		AND EXISTS (SELECT FROM pg_attribute AS a
		JOIN pg_class AS c ON c.oid = a.attrelid AND c.relkind = 'r'
		AND c.reltuples > 0
		WHERE c.relnamespace = 'public'::regnamespace
		AND a.attnum > 0 AND a.attstattarget = 0) THEN
		RAISE WARNING 'statistics of texts may be there from before: a'
			' superuser can delete them, see docs/security.md';
	END IF;
END
$$;
