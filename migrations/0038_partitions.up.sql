-- Partitions of raw_extraction_data by ranges of id, for whoever chooses them:
-- pulse-etl-migrate --partition. This migration brings the functions and changes
-- no table (docs/partitions.md).
--
-- Rights are those of the whole table: nobody has any on a partition. The
-- functions that the service calls act as pulse_etl_owner, for whoever sees every
-- tenant, and wait a second at most for a lock, so that no store waits longer for
-- them.

-- Text of a bound is FOR VALUES FROM (MINVALUE) TO ('1001'), or DEFAULT.
CREATE FUNCTION raw_partition_bounds()
RETURNS TABLE (partition REGCLASS, name TEXT, first_id BIGINT, next_id BIGINT,
	is_rest BOOLEAN)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT c.oid::regclass, c.relname::text,
		CASE WHEN b.text <> 'DEFAULT' THEN COALESCE(substring(b.text
			FROM 'FROM \(''?(-?[0-9]+)')::bigint,
			-9223372036854775808) END,
		substring(b.text FROM 'TO \(''?(-?[0-9]+)')::bigint,
		b.text = 'DEFAULT'
	FROM pg_inherits AS i
	JOIN pg_class AS c ON c.oid = i.inhrelid
	CROSS JOIN LATERAL (SELECT pg_get_expr(c.relpartbound, c.oid) AS text)
		AS b
	WHERE i.inhparent = 'public.raw_extraction_data'::regclass
	ORDER BY 3 NULLS LAST
$$;
COMMENT ON FUNCTION raw_partition_bounds IS
	'The partitions in the order of ids; the rest takes what no other does';

CREATE FUNCTION raw_partition_is_used() RETURNS BOOLEAN
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT relkind = 'p' FROM pg_class
	WHERE oid = 'public.raw_extraction_data'::regclass
$$;
COMMENT ON FUNCTION raw_partition_is_used IS
	'Is raw_extraction_data partitioned?';

-- Row security is there for the owner, too.
CREATE FUNCTION raw_partition_need_all() RETURNS VOID
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF current_setting('app.every_tenant', true) IS DISTINCT FROM 'on' THEN
		RAISE EXCEPTION 'partitions have the batches of every tenant:'
			' SET app.every_tenant = on'
			USING ERRCODE = 'insufficient_privilege';
	END IF;
END
$$;

-- A lock that keeps nobody from storing, but vacuum away: one that runs by itself
-- is given up after deadlock_timeout for whoever waits so long.
CREATE FUNCTION raw_partition_lock_softly(target REGCLASS) RETURNS VOID
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	PERFORM set_config('lock_timeout', (1000 + extract(epoch FROM
		current_setting('deadlock_timeout')::interval) * 1000)::integer
		::text, true);
	EXECUTE format('LOCK TABLE ONLY %s IN SHARE UPDATE EXCLUSIVE MODE',
		target);
END
$$;

-- What one table has of rights and row security, for another one.
CREATE FUNCTION raw_partition_copy_policies(source REGCLASS, target REGCLASS)
RETURNS VOID LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	p RECORD;
BEGIN
	EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY,'
		' FORCE ROW LEVEL SECURITY', target);
	FOR p IN SELECT x.*, (SELECT string_agg(quote_ident(r), ', ')
			FROM unnest(x.roles) AS r) AS whom
		FROM pg_policies AS x JOIN pg_class AS c ON c.oid = source
		AND x.tablename = c.relname WHERE x.schemaname = 'public'
	LOOP
		EXECUTE format('CREATE POLICY %I ON %s AS %s FOR %s TO %s%s%s',
			p.policyname, target, p.permissive, p.cmd, p.whom,
			' USING (' || p.qual || ')',
			' WITH CHECK (' || p.with_check || ')');
	END LOOP;
END
$$;

CREATE FUNCTION raw_partition_copy_rights(source REGCLASS, target REGCLASS)
RETURNS VOID LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	g RECORD;
BEGIN
	EXECUTE format('ALTER TABLE %s OWNER TO %s', target, (SELECT
		relowner::regrole FROM pg_class WHERE oid = source));
	FOR g IN SELECT a.grantee, a.privilege_type || COALESCE(' ('
			|| quote_ident(x.attname) || ')', '') AS what
		FROM (SELECT relacl AS acl, NULL AS attname, relowner AS owner
			FROM pg_class WHERE oid = source
			UNION ALL SELECT attacl, attname, 0 FROM pg_attribute
			WHERE attrelid = source AND NOT attisdropped) AS x
		CROSS JOIN LATERAL aclexplode(x.acl) AS a
		WHERE a.grantee <> x.owner
	LOOP
		EXECUTE format('GRANT %s ON %s TO %s', g.what, target,
			CASE g.grantee WHEN 0 THEN 'PUBLIC'
			ELSE g.grantee::regrole::text END);
	END LOOP;
END
$$;

CREATE FUNCTION raw_partition_hide(target REGCLASS) RETURNS VOID
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	EXECUTE format('REVOKE ALL ON %s FROM PUBLIC, pulse_etl_service,'
		' pulse_etl_reader', target);
