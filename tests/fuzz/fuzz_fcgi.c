/* SPDX-License-Identifier: MIT */
/*
 * Any bytes on a connection of the FastCGI socket, which then says no more:
 * what is accepted is read, answered and finished as pulse-etl-fcgi does, and
 * the answer is whole records that hold what we wrote.
 *
 * Left out is what no code of ours can stand in front of, for libfcgi reads the
 * connection itself; see may_abort().
 */
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "http/request.h"

#include "fuzz.h"

#define BYTES_MAX 65536
#define HEADER_BYTES 8
#define BODY_MAX (1 << 20)
/* More requests on one connection are not tried. */
#define BEGINS_MAX 16
/* More than what libfcgi copies; fits into the socket's buffer. */
#define LARGE 70000

/* Types of records (FastCGI 1.0, section 8). */
enum { BEGIN = 1, END = 3, PARAMS = 4, OUT = 6, ERR = 7, GET_VALUES = 9,
	VALUES = 10, UNKNOWN = 11 };

struct record {
	int type, id;
	struct span content; /* of what is there */
	size_t padding;
	bool is_whole;
};

static struct {
	struct fcgi *fcgi;
	struct sockaddr_un address;
	socklen_t address_len;
	char large[LARGE];
} door;

/*
 * Each record of no request and no type that libfcgi knows leaks 48 bytes of
 * libfcgi's; a process retires before that matters.
 */
const char *__lsan_default_suppressions(void);

const char *
__lsan_default_suppressions(void)
{
	return "leak:libfcgi.so";
}

static void
open_door(void)
{
	struct diag diag;
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	/* Linux gives it a name of its own, in no folder. */
	door.address.sun_family = AF_UNIX;
	must(fd >= 0 && bind(fd, (struct sockaddr *)&door.address,
	    sizeof(sa_family_t)) == 0);
	door.address_len = sizeof(door.address);
	must(getsockname(fd, (struct sockaddr *)&door.address,
	    &door.address_len) == 0);
	must(listen(fd, 8) == 0 && dup2(fd, 0) == 0);
	must(fd == 0 || close(fd) == 0);
	diag_clear(&diag);
	must(fcgi_new(&door.fcgi, &diag) == E_OK);
	memset(door.large, 'x', sizeof(door.large));
}

/* The next record, which may be cut off. The padding stays in *rest. */
static bool
next_record(struct span *rest, struct record *ret)
{
	const unsigned char *head = (const unsigned char *)rest->at;
	size_t len;

	if (rest->len < HEADER_BYTES || head[0] != 1)
		return false;
	len = (size_t)head[4] << 8 | head[5];
	ret->type = head[1];
	ret->id = head[2] << 8 | head[3];
	ret->padding = head[6];
	rest->at += HEADER_BYTES;
	rest->len -= HEADER_BYTES;
	ret->is_whole = rest->len >= len + ret->padding;
	ret->content = (struct span){ rest->at,
		len < rest->len ? len : rest->len };
	rest->at += ret->content.len;
	rest->len -= ret->content.len;
	return true;
}

static void
skip(struct span *rest, size_t len)
{
	len = len < rest->len ? len : rest->len;
	rest->at += len;
	rest->len -= len;
}

/* The length of a name or value (section 3.4), as libfcgi reads it. */
static bool
next_length(struct span *rest, size_t *ret)
{
	const unsigned char *at = (const unsigned char *)rest->at;
	size_t bytes;

	if (rest->len == 0)
		return false;
	bytes = at[0] < 0x80 ? 1 : 4;
	if (rest->len < bytes)
		return false;
	*ret = bytes == 1 ? at[0] : (size_t)(at[0] & 0x7f) << 24 |
	    (size_t)at[1] << 16 | (size_t)at[2] << 8 | at[3];
	rest->at += bytes;
	rest->len -= bytes;
	return true;
}

/* So much for one parameter, and there may be no memory for it. */
static bool
has_huge(struct span params)
{
	size_t name, value;

	while (next_length(&params, &name) && next_length(&params, &value)) {
		if (name + value > 1 << 24)
			return true;
		if (name + value > params.len)
			break;
		params.at += name + value;
		params.len -= name + value;
	}
	return false;
}

/*
 * Are the parameters of the requests of one id huge? libfcgi forgets the padding
 * behind the begin of a request that it takes, and it takes no second one before
 * the end of the first: that may be the first alone, or any. What records of no
 * request hold, it takes for a parameter as well.
 */
static bool
has_huge_of(struct span rest, int id, bool first_only)
{
	static char params[BYTES_MAX];
	struct record record;
	size_t len = 0, begins = 0;

	while (next_record(&rest, &record)) {
		if (record.type != BEGIN && (record.id == 0 ||
		    (record.type == PARAMS && record.id == id))) {
			memcpy(params + len, record.content.at,
			    record.content.len);
			len += record.content.len;
		}
		if (record.type != BEGIN || (begins++ > 0 && first_only))
			skip(&rest, record.padding);
	}
	return has_huge((struct span){ params, len });
}

