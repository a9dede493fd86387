-- Back to 0004: nobody knows any more when a batch was taken.

ALTER TABLE raw_extraction_data DROP COLUMN claimed_at;
