/*
 * The floor: what PostgreSQL and RabbitMQ carry when nothing stands before
 * them. N processes, each with one connection to either.
 *
 *	floor [--seconds S] [--warm S] [--watch NAME=PID]… N store BODY
 *	floor … N query FILE [FIRST COUNT]
 *
 * store: a prepared INSERT of the row that the service makes of a request's
 * body, all its columns bound in binary, committed; then its id published,
 * persistent and mandatory, to the exchange the service uses; then wait for the
 * broker's ack. No HTTP, no JSON: the body is taken apart once, before.
 *
 * query: the one statement in FILE, prepared; $1 is an id of FIRST … FIRST +
 * COUNT - 1, each process having its own ones. The rows are read and dropped.
 *
 * DATABASE_URL and RABBITMQ_URL are the service's own.
 */
#include <endian.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#if __has_include(<rabbitmq-c/amqp.h>)
#include <rabbitmq-c/amqp.h>
#include <rabbitmq-c/tcp_socket.h>
#else
#include <amqp.h>
#include <amqp_tcp_socket.h>
#endif
#include <libpq-fe.h>

#include "adapters/digest.h"
#include "base/json_scan.h"
#include "models/raw_batch.h"

#include "bench.h"

#define PROCESSES_MAX 256
#define TENANT 1

/* What parent and children share. */
struct shared {
	atomic_int ready;
	atomic_int go;
	struct bench bench;
	struct tally tallies[PROCESSES_MAX];
};

static const char insert_sql[] = "INSERT INTO raw_extraction_data (tenant_id,"
    " integration_id, entity_type, external_id, raw_data, extraction_metadata,"
    " raw_data_items, raw_data_bytes, raw_data_sha256, queue_transform)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id";

static struct {
	struct shared *shared;
	int count;
	char *statement; /* of query */
	int64_t first_id, ids;
	/* Of store: the parameters. */
	const char *values[10];
	int lengths[10];
	int64_t numbers[10];
	unsigned char digest[DIGEST_SHA256_SIZE];
	size_t body_len;
} run_of;

enum { INT8 = 20, TEXT = 25, BYTEA = 17, BOOL = 16, JSONB = 3802 };
static const Oid types[] = { INT8, INT8, TEXT, TEXT, JSONB, JSONB, INT8, INT8,
	BYTEA, BOOL };
static const int formats[] = { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 };

static void
set_number(int i, int64_t value)
{
	run_of.numbers[i] = (int64_t)htobe64((uint64_t)value);
	run_of.values[i] = (const char *)&run_of.numbers[i];
	run_of.lengths[i] = 8;
}

/* Text and jsonb; of the latter the byte before it becomes its version. */
static void
set_text(int i, const struct json_member *member)
{
	struct span text = member->value;
	char *version;

	if (member->kind == JSON_ABSENT || member->kind == JSON_NULL)
		return;
	if (types[i] == JSONB) {
		memcpy(&version, &text.at, sizeof(version));
		version[-1] = 1;
		text.at--;
		text.len++;
	} else {
		text.at++;
		text.len -= 2;
	}
	run_of.values[i] = text.at;
	run_of.lengths[i] = (int)text.len;
}

static void
take_apart(const char *path)
{
	struct json_member members[] = { { .name = "integration_id" },
		{ .name = "entity_type" }, { .name = "external_id" },
		{ .name = "raw_data", .items = raw_batch_items },
		{ .name = "extraction_metadata" } };
	const struct json_member *raw = &members[3];
	char *body = bench_file(path, &run_of.body_len);
	struct json_refusal refusal;
	struct diag diag;
	int64_t number;

	if (!json_scan_object((struct span){ body, run_of.body_len },
	    &json_limits_default, members, COUNT(members), &refusal) ||
	    !span_int64(members[0].value, &number) ||
	    digest_sha256(raw->value, run_of.digest, &diag) != E_OK)
		bench_die("%s is no body of a store", path);
	set_number(0, TENANT);
	set_number(1, number);
	set_text(2, &members[1]);
	set_text(3, &members[2]);
	set_text(4, raw);
	set_text(5, &members[4]);
	set_number(6, raw->item_count);
	set_number(7, (int64_t)raw->value.len);
	run_of.values[8] = (const char *)run_of.digest;
	run_of.lengths[8] = sizeof(run_of.digest);
	run_of.values[9] = "\1";
	run_of.lengths[9] = 1;
}

/* -- PostgreSQL */

static PGconn *
database(void)
{
	const char *keys[] = { "dbname", "options", NULL };
	const char *values[] = { getenv("DATABASE_URL"),
		"-c app.tenant_id=1 -c timezone=UTC", NULL };
	bool store = run_of.statement == NULL;
	PGconn *conn = PQconnectdbParams(keys, values, 1);
	PGresult *result;

	if (PQstatus(conn) != CONNECTION_OK)
		bench_die("%s", PQerrorMessage(conn));
	result = PQprepare(conn, "one", store ? insert_sql : run_of.statement,
	    store ? 10 : run_of.ids > 0 ? 1 : 0, types);
	if (PQresultStatus(result) != PGRES_COMMAND_OK)
		bench_die("%s", PQerrorMessage(conn));
	PQclear(result);
	return conn;
}

