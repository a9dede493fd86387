-- Back to 0006: integrations have no settings of their own.

ALTER TABLE integrations DROP COLUMN settings;
