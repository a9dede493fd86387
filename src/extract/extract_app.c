/* SPDX-License-Identifier: MIT */
/* The token of a GitHub App: kept until shortly before its end, then anew. */
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "extract/extract_engine_inside.h"
#include "extract/github_app.h"

/* A token is renewed so long before its end, or at half its time, ms. */
#define RENEW_MS (5 * 60 * 1000)
#define TOKEN_MAX 8192
#define WHOSE_MAX 16384

void
extract_token_forget(struct extract_token *kept)
{
	/* A buffer that is written over keeps no old token. */
	if (kept->token.len > 0)
		explicit_bzero(kept->token.data, kept->token.len);
	buf_free(&kept->token);
	buf_free(&kept->whose);
	buf_init(&kept->token, TOKEN_MAX);
	buf_init(&kept->whose, WHOSE_MAX);
	kept->until = 0;
}

/* Whose token it is: all that it depends on. The password is a sealed one. */
static const char *
whose(const struct round *round)
{
	const struct extract_run *run = &round->run;

	return arena_printf(round->engine->arena,
	    "%" PRId64 " %" PRId64 " %s %.*s %.*s %.*s", run->tenant_id,
	    run->integration_id, round->wish.base, SPAN_ARG(run->app_id),
	    SPAN_ARG(run->installation_id), SPAN_ARG(run->password));
}

static void
keep_token(struct extract_token *kept, const char *owner,
    const struct github_app_token *got)
{
	int64_t ahead = got->ends_in / 2 < RENEW_MS ?
	    got->ends_in / 2 :
	    RENEW_MS;

	extract_token_forget(kept);
	buf_add_text(&kept->whose, owner);
	buf_add_span(&kept->token, got->token);
	if (buf_done(&kept->whose) != E_OK || buf_done(&kept->token) != E_OK)
		extract_token_forget(kept);
	else
		kept->until = clock_ms() + got->ends_in - ahead;
}

/* What is to be done when there is no token. */
static enum err
take_none(struct round *round, const struct source_answer *answer)
{
	const char *text = arena_printf(round->engine->arena,
	    "the GitHub App gets no token: %s", answer->text);

	switch (answer->fate) {
	case SOURCE_WAIT:
		return round_wait(round, answer->wait_ms);
	case SOURCE_REFUSED:
		return round_refuse(round, answer->status, answer->text);
	case SOURCE_FAILED:
		return round_fail(round, answer->status,
		    answer->status == 404 ?
			arena_printf(round->engine->arena,
			    "%s: look at app_id, installation_id and base_url",
			    text) :
			text);
	case SOURCE_TOO_LARGE:
	case SOURCE_AWAY:
		return round_fail(round, answer->status, text);
	case SOURCE_ENDING:
	case SOURCE_ANSWERED:
		break;
	}
	round->fate = EXTRACT_ENDING;
	return E_OK;
}

/* Ask for a new one. */
static enum err
ask_token(struct round *round, const struct github_app *app,
    const char *const *others, struct github_app_token *ret_token)
{
	struct extract_engine *engine = round->engine;
	const char *headers[8] = { NULL };
	struct source_question question = { .headers = headers,
		.body = SPAN_LIT("{}") };
	struct source_answer answer;
	enum err rc;

	rc = github_app_ask(app, round->wish.base, clock_wall_ms(),
	    engine->arena, &question.url, &headers[0], round->diag);
	if (rc == E_INVALID || rc == E_SYSTEM)
		return round_fail(round, 0,
		    arena_text(engine->arena, str_span(round->diag->text)));
	if (rc != E_OK)
		return rc;
	for (size_t i = 1; i + 1 < COUNT(headers) && others[i] != NULL; i++)
		headers[i] = others[i];
	rc = source_ask(&engine->asker, &question, engine->arena, &answer,
	    round->diag);
	if (rc != E_OK)
		return rc;
	round->step.requests += answer.requests;
	round->step.waited_ms += answer.waited_ms;
	if (answer.fate != SOURCE_ANSWERED)
		return take_none(round, &answer);
	if (!github_app_read(answer.body, clock_wall_ms(), engine->arena,
		ret_token))
		return round_fail(round, answer.status,
		    "the GitHub App gets no token: the answer has none");
	log_info("app_token", LOG_INT("tenant_id", round->run.tenant_id),
	    LOG_INT("integration_id", round->run.integration_id),
	    LOG_SPAN("ends", ret_token->ends));
	return arena_done(engine->arena, round->diag);
}

enum err
round_token(struct round *round, const struct github_app *app,
    const char **headers, bool *ret_has)
{
	struct extract_engine *engine = round->engine;
	struct extract_token *kept = &engine->token;
	struct github_app_token got = { .token = SPAN_NONE };
	const char *owner = whose(round);
	enum err rc = arena_done(engine->arena, round->diag);

	*ret_has = false;
	if (rc != E_OK)
		return rc;
	round->has_kept_token = clock_left(kept->until) > 0 &&
	    span_is(buf_span(&kept->whose), owner);
	if (!round->has_kept_token) {
		rc = ask_token(round, app, headers, &got);
		if (rc != E_OK || got.token.at == NULL)
			return rc;
		keep_token(kept, owner, &got);
	}
	headers[0] = arena_printf(engine->arena, "Authorization: Bearer %.*s",
	    SPAN_ARG(
		round->has_kept_token ? buf_span(&kept->token) : got.token));
	*ret_has = true;
	return arena_done(engine->arena, round->diag);
}
