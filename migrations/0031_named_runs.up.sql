-- Runs of single issues and pull requests, runs with an upper bound, and page
-- tokens that are watched for circles.
ALTER TABLE extract_runs
	ADD COLUMN to_at TIMESTAMP,
	ADD COLUMN late VARCHAR[] NOT NULL DEFAULT '{}',
	ADD COLUMN token_loop TEXT,
	ADD COLUMN rest_loop TEXT,
	ADD CHECK (to_at > from_at);
COMMENT ON COLUMN extract_runs.to_at IS
	'Changes before this time are asked for; NULL: all';
COMMENT ON COLUMN extract_runs.late IS
	'What webhooks have named since the run began: it is left to the next run';
COMMENT ON COLUMN extract_runs.token_loop IS
	'What is remembered of the tokens of a part''s pages, to find a circle';
COMMENT ON COLUMN extract_runs.rest_loop IS
	'The same of the pages that complete an answer';
