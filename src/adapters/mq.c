#include "adapters/mq.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>

#include <amqp.h>
#include <amqp_tcp_socket.h>

#include "base/clock.h"
#include "base/daemon.h"
#include "base/log.h"

/* Publishing has its channel; questions that may close one have another. */
enum { CHANNEL_CONFIRM = 1, CHANNEL_ASK = 2 };

#define PAUSE_MIN_MS 200
#define PAUSE_MAX_MS 5000
#define FRAME_MAX 131072

struct mq {
	const struct mq_settings *settings;
	const char *program;
	amqp_connection_state_t conn; /* NULL: closed */
	unsigned generation;
	uint64_t tag;	/* of the newest message published */
	bool blocked;	/* by the broker's connection.blocked */
	bool broken;	/* a close was seen: mq_close() at the next chance */
	bool ask_open;	/* CHANNEL_ASK is */
	char why[256];	/* the broker's words for it */
	int64_t retry_at;
	unsigned pause;
};

const struct conf_row mq_conf_rows[] = {
#define SETTING(...) CONF_ROW(struct mq_settings, __VA_ARGS__)
#include "adapters/mq_conf_table.h"
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
	}
	return mq;
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
	mq->conn = NULL;
	mq->tag = 0;
	mq->blocked = false;
	mq->broken = false;
	mq->ask_open = false;
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

int
mq_idle_ms(const struct mq *mq)
{
	return mq->conn == NULL ? (int)mq->pause :
	    (int)mq->settings->rabbitmq_heartbeat * 1000 / 3;
}

static void
keep_words(struct mq *mq, amqp_bytes_t words)
{
	size_t len = words.len < sizeof(mq->why) - 1 ? words.len :
	    sizeof(mq->why) - 1;

	if (len > 0)
		memcpy(mq->why, words.bytes, len);
	mq->why[len] = '\0';
}

/* A reply of the library as an error of ours; closes are remembered. */
static enum err
judge(struct mq *mq, amqp_rpc_reply_t reply, const char *what,
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

		keep_words(mq, close->reply_text);
		return diag_set(diag, close->reply_code == AMQP_NOT_FOUND ?
		    E_NO_ROW : close->reply_code == AMQP_PRECONDITION_FAILED ?
		    E_TOPOLOGY : E_MQ_REFUSED, "%s: %s", what, mq->why);
	}
	mq->broken = true;
	if (reply.reply.id == AMQP_CONNECTION_CLOSE_METHOD) {
		const amqp_connection_close_t *close = reply.reply.decoded;

		keep_words(mq, close->reply_text);
		return diag_set(diag, E_MQ_LOST, "%s: %s", what, mq->why);
	}
	return diag_set(diag, E_MQ_LOST, "%s: unexpected reply", what);
}

/* Deadlines the library does not have: for sends, and for dead peers. */
static void
bound_socket(struct mq *mq, int timeout)
{
	int fd = amqp_get_sockfd(mq->conn);
	struct timeval send = { timeout / 1000, (timeout % 1000) * 1000 };
	int on = 1;
	unsigned dead = 30000; /* ms */

	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &send, sizeof(send));
	(void)setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
	(void)setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &dead, sizeof(dead));
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
login(struct mq *mq, const struct amqp_connection_info *info,
    struct diag *diag)
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
	return judge(mq, amqp_login_with_properties(mq->conn, info->vhost, 0,
	    FRAME_MAX, (int)mq->settings->rabbitmq_heartbeat, &properties,
	    AMQP_SASL_METHOD_PLAIN, info->user, info->password), "login", diag);
}

/* Connect to one broker. The connection is left half open on failure. */
static enum err
open_one(struct mq *mq, const struct amqp_connection_info *info, int timeout,
    struct diag *diag)
{
	struct timeval limit = { timeout / 1000, (timeout % 1000) * 1000 };
	amqp_socket_t *socket;
	enum err rc;
	int status;

