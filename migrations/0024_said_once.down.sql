-- Back to 0023: each statement says all itself.

DROP FUNCTION etl_with_ages, etl_kept_id, etl_parts_of, etl_pr_parts,
	etl_part_told, etl_part_id, etl_wake, etl_work_item, etl_outcome, etl_note;
