-- SPDX-License-Identifier: MIT
-- The five finished work items that took longest, from the beginning of work to
-- its end (total_cycle_time_seconds of docs/metrics.md):
--
--	deploy/stack psql -f deploy/longest.sql
--
-- of tenant 1; with -v tenant=2 of another.
\if :{?tenant}
\else
\set tenant 1
\endif
SELECT key, summary,
	round((total_cycle_time_seconds / 86400)::numeric, 1) AS days
FROM work_items
WHERE tenant_id = :tenant AND active AND total_cycle_time_seconds IS NOT NULL
ORDER BY total_cycle_time_seconds DESC, key
LIMIT 5;