END
$$;
COMMENT ON FUNCTION raw_partition_hide IS
	'Leaves nobody but the owner a right on a partition';

-- Made beside the table and attached: that waits for no store, and no store for
-- it. Storage parameters are those of the newest partition.
CREATE FUNCTION raw_partition_make(first_id BIGINT, next_id BIGINT) RETURNS TEXT
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	made CONSTANT TEXT := 'raw_extraction_data_'
		|| COALESCE('p' || first_id, 'rest');
	options TEXT;
BEGIN
	SELECT 'WITH (' || array_to_string(c.reloptions, ', ') || ')'
	INTO options
	FROM public.raw_partition_bounds() AS b
	JOIN pg_class AS c ON c.oid = b.partition
	ORDER BY b.first_id DESC NULLS LAST LIMIT 1;
	EXECUTE format('CREATE TABLE public.%I (LIKE public.raw_extraction_data'
		' INCLUDING ALL EXCLUDING COMMENTS) %s', made, options);
	EXECUTE format('ALTER TABLE public.%I OWNER TO %s', made, (SELECT
		relowner::regrole FROM pg_class
		WHERE oid = 'public.raw_extraction_data'::regclass));
	PERFORM public.raw_partition_hide(format('public.%I', made)::regclass);
	PERFORM public.raw_partition_copy_policies('public.raw_extraction_data',
		format('public.%I', made)::regclass);
	EXECUTE format('ALTER TABLE public.raw_extraction_data ATTACH PARTITION'
		' public.%I %s', made, CASE WHEN first_id IS NULL
		THEN 'DEFAULT' ELSE format('FOR VALUES FROM (%s) TO (%s)',
		first_id, next_id) END);
	RETURN made;
END
$$;
COMMENT ON FUNCTION raw_partition_make IS
	'Makes the partition of these ids; of NULL: the rest';

-- There is always room ahead: two partitions that no id has reached yet. Where
-- ids come close to the last one, or are past it, they are in the rest, or about
-- to be: the next partition then begins so far on that none of them belongs to
-- it, and those in between stay in the rest.
CREATE FUNCTION raw_partition_make_ahead(most_rows BIGINT) RETURNS SETOF TEXT
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	last_id CONSTANT BIGINT := (SELECT last_value
		FROM public.raw_extraction_data_id_seq);
	close CONSTANT BIGINT := LEAST(most_rows / 2, 50000);
	ahead INTEGER;
	top BIGINT;
	taken BIGINT;
BEGIN
	SELECT count(*) FILTER (WHERE b.first_id > last_id),
		COALESCE(max(b.next_id), 1)
	INTO ahead, top FROM public.raw_partition_bounds() AS b;
	FOR i IN ahead + 1..2 LOOP
		top := GREATEST(top, CASE WHEN last_id + close >= top
			THEN last_id + close END);
		LOOP
			SELECT max(id) INTO taken
			FROM public.raw_extraction_data_rest
			WHERE id >= top AND id < top + most_rows;
			EXIT WHEN taken IS NULL;
			top := taken + 1;
		END LOOP;
		RETURN NEXT public.raw_partition_make(top, top + most_rows);
		top := top + most_rows;
	END LOOP;
END
$$;

-- Choosing partitions, in steps of a transaction each (pulse-etl-migrate):
-- raw_partitions_prepare(), VALIDATE CONSTRAINT raw_partitions_end,
-- raw_partitions_choose(), VALIDATE CONSTRAINT of the keys that refer to it.

CREATE FUNCTION raw_partitions_obstacle() RETURNS TEXT
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	WITH raw AS (SELECT * FROM pg_class
		WHERE oid = 'public.raw_extraction_data'::regclass)
	SELECT COALESCE((
		SELECT format('the materialized view %s reads the table: drop'
			' it, and make it again afterwards',
			w.ev_class::regclass)
		FROM raw JOIN pg_depend AS d
			ON d.refclassid = 'pg_class'::regclass
			AND d.refobjid = raw.oid
			AND d.classid = 'pg_rewrite'::regclass
		JOIN pg_rewrite AS w ON w.oid = d.objid
		JOIN pg_class AS v ON v.oid = w.ev_class AND v.relkind = 'm'
		LIMIT 1), (
		SELECT format('the publication %I names the table: take it out'
			' (ALTER PUBLICATION), and put it in again afterwards',
			p.pubname)
		FROM raw JOIN pg_publication_rel AS r ON r.prrelid = raw.oid
		JOIN pg_publication AS p ON p.oid = r.prpubid LIMIT 1), (
		SELECT format('%s uses the type of the table''s rows: drop it,'
			' and make it again afterwards',
			pg_describe_object(d.classid, d.objid, d.objsubid))
		FROM raw JOIN pg_type AS t ON t.oid = raw.reltype
		JOIN pg_depend AS d ON d.refclassid = 'pg_type'::regclass
			AND d.refobjid IN (t.oid, t.typarray)
			AND d.deptype = 'n' LIMIT 1), (
		SELECT format('the trigger %I of the table uses transition'
			' tables: drop it', g.tgname)
		FROM raw JOIN pg_trigger AS g ON g.tgrelid = raw.oid
			AND NOT g.tgisinternal AND (g.tgoldtable IS NOT NULL
			OR g.tgnewtable IS NOT NULL) LIMIT 1), (
		SELECT format('the index %s is unique without the column id,'
			' which partitions cannot keep: drop it',
			x.indexrelid::regclass)
		FROM raw JOIN pg_index AS x ON x.indrelid = raw.oid
			AND x.indisunique
		JOIN pg_attribute AS a ON a.attrelid = raw.oid
			AND a.attname = 'id' AND NOT a.attnum = ANY (x.indkey)
		LIMIT 1))
