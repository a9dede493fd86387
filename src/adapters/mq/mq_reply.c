/* SPDX-License-Identifier: MIT */
/* What the broker said: its words, and its refusals as errors of ours. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "adapters/mq/mq_inside.h"

void
mq_keep_words(struct mq *mq, amqp_bytes_t words)
{
	size_t len = words.len < sizeof(mq->why) - 1 ?
	    words.len :
	    sizeof(mq->why) - 1;

	if (len > 0)
		memcpy(mq->why, words.bytes, len);
	mq->why[len] = '\0';
}

enum err
mq_judge(struct mq *mq, amqp_rpc_reply_t reply, const char *what,
    struct diag *diag)
{
	switch (reply.reply_type) {
	case AMQP_RESPONSE_NORMAL:
		return E_OK;
	case AMQP_RESPONSE_LIBRARY_EXCEPTION:
		mq->broken = true;
		return diag_set(diag, E_MQ_LOST, "%s: %s", what,
		    amqp_error_string2(reply.library_error));
	case AMQP_RESPONSE_SERVER_EXCEPTION:
		break;
	case AMQP_RESPONSE_NONE:
		mq->broken = true;
		return diag_set(diag, E_MQ_LOST, "%s: no reply", what);
	}
	if (reply.reply.id == AMQP_CHANNEL_CLOSE_METHOD) {
		const amqp_channel_close_t *close = reply.reply.decoded;

		mq_keep_words(mq, close->reply_text);
		return diag_set(diag,
		    close->reply_code == AMQP_NOT_FOUND ?
			E_NO_ROW :
			close->reply_code == AMQP_PRECONDITION_FAILED ?
			E_TOPOLOGY :
			close->reply_code == AMQP_ACCESS_REFUSED ?
			E_MQ_DENIED :
			E_MQ_REFUSED,
		    "%s: %s", what, mq->why);
	}
	mq->broken = true;
	if (reply.reply.id == AMQP_CONNECTION_CLOSE_METHOD) {
		const amqp_connection_close_t *close = reply.reply.decoded;

		mq_keep_words(mq, close->reply_text);
		return diag_set(diag, E_MQ_LOST, "%s: %s", what, mq->why);
	}
	return diag_set(diag, E_MQ_LOST, "%s: unexpected reply", what);
}

enum err
mq_judge_login(struct mq *mq, amqp_rpc_reply_t reply, const char *user,
    struct diag *diag)
{
	char what[256];

	(void)snprintf(what, sizeof(what), "the user %s", user);
	return mq_judge(mq, reply, what, diag);
}

enum err
mq_tell_socket(const struct amqp_connection_info *info, int status, int number,
    struct diag *diag)
{
	const char *why = amqp_error_string2(status);

	/*
	 * The library's words are "a socket error", and it has taken the socket's
	 * own error where the connection was under way.
	 */
	if (status == AMQP_STATUS_SOCKET_ERROR)
		why = number == 0 || number == EINPROGRESS ?
		    "nobody accepts connections there" :
		    strerror(number);
	return diag_set(diag, E_MQ_CONNECT, "%s port %d: %s", info->host,
	    info->port, why);
}
