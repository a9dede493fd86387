/* SPDX-License-Identifier: MIT */
#include "adapters/mq/mq.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "adapters/mq/mq_inside.h"
#include "base/clock.h"
#include "base/daemon.h"
#include "base/log.h"
#include "base/metrics.h"

#define PAUSE_MIN_MS 200
#define PAUSE_MAX_MS 5000
#define FRAME_MAX 131072
#define ASK_SECONDS 5
#define ASK_SECONDS_TWIN 2

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

/* Deadlines the library does not have: for sends, and for dead peers. */
static void
bound_socket(struct mq *mq, int timeout)
{
	struct timeval send = { timeout / 1000, (timeout % 1000) * 1000 };
	int fd = mq_socket(mq), on = 1;
	unsigned dead = 30000; /* ms */

	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &send, sizeof(send));
	(void)setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
	(void)setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &dead,
	    sizeof(dead));
}

static amqp_table_entry_t
flag(const char *key)
{
	amqp_table_entry_t entry;

	memset(&entry, 0, sizeof(entry));
	entry.key = amqp_cstring_bytes(key);
	entry.value.kind = AMQP_FIELD_KIND_BOOLEAN;
	entry.value.value.boolean = 1;
	return entry;
}

/* Log in, telling the broker that we want to hear of alarms and cancels. */
static enum err
login(struct mq *mq, const struct mq_url *url, struct diag *diag)
{
	amqp_table_entry_t able[] = { flag("connection.blocked"),
		flag("consumer_cancel_notify"), flag("publisher_confirms"),
		flag("basic.nack"), flag("authentication_failure_close") };
	amqp_table_entry_t entries[2];
	amqp_table_t properties = { COUNT(entries), entries };

	memset(entries, 0, sizeof(entries));
	entries[0].key = amqp_cstring_bytes("capabilities");
	entries[0].value.kind = AMQP_FIELD_KIND_TABLE;
	entries[0].value.value.table.num_entries = COUNT(able);
	entries[0].value.value.table.entries = able;
	entries[1].key = amqp_cstring_bytes("connection_name");
	entries[1].value.kind = AMQP_FIELD_KIND_UTF8;
	entries[1].value.value.bytes = amqp_cstring_bytes(mq->program);
	return mq_judge_login(mq,
	    amqp_login_with_properties(mq->conn, url->info.vhost,
		url->channel_max,
		url->frame_max != 0 ? url->frame_max : FRAME_MAX,
		url->heartbeat != 0 ? url->heartbeat :
				      (int)mq->settings->rabbitmq_heartbeat,
		&properties, AMQP_SASL_METHOD_PLAIN, url->info.user,
		url->info.password),
	    url->info.user, diag);
}

/*
 * A socket with TLS 1.2 or later; the broker's certificate and name are
 * checked, which the library does unless told otherwise.
 */
static enum err
tls_socket(struct mq *mq, amqp_socket_t **ret_socket, struct diag *diag)
{
	const struct mq_settings *set = mq->settings;
	amqp_socket_t *socket = amqp_ssl_socket_new(mq->conn);

	if (socket == NULL)
		return diag_set(diag, E_NO_MEMORY, "a connection to RabbitMQ");
	*ret_socket = socket;
	if (amqp_ssl_socket_set_ssl_versions(socket, AMQP_TLSv1_2,
		AMQP_TLSvLATEST) != AMQP_STATUS_OK)
		return diag_set(diag, E_MQ_CONNECT, "TLS 1.2 is not to be had");
	if (amqp_ssl_socket_set_cacert(socket, set->rabbitmq_ca_file) !=
	    AMQP_STATUS_OK)
		return diag_set(diag, E_MQ_CONNECT,
		    "rabbitmq_ca_file: %s"
		    " cannot be read",
		    set->rabbitmq_ca_file);
	if (set->rabbitmq_cert_file[0] != '\0' &&
	    amqp_ssl_socket_set_key(socket, set->rabbitmq_cert_file,
		set->rabbitmq_key_file) != AMQP_STATUS_OK)
		return diag_set(diag, E_MQ_CONNECT,
		    "rabbitmq_cert_file and"
		    " rabbitmq_key_file: %s and %s cannot be read, or do not"
		    " belong together",
		    set->rabbitmq_cert_file, set->rabbitmq_key_file);
	return E_OK;
}

