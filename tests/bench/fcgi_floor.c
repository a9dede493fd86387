/* SPDX-License-Identifier: MIT */
/*
 * The FastCGI floor: the least that a responder behind nginx can do for a
 * store. It finds the members of the body, inserts the row of the seed
 * document's table (peers/schema.sql), publishes its id, waits for the ack and
 * answers; one request at a time. No tokens, no checks, no log.
 *
 *	spawn-fcgi … -- fcgi_floor
 *
 * DATABASE_URL and RABBITMQ_URL say where the servers are.
 */
#include <endian.h>
#include <fcgiapp.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "bench.h"
#include "servers.h"

static const char insert_sql[] = "INSERT INTO raw_extraction_data (tenant_id,"
    " integration_id, entity_type, external_id, raw_data, extraction_metadata)"
    " VALUES ($1, $2, $3, $4, $5, $6) RETURNING id";
static const Oid types[] = { INT8, INT8, TEXT, TEXT, JSONB, JSONB };

static int64_t
insert(PGconn *conn, const struct servers_batch *batch)
{
	int64_t numbers[2] = { (int64_t)htobe64(1),
		(int64_t)htobe64((uint64_t)batch->integration_id) };
	struct span raw = servers_jsonb(batch->raw_data);
	struct span metadata = servers_jsonb(batch->metadata);
	const char *values[] = { (const char *)&numbers[0],
		(const char *)&numbers[1], batch->entity_type.at,
		batch->external_id.at, raw.at, metadata.at };
	int lengths[] = { 8, 8, (int)batch->entity_type.len,
		(int)batch->external_id.len, (int)raw.len, (int)metadata.len };
	const int formats[] = { 1, 1, 1, 1, 1, 1 };
	PGresult *result = PQexecPrepared(conn, "one", 6, values, lengths,
	    formats, 0);
	int64_t id;

	if (PQresultStatus(result) != PGRES_TUPLES_OK)
		bench_die("%s", PQerrorMessage(conn));
	id = strtoll(PQgetvalue(result, 0, 0), NULL, 10);
	PQclear(result);
	return id;
}

/* Gives: the body's bytes, in memory that stays; NULL: they did not come. */
static char *
read_body(FCGX_Request *request, size_t *ret_len)
{
	static char *body;
	static size_t room;
	const char *length = FCGX_GetParam("CONTENT_LENGTH", request->envp);
	size_t len = length == NULL ? 0 : strtoul(length, NULL, 10);

	if (len + 1 > room) {
		free(body);
		room = len + 1;
		body = malloc(room);
		if (body == NULL)
			bench_die("no memory");
	}
	*ret_len = len;
	if (FCGX_GetStr(body, (int)len, request->in) != (int)len)
		return NULL;
	body[len] = '\0';
	return body;
}

int
main(void)
{
	PGconn *db = servers_database(insert_sql, 6, types);
	amqp_connection_state_t mq = servers_broker();
	FCGX_Request request;

	if (FCGX_Init() != 0 || FCGX_InitRequest(&request, 0, 0) != 0)
		bench_die("standard input is no listening socket");
	while (FCGX_Accept_r(&request) == 0) {
		struct servers_batch batch;
		size_t len;
		char *body = read_body(&request, &len);
		char answer[64];
		int64_t id;
		int bytes;

		if (body == NULL || !servers_take_apart((struct span){ body,
		    len }, &batch)) {
			(void)FCGX_PutS("Status: 400\r\n"
			    "Content-Length: 0\r\n\r\n", request.out);
			continue;
		}
		id = insert(db, &batch);
		servers_publish(mq, id);
		bytes = snprintf(answer, sizeof(answer),
		    "{\"success\":true,\"raw_data_id\":%" PRId64 "}\n", id);
		(void)FCGX_FPrintF(request.out, "Status: 201\r\n"
		    "Content-Type: application/json\r\n"
		    "Content-Length: %d\r\n\r\n%s", bytes, answer);
	}
	return EXIT_SUCCESS;
}
