-- Nothing is left behind: what was interrupted is counted apart from what has
-- failed, and an index knows which batches the relay has to queue again.

ALTER TABLE raw_extraction_data
	ADD COLUMN interruptions INTEGER NOT NULL DEFAULT 0,
	ADD COLUMN queue_due BOOLEAN NOT NULL DEFAULT FALSE;
COMMENT ON COLUMN raw_extraction_data.attempts IS
	'How often a worker began with it; with interruptions it did not fail';
COMMENT ON COLUMN raw_extraction_data.interruptions IS
	'How often its worker died or lost the database: attempts that say '
	'nothing against the batch';
COMMENT ON COLUMN raw_extraction_data.queue_due IS
	'It was changed since it was stored, and is pending without a message: '
	'the relay queues it; kept by a trigger. A batch that was just stored '
	'is not due: whoever stored it queues it, or the relay when it passes '
	'its id';

-- Whatever makes a batch pending again: a requeue, a status that was set, an
-- end of a lease, a load that others waited for, somebody with psql. Rows that
-- are stored and marked as queued never come here: their mark stays heap-only,
-- for which no index may know of queued_at.
CREATE FUNCTION raw_extraction_data_due()
RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
	NEW.queue_due := NEW.processing_status = 'pending'
		AND NEW.queued_at IS NULL AND NEW.queue_transform AND NEW.active;
	IF NEW.attempts = 0 THEN
		NEW.interruptions := 0;
	END IF;
	RETURN NEW;
END
$$;
CREATE TRIGGER due BEFORE UPDATE OF processing_status, queued_at,
	queue_transform, active, attempts
	ON raw_extraction_data FOR EACH ROW
	WHEN (NEW.queue_due <> (NEW.processing_status = 'pending'
		AND NEW.queued_at IS NULL AND NEW.queue_transform AND NEW.active)
		OR (NEW.attempts = 0 AND NEW.interruptions > 0))
	EXECUTE FUNCTION raw_extraction_data_due();
CREATE INDEX idx_raw_extraction_data_queue_due
	ON raw_extraction_data (id) WHERE queue_due;
