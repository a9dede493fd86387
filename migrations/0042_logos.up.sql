-- Logos, which were files of the host that took them: each host has all of them.
-- What logo_dir holds is a copy, which nginx serves.

-- A name says what is in it, so nobody's logo can be put in another one's place.
CREATE TABLE logos (
	name VARCHAR(36) PRIMARY KEY,
	picture BYTEA NOT NULL,
	created_at TIMESTAMP NOT NULL DEFAULT NOW(),
	CONSTRAINT logos_name CHECK (name =
		left(encode(sha256(picture), 'hex'), 32) || '.svg'),
	CONSTRAINT logos_size CHECK (octet_length(picture) BETWEEN 1 AND 1048576)
);
COMMENT ON TABLE logos IS
	'SVG pictures that were uploaded, of all tenants: anybody may read them';
COMMENT ON COLUMN logos.name IS
	'Half the SHA-256 of the picture: what logo_filename holds';

-- No tenant is in it. The service neither changes nor removes what is there.
ALTER TABLE logos ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY all_see ON logos FOR SELECT USING (true);
CREATE POLICY all_add ON logos FOR INSERT WITH CHECK (true);
CREATE POLICY operators_change ON logos
	USING ((SELECT current_setting('app.every_tenant', true) = 'on'))
	WITH CHECK ((SELECT current_setting('app.every_tenant', true) = 'on'));
REVOKE ALL ON logos FROM PUBLIC, pulse_etl_service;
GRANT SELECT, INSERT ON logos TO pulse_etl_service;
DO $$
BEGIN
	IF current_user <> 'pulse_etl_owner' THEN
		ALTER TABLE logos OWNER TO pulse_etl_owner;
	END IF;
END
$$;
