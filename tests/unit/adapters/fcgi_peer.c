/* SPDX-License-Identifier: MIT */
#include "unit/adapters/fcgi_peer.h"

#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "unit/unit.h"

/* Types of records (FastCGI 1.0, section 8). */
enum { BEGIN = 1, END = 3, PARAMS = 4, IN = 5, OUT = 6 };

static struct {
	struct sockaddr_un address;
	socklen_t size;
	int fd;
} peer;

struct fcgi *
fcgi_peer_open(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	struct fcgi *fcgi = NULL;
	struct diag diag;

	/* Linux gives it a name of its own, in no folder. */
	peer.address.sun_family = AF_UNIX;
	peer.size = sizeof(peer.address);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&peer.address,
	    sizeof(sa_family_t)), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&peer.address,
	    &peer.size), 0);
	ck_assert_int_eq(listen(fd, 8), 0);
	ck_assert_int_eq(dup2(fd, 0), 0);
	ck_assert(fd == 0 || close(fd) == 0);
	ck_assert_int_eq(fcgi_new(&fcgi, &diag), E_OK);
	peer.fd = -1;
	return fcgi;
}

void
fcgi_peer_close(struct fcgi *fcgi)
{
	fcgi_free(fcgi);
	if (peer.fd >= 0)
		(void)close(peer.fd);
}

static void
send_record(int type, struct span content)
{
	const char head[8] = { 1, (char)type, 0, 1, (char)(content.len >> 8),
		(char)(content.len & 0xff), 0, 0 };

	ck_assert_int_eq(send(peer.fd, head, sizeof(head), 0), sizeof(head));
	if (content.len > 0)
		ck_assert_int_eq(send(peer.fd, content.at, content.len, 0),
		    (ssize_t)content.len);
}

static void
send_param(const char *param)
{
	struct span value = str_span(param), name = span_cut(&value, '=');
	char text[512];

	ck_assert_uint_lt(name.len + value.len, sizeof(text) - 5);
	text[0] = (char)name.len;
	text[1] = (char)0x80; /* four bytes of a length */
	text[2] = 0;
	text[3] = (char)(value.len >> 8);
	text[4] = (char)(value.len & 0xff);
	memcpy(text + 5, name.at, name.len);
	memcpy(text + 5 + name.len, value.at, value.len);
	send_record(PARAMS, (struct span){ text, 5 + name.len + value.len });
}

void
fcgi_peer_ask(struct fcgi *fcgi, const char *const *params, struct span body)
{
	struct diag diag;
	bool got;

	peer.fd = socket(AF_UNIX, SOCK_STREAM, 0);
	ck_assert_int_eq(connect(peer.fd, (struct sockaddr *)&peer.address,
	    peer.size), 0);
	send_record(BEGIN, SPAN_LIT("\0\1\0\0\0\0\0\0")); /* a responder */
	for (; *params != NULL; params++)
		send_param(*params);
	send_record(PARAMS, SPAN_LIT(""));
	for (size_t sent = 0, next; sent < body.len; sent += next) {
		next = body.len - sent < 60000 ? body.len - sent : 60000;
		send_record(IN, (struct span){ body.at + sent, next });
	}
	send_record(IN, SPAN_LIT(""));
	/* That no more comes is what libfcgi waits for when it closes: 2 s. */
	ck_assert_int_eq(shutdown(peer.fd, SHUT_WR), 0);
	ck_assert_int_eq(fcgi_accept(fcgi, &got, &diag), E_OK);
	ck_assert(got);
}

struct span
fcgi_peer_answer(void)
{
	static char text[1 << 20];
	unsigned char head[8];
	size_t len = 0;
	bool ended = false;

	while (recv(peer.fd, head, sizeof(head), MSG_WAITALL) ==
	    sizeof(head)) {
		size_t size = (size_t)head[4] << 8 | head[5];

		ck_assert_uint_lt(len + size + head[6], sizeof(text));
		ck_assert_int_eq(recv(peer.fd, text + len, size + head[6],
		    MSG_WAITALL), (ssize_t)(size + head[6]));
		ended = ended || head[1] == END;
		len += head[1] == OUT ? size : 0;
	}
	text[len] = '\0';
	return ended ? (struct span){ text, len } : SPAN_NONE;
}
