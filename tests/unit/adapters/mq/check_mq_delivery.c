/* SPDX-License-Identifier: MIT */
#include "adapters/mq/mq_delivery.h"

#include <stdlib.h>
#include <string.h>

#include "adapters/mq/mq_inside.h"
#include "unit/unit.h"

static const struct mq_settings settings;
static struct mq *mq;

static void
setup(void)
{
	mq = mq_new(&settings, "check");
	mq->generation = 3;
}

static void
teardown(void)
{
	mq_take_nothing(mq);
	mq_free(mq);
}

static void
deliver(const char *consumer)
{
	const amqp_basic_deliver_t method = {
		.consumer_tag = amqp_cstring_bytes(consumer),
		.delivery_tag = 77, .redelivered = 1 };

	mq_take_method(mq, &method);
}

/* Its header frame; no properties. */
static void
announce(size_t size)
{
	amqp_basic_properties_t properties = { ._flags = 0 };
	amqp_frame_t frame = { .frame_type = AMQP_FRAME_HEADER };

	frame.payload.properties.body_size = size;
	frame.payload.properties.decoded = &properties;
	mq_take_properties(mq, &frame);
}

static void
add(const char *part)
{
	mq_take_body(mq, amqp_cstring_bytes(part));
}

START_TEST(a_message_comes_in_parts)
{
	struct mq_delivery *delivery;

	deliver("1");
	ck_assert_ptr_null(mq_next(mq));
	announce(5);
	add("he");
	ck_assert_ptr_null(mq_next(mq));
	add("llo");
	delivery = mq_next(mq);
	ck_assert_ptr_nonnull(delivery);
	ck_assert_ptr_null(mq_next(mq));
	unit_span_eq(delivery->body, "hello");
	ck_assert_int_eq(delivery->body.at[5], '\0');
	ck_assert_uint_eq(delivery->queue, 1);
	ck_assert_uint_eq(delivery->tag, 77);
	ck_assert_uint_eq(delivery->generation, 3);
	ck_assert(delivery->redelivered && !delivery->cut);
	mq_delivery_free(delivery);
}
END_TEST

START_TEST(messages_are_given_in_their_order)
{
	static const char *const bodies[] = { "a", "", "c" };

	for (size_t i = 0; i < COUNT(bodies); i++) {
		deliver("0");
		announce(strlen(bodies[i]));
		if (bodies[i][0] != '\0')
			add(bodies[i]);
	}
	for (size_t i = 0; i < COUNT(bodies); i++) {
		struct mq_delivery *delivery = mq_next(mq);

		ck_assert_ptr_nonnull(delivery);
		unit_span_eq(delivery->body, bodies[i]);
		mq_delivery_free(delivery);
	}
	ck_assert_ptr_null(mq_next(mq));
}
END_TEST

START_TEST(of_a_long_body_the_beginning_is_kept)
{
	struct span text = unit_repeat("", "x", MQ_BODY_MAX + 10, "");
	struct mq_delivery *delivery;

	deliver("0");
	announce(text.len);
	add(text.at);
	delivery = mq_next(mq);
	ck_assert_ptr_nonnull(delivery);
	ck_assert(delivery->cut);
	ck_assert_uint_eq(delivery->body.len, MQ_BODY_MAX);
	ck_assert_int_eq(delivery->body.at[MQ_BODY_MAX], '\0');
	mq_delivery_free(delivery);
	unit_free(text);
}
END_TEST

START_TEST(a_body_of_the_most_bytes_is_whole)
{
	struct span text = unit_repeat("", "x", MQ_BODY_MAX, "");
	struct mq_delivery *delivery;

	deliver("0");
	announce(text.len);
	add(text.at);
	delivery = mq_next(mq);
	ck_assert_ptr_nonnull(delivery);
	ck_assert(!delivery->cut);
	ck_assert_uint_eq(delivery->body.len, MQ_BODY_MAX);
	mq_delivery_free(delivery);
	unit_free(text);
}
END_TEST

START_TEST(more_than_was_announced_ends_the_connection)
{
	deliver("0");
	announce(3);
	add("four");
	ck_assert(mq->broken);
	ck_assert_ptr_null(mq_next(mq));
	ck_assert_str_eq(mq->why, "a body is too long");
}
END_TEST

START_TEST(a_consumer_that_is_not_ours_ends_the_connection)
{
	deliver("amq.ctag-x");
	ck_assert(mq->broken);
}
END_TEST

START_TEST(frames_of_no_message_are_passed_over)
{
	announce(3);
	add("abc");
	ck_assert(!mq->broken);
	ck_assert_ptr_null(mq_next(mq));
}
END_TEST

START_TEST(what_was_not_asked_for_is_forgotten_with_the_connection)
{
	deliver("0");
	announce(0);
	deliver("0");
	announce(2);
	mq_take_nothing(mq);
	ck_assert_ptr_null(mq_next(mq));
	add("ab");
	ck_assert_ptr_null(mq_next(mq));
}
END_TEST

