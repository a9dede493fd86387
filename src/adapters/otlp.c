/* SPDX-License-Identifier: MIT */
#include "adapters/otlp.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/http_client.h"
#include "adapters/otlp_body.h"
#include "base/clock.h"
#include "base/daemon.h"
#include "base/file.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/trace.h"

/* Spans that are kept, and that go together at most. */
#define KEPT 1024
#define TOGETHER 256
/* How long the first of them waits for others, and an answer is awaited, ms. */
#define GATHER_MS 1000
#define ANSWER_MS 3000
/* How often to look how a request gets on, ms. */
#define LOOK_MS 20
/* The pause after a failure, ms: twice as long each time, to the second. */
#define PAUSE_MS 1000
#define PAUSE_MAX_MS 60000
/* What may go on at the end, ms. */
#define END_MS 1000
#define BODY_MAX (4u << 20)
#define HEADERS_MAX 16

struct otlp {
	const struct otlp_settings *settings;
	const char *program;
	struct http_client *client;
	char *lines; /* the file of headers, its lines terminated */
	const char *headers[HEADERS_MAX + 2];
	struct buf body;
	size_t sent;	  /* so many spans are on their way; 0: none */
	int64_t due_at;	  /* of clock_ms(): when to send; 0: none is kept */
	int64_t pause;	  /* after the last failure; 0: there was none */
	int64_t again_at; /* not before */
};

const struct conf_row otlp_conf_rows[] = {
#define SETTING(kind, ...) CONF_ROW_##kind(struct otlp_settings, __VA_ARGS__)
#include "adapters/otlp_conf_rows.h"
#undef SETTING
};
const size_t otlp_conf_count = COUNT(otlp_conf_rows);

enum err
otlp_settings_check(const void *values, struct diag *diag)
{
	const struct otlp_settings *settings = values;
	const char *url = settings->otlp_url;

	if (url[0] == '\0')
		return E_OK;
	if (!http_client_is_built())
		return diag_set(diag, E_SETTING,
		    "otlp_url: this was built without libcurl, which sends"
		    " spans: leave the setting empty");
	if (strncmp(url, "http://", 7) != 0 && strncmp(url, "https://", 8) != 0)
		return diag_set(diag, E_SETTING,
		    "otlp_url must begin with http:// or https://");
	return E_OK;
}

/* Each line is a header, `Name: value`; empty ones and # are passed over. */
static enum err
take_header(struct otlp *otlp, char *line, size_t *count, struct diag *diag)
{
	const char *path = otlp->settings->otlp_headers_file;

	line[strcspn(line, "\r")] = '\0';
	if (line[0] == '\0' || line[0] == '#')
		return E_OK;
	if (line[0] == ':' || strcspn(line, ": \t") != strcspn(line, ":") ||
	    strchr(line, ':') == NULL)
		return diag_set(diag, E_SETTING,
		    "otlp_headers_file: a line of %s is not of the form:"
		    " Name: value",
		    path);
	if (*count == HEADERS_MAX)
		return diag_set(diag, E_SETTING,
		    "otlp_headers_file: %s has more than %d headers", path,
		    HEADERS_MAX);
	otlp->headers[(*count)++] = line;
	return E_OK;
}

static enum err
read_headers(struct otlp *otlp, struct diag *diag)
{
	const char *path = otlp->settings->otlp_headers_file;
	size_t count = 0, size = 0;
	enum err rc = E_OK;
	char *rest = NULL, *line;
	FILE *in;

	otlp->headers[count++] = "Content-Type: application/json";
	if (path[0] == '\0')
		return E_OK;
	if (!file_is_private(path))
		return diag_set(diag, E_SETTING,
		    "otlp_headers_file: everybody can read %s: chmod 0640 %s",
		    path, path);
	in = fopen(path, "re");
	if (in != NULL && getdelim(&otlp->lines, &size, '\0', in) >= 0)
		rest = otlp->lines;
	if (in == NULL || ferror(in) != 0)
		rc = diag_set(diag, E_SETTING, "otlp_headers_file: %s: %s",
		    path, strerror(errno));
	if (in != NULL)
		(void)fclose(in);
	while (rc == E_OK && (line = strsep(&rest, "\n")) != NULL)
		rc = take_header(otlp, line, &count, diag);
	return rc;
}

enum err
otlp_new(const struct otlp_settings *settings, const char *program,
    struct otlp **ret_otlp, struct diag *diag)
{
	struct otlp *otlp;
	enum err rc;

	*ret_otlp = NULL;
	if (settings->otlp_url[0] == '\0')
		return E_OK;
	otlp = calloc(1, sizeof(*otlp));
	if (otlp == NULL)
		return diag_set(diag, E_NO_MEMORY, "no memory for spans");
	otlp->settings = settings;
	otlp->program = program;
	buf_init(&otlp->body, BODY_MAX);
	rc = read_headers(otlp, diag);
	if (rc == E_OK)
		rc = http_client_new(1, ANSWER_MS, &otlp->client, diag);
	if (rc == E_OK && trace_keep(KEPT) != E_OK)
		rc = diag_set(diag, E_NO_MEMORY, "no memory for spans");
	if (rc != E_OK) {
		otlp_free(otlp);
		return rc;
	}
	*ret_otlp = otlp;
	return E_OK;
}

