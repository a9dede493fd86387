-- The table of the seed document, which the peers and the FastCGI floor fill,
-- compressed as the service compresses it.
CREATE TABLE tenants (id SERIAL PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE integrations (
	id SERIAL PRIMARY KEY,
	tenant_id INTEGER NOT NULL REFERENCES tenants (id)
);
INSERT INTO tenants (name) VALUES ('bench');
INSERT INTO integrations (tenant_id) VALUES (1);
CREATE TABLE raw_extraction_data (
	id SERIAL PRIMARY KEY,
	tenant_id INTEGER NOT NULL REFERENCES tenants (id),
	integration_id INTEGER NOT NULL REFERENCES integrations (id),
	entity_type VARCHAR(50) NOT NULL,
	external_id VARCHAR(255),
	raw_data JSONB COMPRESSION lz4 NOT NULL,
	extraction_metadata JSONB,
	processing_status VARCHAR(20) DEFAULT 'pending',
	error_details JSONB,
	created_at TIMESTAMP DEFAULT NOW(),
	processed_at TIMESTAMP,
	active BOOLEAN DEFAULT TRUE
);
CREATE INDEX ON raw_extraction_data (tenant_id);
CREATE INDEX ON raw_extraction_data (integration_id);
CREATE INDEX ON raw_extraction_data (entity_type);
CREATE INDEX ON raw_extraction_data (processing_status);
CREATE INDEX ON raw_extraction_data (created_at DESC);