static enum err
make_socket(struct mq *mq, bool tls, amqp_socket_t **ret_socket,
    struct diag *diag)
{
	if (tls)
		return tls_socket(mq, ret_socket, diag);
	*ret_socket = amqp_tcp_socket_new(mq->conn);
	if (*ret_socket == NULL)
		return diag_set(diag, E_NO_MEMORY, "a connection to RabbitMQ");
	return E_OK;
}

/* The channel for publishing; its messages are counted from 1. */
static enum err
open_confirm(struct mq *mq, struct diag *diag)
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
		rc = open_confirm(mq, &diag);
	if (rc != E_OK)
		mq_close(mq);
}

/* Connect to one broker. The connection is left half open on failure. */
static enum err
open_one(struct mq *mq, const struct mq_url *url, int timeout,
    struct diag *diag)
{
	const struct amqp_connection_info *info = &url->info;
	struct timeval limit = { timeout / 1000, (timeout % 1000) * 1000 };
	amqp_socket_t *socket = NULL;
	enum err rc;
	int status;

	mq->conn = amqp_new_connection();
	if (mq->conn == NULL)
		return diag_set(diag, E_NO_MEMORY, "a connection to RabbitMQ");
	rc = make_socket(mq, info->ssl != 0, &socket, diag);
	if (rc != E_OK)
		return rc;
	(void)amqp_set_handshake_timeout(mq->conn, &limit);
	(void)amqp_set_rpc_timeout(mq->conn, &limit);
	errno = 0;
	status = amqp_socket_open_noblock(socket, info->host, info->port,
	    &limit);
	if (status != AMQP_STATUS_OK) {
		mq->broken = true;
		return mq_tell_socket(info, status, errno, diag);
	}
	bound_socket(mq, timeout);
	rc = login(mq, url, diag);
	if (rc != E_OK)
		return rc;
	rc = open_confirm(mq, diag);
	/* Questions, asked later, may take their time: a queue is created. */
	(void)amqp_set_rpc_timeout(mq->conn,
	    &(struct timeval){ mq->twin ? ASK_SECONDS_TWIN : ASK_SECONDS, 0 });
	return rc;
}

/* Try the settings' one broker, or each of its URLs in turn. */
static enum err
open_any(struct mq *mq, int timeout, struct diag *diag)
{
	const struct mq_settings *set = mq->settings;
	struct span rest = str_span(set->rabbitmq_url);
	struct mq_url url;
	int64_t deadline = clock_ms() + timeout;
	enum err rc = E_MQ_CONNECT;

	if (rest.len == 0) {
		rc = mq_url_first(set, &url, diag);
		return rc != E_OK ? rc : open_one(mq, &url, timeout, diag);
	}
	while (rc != E_OK && rest.at != NULL) {
		struct span one = span_trim(span_cut(&rest, ','));
		int left = clock_left(deadline) + 1;

		mq_close(mq);
		rc = mq_url_read(one, &url, diag);
		if (rc != E_OK)
			continue;
		rc = open_one(mq, &url,
		    url.timeout != 0 && url.timeout < left ? url.timeout : left,
		    diag);
		free(url.text);
	}
	return rc;
}

void
mq_put_off(struct mq *mq, unsigned pause)
{
	mq_close(mq);
	mq->pause = pause;
	mq->retry_at = clock_ms() + pause / 2 + daemon_jitter(pause / 2);
}

enum err
mq_open(struct mq *mq, int timeout, struct diag *diag)
{
	unsigned pause;
	enum err rc;

	mq_idle(mq);
	if (mq->conn != NULL)
		return E_OK;
	if (clock_ms() < mq->retry_at)
		return diag_set(diag, E_MQ_CONNECT,
		    "RabbitMQ was unreachable; waiting before the next attempt");
	rc = open_any(mq, timeout, diag);
	if (rc == E_OK) {
		mq->generation++;
		mq->pause = 0;
		mq->retry_at = 0;
		metrics_hold(&mq->held);
		if (mq->twin)
			return E_OK;
		metrics_add(METRIC_MQ_CONNECTED, 1);
		log_info("mq_connected", LOG_INT("generation", mq->generation));
		return E_OK;
	}
	if (!mq->twin)
		metrics_add(METRIC_MQ_LOST, 1);
	mq->broken = true; /* no farewell to somebody who did not let us in */
	pause = mq->pause == 0 ? PAUSE_MIN_MS : mq->pause * 2;
	mq_put_off(mq, pause > PAUSE_MAX_MS ? PAUSE_MAX_MS : pause);
	if (rc != E_NO_MEMORY)
		rc = E_MQ_CONNECT;
	diag->code = rc;
	return rc;
}
