-- What the older key cannot tell apart goes; the batches have it still.
DELETE FROM changelogs AS c
WHERE EXISTS (SELECT FROM changelogs AS o WHERE o.tenant_id = c.tenant_id
	AND o.integration_id = c.integration_id
	AND o.external_id = c.external_id AND o.id < c.id);
ALTER TABLE changelogs
	ADD CONSTRAINT uq_changelogs_tenant_id_integration_id_external_id
	UNIQUE (tenant_id, integration_id, external_id);

DROP FUNCTION etl_items(BIGINT, BIGINT, BIGINT, TEXT[]);
DROP FUNCTION etl_path(JSONB, TEXT[]);
DROP FUNCTION etl_category(JSONB);
DROP FUNCTION etl_text(JSONB);
DROP FUNCTION etl_document(JSONB);
DROP FUNCTION etl_label(JSONB);
DROP FUNCTION etl_words(JSONB);
DROP FUNCTION etl_word(JSONB);
DROP FUNCTION etl_timestamp(TEXT);
DROP FUNCTION etl_integer(TEXT);
DROP FUNCTION etl_id(JSONB);
DROP FUNCTION etl_name(JSONB);
DROP FUNCTION etl_scalar(JSONB);
