/* SPDX-License-Identifier: MIT */
#include "bench.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PROCESSES_MAX 4096

/* A process as /proc/PID/stat has it. */
struct process {
	int pid, parent;
	unsigned long ticks; /* its own, and its dead children's */
	bool wanted;
};

struct table {
	struct process rows[PROCESSES_MAX];
	size_t count;
};

static bool
read_stat(int pid, struct process *process)
{
	unsigned long user, sys;
	long dead_user, dead_sys;
	char path[64], line[1024];
	const char *rest;
	size_t len;
	FILE *in;

	(void)snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	in = fopen(path, "re");
	if (in == NULL)
		return false;
	len = fread(line, 1, sizeof(line) - 1, in);
	line[len] = '\0';
	(void)fclose(in);
	rest = strrchr(line, ')'); /* the name may hold anything */
	if (rest == NULL || sscanf(rest + 1, " %*c %d %*d %*d %*d %*d %*u %*u"
	    " %*u %*u %*u %lu %lu %ld %ld", &process->parent, &user, &sys,
	    &dead_user, &dead_sys) != 5)
		return false;
	process->pid = pid;
	process->ticks = user + sys + (unsigned long)(dead_user + dead_sys);
	process->wanted = false;
	return true;
}

static void
read_all(struct table *table)
{
	DIR *proc = opendir("/proc");
	const struct dirent *entry;

	table->count = 0;
	if (proc == NULL)
		bench_die("/proc cannot be read");
	while ((entry = readdir(proc)) != NULL) {
		int pid = (int)strtol(entry->d_name, NULL, 10);

		if (pid > 0 && table->count < PROCESSES_MAX &&
		    read_stat(pid, &table->rows[table->count]))
			table->count++;
	}
	(void)closedir(proc);
}

/* Want the process and, layer by layer, its children. */
static void
want_tree(struct table *table, int pid)
{
	bool more = true;

	for (size_t i = 0; i < table->count; i++)
		table->rows[i].wanted = table->rows[i].pid == pid;
	while (more) {
		more = false;
		for (size_t i = 0; i < table->count; i++) {
			struct process *row = &table->rows[i];

			for (size_t j = 0; !row->wanted && j < table->count; j++)
				if (table->rows[j].wanted &&
				    table->rows[j].pid == row->parent)
					row->wanted = more = true;
		}
	}
}

/* A line of a file in /proc/PID, "VmHWM:" of status, in kB; 0 without it. */
static long
line_kb(int pid, const char *file, const char *name)
{
	char path[64], line[256];
	long kb = 0;
	FILE *in;

	(void)snprintf(path, sizeof(path), "/proc/%d/%s", pid, file);
	in = fopen(path, "re");
	if (in == NULL)
		return 0;
	while (fgets(line, sizeof(line), in) != NULL)
		if (strncmp(line, name, strlen(name)) == 0)
			kb = strtol(line + strlen(name), NULL, 10);
	(void)fclose(in);
	return kb;
}

double
processes_cpu(int pid, const char *line, long *ret_kb)
{
	static struct table table;
	unsigned long ticks = 0;

	read_all(&table);
	want_tree(&table, pid);
	if (line != NULL)
		*ret_kb = 0;
	for (size_t i = 0; i < table.count; i++) {
		long kb;

		if (!table.rows[i].wanted)
			continue;
		ticks += table.rows[i].ticks;
		kb = line == NULL ? 0 : line_kb(table.rows[i].pid,
		    "status", line);
		if (line != NULL && kb > *ret_kb)
			*ret_kb = kb;
	}
	return (double)ticks / (double)sysconf(_SC_CLK_TCK);
}

long
processes_share(int pid)
{
	static struct table table;
	long kb = 0;

	read_all(&table);
	want_tree(&table, pid);
	for (size_t i = 0; i < table.count; i++)
		if (table.rows[i].wanted)
			kb += line_kb(table.rows[i].pid, "smaps_rollup",
			    "Pss:");
	return kb;
}

void
processes_reset_peak(int pid)
{
	static struct table table;

	read_all(&table);
	want_tree(&table, pid);
	for (size_t i = 0; i < table.count; i++) {
		char path[64];
		FILE *out;

		if (!table.rows[i].wanted)
			continue;
		(void)snprintf(path, sizeof(path), "/proc/%d/clear_refs",
		    table.rows[i].pid);
		out = fopen(path, "we");
		if (out == NULL)
			continue; /* another user's: its peak is of its life */
		(void)fputs("5\n", out);
		(void)fclose(out);
	}
}
