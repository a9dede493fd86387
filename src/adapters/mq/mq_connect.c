/* SPDX-License-Identifier: MIT */
/* Connecting: a socket with its deadlines, TLS, the login; one URL after another. */
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

/* Deadlines the library does not have: for sends, and for dead peers. */
static void
bound_socket(struct mq *mq, int timeout)
{
	struct timeval send = { timeout / 1000, (timeout % 1000) * 1000 };
	int fd = mq_socket(mq), on = 1;
	unsigned dead = 10000;		      /* ms */
	int idle = 5, between = 2, count = 3; /* s, s, probes */

	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &send, sizeof(send));
	(void)setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
	(void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof(idle));
	(void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &between,
	    sizeof(between));
	(void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &count, sizeof(count));
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
	rc = mq_open_confirm(mq, diag);
	/* Questions, asked later, may take their time: a queue is created. */
	(void)amqp_set_rpc_timeout(mq->conn,
	    &(struct timeval){ mq->twin ? ASK_SECONDS_TWIN : ASK_SECONDS, 0 });
	return rc;
}

/* The URL of that place in the list. */
static struct span
url_at(struct span urls, size_t place)
{
	struct span one;

	do
		one = span_trim(span_cut(&urls, ','));
	while (place-- > 0);
	return one;
}

/*
 * Try the settings' one broker, or each of its URLs in turn, beginning with the
 * one that answered last. One that has vanished takes the time; the next attempt
 * begins with the one behind it.
 */
static enum err
connect_any(struct mq *mq, int timeout, struct diag *diag)
{
	const struct mq_settings *set = mq->settings;
	struct span urls = str_span(set->rabbitmq_url);
	struct mq_url url;
	int64_t deadline = clock_ms() + timeout;
	size_t count = 1;
	int left = timeout;
	enum err rc = E_MQ_CONNECT;

	if (urls.len == 0) {
		rc = mq_url_first(set, &url, diag);
		return rc != E_OK ? rc : open_one(mq, &url, timeout, diag);
	}
	for (size_t i = 0; i < urls.len; i++)
		count += urls.at[i] == ',';
	for (size_t tries = 0; tries < count && left > timeout / 2; tries++) {
		mq_close(mq);
		rc = mq_url_read(url_at(urls, mq->place % count), &url, diag);
		if (rc == E_OK) {
			rc = open_one(mq, &url,
			    url.timeout != 0 && url.timeout < left ?
				url.timeout :
				left,
			    diag);
			free(url.text);
		}
		if (rc == E_OK)
			break;
		mq->place = (mq->place + 1) % count;
		left = clock_left(deadline);
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
	rc = connect_any(mq, timeout, diag);
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
