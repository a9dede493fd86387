-- The index of 0008 that the one of 0046 replaced, in a transaction of its own: what
-- writes batches waits for an index that is made, and may have read them before;
-- to drop another one in the same transaction is to wait for that in turn.

DROP INDEX idx_raw_extraction_data_tenant_id_integration_id_created_at;