$$;
COMMENT ON FUNCTION raw_partitions_obstacle IS
	'What has to be done by hand before the table can be partitioned, or be '
	'one table again; NULL: nothing';

-- What proves, without a look at the rows, that all ids are below the end.
CREATE FUNCTION raw_partitions_end() RETURNS BIGINT
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT substring(pg_get_constraintdef(oid) FROM '< ''?([0-9]+)')::bigint
	FROM pg_constraint
	WHERE conrelid = 'public.raw_extraction_data'::regclass
		AND conname = 'raw_partitions_end'
$$;

CREATE FUNCTION raw_partitions_prepare(most_rows BIGINT) RETURNS BIGINT
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	last_id BIGINT;
BEGIN
	LOCK TABLE public.raw_extraction_data IN ACCESS EXCLUSIVE MODE;
	SELECT GREATEST(s.last_value, (SELECT COALESCE(max(id), 0)
		FROM public.raw_extraction_data)) INTO last_id
	FROM public.raw_extraction_data_id_seq AS s;
	IF public.raw_partitions_end() - last_id >= most_rows / 2 THEN
		RETURN public.raw_partitions_end();
	END IF;
	IF public.raw_partitions_end() IS NOT NULL THEN
		ALTER TABLE public.raw_extraction_data
			DROP CONSTRAINT raw_partitions_end;
	END IF;
	EXECUTE format('ALTER TABLE public.raw_extraction_data ADD CONSTRAINT'
		' raw_partitions_end CHECK (id < %s) NOT VALID',
		last_id + most_rows + 1);
	RETURN last_id + most_rows + 1;
END
$$;
COMMENT ON FUNCTION raw_partitions_prepare IS
	'The end of the first partition, so many rows on. Until it is chosen no '
	'id from there on can be stored: the relay takes the end away again if '
	'whoever prepared is gone';

-- What hangs on a table and has to hang on the one that takes its place.
CREATE FUNCTION raw_partition_parts(raw REGCLASS)
RETURNS TABLE (kind TEXT, place TEXT, name TEXT, definition TEXT, more TEXT)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT 'index', NULL, i.indexrelid::regclass::text,
		replace(pg_get_indexdef(i.indexrelid), ' ON ONLY ', ' ON '), NULL
	FROM pg_index AS i
	WHERE i.indrelid = raw AND NOT EXISTS (SELECT FROM pg_constraint AS k
		WHERE k.conindid = i.indexrelid AND k.conrelid = raw)
	UNION ALL
	SELECT CASE contype WHEN 'f' THEN 'reference' ELSE 'key' END, NULL,
		quote_ident(conname), pg_get_constraintdef(oid), NULL
	FROM pg_constraint
	WHERE conrelid = raw AND contype IN ('p', 'u', 'f')
	UNION ALL
	SELECT 'referrer', conrelid::regclass::text, quote_ident(conname),
		pg_get_constraintdef(oid), NULL
	FROM pg_constraint
	WHERE confrelid = raw AND contype = 'f' AND conparentid = 0
	UNION ALL
	SELECT 'trigger', NULL, quote_ident(tgname), pg_get_triggerdef(oid),
		CASE tgenabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN
		'ENABLE REPLICA' WHEN 'A' THEN 'ENABLE ALWAYS' END
	FROM pg_trigger WHERE tgrelid = raw AND NOT tgisinternal
	UNION ALL
	SELECT DISTINCT 'view', NULL, v.oid::regclass::text,
		pg_get_viewdef(v.oid), 'WITH (' ||
		array_to_string(v.reloptions, ', ') || ')'
	FROM pg_depend AS d
	JOIN pg_rewrite AS w ON w.oid = d.objid
	JOIN pg_class AS v ON v.oid = w.ev_class AND v.relkind = 'v'
	WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = raw
		AND d.classid = 'pg_rewrite'::regclass
$$;

CREATE FUNCTION raw_partition_put_back(parts JSONB, kinds TEXT[]) RETURNS VOID
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	p RECORD;
BEGIN
	FOR p IN SELECT x.* FROM unnest(kinds) WITH ORDINALITY AS k (kind, nr)
		JOIN jsonb_to_recordset(parts) AS x (kind TEXT, place TEXT,
		name TEXT, definition TEXT, more TEXT) ON x.kind = k.kind
		ORDER BY k.nr, x.definition
	LOOP
		EXECUTE CASE p.kind
		WHEN 'index' THEN p.definition
		WHEN 'trigger' THEN p.definition
		WHEN 'view' THEN format('CREATE OR REPLACE VIEW %s %s AS %s',
			p.name, p.more, p.definition)
		WHEN 'referrer' THEN format('ALTER TABLE %s ADD CONSTRAINT %s'
			' %s NOT VALID', p.place, p.name,
			replace(p.definition, ' NOT VALID', ''))
		ELSE format('ALTER TABLE public.raw_extraction_data'
			' ADD CONSTRAINT %s %s', p.name, p.definition) END;
		IF p.kind = 'trigger' AND p.more IS NOT NULL THEN
			EXECUTE format('ALTER TABLE public.raw_extraction_data'
				' %s TRIGGER %s', p.more, p.name);
		END IF;
	END LOOP;
