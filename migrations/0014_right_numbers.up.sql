-- Right numbers, or said to be partial: what the tables need so that an answer
-- that is only a part is never taken for the whole.

-- What an answer says of itself.

CREATE FUNCTION etl_sentence(value JSONB) RETURNS TEXT
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT left(CASE jsonb_typeof(value) WHEN 'object' THEN COALESCE(
		etl_scalar(value->'message'), etl_scalar(value->'error'),
		etl_scalar(value->'detail'), value::text)
		ELSE COALESCE(etl_scalar(value), value::text) END, 500)
$$;
COMMENT ON FUNCTION etl_sentence IS
	'The sentence of an error as APIs write them: an object''s message, '
	'error or detail, or the value itself; 500 characters at most';

-- errors is an array in GraphQL and an object of sentences by field in Jira.
CREATE FUNCTION etl_answer_errors(answer JSONB) RETURNS TABLE (note JSONB)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT jsonb_build_object('what', 'errors',
		'message', etl_sentence(e.value)) || CASE
		WHEN jsonb_typeof(e.value) = 'object' AND e.value ? 'path'
		THEN jsonb_build_object('place', e.value->'path') ELSE '{}' END
	FROM jsonb_array_elements(CASE jsonb_typeof(answer->'errors')
		WHEN 'array' THEN answer->'errors' ELSE '[]' END) AS e (value)
	WHERE jsonb_typeof(answer) = 'object'
	UNION ALL
	SELECT jsonb_build_object('what', 'errors', 'message',
		left(e.key || ': ' || etl_sentence(e.value), 500))
	FROM jsonb_each(CASE jsonb_typeof(answer->'errors')
		WHEN 'object' THEN answer->'errors' ELSE '{}' END) AS e
	WHERE jsonb_typeof(answer) = 'object'
	UNION ALL
	SELECT jsonb_build_object('what', n.name, 'message',
		etl_sentence(e.value))
	FROM (VALUES ('errorMessages'), ('warningMessages'), ('warnings'))
		AS n (name)
	CROSS JOIN jsonb_array_elements(CASE jsonb_typeof(answer->n.name)
		WHEN 'array' THEN answer->n.name ELSE '[]' END) AS e (value)
	WHERE jsonb_typeof(answer) = 'object'
	UNION ALL
	SELECT jsonb_build_object('what', 'incomplete_results', 'message',
		'the source says that its results are incomplete')
	WHERE jsonb_typeof(answer) = 'object'
		AND answer->'incomplete_results' = 'true'
$$;
COMMENT ON FUNCTION etl_answer_errors IS
	'What an answer says went wrong with it, a note each: errors of GraphQL '
	'and Jira, errorMessages, warnings, incomplete_results';

CREATE FUNCTION etl_refusal(answer JSONB) RETURNS TEXT
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT left(COALESCE(
		(SELECT string_agg(note->>'message', '; ')
		FROM etl_answer_errors(answer)),
		CASE jsonb_typeof(answer) WHEN 'object' THEN
		etl_scalar(answer->'message') END), 500)
$$;
COMMENT ON FUNCTION etl_refusal IS
	'The source''s own sentence in an answer that is only an error, or NULL';
