/* SPDX-License-Identifier: MIT */
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

#include "adapters/crypto/digest.h"

#include "bench.h"
#include "servers.h"

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

static void
set_span(int i, struct span value)
{
	run_of.values[i] = value.at;
	run_of.lengths[i] = (int)value.len;
}

static void
take_apart(const char *path)
{
	char *body = bench_file(path, &run_of.body_len);
	struct servers_batch batch;
	struct diag diag;

	if (!servers_take_apart((struct span){ body, run_of.body_len },
	    &batch) || digest_sha256(batch.raw_data, run_of.digest, &diag) !=
	    E_OK)
		bench_die("%s is no body of a store", path);
	set_number(0, TENANT);
	set_number(1, batch.integration_id);
	set_span(2, batch.entity_type);
	set_span(3, batch.external_id);
	set_span(4, servers_jsonb(batch.raw_data));
	set_span(5, servers_jsonb(batch.metadata));
	set_number(6, batch.item_count);
	set_number(7, (int64_t)batch.raw_data.len);
	run_of.values[8] = (const char *)run_of.digest;
	run_of.lengths[8] = sizeof(run_of.digest);
	run_of.values[9] = "\1";
	run_of.lengths[9] = 1;
}

/* -- PostgreSQL */

static PGconn *
database(void)
{
	bool store = run_of.statement == NULL;

	return servers_database(store ? insert_sql : run_of.statement,
	    store ? 10 : run_of.ids > 0 ? 1 : 0, types);
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

/* -- processes */

static void
child(int process)
{
	const struct bench *bench = &run_of.shared->bench;
	struct tally *tally = &run_of.shared->tallies[process];
	bool store = run_of.statement == NULL;
	amqp_connection_state_t mq = store ? servers_broker() : NULL;
	PGconn *db = database();
	int64_t number = 0;

	atomic_fetch_add(&run_of.shared->ready, 1);
	while (atomic_load(&run_of.shared->go) == 0)
		(void)usleep(1000);
	while (bench_us() < bench->ends) {
		int64_t began = bench_us();
		size_t bytes = run_of.body_len;

		if (store)
			servers_publish(mq, insert(db));
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
