/* SPDX-License-Identifier: MIT */
#include "adapters/http_client.h"

#include <netdb.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit/unit.h"

#define TIMEOUT_MS 3000

/* A server for one request; its answer is a head, and a text repeated. */
struct server {
	pid_t pid;
	char url[64];
};

static void
serve(int listener, const char *head, const char *unit, size_t times)
{
	char request[4096];
	int fd = accept(listener, NULL, NULL);
	FILE *out = fdopen(fd, "w");

	if (out == NULL || read(fd, request, sizeof(request)) <= 0)
		_exit(1);
	for (size_t i = 0; head != NULL && i <= times; i++)
		(void)fputs(i == 0 ? head : unit, out);
	(void)fflush(out);
	if (head != NULL)
		(void)shutdown(fd, SHUT_WR);
	while (read(fd, request, sizeof(request)) > 0)
		; /* until the client has read it, or given up */
	_exit(0);
}

static void
server_start(struct server *server, const char *head, const char *unit,
    size_t times)
{
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t size = sizeof(address);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ck_assert_int_eq(bind(listener, (struct sockaddr *)&address, size), 0);
	ck_assert_int_eq(listen(listener, 1), 0);
	ck_assert_int_eq(getsockname(listener, (struct sockaddr *)&address,
	    &size), 0);
	(void)snprintf(server->url, sizeof(server->url),
	    "http://me:secret@127.0.0.1:%d/x", ntohs(address.sin_port));
	server->pid = fork();
	ck_assert_int_ge(server->pid, 0);
	if (server->pid == 0)
		serve(listener, head, unit, times);
	(void)close(listener);
}

static void
server_end(const struct server *server)
{
	ck_assert_int_eq(waitpid(server->pid, NULL, 0), server->pid);
}

static struct http_client *
new_client(void)
{
	struct http_client *client = NULL;
	struct diag diag;

	ck_assert_int_eq(setenv("no_proxy", "*", 1), 0);
	ck_assert_int_eq(http_client_new(1, TIMEOUT_MS, &client, &diag), E_OK);
	return client;
}

static const struct answer {
	const char *head; /* NULL: none */
	const char *unit;
	size_t times;
	enum http_client_outcome outcome;
	long status;
	size_t len;
} answers[] = {
	{ "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n", "ab", 3,
	    HTTP_CLIENT_WHOLE, 200, 6 },
	{ "HTTP/1.1 204 No Content\r\n\r\n", "", 0, HTTP_CLIENT_WHOLE, 204,
	    0 },
	/* A redirect is not followed. */
	{ "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n"
	    "Content-Length: 0\r\n\r\n", "", 0, HTTP_CLIENT_WHOLE, 302, 0 },
	{ "HTTP/1.1 500 Oh\r\nConnection: close\r\n\r\n", "x", 1 << 20,
	    HTTP_CLIENT_WHOLE, 500, 1 << 20 },
	/* What is too large is not cut: it is no answer, but has a status. */
	{ "HTTP/1.1 201 Created\r\nConnection: close\r\n\r\n", "x",
	    (1 << 20) + 1, HTTP_CLIENT_STRANGE, 201, 0 },
	{ "SSH-2.0-OpenSSH\r\n\r\n", "", 0, HTTP_CLIENT_STRANGE, 0, 0 },
	{ "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n", "a", 1,
	    HTTP_CLIENT_AWAY, 0, 0 },
	{ NULL, "", 0, HTTP_CLIENT_SLOW, 0, 0 },
};

START_TEST(an_answer_is_whole_or_says_why_not)
{
	const struct answer *it = &answers[_i];
	struct http_client_request request = { .post = _i % 2 == 0,
		.body = SPAN_LIT("{}"), .context = &request };
	struct http_client *client;
	struct http_client_answer answer;
	struct server server;
	struct diag diag;

	if (!http_client_is_built())
		return;
	client = new_client();
	server_start(&server, it->head, it->unit, it->times);
	request.url = server.url;
	ck_assert_int_eq(http_client_ask(client, &request, &answer, &diag),
	    E_OK);
	ck_assert_ptr_eq(answer.context, &request);
	ck_assert_int_eq(answer.outcome, it->outcome);
	ck_assert_int_eq(answer.status, it->status);
	ck_assert_uint_eq(answer.body.len, it->len);
	ck_assert_ptr_null(strstr(answer.trouble, "secret"));
	ck_assert_uint_eq(http_client_free_slots(client), 1);
	http_client_free(client);
	server_end(&server);
}
END_TEST

