-- What waits for something that comes later, and is taken up again then; and
-- functions that read more of what APIs send.

-- Batches that name what is not known yet say so in error_details.waiting.
CREATE INDEX idx_raw_extraction_data_waiting
	ON raw_extraction_data (tenant_id, integration_id)
	WHERE error_details ? 'waiting';

COMMENT ON COLUMN raw_extraction_data.raw_data_items IS
	'Items of the batch: of the array, or of the first known member that '
	'holds an array, else 1; once it is transformed, what the transform '
	'has counted; kept here so that lists do not read raw_data';

-- What is in error_details becomes history: its member earlier, the newest
-- twenty, without long lists.
CREATE FUNCTION etl_earlier(details JSONB) RETURNS JSONB
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT CASE WHEN details IS NULL THEN NULL
	WHEN jsonb_typeof(details) <> 'object' THEN
		jsonb_build_object('earlier', jsonb_build_array(details))
	ELSE jsonb_build_object('earlier', jsonb_path_query_array(
		CASE WHEN jsonb_typeof(details->'earlier') = 'array'
		THEN details->'earlier' ELSE '[]' END
		|| CASE WHEN details - 'earlier' = '{}' THEN '[]'
		ELSE jsonb_build_array(details - ARRAY['earlier', 'skipped',
			'waiting', 'transformed']) END,
		'$[last - 19 to last]'))
	END
$$;
COMMENT ON FUNCTION etl_earlier IS
	'error_details without an error of now';

-- A load that failed says so beside what the transform had to say: that is kept
-- in transformed, and waiting stays where its index finds it.
CREATE FUNCTION etl_load_failed(details JSONB, failure JSONB) RETURNS JSONB
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT failure || COALESCE(CASE WHEN details->>'stage' = 'load'
		THEN etl_earlier(details) || jsonb_build_object('transformed',
			COALESCE(details->'transformed', '{}'))
		WHEN jsonb_typeof(details) = 'object'
		THEN jsonb_build_object('transformed', details - 'earlier'
			- 'waiting') || CASE WHEN details ? 'earlier'
			THEN jsonb_build_object('earlier', details->'earlier')
			ELSE '{}' END END, '{}')
		|| CASE WHEN details ? 'waiting' THEN
		jsonb_build_object('waiting', details->'waiting') ELSE '{}' END
$$;
COMMENT ON FUNCTION etl_load_failed IS
	'error_details with one more failure of a load';

CREATE FUNCTION etl_load_passed(details JSONB) RETURNS JSONB
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT COALESCE(details->'transformed', '{}')
		|| CASE WHEN details ? 'waiting' THEN
		jsonb_build_object('waiting', details->'waiting') ELSE '{}' END
		|| etl_earlier(details)
$$;
COMMENT ON FUNCTION etl_load_passed IS
	'error_details as the transform left it, a failed load as history';

-- A load that fails is tried with the beginnings of its batch, too, without the
-- price of a copy of each item.
CREATE FUNCTION etl_first() RETURNS JSONB
LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT jsonb_build_object('n', COALESCE(NULLIF(current_setting(
		'app.items', true), '')::integer, 2147483647) - 1)
$$;
COMMENT ON FUNCTION etl_first IS
	'For paths like $[0 to $n]: the place of the last item that is to be '
	'seen, see etl_items';

-- Which of its keys a pull request is linked by, so that one with an earlier
-- place may follow; those that have the first one wait for nothing.
SELECT set_config('app.every_tenant', 'on', true);
ALTER TABLE prs ADD COLUMN work_item_place INTEGER NOT NULL DEFAULT 0;
COMMENT ON COLUMN prs.work_item_place IS
	'Which of work_item_keys its work item has, from 1; 0: none of them';
UPDATE prs AS p
SET work_item_place = array_position(p.work_item_keys, w.key)
FROM work_items AS w
WHERE w.tenant_id = p.tenant_id AND w.id = p.work_item_id
	AND w.key = ANY (p.work_item_keys);
DROP INDEX idx_prs_tenant_id_waiting;
CREATE INDEX idx_prs_tenant_id_waiting ON prs (tenant_id)
	WHERE work_item_keys IS NOT NULL AND work_item_place <> 1;

-- A status that is of another kind now: metrics are due of the work items whose
-- changes name it. Whoever changes it, the next load of its integration sees.
ALTER TABLE statuses ADD COLUMN metrics_due BOOLEAN NOT NULL DEFAULT FALSE;
COMMENT ON COLUMN statuses.metrics_due IS
	'Its category or mapping has changed since metrics were computed';
CREATE FUNCTION statuses_metrics_due()
RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
	NEW.metrics_due := TRUE;
	RETURN NEW;
END
$$;
CREATE TRIGGER metrics_due BEFORE UPDATE OF category, status_mapping_id
	ON statuses FOR EACH ROW
	WHEN ((OLD.category, OLD.status_mapping_id) IS DISTINCT FROM
		(NEW.category, NEW.status_mapping_id))
	EXECUTE FUNCTION statuses_metrics_due();

-- Functions of 0009 that understand more.

