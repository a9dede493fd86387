-- What a client sent before it lost the answer: the same Idempotency-Key with
-- the same body gets the first batch's id again, never a second batch.

CREATE TABLE idempotency_keys (
	tenant_id INTEGER NOT NULL
		CONSTRAINT fk_idempotency_keys_tenant_id REFERENCES tenants (id),
	idempotency_key VARCHAR(255) NOT NULL,
	fingerprint BYTEA NOT NULL,
	raw_data_id BIGINT NOT NULL,
	created_at TIMESTAMP NOT NULL DEFAULT NOW(),
	expires_at TIMESTAMP NOT NULL,
	PRIMARY KEY (tenant_id, idempotency_key),
	CONSTRAINT fk_idempotency_keys_tenant_id_raw_data_id
		FOREIGN KEY (tenant_id, raw_data_id)
		REFERENCES raw_extraction_data (tenant_id, id)
		ON DELETE CASCADE,
	CONSTRAINT ck_idempotency_keys_fingerprint
		CHECK (octet_length(fingerprint) = 32)
);
-- What the relay cleans up by, and what deleting a batch looks up.
CREATE INDEX idx_idempotency_keys_expires_at
	ON idempotency_keys (expires_at);
CREATE INDEX idx_idempotency_keys_tenant_id_raw_data_id
	ON idempotency_keys (tenant_id, raw_data_id);

COMMENT ON TABLE idempotency_keys IS
	'Keys of stores, written in the same statement as the batch';
COMMENT ON COLUMN idempotency_keys.fingerprint IS
	'SHA-256 of the request''s body, unpacked';