	if (info->ssl)
		return diag_set(diag, E_MQ_CONNECT,
		    "amqps is not supported yet; use amqp");
	mq->conn = amqp_new_connection();
	socket = mq->conn == NULL ? NULL : amqp_tcp_socket_new(mq->conn);
	if (socket == NULL)
		return diag_set(diag, E_NO_MEMORY, "a connection to RabbitMQ");
	(void)amqp_set_handshake_timeout(mq->conn, &limit);
	(void)amqp_set_rpc_timeout(mq->conn, &limit);
	status = amqp_socket_open_noblock(socket, info->host, info->port,
	    &limit);
	if (status != AMQP_STATUS_OK) {
		mq->broken = true;
		return diag_set(diag, E_MQ_CONNECT, "%s port %d: %s",
		    info->host, info->port, amqp_error_string2(status));
	}
	bound_socket(mq, timeout);
	rc = login(mq, info, diag);
	if (rc != E_OK)
		return rc;
	(void)amqp_channel_open(mq->conn, CHANNEL_CONFIRM);
	rc = judge(mq, amqp_get_rpc_reply(mq->conn), "channel.open", diag);
	if (rc != E_OK)
		return rc;
	(void)amqp_confirm_select(mq->conn, CHANNEL_CONFIRM);
	return judge(mq, amqp_get_rpc_reply(mq->conn), "confirm.select", diag);
}

/* Try the settings' one broker, or each of its URLs in turn. */
static enum err
open_any(struct mq *mq, int timeout, struct diag *diag)
{
	const struct mq_settings *set = mq->settings;
	struct span rest = str_span(set->rabbitmq_url);
	struct amqp_connection_info info;
	int64_t deadline = clock_ms() + timeout;
	enum err rc = E_MQ_CONNECT;

	if (rest.len == 0) {
		memset(&info, 0, sizeof(info));
		info.user = set->rabbitmq_user;
		info.password = set->rabbitmq_password;
		info.host = set->rabbitmq_host;
		info.port = (int)set->rabbitmq_port;
		info.vhost = set->rabbitmq_vhost;
		return open_one(mq, &info, timeout, diag);
	}
	while (rc != E_OK && rest.at != NULL) {
		struct span one = span_trim(span_cut(&rest, ','));
		char *url = strndup(one.at, one.len); /* the parser writes in it */

		mq_close(mq);
		if (url == NULL)
			return diag_set(diag, E_NO_MEMORY, "a URL");
		if (amqp_parse_url(url, &info) != AMQP_STATUS_OK)
			rc = diag_set(diag, E_MQ_CONNECT,
			    "rabbitmq_url is no amqp:// URL");
		else
			rc = open_one(mq, &info, clock_left(deadline) + 1, diag);
		free(url);
	}
	return rc;
}

enum err
mq_open(struct mq *mq, int timeout, struct diag *diag)
{
	enum err rc;

	mq_idle(mq);
	if (mq->conn != NULL)
		return E_OK;
	if (clock_ms() < mq->retry_at)
		return diag_set(diag, E_MQ_CONNECT,
		    "RabbitMQ was away just now; pausing before the next try");
	rc = open_any(mq, timeout, diag);
	if (rc == E_OK) {
		mq->generation++;
		mq->pause = 0;
		mq->retry_at = 0;
		log_info("mq_connected", LOG_INT("generation", mq->generation));
		return E_OK;
	}
	mq->broken = true; /* no farewell to somebody who did not let us in */
	mq_close(mq);
	mq->pause = mq->pause == 0 ? PAUSE_MIN_MS : mq->pause * 2;
	if (mq->pause > PAUSE_MAX_MS)
		mq->pause = PAUSE_MAX_MS;
	mq->retry_at = clock_ms() + mq->pause / 2 + daemon_jitter(mq->pause / 2);
	if (rc != E_NO_MEMORY)
		rc = E_MQ_CONNECT;
	diag->code = rc;
	return rc;
}

/* What one frame says of the messages in flight. */
struct flight {
	struct mq_message *messages;
	size_t count;
	uint64_t first; /* the delivery tag of messages[0] */
	size_t settled;
	unsigned char *state; /* per message */
	struct diag *diag;
};

