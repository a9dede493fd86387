-- Back to 0031. A pulse-etl-fcgi that is not of before 0032 cannot store then.
DROP TRIGGER charted ON raw_extraction_data;
DROP TRIGGER charted_off ON raw_extraction_data;
DROP TRIGGER charted_again ON raw_extraction_data;
DROP TRIGGER charted_none ON raw_extraction_data;
DROP FUNCTION raw_extraction_data_charted();
DROP TABLE raw_extraction_changes, raw_extraction_series;
