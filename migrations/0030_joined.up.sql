-- Changes of one time that come from one status and may each be next: one that
-- leads back there goes first, for after the other the way back is closed
-- (Fleury's rule for a walk along every edge of a graph).
CREATE OR REPLACE FUNCTION etl_joined(here BIGINT, sources BIGINT[],
	targets BIGINT[])
RETURNS INTEGER[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
	ranks INTEGER[] := array_fill(NULL::integer,
		ARRAY[cardinality(sources)]);
	next INTEGER;
BEGIN
	FOR rank IN 1 .. cardinality(sources) LOOP
		SELECT i INTO next
		FROM generate_subscripts(sources, 1) AS i
		WHERE ranks[i] IS NULL
		ORDER BY sources[i] = here DESC NULLS LAST,
			sources[i] = here AND (
			WITH RECURSIVE reached (id) AS (
				SELECT targets[i]
				UNION
				SELECT targets[j]
				FROM reached
				JOIN generate_subscripts(sources, 1) AS j
					ON sources[j] = reached.id
				WHERE ranks[j] IS NULL AND j <> i)
			SELECT bool_or(id = here) FROM reached) DESC NULLS LAST,
			EXISTS (SELECT
			FROM generate_subscripts(sources, 1) AS j
			WHERE ranks[j] IS NULL AND j <> i
				AND targets[j] = sources[i]), i
		LIMIT 1;
		ranks[next] := rank;
		here := targets[next];
	END LOOP;
	RETURN ranks;
END
$$;
COMMENT ON COLUMN changelogs.place IS
	'Among changes of the same time: the place that the source gives it. '
	'From 1000 on: 1000 * (1 + startAt) of its page is in it';