enum { IN_FLIGHT, RETURNED, ACKED, NACKED };

static void
settle(struct flight *flight, uint64_t tag, bool multiple, bool acked)
{
	for (size_t i = 0; i < flight->count; i++) {
		uint64_t mine = flight->first + i;

		if (mine != tag && !(multiple && mine < tag))
			continue;
		if (flight->state[i] == ACKED || flight->state[i] == NACKED)
			continue;
		flight->messages[i].confirmed = acked &&
		    flight->state[i] != RETURNED;
		flight->state[i] = acked ? ACKED : NACKED;
		flight->settled++;
		if (!acked)
			(void)diag_set(flight->diag, E_MQ_REFUSED,
			    "the broker refused the message (basic.nack)");
	}
}

/* The properties of a returned message tell which it was. */
static void
note_return(struct flight *flight, const amqp_basic_properties_t *properties)
{
	struct span id = { properties->message_id.bytes,
		properties->message_id.len };

	for (size_t i = 0; i < flight->count; i++)
		if (span_is(id, flight->messages[i].message_id))
			flight->state[i] = RETURNED;
}

/* A method frame that came by itself, with or without messages in flight. */
static void
serve_method(struct mq *mq, const amqp_frame_t *frame, struct flight *flight)
{
	const amqp_method_t *method = &frame->payload.method;

	switch (method->id) {
	case AMQP_BASIC_ACK_METHOD: {
		const amqp_basic_ack_t *ack = method->decoded;

		if (flight != NULL)
			settle(flight, ack->delivery_tag, ack->multiple, true);
		break;
	}
	case AMQP_BASIC_NACK_METHOD: {
		const amqp_basic_nack_t *nack = method->decoded;

		if (flight != NULL)
			settle(flight, nack->delivery_tag, nack->multiple,
			    false);
		break;
	}
	case AMQP_BASIC_RETURN_METHOD: {
		const amqp_basic_return_t *back = method->decoded;

		keep_words(mq, back->reply_text);
		if (flight != NULL)
			(void)diag_set(flight->diag, E_MQ_REFUSED,
			    "the broker returned the message: %d %s",
			    back->reply_code, mq->why);
		break;
	}
	case AMQP_CONNECTION_BLOCKED_METHOD: {
		const amqp_connection_blocked_t *blocked = method->decoded;

		keep_words(mq, blocked->reason);
		mq->blocked = true;
		log_warn("mq_blocked", LOG_TEXT("text", mq->why));
		break;
	}
	case AMQP_CONNECTION_UNBLOCKED_METHOD:
		mq->blocked = false;
		log_info("mq_unblocked", LOG_INT("generation", mq->generation));
		break;
	case AMQP_CHANNEL_CLOSE_METHOD: {
		const amqp_channel_close_t *close = method->decoded;

		keep_words(mq, close->reply_text);
		mq->broken = true;
		break;
	}
	case AMQP_CONNECTION_CLOSE_METHOD: {
		const amqp_connection_close_t *close = method->decoded;

		keep_words(mq, close->reply_text);
		mq->broken = true;
		break;
	}
	default:
		break;
	}
}

/*
 * Read one frame, waiting at most that long, and act on it.
 * Gives: false when there was none in time, or the connection is broken.
 */
static bool
serve_frame(struct mq *mq, int timeout, struct flight *flight)
{
	struct timeval wait = { timeout / 1000, (timeout % 1000) * 1000 };
	amqp_frame_t frame;
	int status;

	amqp_maybe_release_buffers(mq->conn);
	status = amqp_simple_wait_frame_noblock(mq->conn, &frame, &wait);
	if (status == AMQP_STATUS_TIMEOUT)
		return false;
	if (status != AMQP_STATUS_OK) {
		keep_words(mq, amqp_cstring_bytes(amqp_error_string2(status)));
		mq->broken = true;
		return false;
	}
	if (frame.frame_type == AMQP_FRAME_METHOD)
		serve_method(mq, &frame, flight);
	else if (frame.frame_type == AMQP_FRAME_HEADER && flight != NULL)
		note_return(flight, frame.payload.properties.decoded);
	return !mq->broken;
}

