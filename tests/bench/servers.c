/* SPDX-License-Identifier: MIT */
#include "servers.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "json/json_scan.h"
#include "models/entity_type.h"

#include "bench.h"

/* -- PostgreSQL */

PGconn *
servers_database(const char *statement, int count, const Oid *types)
{
	const char *keys[] = { "dbname", "options", NULL };
	const char *values[] = { getenv("DATABASE_URL"),
		"-c app.tenant_id=1 -c timezone=UTC", NULL };
	PGconn *conn = PQconnectdbParams(keys, values, 1);
	PGresult *result;

	if (PQstatus(conn) != CONNECTION_OK)
		bench_die("%s", PQerrorMessage(conn));
	result = PQprepare(conn, "one", statement, count, types);
	if (PQresultStatus(result) != PGRES_COMMAND_OK)
		bench_die("%s", PQerrorMessage(conn));
	PQclear(result);
	return conn;
}

/* -- RabbitMQ */

amqp_connection_state_t
servers_broker(void)
{
	char *url = strdup(getenv("RABBITMQ_URL"));
	amqp_connection_state_t conn = amqp_new_connection();
	amqp_socket_t *socket = amqp_tcp_socket_new(conn);
	struct amqp_connection_info info;

	if (url == NULL || amqp_parse_url(url, &info) != AMQP_STATUS_OK ||
	    amqp_socket_open(socket, info.host, info.port) != AMQP_STATUS_OK ||
	    amqp_login(conn, info.vhost, 0, 131072, 0, AMQP_SASL_METHOD_PLAIN,
	    info.user, info.password).reply_type != AMQP_RESPONSE_NORMAL)
		bench_die("RabbitMQ cannot be reached");
	(void)amqp_channel_open(conn, 1);
	(void)amqp_confirm_select(conn, 1);
	if (amqp_get_rpc_reply(conn).reply_type != AMQP_RESPONSE_NORMAL)
		bench_die("RabbitMQ gives no channel");
	free(url);
	return conn;
}

void
servers_publish(amqp_connection_state_t conn, int64_t id)
{
	amqp_basic_properties_t properties = {
		._flags = AMQP_BASIC_DELIVERY_MODE_FLAG |
		    AMQP_BASIC_CONTENT_TYPE_FLAG | AMQP_BASIC_MESSAGE_ID_FLAG |
		    AMQP_BASIC_TIMESTAMP_FLAG | AMQP_BASIC_TYPE_FLAG,
		.delivery_mode = 2,
		.content_type = amqp_cstring_bytes("application/json"),
		.timestamp = (uint64_t)time(NULL),
		.type = amqp_cstring_bytes("transform"),
	};
	char name[64], body[256];
	amqp_frame_t frame;

	(void)snprintf(name, sizeof(name), "transform-%" PRId64, id);
	(void)snprintf(body, sizeof(body), "{\"tenant_id\":1,"
	    "\"integration_id\":1,\"raw_data_id\":%" PRId64 ","
	    "\"entity_type\":\"jira_issues_batch\"}", id);
	properties.message_id = amqp_cstring_bytes(name);
	if (amqp_basic_publish(conn, 1, amqp_cstring_bytes("etl.direct"),
	    amqp_cstring_bytes("transform"), 1, 0, &properties,
	    amqp_cstring_bytes(body)) != AMQP_STATUS_OK)
		bench_die("a message cannot be published");
	do {
		amqp_maybe_release_buffers(conn);
		if (amqp_simple_wait_frame(conn, &frame) != AMQP_STATUS_OK ||
		    frame.frame_type != AMQP_FRAME_METHOD)
			bench_die("the broker did not take a message");
	} while (frame.payload.method.id != AMQP_BASIC_ACK_METHOD);
}

/* -- bodies */

static struct span
text_of(const struct json_member *member)
{
	struct span text = member->value;

	if (member->kind == JSON_ABSENT || member->kind == JSON_NULL)
		return SPAN_NONE;
	if (member->kind == JSON_STRING) {
		text.at++;
		text.len -= 2;
	}
	return text;
}

bool
servers_take_apart(struct span body, struct servers_batch *batch)
{
	struct json_member members[] = { { .name = "integration_id" },
		{ .name = "entity_type" }, { .name = "external_id" },
		{ .name = "raw_data", .items = entity_type_items },
		{ .name = "extraction_metadata" } };
	struct json_refusal refusal;

	if (!json_scan_object(body, &json_limits_default, members,
	    COUNT(members), &refusal) ||
	    !span_int64(members[0].value, &batch->integration_id))
		return false;
	batch->entity_type = text_of(&members[1]);
	batch->external_id = text_of(&members[2]);
	batch->raw_data = members[3].value;
	batch->item_count = members[3].item_count;
	batch->metadata = members[4].kind == JSON_ABSENT ||
	    members[4].kind == JSON_NULL ? SPAN_NONE : members[4].value;
	return batch->raw_data.at != NULL;
}

struct span
servers_jsonb(struct span value)
{
	char *version;

	if (value.at == NULL)
		return value;
	memcpy(&version, &value.at, sizeof(version));
	version[-1] = 1;
	return (struct span){ value.at - 1, value.len + 1 };
}
