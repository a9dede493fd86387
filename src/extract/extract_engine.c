/* SPDX-License-Identifier: MIT */
#include "extract/extract_engine.h"

#include "extract/extract_engine_inside.h"

enum err
extract_engine_init(struct extract_engine *engine, struct diag *diag)
{
	const struct extract_settings *settings = engine->settings;
	enum err rc;

	engine->guard = (struct http_guard){
		.ca_file = settings->extract_ca_file,
		.networks = settings->extract_networks,
		.plain_http = settings->extract_plain_http,
	};
	engine->asker.settings = settings;
	extract_token_forget(&engine->token);
	buf_init(&engine->asker.body, (size_t)settings->extract_max_body + 1);
	if (!http_client_is_built())
		return diag_set(diag, E_SYSTEM,
		    "this was built without libcurl, which extraction needs");
	rc = http_client_new(1, (long)settings->extract_timeout,
	    &engine->asker.http, diag);
	if (rc == E_OK)
		http_client_set_guard(engine->asker.http, &engine->guard);
	return rc;
}

void
extract_engine_reread(struct extract_engine *engine)
{
	const struct extract_settings *settings = engine->settings;

	engine->asker.body.cap = (size_t)settings->extract_max_body + 1;
	http_client_set_timeout(engine->asker.http,
	    (long)settings->extract_timeout);
}

void
extract_engine_done(struct extract_engine *engine)
{
	http_client_free(engine->asker.http);
	engine->asker.http = NULL;
	extract_token_forget(&engine->token);
	buf_free(&engine->asker.body);
}

void
extract_engine_let_go(struct extract_engine *engine)
{
	struct diag diag;

	diag_clear(&diag);
	if (engine->locked != NULL &&
	    engine->locked_session == db_session(engine->db))
		(void)!extract_run_unlock(engine->db, engine->arena, &diag);
	engine->locked = NULL;
	engine->waited_ms = 0;
}

/*
 * The stream's lock. It went with the connection if that was lost. A session
 * that a pooler shares cannot hold one: there the run's step alone keeps pages
 * from being stored twice.
 */
static enum err
take_lock(struct round *round, bool *ret_locked)
{
	struct extract_engine *engine = round->engine;
	enum err rc;

	*ret_locked = db_is_shared(engine->db);
	if (*ret_locked)
		return E_OK;
	*ret_locked = engine->locked == round->extractor &&
	    engine->locked_integration == round->run.integration_id &&
	    engine->locked_session == db_session(engine->db);
	if (*ret_locked)
		return E_OK;
	extract_engine_let_go(engine);
	rc = extract_run_lock(engine->db, round->run.integration_id,
	    round->extractor->stream, engine->arena, ret_locked, round->diag);
	if (rc != E_OK || !*ret_locked)
		return rc;
	engine->locked = round->extractor;
	engine->locked_integration = round->run.integration_id;
	engine->locked_session = db_session(engine->db);
	return E_OK;
}

/* From the first part on, at this stream. */
static enum err
enter_stream(struct round *round)
{
	struct extract_step *step = &round->step;
	bool each = (round->extractor->flags & EACH_PART) != 0;

	*step = (struct extract_step){ .stream_at = round->run.stream_at,
		.stream = round->extractor->stream,
		.has_part = each };
	if (each && round->run.part_count == 0) {
		step->stream_at++; /* there is nothing to read it for */
		step->stream = NULL;
		step->has_part = false;
	}
	return round_advance(round);
}

/* A part has been read: note how far, and go on to the next one, or stream. */
static enum err
leave_part(struct round *round)
{
	struct extract_engine *engine = round->engine;
	struct extract_run *run = &round->run;
	unsigned flags = round->extractor->flags;
	bool more = (flags & EACH_PART) != 0 &&
	    run->part_at + 1 < run->part_count;
	enum err rc = db_begin(engine->db, round->diag);

	if (rc != E_OK)
		return rc;
	round->step = (struct extract_step){
		.stream_at = run->stream_at + !more,
		.stream = more ? round->extractor->stream : NULL,
		.has_part = more,
		.part_at = more ? run->part_at + 1 : 0,
	};
	if ((flags & CHANGES) != 0 && !run->part_failed)
		rc = extract_run_part_read(engine->db, run,
		    round->extractor->stream, engine->settings->extract_overlap,
		    engine->arena, round->diag);
	if (rc == E_OK && !run->part_failed)
		rc = extract_tag_settle(engine->db, run,
		    round->extractor->stream, engine->arena, round->diag);
	if (rc == E_OK)
		rc = round_advance(round);
	if (rc == E_OK)
		return db_commit(engine->db, round->diag);
	db_rollback(engine->db);
	return rc;
}

