/* SPDX-License-Identifier: MIT */
/* How a round may end besides with a page: steps, failures, waits. */
#include <string.h>

#include "base/log.h"
#include "extract/extract_engine_inside.h"
#include "json/json_write.h"

#define ERROR_MAX 16384
/* Bytes of a source's words that are kept. */
#define TEXT_MAX 1000

struct span
round_error(struct round *round, int64_t status, const char *text)
{
	struct span copy;
	struct json json;
	struct buf out;

	buf_init(&out, ERROR_MAX);
	json_init(&json, &out);
	json_object(&json, NULL);
	json_span(&json, "stream", round->run.stream);
	json_span(&json, "part", round->run.part);
	if (status > 0)
		json_int(&json, "status", status);
	json_span(&json, "text",
	    (struct span){ text, strnlen(text, TEXT_MAX) });
	json_end(&json);
	copy = buf_done(&out) == E_OK ?
	    arena_span(round->engine->arena, buf_span(&out)) :
	    SPAN_LIT("{}");
	buf_free(&out);
	return copy;
}

enum err
round_end(struct round *round, struct span error)
{
	bool taken;
	enum err rc;

	rc = extract_run_end(round->engine->db, &round->run, error,
	    round->engine->arena, &taken, round->diag);
	round->fate = taken ? EXTRACT_ENDED : EXTRACT_MORE;
	return rc;
}

enum err
round_fail(struct round *round, int64_t status, const char *text)
{
	log_warn("run_failed", LOG_INT("run_id", round->run.id),
	    LOG_INT("tenant_id", round->run.tenant_id),
	    LOG_SPAN("stream", round->run.stream),
	    LOG_SPAN("part", round->run.part), LOG_TEXT("text", text));
	return round_end(round, round_error(round, status, text));
}

enum err
round_refuse(struct round *round, int64_t status, const char *text)
{
	struct extract_engine *engine = round->engine;
	enum err rc = extract_run_refused(engine->db, &round->run, true,
	    engine->arena, round->diag);

	return rc != E_OK ?
	    rc :
	    round_fail(round, status,
		arena_printf(engine->arena,
		    "the source refuses the integration's credentials: %s",
		    text));
}

enum err
round_advance(struct round *round)
{
	bool taken;
	enum err rc;

	rc = extract_run_advance(round->engine->db, &round->run, &round->step,
	    round->engine->arena, &taken, round->diag);
	round->engine->waited_ms = 0;
	if (rc != E_OK)
		return rc;
	round->run.step += taken;
	round->fate = EXTRACT_MORE; /* the row says whether it is so */
	return rc;
}

enum err
round_skip(struct round *round, int64_t status, const char *text)
{
	struct extract_step *step = &round->step;

	log_warn("part_failed", LOG_INT("run_id", round->run.id),
	    LOG_INT("tenant_id", round->run.tenant_id),
	    LOG_SPAN("stream", round->run.stream),
	    LOG_SPAN("part", round->run.part), LOG_TEXT("text", text));
	step->error = round_error(round, status, text);
	step->part_failed = true;
	if (round->asked != round->extractor) { /* without its rest, then */
		step->rest_token = step->rest_loop = SPAN_NONE;
		step->lacking += round->wish.lacking_count;
		step->lacking_count -= round->wish.lacking_count;
	} else {
		step->part_is_read = true;
		step->token = step->token_loop = SPAN_NONE;
	}
	return round_advance(round);
}

enum err
round_halve(struct round *round, int64_t status, const char *text)
{
	bool rest = round->asked != round->extractor;
	int64_t size = rest ?
	    (int64_t)round->wish.lacking_count :
	    round->wish.size;

	if (size <= 1 || (rest && round->run.rest_token.at != NULL))
		return round_skip(round, status, text);
	if (size > round->extractor->size)
		size = round->extractor->size;
	round->step.page_size = size > 1 ? size / 2 : 1;
	log_info("page_halved", LOG_INT("run_id", round->run.id),
	    LOG_INT("size", round->step.page_size), LOG_TEXT("text", text));
	return round_advance(round);
}

enum err
round_wait(struct round *round, int64_t ms)
{
	bool taken;
	enum err rc;

	if (ms <= round->engine->settings->extract_wait * 1000) {
		round->engine->waited_ms += ms;
		round->fate = source_pause(&round->engine->asker, ms) ?
		    EXTRACT_MORE :
		    EXTRACT_ENDING;
		return E_OK;
	}
	log_info("run_waits", LOG_INT("run_id", round->run.id),
	    LOG_INT("tenant_id", round->run.tenant_id), LOG_INT("ms", ms));
	rc = extract_run_wait(round->engine->db, &round->run, ms,
	    round->engine->arena, &taken, round->diag);
	round->fate = taken ? EXTRACT_WAITS : EXTRACT_MORE;
	return rc;
}
