/* SPDX-License-Identifier: MIT */
/* Declaring exchanges, queues and bindings, and asking about them. */
#include <string.h>

#include "adapters/mq/mq_inside.h"

/*
 * As mq_asked() on the channel for questions: a refusal ends that channel only,
 * and messages go on by theirs.
 */
static enum err
asked(struct mq *mq, const char *what, struct diag *diag)
{
	enum err rc = mq_judge(mq, amqp_get_rpc_reply(mq->conn), what, diag);
	amqp_channel_close_ok_t done;

	amqp_maybe_release_buffers(mq->conn);
	if (rc == E_OK)
		return E_OK;
	memset(&done, 0, sizeof(done));
	mq->ask_open = false;
	if (mq->broken ||
	    amqp_send_method(mq->conn, CHANNEL_ASK,
		AMQP_CHANNEL_CLOSE_OK_METHOD, &done) != AMQP_STATUS_OK)
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
mq_declare_exchange(struct mq *mq, const char *name, bool passive,
    struct diag *diag)
{
	enum err rc = ask_channel(mq, diag);

	if (rc != E_OK)
		return rc;
	(void)amqp_exchange_declare(mq->conn, CHANNEL_ASK,
	    amqp_cstring_bytes(name), amqp_cstring_bytes("direct"), passive, 1,
	    0, 0, amqp_empty_table);
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
mq_unbind(struct mq *mq, const char *queue, const char *exchange,
    const char *routing_key, struct diag *diag)
{
	enum err rc = ask_channel(mq, diag);

	if (rc != E_OK)
		return rc;
	(void)amqp_queue_unbind(mq->conn, CHANNEL_ASK,
	    amqp_cstring_bytes(queue), amqp_cstring_bytes(exchange),
	    amqp_cstring_bytes(routing_key), amqp_empty_table);
	return asked(mq, queue, diag);
}

enum err
mq_delete_queue(struct mq *mq, const char *name, int64_t *ret_lost,
    struct diag *diag)
{
	const amqp_queue_delete_ok_t *answer;
	int64_t lost = 0;
	enum err rc = ask_channel(mq, diag);

	if (rc != E_OK)
		return rc;
	answer = amqp_queue_delete(mq->conn, CHANNEL_ASK,
	    amqp_cstring_bytes(name), 0, 0);
	if (answer != NULL)
		lost = answer->message_count;
	rc = asked(mq, name, diag);
	if (rc == E_OK)
		*ret_lost = lost;
	return rc;
}

enum err
mq_lock(struct mq *mq, const char *name, struct diag *diag)
{
	enum err rc = ask_channel(mq, diag);

	if (rc != E_OK)
		return rc;
	(void)amqp_queue_declare(mq->conn, CHANNEL_ASK,
	    amqp_cstring_bytes(name), 0, 0, 1, 1, amqp_empty_table);
	return asked(mq, name, diag);
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