/* Is what answers lack to be asked for now? */
static bool
is_rest_due(const struct round *round, const struct extractor *rest)
{
	const struct extract_run *run = &round->run;

	return rest != NULL && run->lacking_count > 0 &&
	    (run->part_is_read || run->rest_token.at != NULL ||
		run->lacking_count >= (size_t)rest->size);
}

/* How large a page is asked for: what was learnt before, grown again. */
static int64_t
page_size(const struct round *round)
{
	int64_t size = round->extractor->size;
	const struct extract_run *run = &round->run;

	if (run->page_size > 0)
		return run->page_size;
	return run->page_hint > 0 && run->page_hint * 2 < size ?
	    run->page_hint * 2 :
	    size;
}

/* What this round asks for. */
static void
make_wish(struct round *round)
{
	const struct extractor *rest = extractor_rest(round->extractor);
	const struct extract_run *run = &round->run;
	int64_t size = page_size(round);

	round->asked = round->extractor;
	round->step = extract_step_of(run);
	round->step.stream = round->extractor->stream;
	round->step.page_size = size;
	round->step.waited_ms = round->engine->waited_ms;
	round->wish.part = run->part;
	round->wish.token = run->token;
	round->wish.size = size;
	round->wish.from_ms = (round->extractor->flags & CHANGES) != 0 ?
	    run->from_ms :
	    SPAN_NONE;
	round->wish.to_ms = (round->extractor->flags & CHANGES) != 0 ?
	    run->to_ms :
	    SPAN_NONE;
	round->wish.organization = run->organization;
	round->wish.arena = round->engine->arena;
	if (!is_rest_due(round, rest))
		return;
	round->asked = rest;
	round->wish.token = run->rest_token;
	round->wish.lacking = run->lacking;
	if (size >= round->extractor->size || size > rest->size)
		size = rest->size;
	round->wish.lacking_count = run->lacking_count < (size_t)size ?
	    run->lacking_count :
	    (size_t)size;
}

/* At a stream that is to be read. */
static enum err
read_stream(struct round *round)
{
	bool locked;
	enum err rc;

	if (!span_is(round->run.stream, round->extractor->stream))
		return enter_stream(round);
	rc = take_lock(round, &locked);
	if (rc != E_OK)
		return rc;
	if (!locked) {
		round->fate = EXTRACT_HELD;
		return E_OK;
	}
	if (round->run.part_is_read && round->run.lacking_count == 0)
		return leave_part(round);
	make_wish(round);
	return round_ask(round);
}

/* Find out what it is about, and do it. */
static enum err
do_round(struct round *round)
{
	struct extract_run *run = &round->run;
	const char *streams, *source;
	struct span stream;

	if (!run->integration_is_active)
		return round_fail(round, 0,
		    "the integration, or its tenant, is not active");
	if (!extract_product(run->product, run->deployment, &round->product,
		&source))
		return round_fail(round, 0,
		    "the product of the integration is neither Jira nor"
		    " GitHub");
	streams = extract_job_streams(source, run->job_type);
	if (streams == NULL)
		return round_fail(round, 0,
		    "the integration's source has no job of this type");
	stream = extract_job_stream(streams, run->stream_at);
	if (stream.at == NULL)
		return round_end(round, SPAN_NONE);
	round->extractor = extractor_find(round->product, stream);
	if (round->extractor == NULL)
		return round_fail(round, 0,
		    "this kind of source does not have this stream");
	return read_stream(round);
}

enum err
extract_round(struct extract_engine *engine, int64_t tenant_id, int64_t run_id,
    enum extract_fate *ret_fate, struct diag *diag)
{
	struct round round = { .engine = engine, .diag = diag };
	enum err rc;

	round.fate = EXTRACT_ENDED;
	rc = extract_run_get(engine->db, tenant_id, run_id, engine->arena,
	    &round.run, diag);
	if (rc == E_OK && round.run.is_running)
		rc = do_round(&round);
	*ret_fate = round.fate;
	return rc;
}
