-- Which product a source is, such as jira or github, apart from the name that a
-- tenant gives its integration: so a tenant may have two Jira sites. Programs
-- from before this know names alone: what they insert gets its product here.

SELECT set_config('app.every_tenant', 'on', true);

CREATE FUNCTION etl_product(name TEXT) RETURNS TEXT
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT COALESCE(substring(lower(name) FROM 'jira|github'),
		NULLIF(left(trim(BOTH '_' FROM regexp_replace(lower(name),
		'[^a-z0-9]+', '_', 'g')), 50), ''), 'other')
$$;
COMMENT ON FUNCTION etl_product IS
	'The product that the name of an integration tells, where nobody said it';

CREATE FUNCTION etl_product_of_name() RETURNS TRIGGER
LANGUAGE plpgsql AS $$
BEGIN
	NEW.product := etl_product(NEW.provider);
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION etl_product_of_name IS
	'Gives an integration without a product that of its name';

ALTER TABLE integrations ADD COLUMN product VARCHAR(50)
	CONSTRAINT ck_integrations_product
	CHECK (product ~ '^[a-z0-9][a-z0-9_-]*$');
UPDATE integrations SET product = etl_product(provider);
ALTER TABLE integrations ALTER COLUMN product SET NOT NULL;
COMMENT ON COLUMN integrations.product IS
	'Which product the source is, such as jira; provider is its name';
CREATE TRIGGER product_of_name BEFORE INSERT ON integrations
	FOR EACH ROW WHEN (NEW.product IS NULL)
	EXECUTE FUNCTION etl_product_of_name();
