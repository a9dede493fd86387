#include "adapters/fcgi.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fastcgi.h>
#include <fcgiapp.h>

#define LISTEN_FD 0
/* libfcgi counts in int. */
#define PIECE 1048576

struct fcgi {
	FCGX_Request request;
	bool running;
};

static bool
is_listening(int fd)
{
	int on = 0;
	socklen_t size = sizeof(on);

	return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &on, &size) == 0 &&
	    on != 0;
}

enum err
fcgi_new(struct fcgi **ret_fcgi, struct diag *diag)
{
	struct fcgi *fcgi;
	int flags;

	if (!is_listening(LISTEN_FD))
		return diag_set(diag, E_USAGE, "standard input is not a"
		    " listening socket: start it with spawn-fcgi -n");
	flags = fcntl(LISTEN_FD, F_GETFL);
	if (flags < 0 || fcntl(LISTEN_FD, F_SETFL, flags | O_NONBLOCK) < 0)
		return diag_set(diag, E_SYSTEM, "fcntl: %s", strerror(errno));
	fcgi = calloc(1, sizeof(*fcgi));
	if (fcgi == NULL)
		return diag_set(diag, E_NO_MEMORY, "no memory for FastCGI");
	if (FCGX_Init() != 0 || FCGX_InitRequest(&fcgi->request, LISTEN_FD,
	    FCGI_FAIL_ACCEPT_ON_INTR) != 0) {
		free(fcgi);
		return diag_set(diag, E_SYSTEM, "libfcgi does not start");
	}
	*ret_fcgi = fcgi;
	return E_OK;
}

void
fcgi_free(struct fcgi *fcgi)
{
	if (fcgi == NULL)
		return;
	FCGX_Free(&fcgi->request, 1);
	free(fcgi);
}

int
fcgi_socket(const struct fcgi *fcgi)
{
	return fcgi->request.listen_sock;
}

enum err
fcgi_accept(struct fcgi *fcgi, bool *ret_got, struct diag *diag)
{
	int rc = FCGX_Accept_r(&fcgi->request);

	*ret_got = rc == 0;
	fcgi->running = *ret_got;
	switch (-rc) {
	case 0:
	case EAGAIN:
	case EINTR:
	case ECONNABORTED:
		return E_OK;
	case EMFILE:
	case ENFILE:
	case ENOMEM:
	case ENOBUFS:
		/* It passes; a short pause keeps the loop from spinning. */
		(void)usleep(50000);
		return E_OK;
	default:
		return diag_set(diag, E_SYSTEM, "accept: %s",
		    strerror(rc < 0 ? -rc : errno));
	}
}

bool
fcgi_is_responder(const struct fcgi *fcgi)
{
	return fcgi->request.role == FCGI_RESPONDER;
}

struct span
fcgi_param(const struct fcgi *fcgi, const char *name)
{
	return str_span(FCGX_GetParam(name, fcgi->request.envp));
}

enum err
fcgi_read(struct fcgi *fcgi, struct buf *body, size_t length,
    struct diag *diag)
{
	size_t start = body->len;
	char *room = buf_room(body, length);
	enum err rc = buf_done(body);

	if (rc != E_OK)
		return diag_set(diag, rc, "no room for the body");
	while (body->len - start < length) {
		size_t left = length - (body->len - start);
		int want = (int)(left < PIECE ? left : PIECE);
		int got = FCGX_GetStr(room + (body->len - start), want,
		    fcgi->request.in);

		if (got > 0)
			body->len += (size_t)got;
		if (got < want)
			break;
	}
	if (room != NULL)
		body->data[body->len] = '\0';
	if (body->len - start < length ||
	    FCGX_GetError(fcgi->request.in) != 0)
		return diag_tell(diag, E_SYNTAX, "The body ended after %zu of"
		    " the %zu bytes that Content-Length announced",
		    body->len - start, length);
	if (FCGX_GetChar(fcgi->request.in) != -1)
		return diag_tell(diag, E_SYNTAX, "The body is longer than the"
		    " %zu bytes that Content-Length announced", length);
	return E_OK;
}

void
fcgi_write(struct fcgi *fcgi, struct span bytes)
{
	while (bytes.len > 0) {
		int piece = (int)(bytes.len < PIECE ? bytes.len : PIECE);

		if (FCGX_PutStr(bytes.at, piece, fcgi->request.out) != piece)
			return;
		bytes.at += piece;
		bytes.len -= (size_t)piece;
	}
}

bool
fcgi_finish(struct fcgi *fcgi)
{
	bool sent;

	if (!fcgi->running)
		return true;
	fcgi->running = false;
	sent = FCGX_FFlush(fcgi->request.out) == 0 &&
	    FCGX_GetError(fcgi->request.out) == 0;
	FCGX_Finish_r(&fcgi->request);
	return sent;
}