void
mq_idle(struct mq *mq)
{
	if (mq->conn == NULL)
		return;
	while (serve_frame(mq, 0, NULL))
		;
	if (mq->broken) {
		log_warn("mq_lost", LOG_TEXT("text", mq->why));
		mq_close(mq);
	}
}

static int
send_one(struct mq *mq, const struct mq_message *message)
{
	amqp_basic_properties_t properties;
	amqp_table_entry_t trace;
	amqp_bytes_t body;

	memset(&properties, 0, sizeof(properties));
	memset(&trace, 0, sizeof(trace));
	properties._flags = AMQP_BASIC_DELIVERY_MODE_FLAG |
	    AMQP_BASIC_CONTENT_TYPE_FLAG | AMQP_BASIC_MESSAGE_ID_FLAG |
	    AMQP_BASIC_TIMESTAMP_FLAG | AMQP_BASIC_TYPE_FLAG;
	properties.delivery_mode = 2; /* persistent */
	properties.content_type = amqp_cstring_bytes("application/json");
	properties.message_id = amqp_cstring_bytes(message->message_id);
	properties.timestamp = (uint64_t)time(NULL);
	properties.type = amqp_cstring_bytes(message->type);
	if (message->traceparent != NULL) {
		trace.key = amqp_cstring_bytes("traceparent");
		trace.value.kind = AMQP_FIELD_KIND_UTF8;
		trace.value.value.bytes = amqp_cstring_bytes(message->traceparent);
		properties._flags |= AMQP_BASIC_HEADERS_FLAG;
		properties.headers.num_entries = 1;
		properties.headers.entries = &trace;
	}
	memset(&body, 0, sizeof(body));
	body.len = message->body.len;
	memcpy(&body.bytes, &message->body.at, sizeof(body.bytes));
	return amqp_basic_publish(mq->conn, CHANNEL_CONFIRM,
	    amqp_cstring_bytes(message->exchange),
	    amqp_cstring_bytes(message->routing_key), 1, 0, &properties, body);
}

/* Send all, then wait until each is settled. */
static enum err
publish(struct mq *mq, struct flight *flight, int timeout)
{
	int64_t deadline = clock_ms() + timeout;
	size_t sent = 0;

	flight->first = mq->tag + 1;
	for (; sent < flight->count && !mq->broken; sent++) {
		int status = send_one(mq, &flight->messages[sent]);

		if (status != AMQP_STATUS_OK) {
			mq->broken = true;
			return diag_set(flight->diag, E_MQ_LOST, "publish: %s",
			    amqp_error_string2(status));
		}
		mq->tag++;
	}
	while (flight->settled < flight->count) {
		if (serve_frame(mq, clock_left(deadline), flight))
			continue;
		if (mq->broken)
			return diag_set(flight->diag, E_MQ_LOST,
			    "closed while waiting for a confirm: %s", mq->why);
		if (clock_left(deadline) == 0) {
			mq->broken = true;
			return diag_set(flight->diag, E_MQ_TIMEOUT,
			    "no confirm within %d ms", timeout);
		}
	}
	for (size_t i = 0; i < flight->count; i++)
		if (!flight->messages[i].confirmed)
			return E_MQ_REFUSED; /* diag says which way */
	return E_OK;
}

enum err
mq_publish(struct mq *mq, struct mq_message *messages, size_t count,
    int timeout, struct diag *diag)
{
	struct flight flight = { .messages = messages, .count = count,
		.diag = diag };
	enum err rc;

	for (size_t i = 0; i < count; i++)
		messages[i].confirmed = false;
	rc = mq_open(mq, timeout, diag); /* reads what came meanwhile, too */
	if (rc != E_OK)
		return rc;
	if (mq->blocked)
		return diag_set(diag, E_MQ_REFUSED,
		    "the broker takes no messages now: %s", mq->why);
	flight.state = calloc(count, sizeof(*flight.state));
	if (flight.state == NULL)
		return diag_set(diag, E_NO_MEMORY, "messages in flight");
	rc = publish(mq, &flight, timeout);
	free(flight.state);
	if (mq->broken)
		mq_close(mq);
	return rc;
}