END
$$;

CREATE FUNCTION raw_partition_take_off(parts JSONB) RETURNS VOID
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	p RECORD;
BEGIN
	FOR p IN SELECT * FROM jsonb_to_recordset(parts)
		AS x (kind TEXT, place TEXT, name TEXT)
		WHERE x.kind IN ('referrer', 'trigger')
	LOOP
		EXECUTE CASE p.kind WHEN 'trigger' THEN format('DROP TRIGGER %s'
			' ON public.raw_extraction_data', p.name)
		ELSE format('ALTER TABLE %s DROP CONSTRAINT %s', p.place,
			p.name) END;
	END LOOP;
END
$$;

-- Locks before anything is changed, each wait a short one: a store may hold one
-- of them and wait for another. Those that it has are let go with a failure.
CREATE FUNCTION raw_partition_lock_all() RETURNS BOOLEAN
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	other RECORD;
BEGIN
	PERFORM public.raw_partition_lock_softly('public.raw_extraction_data');
	FOR other IN SELECT DISTINCT conrelid::regclass AS name
		FROM pg_constraint WHERE contype = 'f' AND conparentid = 0
		AND confrelid = 'public.raw_extraction_data'::regclass
	LOOP
		PERFORM public.raw_partition_lock_softly(other.name);
	END LOOP;
	PERFORM set_config('lock_timeout', '500ms', true);
	LOCK TABLE public.raw_extraction_data IN ACCESS EXCLUSIVE MODE;
	PERFORM set_config('lock_timeout', '100ms', true);
	FOR other IN SELECT DISTINCT CASE confrelid WHEN raw.id THEN conrelid
			ELSE confrelid END::regclass AS name,
			CASE confrelid WHEN raw.id THEN 'ACCESS EXCLUSIVE'
			ELSE 'SHARE ROW EXCLUSIVE' END AS mode
		FROM pg_constraint, (SELECT 'public.raw_extraction_data'
			::regclass AS id) AS raw
		WHERE contype = 'f' AND conparentid = 0
		AND raw.id IN (conrelid, confrelid)
	LOOP
		EXECUTE format('LOCK TABLE %s IN %s MODE', other.name,
			other.mode);
	END LOOP;
	RETURN true;
EXCEPTION WHEN lock_not_available THEN
	RETURN false;
END
$$;

CREATE FUNCTION raw_partitions_choose(most_rows BIGINT) RETURNS VOID
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	ends BIGINT;
	parts JSONB;
	words TEXT;
	x RECORD;
BEGIN
	IF NOT public.raw_partition_lock_all() THEN
		RAISE EXCEPTION 'others use the table: try again'
			USING ERRCODE = 'lock_not_available';
	END IF;
	ends := public.raw_partitions_end();
	IF ends IS NULL OR NOT (SELECT convalidated FROM pg_constraint
	    WHERE conrelid = 'public.raw_extraction_data'::regclass
	    AND conname = 'raw_partitions_end') THEN
		RAISE EXCEPTION 'the end of the first partition is gone'
			USING ERRCODE = 'object_not_in_prerequisite_state',
			HINT = 'Run pulse-etl-migrate --partition again.';
	END IF;
	SELECT jsonb_agg(p) INTO parts FROM
		public.raw_partition_parts('public.raw_extraction_data') AS p;
	words := obj_description('public.raw_extraction_data'::regclass,
		'pg_class');
	PERFORM public.raw_partition_take_off(parts);
	ALTER TABLE public.raw_extraction_data RENAME TO raw_extraction_data_p0;
	FOR x IN SELECT indexrelid::regclass AS index, row_number() OVER
		(ORDER BY indexrelid) AS nr FROM pg_index
		WHERE indrelid = 'public.raw_extraction_data_p0'::regclass
	LOOP
		EXECUTE format('ALTER INDEX %s RENAME TO'
			' raw_extraction_data_p0_%s', x.index, x.nr);
	END LOOP;
	CREATE TABLE public.raw_extraction_data (
		LIKE public.raw_extraction_data_p0 INCLUDING DEFAULTS
		INCLUDING CONSTRAINTS INCLUDING GENERATED INCLUDING STORAGE
		INCLUDING COMPRESSION INCLUDING COMMENTS)
		PARTITION BY RANGE (id);
	ALTER TABLE public.raw_extraction_data
		DROP CONSTRAINT raw_partitions_end;
	PERFORM public.raw_partition_put_back(parts,
		'{key,index,reference}');
	EXECUTE format('COMMENT ON TABLE public.raw_extraction_data IS %L',
		words);
	PERFORM public.raw_partition_copy_rights(
		'public.raw_extraction_data_p0', 'public.raw_extraction_data');
	PERFORM public.raw_partition_copy_policies(
		'public.raw_extraction_data_p0', 'public.raw_extraction_data');
	ALTER SEQUENCE public.raw_extraction_data_id_seq
		OWNED BY public.raw_extraction_data.id;
	EXECUTE format('ALTER TABLE public.raw_extraction_data ATTACH PARTITION'
		' public.raw_extraction_data_p0 FOR VALUES FROM (MINVALUE)'
		' TO (%s)', ends);
	ALTER TABLE public.raw_extraction_data_p0
		DROP CONSTRAINT raw_partitions_end;
	PERFORM public.raw_partition_hide('public.raw_extraction_data_p0');
	PERFORM public.raw_partition_put_back(parts,
		'{trigger,referrer,view}');
	PERFORM public.raw_partition_make(NULL, NULL);
	PERFORM public.raw_partition_make(ends, ends + most_rows);
	PERFORM public.raw_partition_make(ends + most_rows,
		ends + 2 * most_rows);