/* The collector did not take them. They are sent again, or are of no use. */
static void
note_failure(struct otlp *otlp, bool again, const char *why, long status)
{
	if (otlp->pause == 0)
		log_warn("spans",
		    LOG_TEXT("text",
			"the collector of otlp_url does not take spans; those"
			" that have no room are dropped"),
		    LOG_TEXT("why", why), LOG_INT("status", status));
	otlp->pause = otlp->pause == 0 ? PAUSE_MS : otlp->pause * 2;
	if (otlp->pause > PAUSE_MAX_MS)
		otlp->pause = PAUSE_MAX_MS;
	otlp->again_at = clock_ms() + otlp->pause / 2 +
	    daemon_jitter((unsigned)otlp->pause / 2);
	if (!again) {
		metrics_add(METRIC_SPANS_DROPPED, otlp->sent);
		trace_drop(otlp->sent);
	}
}

/* What may be tried again: OTLP, "Retryable Response Codes". */
static bool
may_pass(long status)
{
	return status == 0 || status == 429 || status == 502 || status == 503 ||
	    status == 504;
}

static void
take_answer(struct otlp *otlp, const struct http_client_answer *answer)
{
	if (answer->outcome == HTTP_CLIENT_WHOLE && answer->status >= 200 &&
	    answer->status < 300) {
		metrics_add(METRIC_SPANS_SENT, otlp->sent);
		trace_drop(otlp->sent);
		if (otlp->pause != 0)
			log_info("spans",
			    LOG_TEXT("text", "the collector takes them again"));
		otlp->pause = 0;
	} else {
		note_failure(otlp, may_pass(answer->status),
		    answer->outcome == HTTP_CLIENT_WHOLE ?
			NULL :
			answer->trouble,
		    answer->status);
	}
	otlp->sent = 0;
	otlp->due_at = 0;
}

static void
send_some(struct otlp *otlp)
{
	const struct http_client_request request = {
		.url = otlp->settings->otlp_url,
		.headers = otlp->headers,
		.post = true,
	};
	struct http_client_request sent = request;
	struct diag diag;
	enum err rc;

	diag_clear(&diag);
	otlp->sent = trace_count() < TOGETHER ? trace_count() : TOGETHER;
	buf_reset(&otlp->body, BODY_MAX);
	otlp_body_write(&otlp->body, otlp->program, otlp->sent);
	rc = buf_done(&otlp->body);
	sent.body = buf_span(&otlp->body);
	if (rc == E_OK)
		rc = http_client_start(otlp->client, &sent, &diag);
	if (rc == E_OK)
		return;
	note_failure(otlp, false, err_name(rc), 0);
	otlp->sent = 0;
	otlp->due_at = 0;
}

/* After a failure of its own a client can only be freed. */
static void
renew_client(struct otlp *otlp)
{
	struct diag diag;

	http_client_free(otlp->client);
	otlp->client = NULL;
	if (http_client_new(1, ANSWER_MS, &otlp->client, &diag) != E_OK)
		log_warn("spans", LOG_TEXT("text", diag.text));
}

/* Look how the request gets on; timeout: ms. */
static void
look(struct otlp *otlp, int timeout)
{
	struct http_client_answer answer;
	struct diag diag;
	bool got = false;

	diag_clear(&diag);
	if (http_client_wait(otlp->client, timeout, &got, &answer, &diag) !=
	    E_OK) {
		answer = (struct http_client_answer){
			.outcome = HTTP_CLIENT_AWAY,
			.trouble = diag.text
		};
		got = true;
		renew_client(otlp);
	}
	if (got)
		take_answer(otlp, &answer);
}

void
otlp_turn(struct otlp *otlp)
{
	if (otlp == NULL || otlp->client == NULL)
		return;
	if (otlp->sent > 0)
		look(otlp, 0);
	if (otlp->sent > 0 || trace_count() == 0)
		return;
	if (otlp->due_at == 0)
		otlp->due_at = clock_ms() + GATHER_MS;
	if (trace_count() < TOGETHER && clock_left(otlp->due_at) > 0)
		return;
	if (otlp->pause != 0 && clock_left(otlp->again_at) > 0)
		return;
	send_some(otlp);
	if (otlp->sent > 0)
		look(otlp, 0);
}

int
otlp_due(const struct otlp *otlp)
{
	int left, pause;

	if (otlp == NULL || trace_count() == 0)
		return -1;
	if (otlp->sent > 0)
		return LOOK_MS;
	left = otlp->due_at == 0 ? GATHER_MS : clock_left(otlp->due_at);
	pause = otlp->pause == 0 ? 0 : clock_left(otlp->again_at);
	return left > pause ? left : pause;
}

void
otlp_free(struct otlp *otlp)
{
	int64_t ends = clock_ms() + END_MS;

	if (otlp == NULL)
		return;
	while (otlp->client != NULL && clock_left(ends) > 0 &&
	    (otlp->sent > 0 || (trace_count() > 0 && otlp->pause == 0))) {
		if (otlp->sent == 0)
			send_some(otlp);
		if (otlp->sent > 0)
			look(otlp, LOOK_MS);
	}
	metrics_add(METRIC_SPANS_DROPPED, trace_count());
	(void)!trace_keep(0);
	http_client_free(otlp->client);
	buf_free(&otlp->body);
	free(otlp->lines);
	free(otlp);
}
