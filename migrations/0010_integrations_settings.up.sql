-- What a source needs to be told besides its address, such as which of its
-- custom fields becomes which column.

ALTER TABLE integrations ADD COLUMN settings JSONB NOT NULL DEFAULT '{}';

COMMENT ON COLUMN integrations.settings IS
	'Settings of the source, such as custom_fields: which custom field '
	'becomes which column of work_items';
