-- A list of the batches of one integration is a page of an index in the order of
-- ids: one that has not sent anything for long cost a look at every batch that came
-- since. The index of 0008 had the time in place of the id and showed the newest
-- batch only, so this takes its place; the time at its end is compared without a
-- look at the rows. Programs of the version before look for the newest batch among
-- all of an integration until they are replaced.

CREATE INDEX idx_raw_extraction_data_tenant_id_integration_id_id
	ON raw_extraction_data (tenant_id, integration_id, id, created_at);
DROP INDEX idx_raw_extraction_data_tenant_id_integration_id_created_at;
