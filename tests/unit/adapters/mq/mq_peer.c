/* SPDX-License-Identifier: MIT */
#include "unit/adapters/mq/mq_peer.h"

#include <endian.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "adapters/mq/mq_inside.h"
#include "unit/unit.h"

#define FRAME_END 0xce
/* How long something may take to come, ms. */
#define LONG_MS 60000

static int peer = -1;

struct mq *
mq_peer_open(const struct mq_settings *settings)
{
	struct mq *mq = mq_new(settings, "check");
	int ends[2];

	ck_assert_ptr_nonnull(mq);
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	ck_assert_int_eq(fcntl(ends[0], F_SETFL, O_NONBLOCK), 0);
	mq->conn = amqp_new_connection();
	ck_assert_ptr_nonnull(mq->conn);
	amqp_tcp_socket_set_sockfd(amqp_tcp_socket_new(mq->conn), ends[0]);
	mq->generation = 1;
	mq->twin = true; /* says nothing in the log */
	peer = ends[1];
	return mq;
}

void
mq_peer_close(struct mq *mq)
{
	mq->broken = true;
	mq_free(mq);
	(void)close(peer);
}

static void
send_all(const void *bytes, size_t len)
{
	ck_assert_int_eq(send(peer, bytes, len, 0), (ssize_t)len);
}

void
mq_peer_frame(int type, int channel, struct span payload)
{
	const unsigned char end = FRAME_END;
	const uint32_t size = htobe32((uint32_t)payload.len);
	unsigned char head[7] = { (unsigned char)type, 0,
		(unsigned char)channel };

	memcpy(head + 3, &size, sizeof(size));
	send_all(head, sizeof(head));
	send_all(payload.at, payload.len);
	send_all(&end, 1);
}

void
mq_peer_method(int channel, int class, int method, struct span arguments)
{
	char payload[1024] = { 0, (char)class, 0, (char)method };

	ck_assert_uint_le(arguments.len, sizeof(payload) - 4);
	memcpy(payload + 4, arguments.at, arguments.len);
	mq_peer_frame(PEER_METHOD, channel,
	    (struct span){ payload, 4 + arguments.len });
}

void
mq_peer_content(int channel, const char *message_id, struct span body)
{
	const size_t len = strlen(message_id);
	const uint64_t size = htobe64(body.len);
	/* Class 60, weight 0, the size, the flag of a message id. */
	char head[15 + 64] = { 0, 60, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, (char)0x80,
		(char)len };

	ck_assert_uint_le(len, 64);
	memcpy(head + 4, &size, sizeof(size));
	memcpy(head + 15, message_id, len);
	mq_peer_frame(PEER_HEADER, channel, (struct span){ head, 15 + len });
	if (body.len > 0)
		mq_peer_frame(PEER_BODY, channel, body);
}

pid_t
mq_peer_begin(void)
{
	struct span unused;
	pid_t child;

	while (mq_peer_next(&unused) != 0)
		;
	child = fork();
	ck_assert_int_ge(child, 0);
	return child;
}

void
mq_peer_wait(void)
{
	struct pollfd fd = { .fd = peer, .events = POLLIN };

	ck_assert_int_eq(poll(&fd, 1, LONG_MS), 1);
}

void
mq_peer_end(void)
{
	_exit(0);
}

void
mq_peer_done(pid_t answering)
{
	int status;

	ck_assert_int_eq(waitpid(answering, &status, 0), answering);
	ck_assert_int_eq(status, 0);
}

int
mq_peer_next(struct span *ret_payload)
{
	static unsigned char frame[70000];
	uint32_t size;

	if (recv(peer, frame, 7, MSG_DONTWAIT) != 7)
		return 0;
	memcpy(&size, frame + 3, sizeof(size));
	size = be32toh(size);
	ck_assert_uint_lt(size, sizeof(frame) - 8);
	ck_assert_int_eq(recv(peer, frame + 7, size + 1, MSG_WAITALL),
	    (ssize_t)size + 1);
	ck_assert_int_eq(frame[7 + size], FRAME_END);
	*ret_payload = (struct span){ (const char *)frame + 7, size };
	return frame[0];
}

bool
mq_peer_is(struct span payload, int class, int method)
{
	const char want[] = { 0, (char)class, 0, (char)method };

	return payload.len >= sizeof(want) &&
	    memcmp(payload.at, want, sizeof(want)) == 0;
}
