-- Every unified table as lines of text, without what an order may change:
-- surrogate ids, the batch a row was taken from, and when it was written.
-- References are told by external ids. Columns that later migrations add are
-- compared, too. Variable: tables, names with blanks between.
SET app.every_tenant = 'on';
WITH reference (name, target) AS (
	VALUES ('project_id', 'projects'), ('wit_id', 'wits'),
		('status_id', 'statuses'), ('from_status_id', 'statuses'),
		('to_status_id', 'statuses'), ('work_item_id', 'work_items'),
		('repository_id', 'repositories'), ('pr_id', 'prs')
)
SELECT format('SELECT %L, line FROM (SELECT (to_jsonb(t) - %L::text[])::text'
	' || concat(''''%s) AS line FROM %I AS t) AS l'
	' ORDER BY line COLLATE "C"',
	c.relname, '{id,raw_data_id,created_at,last_updated_at,gone_since,'
	'history_raw_data_id,metrics_due'
	|| string_agg(',' || r.name, '' ORDER BY r.name) || '}',
	string_agg(format(', '' %s='', (SELECT x.external_id FROM %I AS x'
		' WHERE x.id = t.%I)', r.name, r.target, r.name), ''
		ORDER BY r.name) FILTER (WHERE EXISTS (SELECT
		FROM pg_attribute AS a WHERE a.attrelid = c.oid
		AND a.attname = r.name)), c.relname)
FROM pg_class AS c CROSS JOIN reference AS r
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
	AND c.relname = ANY (string_to_array(:'tables', ' ')::name[])
GROUP BY c.oid, c.relname
ORDER BY c.relname \gexec