END
$$;
COMMENT ON FUNCTION raw_partitions_choose IS
	'raw_extraction_data becomes the first partition of a table of its name, '
	'with two empty ones behind it and the rest; no row is written';

-- The way back, without writing a row: one partition at most has any.
CREATE FUNCTION raw_partitions_undo() RETURNS VOID
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	parts JSONB;
	indexes JSONB;
	filled TEXT[] := '{}';
	kept TEXT;
	has_rows BOOLEAN;
	x RECORD;
BEGIN
	PERFORM public.raw_partition_need_all();
	IF NOT public.raw_partition_lock_all() THEN
		RAISE EXCEPTION 'others use the table: try again'
			USING ERRCODE = 'lock_not_available';
	END IF;
	FOR x IN SELECT * FROM public.raw_partition_bounds() LOOP
		EXECUTE format('SELECT EXISTS (SELECT FROM %s)', x.partition)
			INTO has_rows;
		IF has_rows THEN
			filled := filled || x.name;
		END IF;
		kept := COALESCE(kept, x.name);
	END LOOP;
	IF cardinality(filled) > 1 THEN
		RAISE EXCEPTION 'batches are in % partitions: %',
			cardinality(filled), array_to_string(filled, ', ')
			USING ERRCODE = 'object_not_in_prerequisite_state',
			HINT = 'One table of them all would have to be written'
			' anew, which is not done here: drop partitions until'
			' one has all batches, or stay with partitions.';
	END IF;
	kept := COALESCE(filled[1], kept);
	SELECT jsonb_agg(p) INTO parts FROM
		public.raw_partition_parts('public.raw_extraction_data') AS p;
	SELECT jsonb_agg(jsonb_build_object('own', i.inhrelid::regclass::text,
		'name', p.relname))
	INTO indexes
	FROM pg_index AS o JOIN pg_inherits AS i ON i.inhrelid = o.indexrelid
	JOIN pg_class AS p ON p.oid = i.inhparent
	WHERE o.indrelid = format('public.%I', kept)::regclass;
	PERFORM public.raw_partition_take_off(parts);
	EXECUTE format('ALTER TABLE public.raw_extraction_data DETACH PARTITION'
		' public.%I', kept);
	FOR x IN SELECT indexrelid::regclass AS index, row_number() OVER
		(ORDER BY indexrelid) AS nr FROM pg_index
		WHERE indrelid = 'public.raw_extraction_data'::regclass
	LOOP
		EXECUTE format('ALTER INDEX %s RENAME TO'
			' raw_extraction_data_gone_%s', x.index, x.nr);
	END LOOP;
	ALTER TABLE public.raw_extraction_data
		RENAME TO raw_extraction_data_gone;
	EXECUTE format('ALTER TABLE public.%I RENAME TO raw_extraction_data',
		kept);
	FOR x IN SELECT * FROM jsonb_to_recordset(indexes)
		AS n (own TEXT, name TEXT)
	LOOP
		EXECUTE format('ALTER INDEX %s RENAME TO %I', x.own, x.name);
	END LOOP;
	EXECUTE format('COMMENT ON TABLE public.raw_extraction_data IS %L',
		obj_description('public.raw_extraction_data_gone'::regclass,
		'pg_class'));
	FOR x IN SELECT attname, col_description(attrelid, attnum) AS words
		FROM pg_attribute WHERE attnum > 0 AND NOT attisdropped
		AND attrelid = 'public.raw_extraction_data_gone'::regclass
		AND col_description(attrelid, attnum) IS NOT NULL
	LOOP
		EXECUTE format('COMMENT ON COLUMN public.raw_extraction_data.%I'
			' IS %L', x.attname, x.words);
	END LOOP;
	PERFORM public.raw_partition_copy_rights(
		'public.raw_extraction_data_gone', 'public.raw_extraction_data');
	ALTER SEQUENCE public.raw_extraction_data_id_seq
		OWNED BY public.raw_extraction_data.id;
	PERFORM public.raw_partition_put_back(parts,
		'{trigger,referrer,view}');
	DROP TABLE public.raw_extraction_data_gone;
