/* SPDX-License-Identifier: MIT */
/*
 * One request: what came, as spans, and what became of it on the way. Filled
 * by the accept loop or, in tests, from literals. Everything in it lives until
 * the request's end.
 */
#ifndef HTTP_REQUEST_H
#define HTTP_REQUEST_H

#include "adapters/db/db.h"
#include "adapters/fcgi.h"
#include "base/trace.h"
#include "http/field_row.h"
#include "http/http_conf.h"
#include "http/multipart.h"
#include "http/params.h"
#include "json/json_scan.h"
#include "models/tenant/role.h"

#define WHO_NAME_SIZE 200

/* Who calls, and on whose behalf. tenant_id 0: not known yet. */
struct who {
	int64_t tenant_id;
	enum role role;
	bool has_quota;		  /* the tenant has */
	char name[WHO_NAME_SIZE]; /* "token:12", "user:34"; for logs */
};

/* Headers of webhooks: hook_header_rows.h. */
enum hook_header {
#define HOOK_HEADER(code, name, param) code,
#include "http/hook_header_rows.h"
#undef HOOK_HEADER
	HOOK_HEADERS
};
extern const char *const hook_header_names[HOOK_HEADERS];

#define REQUEST_ID_MAX 128
/* So many unknown members of a body are told. */
#define REQUEST_STRANGERS 8

struct auth;
struct route;
struct service;

struct req {
	/* For all requests of a process; null where nothing needs them. */
	struct service *service; /* for the handlers: etl/service.h */
	struct db *db;
	const struct http_settings *settings;
	struct auth *auth; /* see http/auth.h; NULL: nobody has a token */

	struct arena *arena;
	struct diag diag;

	/* As it came; SPAN_NONE when it did not. */
	struct span method;
	struct span path; /* raw, without the query */
	struct span query;
	struct span authorization;
	struct span content_type;
	struct span content_encoding;
	struct span content_length;
	struct span accept;
	struct span accept_encoding;
	struct span if_match;
	struct span if_none_match;
	struct span idempotency_key; /* empty when it came so */
	struct span traceparent;     /* as it came; see trace below */
	struct span remote_addr;
	struct span hook[HOOK_HEADERS];
	int64_t
	    ends; /* of clock_ms(): to be answered by then; 0: no such time */
	int64_t waited_ms; /* for a responder, as far as nginx tells */
	struct buf *body;
	struct fcgi *fcgi; /* where the body is read from; NULL: it is there */

	/* Found out. */
	char request_id[REQUEST_ID_MAX + 1];
	struct trace_span trace; /* its context: that of all that comes of it */
	const struct route *route;
	int64_t id;	  /* {id} of the path */
	struct span name; /* {name} of the path, as it came */
	struct who who;
	int64_t retry_after; /* seconds, for a refusal; 0: as usual */
	struct params params;
	bool replaces; /* the body may have what request_replace() is for */
	struct json_member *members; /* of the body, that somebody wants */
	size_t member_count;
	struct span strangers[REQUEST_STRANGERS]; /* members nobody wants */
	bool is_payload; /* the body is raw_data alone, the rest in the query */
	int64_t read_us, scan_us;   /* that the body took; 0: it did not come */
	const struct parts *form;   /* of a body that is a form, or NULL */
	struct field_error *errors; /* in their order */
	struct field_error **errors_end;
};

/* Start a request: empty, with a body buffer. Needs: arena is empty. */
void request_init(struct req *rq, struct arena *arena, struct buf *body);

/* Take its parts from an accepted FastCGI request. */
void request_from_fcgi(struct req *rq, struct fcgi *fcgi);

/*
 * Read a JSON body and find the members that `wanted` rows and tenancy need.
 *
 * Fails: E_MEDIA, E_TOO_LARGE, E_SYNTAX, E_INVALID; the client is told why.
 */
enum err request_read_json(struct req *rq, const struct field_set *wanted)
    MUST_CHECK;

/*
 * The same in two steps, for a body that is the payload alone, the value of the
 * row that is a document, and that is looked at before it is read as JSON.
 *
 * Needs: of the second that the first gave E_OK.
 * Gives: request_body() is what came. Fails: as above; max is request_read_body()'s.
 */
enum err request_read_payload(struct req *rq, int64_t max) MUST_CHECK;
enum err request_scan_payload(struct req *rq, const struct field_set *wanted)
    MUST_CHECK;

/*
 * Read the body, unpacked, of at most `max` bytes and the settings' max_body.
 *
 * Fails: E_TOO_LARGE, E_SYNTAX, E_MEDIA; the client is told why.
 */
enum err request_read_body(struct req *rq, int64_t max) MUST_CHECK;

/*
 * Replace what JSON may have and jsonb cannot: json/json_replace.h. The members
 * stay where they are.
 *
 * Needs: rq->replaces; nothing of the body was decoded yet.
 * Gives: how many characters were replaced.
 */
size_t request_replace(struct req *rq) MUST_CHECK;

/* The token of "Authorization: Bearer TOKEN" (RFC 6750, 2.1), or SPAN_NONE. */
struct span request_bearer(const struct req *rq);

/* The body as it came. */
struct span request_body(const struct req *rq);

/* A member of the body, NULL when it is not there. */
const struct json_member *request_member(const struct req *rq,
    const char *name);

/*
 * Note that a field is wrong. type: machine name; text lives as long as the
 * request. Gives: E_SYNTAX or E_INVALID, by the place.
 */
enum err request_refuse(struct req *rq, enum field_place place,
    const char *name, const char *type, const char *text);

/* The place's name in answers: "query". */
const char *request_place_name(enum field_place place);

/* What the log's lines are about from now on: this request. */
void request_log(const struct req *rq);

/* The trace context of what comes of it; NULL: it has none. */
const char *request_traceparent(const struct req *rq);

#endif