/*
 * Two things end the process within libfcgi 2.4.2, before it gives us anything:
 * a parameter whose length it finds no memory for is an assert (ReadParams,
 * Malloc), and GET_VALUES is answered in 64 bytes of the stack, however many
 * names it has (ProcessManagementRecord). Who may connect may do that: the
 * socket's mode is the boundary (docs/security.md).
 */
static bool
may_abort(struct span bytes)
{
	for (int first_only = 0; first_only < 2; first_only++) {
		struct span rest = bytes;
		struct record record;
		size_t begins = 0;

		while (next_record(&rest, &record)) {
			if (record.type == GET_VALUES && record.id == 0)
				return true;
			if (record.type != BEGIN ||
			    (begins++ > 0 && first_only == 1))
				skip(&rest, record.padding);
			else if (begins > BEGINS_MAX ||
			    has_huge_of(bytes, record.id, first_only == 1))
				return true;
		}
	}
	return false;
}

static int
send_all(struct span bytes)
{
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	must(fd >= 0 && connect(fd, (struct sockaddr *)&door.address,
	    door.address_len) == 0);
	must(bytes.len == 0 ||
	    send(fd, bytes.at, bytes.len, 0) == (ssize_t)bytes.len);
	must(shutdown(fd, SHUT_WR) == 0);
	return fd;
}

/* Read what was asked for, as far as it is there. */
static void
read_body(const struct req *rq, struct buf *body)
{
	int64_t length = 0;
	struct diag diag;

	diag_clear(&diag);
	if (rq->content_length.at != NULL &&
	    (!span_int64(rq->content_length, &length) || length < 0 ||
	    length > BODY_MAX))
		return;
	if (fcgi_read(door.fcgi, body, (size_t)length, &diag) != E_OK) {
		must(diag.client[0] != '\0' && body->len <= BYTES_MAX);
		return;
	}
	must(body->len == (size_t)length);
	if (fcgi_read_end(door.fcgi, &diag) != E_OK)
		must(diag.client[0] != '\0');
}

/* One request from its begin to its end. Gives: false when there is none. */
static bool
serve(struct arena *arena, struct buf *expected, bool *sent)
{
	struct diag diag;
	struct buf body;
	struct req rq;
	bool got = false;

	diag_clear(&diag);
	must(fcgi_accept(door.fcgi, &got, &diag) == E_OK);
	if (!got)
		return false;
	buf_init(&body, BODY_MAX + 1);
	request_init(&rq, arena, &body);
	request_from_fcgi(&rq, door.fcgi);
	must(rq.request_id[0] != '\0');
	(void)fcgi_is_gone(door.fcgi);
	if (fcgi_is_responder(door.fcgi))
		read_body(&rq, &body);
	fcgi_write(door.fcgi, rq.path);
	buf_add_span(expected, rq.path);
	if (body.len > 0 && body.len % 2 == 1) {
		struct span large = { door.large, sizeof(door.large) };

		fcgi_write(door.fcgi, large);
		fcgi_write(door.fcgi, rq.query);
		buf_add_span(expected, large);
		buf_add_span(expected, rq.query);
	}
	*sent = fcgi_finish(door.fcgi) && *sent;
	must(fcgi_finish(door.fcgi)); /* again is nothing */
	buf_free(&body);
	arena_reset(arena);
	return true;
}

/* What came back: whole records, and in OUT what was written. */
static void
check_answer(int fd, struct span expected, bool sent)
{
	static char bytes[1 << 20];
	struct record record;
	struct span rest;
	size_t len = 0, out = 0;
	ssize_t got;

	do {
		got = recv(fd, bytes + len, sizeof(bytes) - len, MSG_DONTWAIT);
		len += got > 0 ? (size_t)got : 0;
	} while (got > 0);
	must(got == 0 || errno == ECONNRESET);
	rest = (struct span){ bytes, len };
	while (next_record(&rest, &record)) {
		must(record.is_whole);
		skip(&rest, record.padding);
		must(record.type == END || record.type == OUT ||
		    record.type == ERR || record.type == VALUES ||
		    record.type == UNKNOWN);
		if (record.type != OUT)
			continue;
		must(record.content.len <= expected.len - out);
		must(record.content.len == 0 || memcmp(expected.at + out,
		    record.content.at, record.content.len) == 0);
		out += record.content.len;
	}
	must(rest.len == 0);
	must(!sent || out == expected.len);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span bytes = { (const char *)data, size };
	struct arena *arena;
	struct buf expected;
	bool sent = true;
	int fd;

	if (door.fcgi == NULL)
		open_door();
	if (size > BYTES_MAX || may_abort(bytes))
		return 0;
	arena = arena_new(1 << 20);
	must(arena != NULL);
	buf_init(&expected, 1 << 22);
	buf_add_text(&expected, "");
	fd = send_all(bytes);
	while (serve(arena, &expected, &sent))
		;
	check_answer(fd, buf_span(&expected), sent);
	must(close(fd) == 0);
	buf_free(&expected);
	arena_free(arena);
	return 0;
}