END
$$;
COMMENT ON FUNCTION raw_partitions_undo IS
	'raw_extraction_data is one table again: the partition that has batches';

-- What the relay does now and then: room ahead, and after so many days an end of
-- the partition that stores go to. The sequence of ids is moved on for that; its
-- lock keeps others from taking numbers meanwhile.
CREATE FUNCTION raw_partitions_tend(most_rows BIGINT, most_days INTEGER)
RETURNS TABLE (what TEXT, partition TEXT)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET lock_timeout = '1s' AS $$
DECLARE
	now_id BIGINT;
	current RECORD;
	begun TIMESTAMP;
BEGIN
	PERFORM public.raw_partition_need_all();
	IF NOT public.raw_partition_is_used() THEN
		IF public.raw_partitions_end() IS NOT NULL
		    AND pg_try_advisory_xact_lock(6773953467272594634) THEN
			ALTER TABLE public.raw_extraction_data
				DROP CONSTRAINT raw_partitions_end;
			RETURN QUERY SELECT 'abandoned', 'raw_extraction_data';
		END IF;
		RETURN;
	END IF;
	IF NOT pg_try_advisory_xact_lock(6773953467272594635) THEN
		RETURN;
	END IF;
	RETURN QUERY SELECT 'made', m
		FROM public.raw_partition_make_ahead(most_rows) AS m;
	SELECT last_value INTO now_id FROM public.raw_extraction_data_id_seq;
	SELECT b.* INTO current FROM public.raw_partition_bounds() AS b
	WHERE now_id BETWEEN b.first_id AND b.next_id - 1;
	IF most_days = 0 OR NOT FOUND OR NOT EXISTS (SELECT
	    FROM public.raw_partition_bounds() AS b
	    WHERE b.first_id = current.next_id) THEN
		RETURN;
	END IF;
	EXECUTE format('SELECT created_at FROM %s ORDER BY id LIMIT 1',
		current.partition) INTO begun;
	IF begun IS NULL OR begun > (now() AT TIME ZONE 'UTC')
	    - most_days * interval '1 day' THEN
		RETURN;
	END IF;
	ALTER SEQUENCE public.raw_extraction_data_id_seq
		OWNED BY public.raw_extraction_data.id;
	SELECT last_value INTO now_id FROM public.raw_extraction_data_id_seq;
	IF now_id < current.next_id - 1 THEN
		EXECUTE format('ALTER SEQUENCE public.raw_extraction_data_id_seq'
			' RESTART WITH %s', current.next_id);
		RETURN QUERY SELECT 'closed', current.name;
	END IF;
END
$$;
COMMENT ON FUNCTION raw_partitions_tend IS
	'Makes partitions ahead and ends the one that is old; what was done';

CREATE FUNCTION raw_partitions()
RETURNS TABLE (name TEXT, first_id BIGINT, next_id BIGINT, batches BIGINT,
	bytes BIGINT, lowest_id BIGINT, lowest_at TIMESTAMP, highest_id BIGINT,
	highest_at TIMESTAMP, pending BIGINT, processing BIGINT, failed BIGINT,
	is_ahead BOOLEAN)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	b RECORD;
	now_id BIGINT;
BEGIN
	PERFORM public.raw_partition_need_all();
	SELECT last_value INTO now_id FROM public.raw_extraction_data_id_seq;
	FOR b IN SELECT x.*, c.reltuples FROM public.raw_partition_bounds() AS x
		JOIN pg_class AS c ON c.oid = x.partition
	LOOP
		name := b.name;
		first_id := NULLIF(b.first_id, -9223372036854775808);
		next_id := b.next_id;
		bytes := pg_total_relation_size(b.partition);
		is_ahead := COALESCE(b.first_id > now_id, false);
		lowest_id := NULL;
		highest_id := NULL;
		lowest_at := NULL;
		highest_at := NULL;
		EXECUTE format('SELECT id, created_at FROM %s ORDER BY id'
			' LIMIT 1', b.partition) INTO lowest_id, lowest_at;
		EXECUTE format('SELECT id, created_at FROM %s ORDER BY id DESC'
			' LIMIT 1', b.partition) INTO highest_id, highest_at;
		EXECUTE format('SELECT count(*) FILTER (WHERE'
			' processing_status = ''pending''), count(*) FILTER'
			' (WHERE processing_status = ''processing''), count(*)'
			' FILTER (WHERE processing_status = ''failed'')'
			' FROM %s WHERE active AND processing_status IN'
			' (''pending'', ''processing'', ''failed'')',
			b.partition) INTO pending, processing, failed;
		batches := b.reltuples;
		IF b.reltuples < 100000 THEN
			EXECUTE format('SELECT count(*) FROM %s', b.partition)
				INTO batches;
		END IF;
		RETURN NEXT;
	END LOOP;
END
$$;
COMMENT ON FUNCTION raw_partitions IS
	'The partitions and what is in them; of large ones statistics tell how '
	'many batches. No row: the table is not partitioned';