CREATE OR REPLACE FUNCTION etl_integer(value TEXT) RETURNS INTEGER
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT CASE WHEN value ~ '^[ \t\r\n]*[+-]?([0-9]{1,10}(\.[0-9]{0,30})?|\.[0-9]{1,30})([eE][+-]?[0-9]{1,2})?[ \t\r\n]*$' THEN
		CASE WHEN round(value::numeric)
			BETWEEN -2147483648 AND 2147483647
		THEN round(value::numeric)::integer END END
$$;

-- What is rare: seconds of 60, the 24th hour, small letters, long fractions,
-- offsets beyond those of the server. The day is one, or it is NULL.
CREATE FUNCTION etl_timestamp_rare(value TEXT) RETURNS TIMESTAMP
LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT CASE
	WHEN value ~ '^.{5}(?:02-3|(?:02|04|06|09|11)-31)' THEN NULL
	WHEN value ~ '^.{5}02-29' AND value !~
		'^(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)'
		THEN NULL
	ELSE (m[1] || ' ' || COALESCE(replace(regexp_replace(m[2],
		'(\.[0-9]{9})[0-9]+$', '\1'), ':60', ':59'), '00:00'))
		::timestamp + CASE WHEN m[2] ~ ':60' THEN interval '1 second'
		ELSE interval '0' END
		- CASE WHEN m[3] <> 'Z' THEN (left(m[3], 1) || '1')::integer
		* make_interval(hours => substr(m[3], 2, 2)::integer,
		mins => COALESCE(substring(m[3] FROM
			'^.[0-9]{2}:?([0-9]{2})$')::integer, 0))
		ELSE interval '0' END
	END
	FROM regexp_match(upper(value), '^([1-9][0-9]{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01]))(?:[T ]((?:[01][0-9]|2[0-3]):[0-5][0-9](?::(?:[0-5][0-9]|60)(?:\.[0-9]+)?)?|24:00(?::00(?:\.0+)?)?)(Z|[+-](?:(?:0[0-9]|1[0-7])(?::?[0-5][0-9])?|18(?::?00)?))?)?$') AS m
$$;
COMMENT ON FUNCTION etl_timestamp_rare IS
	'What etl_timestamp does not see at the first glance';

CREATE OR REPLACE FUNCTION etl_timestamp(value TEXT) RETURNS TIMESTAMP
LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT CASE
	WHEN value ~ '^[1-9][0-9]{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,9})?(?:Z|[+-](?:0[0-9]|1[0-4]):?[0-5][0-9])$'
		THEN value::timestamptz AT TIME ZONE 'UTC'
	WHEN value IS NOT NULL THEN etl_timestamp_rare(value)
	END
$$;

-- Blank lines of code are kept: its line ends are others until all is joined.
CREATE OR REPLACE FUNCTION etl_document(value JSONB) RETURNS TEXT
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT translate(btrim(regexp_replace(string_agg(CASE n.node->>'type'
		WHEN 'text' THEN translate(etl_scalar(n.node->'text'), E'\n',
			E'\x01')
		WHEN 'mention' THEN etl_scalar(n.node#>'{attrs,text}')
		WHEN 'emoji' THEN COALESCE(etl_scalar(n.node#>'{attrs,text}'),
			etl_scalar(n.node#>'{attrs,shortName}'))
		WHEN 'status' THEN etl_scalar(n.node#>'{attrs,text}')
		WHEN 'date' THEN CASE WHEN n.node#>>'{attrs,timestamp}' ~
			'^-?[0-9]{1,14}$' THEN to_char(to_timestamp(
			(n.node#>>'{attrs,timestamp}')::bigint / 1000)
			AT TIME ZONE 'UTC', 'YYYY-MM-DD') END
		WHEN 'inlineCard' THEN etl_scalar(n.node#>'{attrs,url}')
		WHEN 'blockCard' THEN E'\n' || etl_scalar(n.node#>'{attrs,url}')
		WHEN 'expand' THEN E'\n' || etl_scalar(n.node#>'{attrs,title}')
		WHEN 'nestedExpand' THEN
			E'\n' || etl_scalar(n.node#>'{attrs,title}')
		WHEN 'media' THEN E'\n' || etl_scalar(n.node#>'{attrs,alt}')
		WHEN 'mediaInline' THEN etl_scalar(n.node#>'{attrs,alt}')
		ELSE E'\n'
		END, '' ORDER BY n.ordinality), '\n{2,}', E'\n', 'g'), E'\n'),
		E'\x01', E'\n')
	FROM jsonb_path_query(value, 'strict $.** ? (@.type == "text" ||
		@.type == "paragraph" || @.type == "heading" ||
		@.type == "hardBreak" || @.type == "codeBlock" ||
		@.type == "listItem" || @.type == "taskItem" ||
		@.type == "decisionItem" || @.type == "tableCell" ||
		@.type == "tableHeader" || @.type == "rule" ||
		@.type == "mention" || @.type == "emoji" ||
		@.type == "status" || @.type == "date" ||
		@.type == "expand" || @.type == "nestedExpand" ||
		@.type == "media" || @.type == "mediaInline" ||
		@.type == "inlineCard" || @.type == "blockCard")', '{}', true)
		WITH ORDINALITY AS n (node, ordinality)
$$;