START_TEST(nobody_there_is_away_and_the_client_goes_on)
{
	const char *const headers[] = { "X-One: 1", NULL };
	struct http_client_request request = { .headers = headers,
		.url = "http://127.0.0.1:1/" };
	struct http_client_answer answer;
	struct http_client *client;
	struct server server;
	struct diag diag;

	if (!http_client_is_built())
		return;
	client = new_client();
	ck_assert_int_eq(http_client_ask(client, &request, &answer, &diag),
	    E_OK);
	ck_assert_int_eq(answer.outcome, HTTP_CLIENT_AWAY);
	ck_assert_int_eq(answer.status, 0);
	request.url = "ftp://127.0.0.1:1/";
	ck_assert_int_eq(http_client_ask(client, &request, &answer, &diag),
	    E_OK);
	ck_assert_int_eq(answer.outcome, HTTP_CLIENT_STRANGE);
	server_start(&server, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n",
	    "ab", 1);
	request.url = server.url;
	ck_assert_int_eq(http_client_ask(client, &request, &answer, &diag),
	    E_OK);
	unit_span_eq(answer.body, "ab");
	http_client_free(client);
	server_end(&server);
}
END_TEST

/*
 * The resolver of this program, libcurl's as well: "rebound.test" is 127.0.0.2
 * when it is asked for the first time, and 127.0.0.1 from then on.
 */
static int asked;

int
getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
    struct addrinfo **ret)
{
	static struct sockaddr_in addresses[2];
	static struct addrinfo infos[2];
	int n = asked++ > 0;

	if (node == NULL || strcmp(node, "rebound.test") != 0)
		return EAI_NONAME;
	addresses[n] = (struct sockaddr_in){ .sin_family = AF_INET,
		.sin_port = htons((uint16_t)(service == NULL ?
			0 :
			strtol(service, NULL, 10))) };
	addresses[n].sin_addr.s_addr = htonl(INADDR_LOOPBACK +
	    (n == 0 ? 1 : 0));
	infos[n] = (struct addrinfo){ .ai_family = AF_INET,
		.ai_socktype = hints == NULL ? 0 : hints->ai_socktype,
		.ai_addrlen = sizeof(addresses[n]),
		.ai_addr = (struct sockaddr *)&addresses[n] };
	*ret = &infos[n];
	return 0;
}

void
freeaddrinfo(struct addrinfo *info)
{
	(void)info; /* it is static */
}

START_TEST(a_name_that_is_resolved_anew_does_not_get_around_the_guard)
{
	const struct http_guard guard = { .ca_file = "",
		.networks = "127.0.0.2",
		.plain_http = true };
	struct http_client_request request = { .post = true,
		.body = SPAN_LIT("{}") };
	struct http_client_answer answer;
	struct http_client *client;
	struct server server;
	struct diag diag;
	char url[64];
	int status;

	if (!http_client_is_built())
		return;
	client = new_client();
	http_client_set_guard(client, &guard);
	server_start(&server, "HTTP/1.1 200 OK\r\n\r\n", "", 0);
	(void)snprintf(url, sizeof(url), "http://rebound.test%s",
	    strrchr(server.url, ':'));
	request.url = url;
	/* The first address is allowed, and nobody is there. */
	ck_assert_int_eq(http_client_ask(client, &request, &answer, &diag),
	    E_OK);
	ck_assert_int_eq(answer.outcome, HTTP_CLIENT_AWAY);
	http_client_free(client);
	client = new_client();
	http_client_set_guard(client, &guard);
	/* At the second one somebody is, who may not be asked. */
	ck_assert_int_eq(http_client_ask(client, &request, &answer, &diag),
	    E_OK);
	ck_assert_int_eq(asked, 2);
	ck_assert_int_eq(answer.outcome, HTTP_CLIENT_STRANGE);
	ck_assert_str_eq(answer.trouble, HTTP_GUARD_REFUSAL);
	http_client_free(client);
	ck_assert_int_eq(kill(server.pid, SIGKILL), 0);
	ck_assert_int_eq(waitpid(server.pid, &status, 0), server.pid);
	ck_assert(WIFSIGNALED(status)); /* nobody has connected */
}
END_TEST

START_TEST(an_address_is_shown_without_its_login)
{
	struct arena *arena = arena_new(4096);

	ck_assert_str_eq(http_client_shown("http://a:b@host:1/x@y", arena),
	    "http://host:1/x@y");
	ck_assert_str_eq(http_client_shown("http://host/x@y", arena),
	    "http://host/x@y");
	ck_assert_str_eq(http_client_shown("a:b@host", arena), "host");
	arena_free(arena);
}
END_TEST

START_TEST(a_text_becomes_a_part_of_a_path)
{
	struct buf out;

	buf_init(&out, 100);
	http_client_escape(&out, "aZ09-_./ \xc3\xa4");
	unit_span_eq(buf_span(&out), "aZ09-_.%2F%20%C3%A4");
	buf_free(&out);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("http_client");
	TCase *tcase = tcase_create("all");

	tcase_add_loop_test(tcase, an_answer_is_whole_or_says_why_not, 0,
	    (int)COUNT(answers));
	tcase_add_test(tcase, nobody_there_is_away_and_the_client_goes_on);
	tcase_add_test(tcase,
	    a_name_that_is_resolved_anew_does_not_get_around_the_guard);
	tcase_add_test(tcase, an_address_is_shown_without_its_login);
	tcase_add_test(tcase, a_text_becomes_a_part_of_a_path);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}