-- Whole partitions that may go, oldest first: those in which nothing is left; and by
-- a number of days (0: none), unless rules say which batches go, those whose batches
-- are all completed or deleted and older, where nothing that stays in any case is
-- among them: what something refers to, and the newest completed batch of each
-- integration and type.
CREATE FUNCTION raw_partitions_past(days INTEGER) RETURNS SETOF TEXT
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	age CONSTANT TIMESTAMP := (now() AT TIME ZONE 'UTC')
		- days * interval '1 day';
	now_id BIGINT;
	b RECORD;
	newest TIMESTAMP;
	is_needed BOOLEAN;
	by_days BOOLEAN;
BEGIN
	PERFORM public.raw_partition_need_all();
	SELECT last_value INTO now_id FROM public.raw_extraction_data_id_seq;
	by_days := days > 0 AND NOT EXISTS (SELECT
		FROM public.retention_rules AS o WHERE o.active);
	FOR b IN SELECT x.* FROM public.raw_partition_bounds() AS x
		WHERE x.next_id <= now_id
	LOOP
		EXECUTE format('SELECT created_at FROM %s ORDER BY id DESC'
			' LIMIT 1', b.partition) INTO newest;
		IF newest IS NULL THEN
			RETURN NEXT b.name;
		END IF;
		CONTINUE WHEN newest IS NULL OR NOT by_days OR newest >= age;
		EXECUTE format('SELECT EXISTS (SELECT FROM %1$s WHERE active'
			' AND processing_status IN (''pending'', ''processing'','
			' ''failed'')) OR EXISTS (SELECT FROM %1$s WHERE'
			' COALESCE(processed_at, created_at) >= %2$L)'
			' OR EXISTS (SELECT FROM public.waiting_batches AS w'
			' WHERE w.raw_data_id >= %3$s AND w.raw_data_id < %4$s)'
			' OR EXISTS (SELECT FROM public.census_pages AS c'
			' WHERE c.raw_data_id >= %3$s AND c.raw_data_id < %4$s)'
			' OR EXISTS (SELECT FROM public.idempotency_keys AS k'
			' WHERE k.raw_data_id >= %3$s AND k.raw_data_id < %4$s)'
			' OR EXISTS (SELECT FROM (SELECT DISTINCT tenant_id,'
			' integration_id, entity_type FROM %1$s WHERE active'
			' AND processing_status = ''completed'') AS g'
			' WHERE NOT EXISTS (SELECT'
			' FROM public.raw_extraction_data AS r'
			' WHERE r.tenant_id = g.tenant_id AND r.active'
			' AND r.integration_id = g.integration_id'
			' AND r.entity_type = g.entity_type AND r.id >= %4$s'
			' AND r.processing_status = ''completed''))',
			b.partition, age, COALESCE(b.first_id,
			-9223372036854775808), b.next_id) INTO is_needed;
		IF NOT is_needed THEN
			RETURN NEXT b.name;
		END IF;
	END LOOP;
END
$$;
COMMENT ON FUNCTION raw_partitions_past IS
	'Partitions without a batch, and those whose batches may all go';

-- Dropping one, in one transaction: begin, steps over its ids, end. Reading goes
-- on until the end; nobody changes the batches meanwhile. Only the end keeps
-- stores waiting: it looks whether anything refers to the batches, and that takes
-- as long as there are keys of stores, not batches.

CREATE FUNCTION raw_partition_drop_begin(wanted TEXT, is_forced BOOLEAN)
RETURNS BIGINT LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET lock_timeout = '1s' AS $$
DECLARE
	b RECORD;
	open BIGINT;
	lowest_id BIGINT;
BEGIN
	PERFORM public.raw_partition_need_all();
	SELECT x.* INTO b FROM public.raw_partition_bounds() AS x
	WHERE x.name = wanted;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'there is no partition %', wanted
			USING ERRCODE = 'no_data_found';
	END IF;
	IF b.next_id > (SELECT last_value
	    FROM public.raw_extraction_data_id_seq) THEN
		RAISE EXCEPTION 'stores go to the partition % now, or will',
			wanted
			USING ERRCODE = 'object_not_in_prerequisite_state';
	END IF;
	PERFORM public.raw_partition_lock_softly(b.partition);
	EXECUTE format('LOCK TABLE ONLY %s IN SHARE MODE', b.partition);
	EXECUTE format('SELECT count(*) FROM %s WHERE active AND'
		' processing_status IN (''pending'', ''processing'','
		' ''failed'')', b.partition) INTO open;
	IF open > 0 AND NOT is_forced THEN
		RAISE EXCEPTION '% batches of the partition % are pending,'
			' processing or failed', open, wanted
			USING ERRCODE = 'object_not_in_prerequisite_state';
	END IF;
	EXECUTE format('SELECT min(id) FROM %s', b.partition) INTO lowest_id;
	RETURN lowest_id;
END
$$;

-- Who stores keeps to slots below 512 of raw_extraction_counts: nobody waits for
-- this one.
CREATE FUNCTION raw_partition_drop_step(wanted TEXT, from_id BIGINT,
	to_id BIGINT)
RETURNS TABLE (batches BIGINT, bytes BIGINT, next_id BIGINT)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET lock_timeout = '1s' SET jit = off AS $$
DECLARE
	b RECORD;
	r RECORD;
