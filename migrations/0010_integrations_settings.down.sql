-- Back to 0009: integrations have no settings of their own.

ALTER TABLE integrations DROP COLUMN settings;
