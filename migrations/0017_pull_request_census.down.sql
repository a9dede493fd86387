-- Back to 0016.

DROP FUNCTION etl_census_ended, etl_pr_census;
