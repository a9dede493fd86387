/* SPDX-License-Identifier: MIT */
/* A page of a run: asked for, and what its answer calls for. */
#include <string.h>
#include <strings.h>

#include "adapters/crypto/secret.h"
#include "base/failpoint.h"
#include "extract/extract_engine_inside.h"
#include "json/json_scan.h"
#include "models/catalogue/integration.h"

#define LIMIT_MS 60000

/* The source's address and credentials. Gives: NULL, or why there are none. */
static const char *
round_source(struct round *round, struct source_question *question,
    struct github_app *app, const char **headers)
{
	struct arena *arena = round->engine->arena;
	const struct extract_run *run = &round->run;
	struct span base = span_trim(run->base_url);
	struct span password = { 0 };
	size_t count = 0;
	struct diag diag;

	if (base.len == 0 && extract_is_github(round->product))
		base = SPAN_LIT("https://api.github.com");
	if (base.len == 0)
		return "the integration has no base_url";
	while (base.len > 0 && base.at[base.len - 1] == '/')
		base.len--;
	round->wish.base = arena_text(arena, base);
	if (base.len < 8 || strncasecmp(base.at, "https://", 8) != 0)
		if (!round->engine->settings->extract_plain_http ||
		    base.len < 7 || strncasecmp(base.at, "http://", 7) != 0)
			return "base_url has to begin with https:// (http:// is"
			       " permitted by extract_plain_http = on)";
	if (run->password.at == NULL)
		return "the integration has no password: set one";
	diag_clear(&diag);
	if (secret_open(round->engine->secret_keys_file, run->password,
		integration_secret_context(run->tenant_id, run->integration_id,
		    arena),
		arena, &password, &diag) != E_OK)
		return "the integration's password cannot be opened: see"
		       " secret_keys_file, and set the password again";
	for (size_t i = 0; i < password.len; i++)
		if ((unsigned char)password.at[i] < ' ' &&
		    password.at[0] != '-')
			return "the integration's password has a control"
			       " character: set it again";
	*app = (struct github_app){ run->app_id, run->installation_id,
		password };
	question->password = password.at;
	if (!extract_is_github(round->product) && run->username.len > 0)
		question->user = arena_text(arena, run->username);
	else
		headers[count++] = arena_printf(arena,
		    "Authorization: Bearer %s", password.at);
	headers[count++] = extract_is_github(round->product) ?
	    "Accept: application/vnd.github+json" :
	    "Accept: application/json";
	if (extract_is_github(round->product))
		headers[count++] = "X-GitHub-Api-Version: 2022-11-28";
	headers[count++] = "Content-Type: application/json";
	headers[count++] = "Expect:";
	question->headers = headers;
	return NULL;
}

/* Look at an answer: is it what was asked for? */
static enum err
take_answer(struct round *round, const struct source_answer *answer)
{
	const struct page_answer got = { answer->body, answer->link };
	struct page page = { 0 };
	struct json_member whole;
	struct json_refusal refusal;
	enum err rc;

	if (answer->status == 304) {
		page.is_same = true;
		page.next = round->tag.next;
		page.parts = round->tag.parts;
		page.part_count = round->tag.part_count;
		return round_keep(round, SPAN_LIT(""), &page);
	}
	round->etag = str_span(answer->etag);
	memset(&whole, 0, sizeof(whole));
	if (!json_scan_document(answer->body, &json_limits_unstorable, &whole,
		&refusal))
		return round_skip(round, answer->status,
		    arena_printf(round->engine->arena,
			"the answer cannot be read as JSON: %s (at byte %zu)",
			json_flaw_text(refusal.flaw), refusal.at));
	round->asked->read(&round->wish, &got, &page);
	rc = arena_done(round->engine->arena, round->diag);
	if (rc != E_OK) {
		arena_resume(round->engine->arena);
		diag_clear(round->diag);
		return round_halve(round, answer->status,
		    "the answer has more than an extractor can look at");
	}
	switch (page.flaw) {
	case PAGE_FINE:
		return round_keep(round, answer->body, &page);
	case PAGE_REFUSED:
	case PAGE_NO_PART:
		return round_skip(round, answer->status, page.text);
	case PAGE_TOO_DEAR:
		return round_halve(round, answer->status, page.text);
	case PAGE_USED_UP:
		return round_wait(round,
		    answer->reset_ms < 0	? LIMIT_MS :
			answer->reset_ms < 1000 ? 1000 :
						  answer->reset_ms);
	case PAGE_LIMITED:
		return round_wait(round,
		    answer->limit_ms >= 0 ? answer->limit_ms : LIMIT_MS);
	}
	return E_OK;
}

/* Is nothing left to be asked for this part? */
static bool
is_read(const struct round *round)
{
	return round->step.part_is_read && round->step.lacking_count == 0;
}

enum err
round_ask(struct round *round)
{
	struct extract_engine *engine = round->engine;
	struct page_question page = { 0 };
	struct source_question question = { 0 };
	struct source_answer answer;
	const char *headers[8] = { NULL };
	struct github_app app = { 0 };
	const char *flaw = round_source(round, &question, &app, headers);
	bool has_token = true;
	enum err rc = E_OK;

	if (flaw != NULL)
		return round_fail(round, 0, flaw);
	round->wish.is_app = extract_is_github(round->product) &&
	    github_app_is(&app);
	if (round->wish.is_app)
		rc = round_token(round, &app, headers, &has_token);
	if (rc != E_OK || !has_token)
		return rc;
	round->asked->ask(&round->wish, &page);
	rc = arena_done(engine->arena, round->diag);
	if (rc != E_OK)
		return rc;
	if (!source_is_same_host(round->wish.base, page.url))
		return round_skip(round, 0,
		    "the next page would be at another host");
	rc = round_condition(round, &page, headers);
	if (rc != E_OK)
		return rc;
	question.is_conditional = round->tag.etag.at != NULL;
	question.url = page.url;
	question.body = page.body;
	question.can_be_less = extract_is_github(round->product) &&
	    round->asked == round->extractor && page.body.at != NULL &&
	    round->wish.size > 1;
	rc = source_ask(&engine->asker, &question, engine->arena, &answer,
	    round->diag);
	if (rc != E_OK)
		return rc;
	round->step.requests += answer.requests;
	round->step.waited_ms += answer.waited_ms;
	FAILPOINT("page_asked");
	switch (answer.fate) {
	case SOURCE_ANSWERED:
		rc = take_answer(round, &answer);
		if (rc != E_OK || round->fate != EXTRACT_MORE ||
		    answer.wait_ms <= 0 || is_read(round))
			return rc;
		return round_wait(round, answer.wait_ms);
	case SOURCE_WAIT:
		return round_wait(round, answer.wait_ms);
	case SOURCE_TOO_LARGE:
		return round_halve(round, answer.status, answer.text);
	case SOURCE_REFUSED:
		extract_token_forget(&engine->token);
		if (round->has_kept_token) {
			round->fate = EXTRACT_MORE; /* with a new one */
			return E_OK;
		}
		return round_refuse(round, answer.status, answer.text);
	case SOURCE_FAILED:
		return answer.status == 410 ?
		    round_fail(round, answer.status, answer.text) :
		    round_skip(round, answer.status, answer.text);
	case SOURCE_AWAY:
		return round_fail(round, answer.status, answer.text);
	case SOURCE_ENDING:
		round->fate = EXTRACT_ENDING;
		return E_OK;
	}
	return E_OK;
}