/* After a question to the broker: a lost or refused one ends the connection. */
static enum err
asked(struct mq *mq, const char *what, struct diag *diag)
{
	enum err rc = judge(mq, amqp_get_rpc_reply(mq->conn), what, diag);

	amqp_maybe_release_buffers(mq->conn);
	if (rc != E_OK)
		mq_close(mq);
	return rc;
}

/* The channel for questions, opened once per connection. */
static enum err
ask_channel(struct mq *mq, struct diag *diag)
{
	enum err rc = mq_open(mq, (int)mq->settings->rabbitmq_timeout, diag);

	if (rc != E_OK || mq->ask_open)
		return rc;
	(void)amqp_channel_open(mq->conn, CHANNEL_ASK);
	rc = asked(mq, "channel.open", diag);
	mq->ask_open = rc == E_OK;
	return rc;
}

enum err
mq_declare_exchange(struct mq *mq, const char *name, struct diag *diag)
{
	enum err rc = ask_channel(mq, diag);

	if (rc != E_OK)
		return rc;
	(void)amqp_exchange_declare(mq->conn, CHANNEL_ASK,
	    amqp_cstring_bytes(name), amqp_cstring_bytes("direct"), 0, 1, 0, 0,
	    amqp_empty_table);
	return asked(mq, name, diag);
}

#define ARGS_MAX 8

enum err
mq_declare_queue(struct mq *mq, const char *name, const struct mq_arg *args,
    size_t count, struct diag *diag)
{
	amqp_table_entry_t entries[ARGS_MAX];
	amqp_table_t table = { (int)count, entries };
	enum err rc = ask_channel(mq, diag);

	if (rc != E_OK)
		return rc;
	if (count > ARGS_MAX)
		return diag_set(diag, E_SYSTEM, "%s: too many arguments", name);
	memset(entries, 0, sizeof(entries));
	for (size_t i = 0; i < count; i++) {
		entries[i].key = amqp_cstring_bytes(args[i].key);
		if (args[i].text != NULL) {
			entries[i].value.kind = AMQP_FIELD_KIND_UTF8;
			entries[i].value.value.bytes =
			    amqp_cstring_bytes(args[i].text);
		} else {
			entries[i].value.kind = AMQP_FIELD_KIND_I64;
			entries[i].value.value.i64 = args[i].number;
		}
	}
	(void)amqp_queue_declare(mq->conn, CHANNEL_ASK,
	    amqp_cstring_bytes(name), 0, 1, 0, 0, table);
	return asked(mq, name, diag);
}

enum err
mq_bind(struct mq *mq, const char *queue, const char *exchange,
    const char *routing_key, struct diag *diag)
{
	enum err rc = ask_channel(mq, diag);

	if (rc != E_OK)
		return rc;
	(void)amqp_queue_bind(mq->conn, CHANNEL_ASK, amqp_cstring_bytes(queue),
	    amqp_cstring_bytes(exchange), amqp_cstring_bytes(routing_key),
	    amqp_empty_table);
	return asked(mq, queue, diag);
}

enum err
mq_stats(struct mq *mq, const char *queue, struct mq_queue_stats *ret_stats,
    struct diag *diag)
{
	const amqp_queue_declare_ok_t *answer;
	struct mq_queue_stats stats;
	enum err rc = ask_channel(mq, diag);

	if (rc != E_OK)
		return rc;
	answer = amqp_queue_declare(mq->conn, CHANNEL_ASK,
	    amqp_cstring_bytes(queue), 1, 1, 0, 0, amqp_empty_table);
	if (answer != NULL) {
		stats.message_count = answer->message_count;
		stats.consumer_count = answer->consumer_count;
	}
	rc = asked(mq, queue, diag);
	if (rc == E_OK && answer != NULL)
		*ret_stats = stats;
	return rc;
}
