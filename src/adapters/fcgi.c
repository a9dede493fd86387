/* SPDX-License-Identifier: MIT */
#include "adapters/fcgi.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#include <fastcgi.h>
#include <fcgiapp.h>

#define LISTEN_FD 0
/* libfcgi counts in int. */
#define PIECE 1048576
/*
 * From here on bytes go to the socket without libfcgi's copy, in 8 kB pieces.
 */
#define LARGE 32768
/* Records in one system call, and bytes in one record: 16 bits, 8 aligned. */
#define RECORDS 16
#define RECORD_BYTES 65528

struct fcgi {
	FCGX_Request request;
	bool running;
	bool gone;  /* the peer, while we wrote past libfcgi */
	bool empty; /* nothing is left to be read from the peer */
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
	int flags;

	if (!is_listening(LISTEN_FD))
		return diag_set(diag, E_USAGE,
		    "standard input is not a"
		    " listening socket: start it with spawn-fcgi -n");
	flags = fcntl(LISTEN_FD, F_GETFL);
	if (flags < 0 || fcntl(LISTEN_FD, F_SETFL, flags | O_NONBLOCK) < 0)
		return diag_set(diag, E_SYSTEM, "fcntl: %s", strerror(errno));
	if (FCGX_Init() != 0)
		return diag_set(diag, E_SYSTEM, "libfcgi does not start");
	return fcgi_another(ret_fcgi, diag);
}

enum err
fcgi_another(struct fcgi **ret_fcgi, struct diag *diag)
{
	struct fcgi *fcgi = calloc(1, sizeof(*fcgi));

	if (fcgi == NULL)
		return diag_set(diag, E_NO_MEMORY, "no memory for FastCGI");
	if (FCGX_InitRequest(&fcgi->request, LISTEN_FD,
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

bool
fcgi_socket_is_open(const struct fcgi *fcgi)
{
	struct sockaddr_un address;
	socklen_t size = sizeof(address);
	struct stat about;

	memset(&address, 0, sizeof(address));
	return getsockname(fcgi_socket(fcgi), (struct sockaddr *)&address,
		   &size) == 0 &&
	    size <= sizeof(address) && address.sun_family == AF_UNIX &&
	    address.sun_path[0] != '\0' &&
	    stat(address.sun_path, &about) == 0 &&
	    (about.st_mode & S_IWOTH) != 0;
}

enum err
fcgi_accept(struct fcgi *fcgi, bool *ret_got, struct diag *diag)
{
	int rc = FCGX_Accept_r(&fcgi->request);

	*ret_got = rc == 0;
	fcgi->running = *ret_got;
	fcgi->gone = false;
	fcgi->empty = false;
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

int
fcgi_peer(const struct fcgi *fcgi)
{
	return fcgi->request.ipcFd;
}

bool
fcgi_is_gone(const struct fcgi *fcgi)
{
	/* POLLHUP: one that has only ended its request still reads. */
	struct pollfd fd = { .fd = fcgi->request.ipcFd, .events = 0 };

	return poll(&fd, 1, 0) == 1;
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
fcgi_read(struct fcgi *fcgi, struct buf *body, size_t length, struct diag *diag)
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
	if (body->len - start < length || FCGX_GetError(fcgi->request.in) != 0)
		return diag_tell(diag, E_SYNTAX,
		    "The body ended before the"
		    " length that Content-Length announced");
	return E_OK;
}

enum err
fcgi_read_end(struct fcgi *fcgi, struct diag *diag)
{
	if (FCGX_GetChar(fcgi->request.in) != -1)
		return diag_tell(diag, E_SYNTAX,
		    "The body is longer than"
		    " Content-Length announced");
	fcgi->empty = true;
	return E_OK;
}

/* All of them, however many calls that takes. */
static bool
write_all(int fd, struct iovec *parts, int count)
{
	while (count > 0) {
		ssize_t wrote = writev(fd, parts, count);

		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote < 0)
			return false;
		while (count > 0 && (size_t)wrote >= parts->iov_len) {
			wrote -= (ssize_t)parts->iov_len;
			parts++;
			count--;
		}
		if (count > 0) {
			parts->iov_base = (char *)parts->iov_base + wrote;
			parts->iov_len -= (size_t)wrote;
		}
	}
	return true;
}

/* Bytes as records of the stream FCGI_STDOUT (FastCGI 1.0, section 3.3). */
static bool
write_records(struct fcgi *fcgi, struct span *bytes)
{
	FCGI_Header headers[RECORDS];
	struct iovec parts[2 * RECORDS];
	int id = fcgi->request.requestId, count = 0;

	for (int i = 0; i < RECORDS && bytes->len > 0; i++) {
		size_t len = bytes->len < RECORD_BYTES ?
		    bytes->len :
		    RECORD_BYTES;
		const char *at = bytes->at;

		headers[i] = (FCGI_Header){ .version = FCGI_VERSION_1,
			.type = FCGI_STDOUT,
			.requestIdB1 = (unsigned char)(id >> 8 & 0xff),
			.requestIdB0 = (unsigned char)(id & 0xff),
			.contentLengthB1 = (unsigned char)(len >> 8),
			.contentLengthB0 = (unsigned char)(len & 0xff) };
		parts[count].iov_base = &headers[i];
		parts[count++].iov_len = sizeof(headers[i]);
		memcpy(&parts[count].iov_base, &at, sizeof(at));
		parts[count++].iov_len = len;
		bytes->at += len;
		bytes->len -= len;
	}
	return write_all(fcgi->request.ipcFd, parts, count);
}

/* A large payload from where it lies, behind what was written before. */
static void
write_large(struct fcgi *fcgi, struct span bytes)
{
	fcgi->gone = fcgi->gone || FCGX_FFlush(fcgi->request.out) != 0;
	while (!fcgi->gone && bytes.len > 0)
		fcgi->gone = !write_records(fcgi, &bytes);
}

void
fcgi_write(struct fcgi *fcgi, struct span bytes)
{
	if (bytes.len >= LARGE) {
		write_large(fcgi, bytes);
		return;
	}
	if (bytes.len > 0 && !fcgi->gone)
		(void)FCGX_PutStr(bytes.at, (int)bytes.len, fcgi->request.out);
}

/*
 * Closed in this order, one write has what is left of the answer and the end
 * of the request. When all was read, a plain close loses nothing; libfcgi would
 * wait until the peer has closed, too.
 */
bool
fcgi_finish(struct fcgi *fcgi)
{
	bool sent;

	if (!fcgi->running)
		return true;
	fcgi->running = false;
	sent = FCGX_FClose(fcgi->request.err) == 0;
	sent = FCGX_FClose(fcgi->request.out) == 0 && sent && !fcgi->gone;
	fcgi->request.detached = fcgi->empty;
	FCGX_Finish_r(&fcgi->request);
	return sent;
}