/* A header of each kind that a number may have. */
static const struct {
	amqp_field_value_t value;
	int64_t number;
} numbers[] = {
	{ { AMQP_FIELD_KIND_I64, { .i64 = INT64_MIN } }, INT64_MIN },
	{ { AMQP_FIELD_KIND_I32, { .i32 = -70000 } }, -70000 },
	{ { AMQP_FIELD_KIND_I16, { .i16 = -300 } }, -300 },
	{ { AMQP_FIELD_KIND_I8, { .i8 = -5 } }, -5 },
	{ { AMQP_FIELD_KIND_U32, { .u32 = UINT32_MAX } }, UINT32_MAX },
	{ { AMQP_FIELD_KIND_U16, { .u16 = 65535 } }, 65535 },
	{ { AMQP_FIELD_KIND_U8, { .u8 = 255 } }, 255 },
	/* None that we take. */
	{ { AMQP_FIELD_KIND_BOOLEAN, { .boolean = 1 } }, -1 },
	{ { AMQP_FIELD_KIND_TIMESTAMP, { .u64 = 5 } }, -1 },
};

static void
take_headers(struct mq_delivery *delivery, amqp_table_entry_t *entries,
    int count)
{
	const amqp_basic_properties_t properties = {
		._flags = AMQP_BASIC_HEADERS_FLAG,
		.headers = { count, entries } };

	mq_delivery_properties(delivery, &properties);
}

START_TEST(a_header_may_be_a_number_of_any_width)
{
	struct mq_delivery *delivery = mq_delivery_new(mq, 1, false);
	amqp_table_entry_t entry = { amqp_cstring_bytes("x"),
		numbers[_i].value };

	take_headers(delivery, &entry, 1);
	ck_assert_int_eq(mq_header_number(delivery, "x", -1),
	    numbers[_i].number);
	ck_assert_ptr_null(mq_header_text(delivery, "x"));
	ck_assert_int_eq(mq_header_number(delivery, "y", 9), 9);
	mq_delivery_free(delivery);
}
END_TEST

static amqp_table_entry_t
text_entry(const char *key, const char *text)
{
	amqp_table_entry_t entry = { .key = amqp_cstring_bytes(key) };

	entry.value.kind = AMQP_FIELD_KIND_UTF8;
	entry.value.value.bytes = amqp_cstring_bytes(text);
	return entry;
}

START_TEST(a_text_is_no_number)
{
	struct mq_delivery *delivery = mq_delivery_new(mq, 1, false);
	amqp_table_entry_t entries[] = { text_entry("x", "7"),
		text_entry("empty", "") };

	take_headers(delivery, entries, COUNT(entries));
	ck_assert_str_eq(mq_header_text(delivery, "x"), "7");
	ck_assert_str_eq(mq_header_text(delivery, "empty"), "");
	ck_assert_int_eq(mq_header_number(delivery, "x", -1), -1);
	ck_assert_ptr_null(mq_header_text(delivery, "xx"));
	mq_delivery_free(delivery);
}
END_TEST

START_TEST(headers_are_bounded)
{
	struct mq_delivery *delivery = mq_delivery_new(mq, 1, false);
	struct span text = unit_repeat("", "x", 5000, "");
	amqp_table_entry_t entries[MQ_HEADERS_MAX + 4];

	for (size_t i = 0; i < COUNT(entries); i++)
		entries[i] = text_entry("x", text.at);
	take_headers(delivery, entries, COUNT(entries));
	ck_assert_uint_le(delivery->header_count, MQ_HEADERS_MAX);
	ck_assert_uint_eq(strlen(mq_header_text(delivery, "x")), 4096);
	mq_delivery_free(delivery);
	unit_free(text);
}
END_TEST

START_TEST(properties_that_are_there_are_kept)
{
	struct mq_delivery *delivery = mq_delivery_new(mq, 1, false);
	amqp_basic_properties_t properties = { ._flags = 0,
		.message_id = amqp_cstring_bytes("load-7"),
		.type = amqp_cstring_bytes("load"), .timestamp = 1700000000 };

	mq_delivery_properties(delivery, &properties);
	ck_assert_ptr_null(delivery->message_id.at);
	ck_assert_ptr_null(delivery->type.at);
	ck_assert_int_eq(delivery->timestamp, 0);
	properties._flags = AMQP_BASIC_MESSAGE_ID_FLAG | AMQP_BASIC_TYPE_FLAG |
	    AMQP_BASIC_TIMESTAMP_FLAG;
	mq_delivery_properties(delivery, &properties);
	unit_span_eq(delivery->message_id, "load-7");
	unit_span_eq(delivery->type, "load");
	ck_assert_int_eq(delivery->timestamp, 1700000000);
	mq_delivery_free(delivery);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("mq_delivery");
	TCase *tcase = tcase_create("mq_delivery");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, a_message_comes_in_parts);
	tcase_add_test(tcase, messages_are_given_in_their_order);
	tcase_add_test(tcase, of_a_long_body_the_beginning_is_kept);
	tcase_add_test(tcase, a_body_of_the_most_bytes_is_whole);
	tcase_add_test(tcase, more_than_was_announced_ends_the_connection);
	tcase_add_test(tcase, a_consumer_that_is_not_ours_ends_the_connection);
	tcase_add_test(tcase, frames_of_no_message_are_passed_over);
	tcase_add_test(tcase,
	    what_was_not_asked_for_is_forgotten_with_the_connection);
	tcase_add_loop_test(tcase, a_header_may_be_a_number_of_any_width, 0,
	    (int)COUNT(numbers));
	tcase_add_test(tcase, a_text_is_no_number);
	tcase_add_test(tcase, headers_are_bounded);
	tcase_add_test(tcase, properties_that_are_there_are_kept);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}