/* Insert; gives the id. */
static int64_t
insert(PGconn *conn)
{
	PGresult *result = PQexecPrepared(conn, "one", 10, run_of.values,
	    run_of.lengths, formats, 0);
	int64_t id;

	if (PQresultStatus(result) != PGRES_TUPLES_OK)
		bench_die("%s", PQerrorMessage(conn));
	id = strtoll(PQgetvalue(result, 0, 0), NULL, 10);
	PQclear(result);
	return id;
}

/* Run the statement; gives the bytes that came. */
static size_t
query(PGconn *conn, int process, int64_t number)
{
	int64_t step = run_of.count;
	int64_t id = run_of.ids == 0 ? 0 : (int64_t)htobe64((uint64_t)(
	    run_of.first_id + (process + number * step) %
	    (run_of.ids / step * step)));
	const char *value = (const char *)&id;
	const int length = sizeof(id), format = 1;
	PGresult *result = PQexecPrepared(conn, "one", run_of.ids > 0 ? 1 : 0,
	    &value, &length, &format, 0);
	size_t bytes = 0;

	if (PQresultStatus(result) != PGRES_TUPLES_OK &&
	    PQresultStatus(result) != PGRES_COMMAND_OK)
		bench_die("%s", PQerrorMessage(conn));
	for (int row = 0; row < PQntuples(result); row++)
		for (int column = 0; column < PQnfields(result); column++)
			bytes += (size_t)PQgetlength(result, row, column);
	PQclear(result);
	return bytes;
}

/* -- RabbitMQ */

static amqp_connection_state_t
broker(void)
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

static void
publish(amqp_connection_state_t conn, int64_t id)
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

/* -- processes */

static void
child(int process)
{
	const struct bench *bench = &run_of.shared->bench;
	struct tally *tally = &run_of.shared->tallies[process];
	bool store = run_of.statement == NULL;
	amqp_connection_state_t mq = store ? broker() : NULL;
	PGconn *db = database();
	int64_t number = 0;

	atomic_fetch_add(&run_of.shared->ready, 1);
	while (atomic_load(&run_of.shared->go) == 0)
		(void)usleep(1000);
	while (bench_us() < bench->ends) {
		int64_t began = bench_us();
		size_t bytes = run_of.body_len;

		if (store)
			publish(mq, insert(db));
		else
			bytes = query(db, process, number++);
		bench_count(bench, tally, began, bytes, true);
	}
	PQfinish(db);
	_exit(EXIT_SUCCESS);
}

static void
wait_for_children(void)
{
	int status;

	while (wait(&status) > 0)
		if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
			bench_die("a process of the floor failed");
}

/* Gives up when a child does, instead of waiting for it for ever. */
static void
wait_until_ready(void)
{
	while (atomic_load(&run_of.shared->ready) < run_of.count) {
		if (waitpid(-1, NULL, WNOHANG) != 0)
			bench_die("a process of the floor did not start");
		(void)usleep(1000);
	}
}

static void
wait_until(int64_t when)
{
	int64_t now = bench_us();

	if (when > now)
		(void)usleep((useconds_t)(when - now));
}

static void
arguments(int argc, char **argv)
{
	int i = bench_options(&run_of.shared->bench, argc, argv);
	size_t len;

	if (argc - i < 3)
		bench_die("see the head of floor.c");
	run_of.count = (int)strtol(argv[i], NULL, 10);
	if (run_of.count < 1 || run_of.count > PROCESSES_MAX)
		bench_die("1 to %d processes", PROCESSES_MAX);
	if (strcmp(argv[i + 1], "store") == 0) {
		take_apart(argv[i + 2]);
		return;
	}
	run_of.statement = bench_file(argv[i + 2], &len);
	if (argc - i == 5) {
		run_of.first_id = strtoll(argv[i + 3], NULL, 10);
		run_of.ids = strtoll(argv[i + 4], NULL, 10);
		if (run_of.ids < run_of.count)
			bench_die("fewer ids than processes");
	}
}

static void *
shared_memory(size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		bench_die("no memory");
	return memory;
}

int
main(int argc, char **argv)
{
	struct shared *shared = shared_memory(sizeof(*shared));

	run_of.shared = shared;
	arguments(argc, argv);
	for (int i = 0; i < run_of.count; i++) {
		shared->tallies[i].latency = shared_memory(LATENCIES_MAX * 4);
		if (fork() == 0)
			child(i);
	}
	wait_until_ready();
	bench_window(&shared->bench);
	atomic_store(&shared->go, 1);
	wait_until(shared->bench.begins);
	bench_begin(&shared->bench);
	wait_until(shared->bench.ends);
	bench_end(&shared->bench);
	wait_for_children();
	bench_print(&shared->bench, shared->tallies, (size_t)run_of.count);
	return EXIT_SUCCESS;
}
