/* SPDX-License-Identifier: MIT */
/*
 * What the programs of the bench share: a window of time in which they count,
 * latencies, what the processes of the service used meanwhile, and one line of
 * JSON at the end.
 *
 * A request counts when it ends within the window. What happens before it
 * warms up connections and caches.
 */
#ifndef BENCH_H
#define BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Latencies kept of one connection or process; more are counted only. */
#define LATENCIES_MAX 500000
#define WATCHED_MAX 8

/* One worker's counts; several may be in memory that processes share. */
struct tally {
	uint64_t requests;
	uint64_t failed;
	uint64_t bytes;	   /* of bodies, either way */
	uint32_t *latency; /* microseconds */
};

/* Processes to look at: a first one and all that came from it. */
struct watched {
	const char *name;
	int pid;
	double cpu[2]; /* seconds, at the window's begin and end */
	long peak_kb;  /* the largest VmHWM of one process */
	long rest_kb;  /* the largest VmRSS when all is quiet again */
	long share_kb; /* at the window's end: Pss, the sum of all of them */
};

struct bench {
	double warm; /* seconds before the window */
	double seconds;
	int64_t begins, ends; /* microseconds of bench_us() */
	struct watched watched[WATCHED_MAX];
	size_t watched_count;
};

int64_t bench_us(void);

/* Say what went wrong, and end. */
void bench_die(const char *fmt, ...)
    __attribute__((format(printf, 1, 2), noreturn));

/*
 * Take the options --seconds S, --warm S and --watch NAME=PID.
 * Gives: the index of the first other argument.
 */
int bench_options(struct bench *bench, int argc, char **argv);

/* The whole file, a 0 behind it. Owns: you free(). */
char *bench_file(const char *path, size_t *ret_len);

/* Set the window, from now on. */
void bench_window(struct bench *bench);

/* At the window's begin and end. */
void bench_begin(struct bench *bench);
void bench_end(struct bench *bench);

/* Count a request that took from `began` until now. */
void bench_count(const struct bench *bench, struct tally *tally, int64_t began,
    size_t bytes, bool fine);

/* Print everything as one line of JSON. */
void bench_print(struct bench *bench, const struct tally *tallies,
    size_t count);

/*
 * CPU seconds of a process and all that came from it, the dead included; and
 * of those alive the largest of a line of /proc/PID/status, in kB. Line NULL:
 * none.
 */
double processes_cpu(int pid, const char *line, long *ret_kb);

/* The proportional set size (proc(5), smaps_rollup) of all of them, in kB. */
long processes_share(int pid);

/* Let the peaks (VmHWM) of a process and its children start anew. */
void processes_reset_peak(int pid);

#endif
