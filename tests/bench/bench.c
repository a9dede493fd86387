/* SPDX-License-Identifier: MIT */
#include "bench.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* How long it takes until a responder has given back what it had, us. */
#define QUIET_US 1300000

int64_t
bench_us(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

void
bench_die(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	(void)vfprintf(stderr, fmt, args);
	va_end(args);
	(void)fputc('\n', stderr);
	exit(EXIT_FAILURE);
}

static void
watch(struct bench *bench, char *text)
{
	struct watched *watched = &bench->watched[bench->watched_count];
	char *mark = strchr(text, '=');

	if (mark == NULL || bench->watched_count == WATCHED_MAX)
		bench_die("--watch NAME=PID, %d at most", WATCHED_MAX);
	*mark = '\0';
	watched->name = text;
	watched->pid = strcmp(mark + 1, "self") == 0 ? (int)getpid() :
	    (int)strtol(mark + 1, NULL, 10);
	bench->watched_count++;
}

int
bench_options(struct bench *bench, int argc, char **argv)
{
	int i = 1;

	memset(bench, 0, sizeof(*bench));
	bench->seconds = 3;
	bench->warm = 0.5;
	for (; i + 1 < argc; i += 2) {
		if (strcmp(argv[i], "--seconds") == 0)
			bench->seconds = strtod(argv[i + 1], NULL);
		else if (strcmp(argv[i], "--warm") == 0)
			bench->warm = strtod(argv[i + 1], NULL);
		else if (strcmp(argv[i], "--watch") == 0)
			watch(bench, argv[i + 1]);
		else
			break;
	}
	return i;
}

char *
bench_file(const char *path, size_t *ret_len)
{
	FILE *in = fopen(path, "re");
	char *data;
	long size;

	if (in == NULL || fseek(in, 0, SEEK_END) != 0 || (size = ftell(in)) < 0)
		bench_die("%s cannot be read", path);
	rewind(in);
	data = malloc((size_t)size + 1);
	if (data == NULL || fread(data, 1, (size_t)size, in) != (size_t)size)
		bench_die("%s cannot be read", path);
	data[size] = '\0';
	(void)fclose(in);
	*ret_len = (size_t)size;
	return data;
}

void
bench_window(struct bench *bench)
{
	bench->begins = bench_us() + (int64_t)(bench->warm * 1e6);
	bench->ends = bench->begins + (int64_t)(bench->seconds * 1e6);
}

void
bench_begin(struct bench *bench)
{
	for (size_t i = 0; i < bench->watched_count; i++) {
		struct watched *watched = &bench->watched[i];

		processes_reset_peak(watched->pid);
		watched->cpu[0] = processes_cpu(watched->pid, NULL, NULL);
	}
}

void
bench_end(struct bench *bench)
{
	for (size_t i = 0; i < bench->watched_count; i++) {
		struct watched *watched = &bench->watched[i];

		watched->cpu[1] = processes_cpu(watched->pid, "VmHWM:",
		    &watched->peak_kb);
	}
	for (size_t i = 0; i < bench->watched_count; i++)
		bench->watched[i].share_kb =
		    processes_share(bench->watched[i].pid);
}

void
bench_count(const struct bench *bench, struct tally *tally, int64_t began,
    size_t bytes, bool fine)
{
	int64_t now = bench_us();

	if (!fine) {
		tally->failed++;
		return;
	}
	if (now < bench->begins || now >= bench->ends)
		return;
	if (tally->requests < LATENCIES_MAX)
		tally->latency[tally->requests] = (uint32_t)(now - began);
	tally->requests++;
	tally->bytes += bytes;
}

static int
compare(const void *a, const void *b)
{
	uint32_t left, right;

	memcpy(&left, a, sizeof(left));
	memcpy(&right, b, sizeof(right));
	return left < right ? -1 : left > right;
}

/* All latencies in order. Owns: you free(). */
static uint32_t *
merge(const struct tally *tallies, size_t count, size_t *ret_len)
{
	size_t len = 0, room = 1;
	uint32_t *all;

	for (size_t i = 0; i < count; i++)
		room += tallies[i].requests;
	all = malloc(room * sizeof(*all));
	if (all == NULL)
		bench_die("no memory");
	for (size_t i = 0; i < count; i++) {
		size_t some = tallies[i].requests < LATENCIES_MAX ?
		    tallies[i].requests : LATENCIES_MAX;

		memcpy(&all[len], tallies[i].latency, some * sizeof(*all));
		len += some;
	}
	qsort(all, len, sizeof(*all), compare);
	*ret_len = len;
	return all;
}

static double
part(const uint32_t *all, size_t len, double share)
{
	size_t at = (size_t)((double)len * share);

	if (len == 0)
		return 0;
	return all[at < len ? at : len - 1] / 1000.0;
}

void
bench_print(struct bench *bench, const struct tally *tallies, size_t count)
{
	uint64_t requests = 0, failed = 0, bytes = 0;
	size_t len;
	uint32_t *all = merge(tallies, count, &len);

	for (size_t i = 0; i < count; i++) {
		requests += tallies[i].requests;
		failed += tallies[i].failed;
		bytes += tallies[i].bytes;
	}
	(void)usleep(QUIET_US);
	for (size_t i = 0; i < bench->watched_count; i++)
		(void)processes_cpu(bench->watched[i].pid, "VmRSS:",
		    &bench->watched[i].rest_kb);
	(void)printf("{\"requests\":%llu,\"failed\":%llu,\"per_second\":%.2f,"
	    "\"mb_per_second\":%.2f,\"p50_ms\":%.3f,\"p99_ms\":%.3f,"
	    "\"processes\":{",
	    (unsigned long long)requests, (unsigned long long)failed,
	    (double)requests / bench->seconds,
	    (double)bytes / 1e6 / bench->seconds, part(all, len, 0.5),
	    part(all, len, 0.99));
	for (size_t i = 0; i < bench->watched_count; i++) {
		const struct watched *watched = &bench->watched[i];

		(void)printf("%s\"%s\":{\"cpu_ms\":%.3f,\"peak_kb\":%ld,"
		    "\"rest_kb\":%ld,\"share_kb\":%ld}", i == 0 ? "" : ",", watched->name,
		    requests == 0 ? 0 : (watched->cpu[1] - watched->cpu[0]) *
		    1000 / (double)requests, watched->peak_kb,
		    watched->rest_kb, watched->share_kb);
	}
	(void)puts("}}");
	free(all);
}
