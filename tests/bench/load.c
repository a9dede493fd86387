/* SPDX-License-Identifier: MIT */
/*
 * An HTTP client that keeps its connections busy: each sends a request, waits
 * for the whole answer, and sends the next.
 *
 *	load [--seconds S] [--warm S] [--watch NAME=PID]… PORT CONNECTIONS
 *	    [--ids FIRST COUNT] METHOD PATH BODY [METHOD PATH BODY]…
 *
 * BODY is a file, or - for none. Several requests are sent in turn. {id} in a
 * path is a number of FIRST … FIRST + COUNT - 1: a connection has its own
 * ones, and sends all its requests for one before it takes the next. The
 * environment's ETL_TOKEN goes along.
 */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "bench.h"

#define HEAD_MAX 4096
#define REQUESTS_MAX 4
#define CONNECTIONS_MAX 1024
#define PIECE 262144
#define LAST_ANSWERS_US 60000000 /* how long to wait for them */

struct request {
	const char *method;
	const char *path;
	char *body; /* NULL: none */
	size_t len;
};

/* A connection: one request being sent, or one answer being read. */
struct conn {
	int fd;
	size_t number; /* of requests begun on it */
	int64_t began;
	char out[HEAD_MAX]; /* the request's head */
	size_t out_len, sent; /* sent: of head and body */
	char in[HEAD_MAX]; /* the answer's head */
	size_t in_len;
	bool in_body;
	int status;
	size_t left; /* of the answer's body */
	size_t body_len;
};

static struct {
	struct bench bench;
	int port;
	size_t count;
	int64_t first_id, ids;
	struct request requests[REQUESTS_MAX];
	size_t request_count;
	struct conn conns[CONNECTIONS_MAX];
	struct tally tallies[CONNECTIONS_MAX];
	int epoll;
} load;

static struct tally *
tally_of(const struct conn *conn)
{
	return &load.tallies[conn - load.conns];
}

static const struct request *
request_of(const struct conn *conn)
{
	return &load.requests[(conn->number - 1) % load.request_count];
}

static void
watch_for(struct conn *conn, uint32_t events, int how)
{
	struct epoll_event event = { .events = events, .data.ptr = conn };

	if (epoll_ctl(load.epoll, how, conn->fd, &event) != 0)
		bench_die("epoll: %s", strerror(errno));
}

static void
connect_one(struct conn *conn)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)load.port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int on = 1;

	conn->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (conn->fd < 0 || connect(conn->fd, (struct sockaddr *)&to,
	    sizeof(to)) != 0)
		bench_die("port %d: %s", load.port, strerror(errno));
	(void)setsockopt(conn->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	watch_for(conn, EPOLLIN, EPOLL_CTL_ADD);
}

/* The id for this connection's request. */
static long long
next_id(const struct conn *conn)
{
	int64_t round = (int64_t)((conn->number - 1) / load.request_count);
	int64_t step = (int64_t)load.count, own = conn - load.conns;

	return load.first_id + (own + round * step) %
	    (load.ids / step * step);
}

static void
write_head(struct conn *conn)
{
	const struct request *request = request_of(conn);
	const char *mark = strstr(request->path, "{id}");
	const char *token = getenv("ETL_TOKEN");
	char path[1024];
	int len;

	if (mark == NULL)
		(void)snprintf(path, sizeof(path), "%s", request->path);
	else
		(void)snprintf(path, sizeof(path), "%.*s%lld%s",
		    (int)(mark - request->path), request->path, next_id(conn),
		    mark + 4);
	len = snprintf(conn->out, sizeof(conn->out), "%s %s HTTP/1.1\r\n"
	    "Host: 127.0.0.1\r\nAuthorization: Bearer %s\r\n%s"
	    "Content-Length: %zu\r\n\r\n", request->method, path,
	    token == NULL ? "" : token, request->body == NULL ? "" :
	    "Content-Type: application/json\r\n", request->len);
	if (len < 0 || (size_t)len >= sizeof(conn->out))
		bench_die("the request's head is too long");
	conn->out_len = (size_t)len;
}

