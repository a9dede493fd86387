-- What is paused: the batches and extractions of a tenant, or a queue of all. A
-- store goes on as ever; what it stores waits, and goes on at the resume.

CREATE TABLE tenant_pauses (
	tenant_id INTEGER PRIMARY KEY
		CONSTRAINT fk_tenant_pauses_tenant_id REFERENCES tenants (id),
	paused_at TIMESTAMP NOT NULL DEFAULT NOW(),
	paused_by VARCHAR(255) NOT NULL,
	resumed_at TIMESTAMP,
	cut_at TIMESTAMP
);
COMMENT ON TABLE tenant_pauses IS
	'Tenants whose batches and extractions wait; stores are accepted';
COMMENT ON COLUMN tenant_pauses.resumed_at IS
	'They go on since; the relay queues again what has waited, and then takes '
	'the row away';
COMMENT ON COLUMN tenant_pauses.cut_at IS
	'When the relay first saw that; batches whose messages workers have let '
	'go during the pause were queued before';

CREATE TABLE queue_pauses (
	queue VARCHAR(50) PRIMARY KEY
		CONSTRAINT chk_queue_pauses_queue CHECK (queue
		IN ('extract_queue', 'transform_queue', 'load_queue')),
	paused_at TIMESTAMP NOT NULL DEFAULT NOW(),
	paused_by VARCHAR(255) NOT NULL
);
COMMENT ON TABLE queue_pauses IS
	'Queues that no worker takes from; messages are published to them';

-- Rights and the second lock, as in 0014.
ALTER TABLE tenant_pauses ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON tenant_pauses
	USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id',
		true), '')::integer)
		OR (SELECT current_setting('app.every_tenant', true) = 'on'))
	WITH CHECK (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id',
		true), '')::integer)
		OR (SELECT current_setting('app.every_tenant', true) = 'on'));
-- All see which queues are paused; no session of a tenant changes that.
ALTER TABLE queue_pauses ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY all_see ON queue_pauses FOR SELECT USING (true);
CREATE POLICY operators_change ON queue_pauses
	USING ((SELECT current_setting('app.every_tenant', true) = 'on'))
	WITH CHECK ((SELECT current_setting('app.every_tenant', true) = 'on'));
REVOKE ALL ON tenant_pauses, queue_pauses FROM PUBLIC, pulse_etl_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON tenant_pauses TO pulse_etl_service;
GRANT SELECT, INSERT, DELETE ON queue_pauses TO pulse_etl_service;
DO $$
BEGIN
	IF current_user <> 'pulse_etl_owner' THEN
		ALTER TABLE tenant_pauses OWNER TO pulse_etl_owner;
		ALTER TABLE queue_pauses OWNER TO pulse_etl_owner;
	END IF;
END
$$;
