-- Back to 0034: batches of such types are kept as they came, and what was made of
-- them goes.
DROP VIEW report.records;
DROP FUNCTION etl_infer, etl_member_path, etl_mapped_ages, etl_mapped_taken,
	etl_mapped_is_newer, etl_mapped_outcome, etl_mapped_notes,
	etl_mapped_names, etl_mapped_newest, etl_mapped_kept, etl_mapped_keep, etl_mapped, etl_one, etl_mapped_value, etl_mapping,
	etl_type_flaws, etl_target_columns, etl_path_flaw;
DROP TABLE records, entity_types;