BEGIN
	PERFORM public.raw_partition_need_all();
	SELECT x.* INTO STRICT b FROM public.raw_partition_bounds() AS x
	WHERE x.name = wanted;
	FOR r IN SELECT k.conrelid::regclass AS referrer, o.attname AS name,
			EXISTS (SELECT FROM pg_attribute AS t WHERE t.attrelid
			= k.conrelid AND t.attname = 'tenant_id') AS has_tenant
		FROM pg_constraint AS k
		CROSS JOIN LATERAL unnest(k.conkey, k.confkey) AS c (own, other)
		JOIN pg_attribute AS o ON o.attrelid = k.conrelid
			AND o.attnum = c.own
		JOIN pg_attribute AS p ON p.attrelid = k.confrelid
			AND p.attnum = c.other AND p.attname = 'id'
		WHERE k.contype = 'f' AND k.conparentid = 0
		AND k.confrelid = 'public.raw_extraction_data'::regclass
	LOOP
		EXECUTE format('DELETE FROM %s WHERE %I BETWEEN $1 AND $2%s%s',
			r.referrer, r.name, CASE WHEN r.has_tenant THEN
			' AND tenant_id = ANY (ARRAY(SELECT id FROM'
			' public.tenants))' END, CASE WHEN b.is_rest THEN
			format(' AND EXISTS (SELECT FROM %s AS p WHERE p.id ='
			' %I)', b.partition, r.name) END)
		USING from_id, to_id;
	END LOOP;
	RETURN QUERY EXECUTE format('WITH gone AS (SELECT tenant_id,'
		' date_trunc(''minute'', created_at) AS start, integration_id,'
		' entity_type, processing_status, count(*) AS n,'
		' sum(raw_data_bytes)::bigint AS size FROM %s WHERE active'
		' AND id BETWEEN $1 AND $2 GROUP BY 1, 2, 3, 4, 5),'
		' charted AS (INSERT INTO public.raw_extraction_changes'
		' (tenant_id, start, integration_id, entity_type,'
		' processing_status, batches, bytes) SELECT tenant_id, start,'
		' integration_id, entity_type, processing_status, -n, -size'
		' FROM gone), counted AS (INSERT INTO'
		' public.raw_extraction_counts AS c (tenant_id, slot, batches)'
		' SELECT tenant_id, 512, -sum(n) FROM gone GROUP BY tenant_id'
		' ORDER BY tenant_id ON CONFLICT (tenant_id, slot) DO UPDATE'
		' SET batches = c.batches + excluded.batches)'
		' SELECT COALESCE(sum(n), 0)::bigint,'
		' COALESCE(sum(size), 0)::bigint, (SELECT min(id) FROM %s'
		' WHERE id > $2) FROM gone', b.partition, b.partition)
	USING from_id, to_id;
END
$$;

CREATE FUNCTION raw_partition_drop_end(wanted TEXT) RETURNS VOID
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET lock_timeout = '500ms'
SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off AS $$
DECLARE
	b RECORD;
	referrer REGCLASS;
BEGIN
	PERFORM public.raw_partition_need_all();
	SELECT x.* INTO STRICT b FROM public.raw_partition_bounds() AS x
	WHERE x.name = wanted;
	FOR referrer IN SELECT DISTINCT conrelid::regclass FROM pg_constraint
		WHERE contype = 'f' AND conparentid = 0
		AND confrelid = 'public.raw_extraction_data'::regclass
	LOOP
		PERFORM public.raw_partition_lock_softly(referrer);
	END LOOP;
	PERFORM set_config('lock_timeout', '500ms', true);
	EXECUTE format('ALTER TABLE public.raw_extraction_data DETACH PARTITION'
		' %s', b.partition);
	EXECUTE format('DROP TABLE %s', b.partition);
	IF b.is_rest THEN
		PERFORM public.raw_partition_make(NULL, NULL);
	END IF;
END
$$;
COMMENT ON FUNCTION raw_partition_drop_begin IS
	'Locks a partition that may be dropped; its first id, NULL: it has none';
COMMENT ON FUNCTION raw_partition_drop_step IS
	'Takes the batches of these ids out of the counts, and what refers to '
	'them away; how many, their payloads'' bytes, and the next id';
COMMENT ON FUNCTION raw_partition_drop_end IS
	'Detaches and drops the partition';

DO $$
DECLARE
	f RECORD;
BEGIN
	FOR f IN SELECT p.oid::regprocedure AS name, p.prosecdef AS is_served
		FROM pg_proc AS p
		WHERE p.pronamespace = 'public'::regnamespace
		AND p.proname ~ '^raw_partitions?(_|$)'
	LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f.name);
		IF current_user <> 'pulse_etl_owner' THEN
			EXECUTE format('ALTER FUNCTION %s OWNER TO'
				' pulse_etl_owner', f.name);
		END IF;
		IF f.is_served THEN
			EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO'
				' pulse_etl_service', f.name);
		END IF;
	END LOOP;
END
$$;
GRANT EXECUTE ON FUNCTION raw_partition_is_used, raw_partitions_end
	TO pulse_etl_service;
