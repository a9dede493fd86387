-- Back to 0011. Batches that wait are found by hand again.

CREATE OR REPLACE FUNCTION etl_document(value JSONB) RETURNS TEXT
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT btrim(regexp_replace(string_agg(CASE n.node->>'type'
		WHEN 'text' THEN etl_scalar(n.node->'text')
		WHEN 'mention' THEN etl_scalar(n.node#>'{attrs,text}')
		WHEN 'emoji' THEN COALESCE(etl_scalar(n.node#>'{attrs,text}'),
			etl_scalar(n.node#>'{attrs,shortName}'))
		WHEN 'status' THEN etl_scalar(n.node#>'{attrs,text}')
		WHEN 'inlineCard' THEN etl_scalar(n.node#>'{attrs,url}')
		WHEN 'blockCard' THEN E'\n' || etl_scalar(n.node#>'{attrs,url}')
		ELSE E'\n'
		END, '' ORDER BY n.ordinality), '\n{2,}', E'\n', 'g'), E'\n')
	FROM jsonb_path_query(value, 'strict $.** ? (@.type == "text" ||
		@.type == "paragraph" || @.type == "heading" ||
		@.type == "hardBreak" || @.type == "codeBlock" ||
		@.type == "listItem" || @.type == "taskItem" ||
		@.type == "decisionItem" || @.type == "tableCell" ||
		@.type == "tableHeader" || @.type == "rule" ||
		@.type == "mention" || @.type == "emoji" ||
		@.type == "status" || @.type == "inlineCard" ||
		@.type == "blockCard")', '{}', true)
		WITH ORDINALITY AS n (node, ordinality)
$$;

CREATE OR REPLACE FUNCTION etl_timestamp(value TEXT) RETURNS TIMESTAMP
LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT CASE
	WHEN value ~ '^[1-9][0-9]{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,9})?(?:Z|[+-](?:0[0-9]|1[0-4]):?[0-5][0-9])$'
		THEN value::timestamptz AT TIME ZONE 'UTC'
	WHEN value !~ '^[1-9][0-9]{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])(?:[T ](?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,9})?)?(?:Z|[+-](?:0[0-9]|1[0-4])(?::?[0-5][0-9])?)?)?$'
		OR value ~ '^.{5}(?:02-3|(?:02|04|06|09|11)-31)' THEN NULL
	WHEN value ~ '^.{5}02-29' AND value !~
		'^(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)'
		THEN NULL
	WHEN value ~ '(?:Z|:.*[+-][0-9:]+)$' THEN
		value::timestamptz AT TIME ZONE 'UTC'
	ELSE value::timestamp
	END
$$;

CREATE OR REPLACE FUNCTION etl_integer(value TEXT) RETURNS INTEGER
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT CASE WHEN value ~ '^\s*[+-]?\d{1,10}(\.\d{0,30})?\s*$' THEN
		CASE WHEN round(value::numeric)
			BETWEEN -2147483648 AND 2147483647
		THEN round(value::numeric)::integer END END
$$;

DROP FUNCTION etl_timestamp_rare(TEXT);

DROP TRIGGER metrics_due ON statuses;
DROP FUNCTION statuses_metrics_due();
ALTER TABLE statuses DROP COLUMN metrics_due;

DROP INDEX idx_prs_tenant_id_waiting;
CREATE INDEX idx_prs_tenant_id_waiting ON prs (tenant_id)
	WHERE work_item_id IS NULL AND work_item_keys IS NOT NULL;
ALTER TABLE prs DROP COLUMN work_item_place;
DROP INDEX idx_raw_extraction_data_waiting;
DROP FUNCTION etl_load_passed(JSONB);
DROP FUNCTION etl_load_failed(JSONB, JSONB);
DROP FUNCTION etl_earlier(JSONB);
DROP FUNCTION etl_first();
COMMENT ON COLUMN raw_extraction_data.raw_data_items IS
	'Items of the batch: of the array, or of the first known member that '
	'holds an array, else 1; kept here so that lists do not read raw_data';
