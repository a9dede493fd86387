/* SPDX-License-Identifier: MIT */
#include "adapters/mq/mq_delivery.h"

#include <stdlib.h>
#include <string.h>

#include "adapters/mq/mq_inside.h"

/* What one message may take besides its body: texts of its headers. */
#define TEXTS_MAX 65536
#define TEXT_MAX 4096

void
mq_delivery_free(struct mq_delivery *delivery)
{
	if (delivery == NULL)
		return;
	arena_free(delivery->arena);
	free(delivery);
}

void
mq_take_nothing(struct mq *mq)
{
	struct mq_delivery *next;

	for (struct mq_delivery *one = mq->first; one != NULL; one = next) {
		next = one->next;
		mq_delivery_free(one);
	}
	mq_delivery_free(mq->coming);
	mq->coming = NULL;
	mq->first = NULL;
	mq->last = &mq->first;
}

struct mq_delivery *
mq_delivery_new(const struct mq *mq, uint64_t tag, bool redelivered)
{
	struct mq_delivery *delivery = calloc(1, sizeof(*delivery));

	if (delivery == NULL)
		return NULL;
	delivery->arena = arena_new(MQ_BODY_MAX + TEXTS_MAX);
	if (delivery->arena == NULL) {
		free(delivery);
		return NULL;
	}
	delivery->tag = tag;
	delivery->generation = mq->generation;
	delivery->redelivered = redelivered;
	return delivery;
}

/* Without memory the connection is given up: the broker delivers it again. */
static void
give_up(struct mq *mq)
{
	mq_keep_words(mq, amqp_cstring_bytes("no memory for a message"));
	mq->broken = true;
}

void
mq_take_method(struct mq *mq, const amqp_basic_deliver_t *method)
{
	struct span consumer = { method->consumer_tag.bytes,
		method->consumer_tag.len };
	int64_t queue = 0;

	mq_delivery_free(mq->coming);
	mq->coming = mq_delivery_new(mq, method->delivery_tag,
	    method->redelivered != 0);
	if (mq->coming == NULL || !span_int64(consumer, &queue)) {
		give_up(mq);
		return;
	}
	mq->coming->queue = (unsigned)queue;
}

/* A text of the library as one of the message's; longer ones are cut. */
static struct span
keep(struct mq_delivery *delivery, amqp_bytes_t bytes)
{
	struct span text = { bytes.bytes,
		bytes.len < TEXT_MAX ? bytes.len : TEXT_MAX };
	char *copy = arena_ask(delivery->arena, text.len + 1);

	if (copy == NULL) { /* left out: others may be shorter */
		arena_resume(delivery->arena);
		return SPAN_NONE;
	}
	if (text.len > 0)
		memcpy(copy, text.at, text.len);
	return str_span(copy);
}

/* Is this header a number? */
static bool
number_of(const amqp_field_value_t *value, int64_t *ret)
{
	switch (value->kind) {
	case AMQP_FIELD_KIND_I64:
		*ret = value->value.i64;
		return true;
	case AMQP_FIELD_KIND_I32:
		*ret = value->value.i32;
		return true;
	case AMQP_FIELD_KIND_I16:
		*ret = value->value.i16;
		return true;
	case AMQP_FIELD_KIND_I8:
		*ret = value->value.i8;
		return true;
	case AMQP_FIELD_KIND_U32:
		*ret = value->value.u32;
		return true;
	case AMQP_FIELD_KIND_U16:
		*ret = value->value.u16;
		return true;
	case AMQP_FIELD_KIND_U8:
		*ret = value->value.u8;
		return true;
	default:
		return false;
	}
}

static void
keep_headers(struct mq_delivery *delivery, const amqp_table_t *table)
{
	for (int i = 0;
	     i < table->num_entries && delivery->header_count < MQ_HEADERS_MAX;
	     i++) {
		const amqp_table_entry_t *entry = &table->entries[i];
		struct mq_arg arg = { .key = keep(delivery, entry->key).at };

		if (entry->value.kind == AMQP_FIELD_KIND_UTF8)
			arg.text = keep(delivery, entry->value.value.bytes).at;
		else if (!number_of(&entry->value, &arg.number))
			continue;
		if (arg.key != NULL)
			delivery->headers[delivery->header_count++] = arg;
	}
}

void
mq_delivery_properties(struct mq_delivery *delivery,
    const amqp_basic_properties_t *properties)
{
	if (properties->_flags & AMQP_BASIC_MESSAGE_ID_FLAG)
		delivery->message_id = keep(delivery, properties->message_id);
	if (properties->_flags & AMQP_BASIC_TYPE_FLAG)
		delivery->type = keep(delivery, properties->type);
	if (properties->_flags & AMQP_BASIC_TIMESTAMP_FLAG)
		delivery->timestamp = (int64_t)properties->timestamp;
	if (properties->_flags & AMQP_BASIC_HEADERS_FLAG)
		keep_headers(delivery, &properties->headers);
}

/* All of it is here. */
static void
complete(struct mq *mq)
{
	*mq->last = mq->coming;
	mq->last = &mq->coming->next;
	mq->coming = NULL;
}

void
mq_take_properties(struct mq *mq, const amqp_frame_t *frame)
{
	struct mq_delivery *delivery = mq->coming;
	size_t size = (size_t)frame->payload.properties.body_size;

	if (delivery == NULL)
		return;
	/* Before its texts: there is room for it in any case. */
	delivery->cut = size > MQ_BODY_MAX;
	delivery->body.at = arena_ask(delivery->arena,
	    (delivery->cut ? MQ_BODY_MAX : size) + 1);
	if (delivery->body.at == NULL) {
		give_up(mq);
		return;
	}
	mq_delivery_properties(delivery, frame->payload.properties.decoded);
	mq->coming_left = size;
	if (size == 0)
		complete(mq);
}

void
mq_delivery_add(struct mq_delivery *delivery, const void *bytes, size_t len)
{
	size_t room = MQ_BODY_MAX - delivery->body.len;
	char *body;

	memcpy(&body, &delivery->body.at, sizeof(body)); /* ours, mutable */
	if (len > room)
		len = room;
	if (len > 0)
		memcpy(body + delivery->body.len, bytes, len);
	delivery->body.len += len;
}

void
mq_take_body(struct mq *mq, amqp_bytes_t part)
{
	if (mq->coming == NULL)
		return;
	if (part.len > mq->coming_left) {
		mq_keep_words(mq, amqp_cstring_bytes("a body is too long"));
		mq->broken = true;
		return;
	}
	mq_delivery_add(mq->coming, part.bytes, part.len);
	mq->coming_left -= part.len;
	if (mq->coming_left == 0)
		complete(mq);
}

static const struct mq_arg *
find_header(const struct mq_delivery *delivery, const char *key)
{
	for (size_t i = 0; i < delivery->header_count; i++)
		if (strcmp(delivery->headers[i].key, key) == 0)
			return &delivery->headers[i];
	return NULL;
}

int64_t
mq_header_number(const struct mq_delivery *delivery, const char *key,
    int64_t absent)
{
	const struct mq_arg *arg = find_header(delivery, key);

	return arg == NULL || arg->text != NULL ? absent : arg->number;
}

const char *
mq_header_text(const struct mq_delivery *delivery, const char *key)
{
	const struct mq_arg *arg = find_header(delivery, key);

	return arg == NULL ? NULL : arg->text;
}
