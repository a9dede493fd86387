/* SPDX-License-Identifier: MIT */
/*
 * The floors' part of the work: connections to PostgreSQL and the broker, one
 * message and its confirm. Whatever fails ends the program.
 */
#ifndef BENCH_SERVERS_H
#define BENCH_SERVERS_H

#include <stdbool.h>
#include <stdint.h>

#if __has_include(<rabbitmq-c/amqp.h>)
#include <rabbitmq-c/amqp.h>
#include <rabbitmq-c/tcp_socket.h>
#else
#include <amqp.h>
#include <amqp_tcp_socket.h>
#endif
#include <libpq-fe.h>

#include "base/str.h"

/* Types of parameters, as pg_type.h numbers them. */
enum { INT8 = 20, TEXT = 25, BYTEA = 17, BOOL = 16, JSONB = 3802 };

/* A session of DATABASE_URL with one prepared statement, named "one". */
PGconn *servers_database(const char *statement, int count, const Oid *types);

/* A channel, 1, of RABBITMQ_URL that confirms. */
amqp_connection_state_t servers_broker(void);

/* Publish the id of a batch as the service does; wait for the ack. */
void servers_publish(amqp_connection_state_t conn, int64_t id);

/*
 * The members of a store's body.
 * Gives: false when it is none. `body` needs a byte before each jsonb, which
 * becomes its version: servers_jsonb().
 */
struct servers_batch {
	int64_t integration_id, item_count;
	struct span entity_type, external_id, raw_data, metadata;
};
bool servers_take_apart(struct span body, struct servers_batch *batch);

/* A value as PostgreSQL's binary jsonb, in place; SPAN_NONE stays. */
struct span servers_jsonb(struct span value);

#endif
