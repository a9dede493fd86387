-- Back to 0044.
DO $$
DECLARE
	was constant text := E'\t\tWHERE p.depth < 6\n\t), list AS';
BEGIN
	EXECUTE replace(pg_get_functiondef('etl_infer'::regproc), was,
		replace(was, '6', '3'));
	EXECUTE replace(replace(
		pg_get_functiondef('report.flow_between'::regproc),
		E'\n\tWHERE b.began IS NOT NULL', ''),
		'report.today()', 'CURRENT_DATE');
	EXECUTE 'CREATE OR REPLACE VIEW report.flow_daily'
		' WITH (security_invoker = true) AS '
		|| replace(pg_get_viewdef('report.flow_daily'::regclass),
			'report.today()', 'CURRENT_DATE');
END
$$;
DROP FUNCTION report.today();
