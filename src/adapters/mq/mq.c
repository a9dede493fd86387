/* SPDX-License-Identifier: MIT */
#include "adapters/mq/mq.h"

#include <stdlib.h>
#include <string.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "adapters/mq/mq_inside.h"
#include "base/clock.h"
#include "base/daemon.h"
#include "base/log.h"
#include "base/metrics.h"

const struct conf_row mq_conf_rows[] = {
#define SETTING(kind, ...) CONF_ROW_##kind(struct mq_settings, __VA_ARGS__)
#include "adapters/mq/mq_conf_rows.h"
#undef SETTING
};
const size_t mq_conf_count = COUNT(mq_conf_rows);

struct mq *
mq_new(const struct mq_settings *settings, const char *program)
{
	struct mq *mq = calloc(1, sizeof(*mq));

	if (mq != NULL) {
		mq->settings = settings;
		mq->program = program;
		mq_take_nothing(mq);
	}
	return mq;
}

struct mq *
mq_twin(const struct mq *mq)
{
	struct mq *twin = mq_new(mq->settings, mq->program);

	if (twin != NULL)
		twin->twin = true;
	return twin;
}

void
mq_close(struct mq *mq)
{
	struct timeval soon = { 0, 100000 };

	if (mq->conn == NULL)
		return;
	if (!mq->broken) {
		(void)amqp_set_rpc_timeout(mq->conn, &soon);
		(void)amqp_connection_close(mq->conn, AMQP_REPLY_SUCCESS);
	}
	(void)amqp_destroy_connection(mq->conn);
	metrics_let_go(&mq->held);
	mq->conn = NULL;
	mq->tag = 0;
	mq->blocked = false;
	mq->unawaited = false;
	mq->broken = false;
	mq->ask_open = false;
	mq->take_open = false;
	mq_take_nothing(mq);
}

void
mq_free(struct mq *mq)
{
	if (mq == NULL)
		return;
	mq_close(mq);
	free(mq);
}

unsigned
mq_generation(const struct mq *mq)
{
	return mq->generation;
}

int
mq_socket(const struct mq *mq)
{
	return mq->conn == NULL ? -1 : amqp_get_sockfd(mq->conn);
}

void
mq_cork(struct mq *mq, bool on)
{
	int value = on;

	(void)setsockopt(mq_socket(mq), IPPROTO_TCP, TCP_CORK, &value,
	    sizeof(value));
}

int
mq_idle_ms(const struct mq *mq)
{
	int heartbeat;

	if (mq->conn == NULL)
		return (int)mq->pause;
	heartbeat = amqp_get_heartbeat(mq->conn); /* as was agreed; 0: none */
	return (heartbeat > 0 ? heartbeat :
				(int)mq->settings->rabbitmq_heartbeat) *
	    1000 / 3;
}

void
mq_idle(struct mq *mq)
{
	if (mq->conn == NULL)
		return;
	while (mq_serve_frame(mq, 0, NULL))
		;
	if (mq->broken) {
		if (!mq->twin) {
			metrics_add(METRIC_MQ_LOST, 1);
			log_warn("mq_lost", LOG_TEXT("text", mq->why));
		}
		mq_close(mq);
	}
}

const char *
mq_is_blocked(const struct mq *mq)
{
	return mq->conn != NULL && mq->blocked ? mq->blocked_why : NULL;
}

enum err
mq_asked(struct mq *mq, const char *what, struct diag *diag)
{
	enum err rc = mq_judge(mq, amqp_get_rpc_reply(mq->conn), what, diag);

	amqp_maybe_release_buffers(mq->conn);
	if (rc != E_OK)
		mq_close(mq);
	return rc;
}

enum err
mq_open_confirm(struct mq *mq, struct diag *diag)
{
	enum err rc;

	(void)amqp_channel_open(mq->conn, CHANNEL_CONFIRM);
	rc = mq_judge(mq, amqp_get_rpc_reply(mq->conn), "channel.open", diag);
	if (rc != E_OK)
		return rc;
	mq->tag = 0;
	(void)amqp_confirm_select(mq->conn, CHANNEL_CONFIRM);
	return mq_judge(mq, amqp_get_rpc_reply(mq->conn), "confirm.select",
	    diag);
}

void
mq_renew(struct mq *mq)
{
	struct diag diag;
	enum err rc;

	if (mq->conn == NULL)
		return;
	if (mq->unawaited) {
		/* A late confirm is not to be taken for a new channel's. */
		mq_close(mq);
		return;
	}
	diag_clear(&diag);
	rc = mq_judge(mq,
	    amqp_channel_close(mq->conn, CHANNEL_CONFIRM, AMQP_REPLY_SUCCESS),
	    "channel.close", &diag);
	if (rc == E_OK)
		rc = mq_open_confirm(mq, &diag);
	if (rc != E_OK)
		mq_close(mq);
}