/* Send what the socket takes now. */
static bool
go_on_sending(struct conn *conn)
{
	const struct request *request = request_of(conn);
	size_t all = conn->out_len + request->len;

	while (conn->sent < all) {
		struct iovec parts[2];
		int count = 0;
		ssize_t sent;

		if (conn->sent < conn->out_len)
			parts[count++] = (struct iovec){ conn->out + conn->sent,
				conn->out_len - conn->sent };
		if (request->len > 0) {
			size_t skip = conn->sent < conn->out_len ? 0 :
			    conn->sent - conn->out_len;

			parts[count++] = (struct iovec){ request->body + skip,
				request->len - skip };
		}
		sent = sendmsg(conn->fd, &(struct msghdr){ .msg_iov = parts,
		    .msg_iovlen = (size_t)count }, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (sent < 0 && errno == EAGAIN) {
			watch_for(conn, EPOLLIN | EPOLLOUT, EPOLL_CTL_MOD);
			return true;
		}
		if (sent < 0)
			return false;
		conn->sent += (size_t)sent;
	}
	if (request->len > 0)
		watch_for(conn, EPOLLIN, EPOLL_CTL_MOD);
	return true;
}

static bool
begin_request(struct conn *conn)
{
	conn->number++;
	conn->sent = 0;
	conn->in_len = 0;
	conn->in_body = false;
	conn->body_len = 0;
	conn->began = bench_us();
	write_head(conn);
	return go_on_sending(conn);
}

/* The answer's head is complete when its empty line is there. */
static bool
read_head(struct conn *conn)
{
	ssize_t got = recv(conn->fd, conn->in + conn->in_len,
	    sizeof(conn->in) - 1 - conn->in_len, MSG_DONTWAIT);
	const char *end, *length;

	if (got < 0 && errno == EAGAIN)
		return true;
	if (got <= 0)
		return false;
	conn->in_len += (size_t)got;
	conn->in[conn->in_len] = '\0';
	end = strstr(conn->in, "\r\n\r\n");
	if (end == NULL)
		return conn->in_len < sizeof(conn->in) - 1;
	length = strcasestr(conn->in, "\r\nContent-Length:");
	if (length == NULL || length > end ||
	    sscanf(conn->in, "HTTP/1.1 %d", &conn->status) != 1)
		return false;
	conn->body_len = strtoul(length + 17, NULL, 10);
	conn->left = conn->body_len -
	    (conn->in_len - (size_t)(end + 4 - conn->in));
	conn->in_body = true;
	return true;
}

static bool
read_body(struct conn *conn)
{
	static char sink[PIECE];

	while (conn->left > 0) {
		ssize_t got = recv(conn->fd, sink, conn->left < PIECE ?
		    conn->left : PIECE, MSG_DONTWAIT);

		if (got < 0 && errno == EAGAIN)
			return true;
		if (got <= 0)
			return false;
		conn->left -= (size_t)got;
	}
	return true;
}

/* Something may be read or written; false when the connection is lost. */
static bool
serve(struct conn *conn, uint32_t events)
{
	if ((events & EPOLLOUT) != 0 && !go_on_sending(conn))
		return false;
	if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) == 0)
		return true;
	if (!conn->in_body && !read_head(conn))
		return false;
	if (!conn->in_body)
		return true;
	if (!read_body(conn))
		return false;
	if (conn->left > 0)
		return true;
	if (conn->status / 100 != 2 && tally_of(conn)->failed == 0)
		(void)fprintf(stderr, "answered %d: %s %s\n", conn->status,
		    request_of(conn)->method, request_of(conn)->path);
	bench_count(&load.bench, tally_of(conn), conn->began,
	    request_of(conn)->len + conn->body_len, conn->status / 100 == 2);
	return bench_us() >= load.bench.ends || begin_request(conn);
}

static bool
is_busy(const struct conn *conn)
{
	return conn->sent > 0 && (!conn->in_body || conn->left > 0);
}

/* Until the window is over and the last answer is there. */
static void
run(void)
{
	bool begun = false, ended = false;
	size_t busy = load.count;

	while (busy > 0) {
		struct epoll_event events[64];
		int count = epoll_wait(load.epoll, events, 64, 20);

		if (!begun && bench_us() >= load.bench.begins) {
			begun = true;
			bench_begin(&load.bench);
		}
		if (!ended && bench_us() >= load.bench.ends) {
			ended = true;
			bench_end(&load.bench);
		}
		for (int i = 0; i < count; i++) {
			struct conn *conn = events[i].data.ptr;

			if (serve(conn, events[i].events))
				continue;
			tally_of(conn)->failed++;
			(void)close(conn->fd);
			connect_one(conn);
			if (!begin_request(conn))
				bench_die("the server hangs up");
		}
		if (ended) {
			busy = 0;
			for (size_t i = 0; i < load.count; i++)
				busy += is_busy(&load.conns[i]) ? 1 : 0;
		}
		if (bench_us() >= load.bench.ends + LAST_ANSWERS_US)
			bench_die("%zu answers never came", busy);
	}
}

static void
arguments(int argc, char **argv)
{
	int i = bench_options(&load.bench, argc, argv);

	if (argc - i < 5)
		bench_die("see the head of load.c");
	load.port = (int)strtol(argv[i++], NULL, 10);
	load.count = strtoul(argv[i++], NULL, 10);
	if (load.count == 0 || load.count > CONNECTIONS_MAX)
		bench_die("1 to %d connections", CONNECTIONS_MAX);
	load.first_id = 1;
	load.ids = (int64_t)load.count;
	if (strcmp(argv[i], "--ids") == 0) {
		load.first_id = strtoll(argv[i + 1], NULL, 10);
		load.ids = strtoll(argv[i + 2], NULL, 10);
		i += 3;
	}
	if (load.ids < (int64_t)load.count)
		bench_die("fewer ids than connections");
	for (; i + 2 < argc && load.request_count < REQUESTS_MAX; i += 3) {
		struct request *request =
		    &load.requests[load.request_count++];

		request->method = argv[i];
		request->path = argv[i + 1];
		if (strcmp(argv[i + 2], "-") != 0)
			request->body = bench_file(argv[i + 2], &request->len);
	}
}

int
main(int argc, char **argv)
{
	arguments(argc, argv);
	load.epoll = epoll_create1(EPOLL_CLOEXEC);
	bench_window(&load.bench);
	for (size_t i = 0; i < load.count; i++) {
		load.tallies[i].latency = mmap(NULL, LATENCIES_MAX * 4,
		    PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (load.tallies[i].latency == MAP_FAILED)
			bench_die("no memory");
		connect_one(&load.conns[i]);
		if (!begin_request(&load.conns[i]))
			bench_die("the server hangs up");
	}
	run();
	bench_print(&load.bench, load.tallies, load.count);
	for (size_t i = 0; i < load.request_count; i++)
		free(load.requests[i].body);
	return EXIT_SUCCESS;
}
