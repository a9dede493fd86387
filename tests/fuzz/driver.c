/* SPDX-License-Identifier: MIT */
/*
 * Runs a harness without libFuzzer: on each seed, and on changed seeds, which
 * are the same in every run. TAP; a point a seed.
 *
 *	fuzz_json_scan [file or folder]…
 *
 * Without arguments, the seeds of its name. FUZZ_ROUNDS: changes a seed.
 * When a harness aborts, what it looked at is in the file fuzz-failed.
 */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/str.h"

#include "fuzz.h"

#define SEED_BYTES_MAX (1 << 20)

static struct {
	struct buf now;	  /* what the harness looks at */
	struct buf other; /* the seed before, to cut pieces from */
	unsigned long rounds;
	uint64_t random;
	int points;
} driver;

static void
on_abort(int number)
{
	int fd = open("fuzz-failed", O_WRONLY | O_CREAT | O_TRUNC, 0666);

	if (fd < 0 || write(fd, driver.now.data, driver.now.len) < 0)
		_exit(128 + number);
	_exit(128 + number);
}

/* xorshift64; 0 to below - 1. */
static size_t
random_below(size_t below)
{
	driver.random ^= driver.random << 13;
	driver.random ^= driver.random >> 7;
	driver.random ^= driver.random << 17;
	return below == 0 ? 0 : (size_t)(driver.random >> 11) % below;
}

/* Take out so many bytes at a place. */
static void
cut(size_t at, size_t len)
{
	struct buf *now = &driver.now;

	memmove(now->data + at, now->data + at + len, now->len - at - len + 1);
	now->len -= len;
}

/* Put bytes in at a place. */
static void
insert(size_t at, const char *bytes, size_t len)
{
	struct buf *now = &driver.now;

	if (buf_room(now, len) == NULL)
		return;
	memmove(now->data + at + len, now->data + at, now->len - at + 1);
	memcpy(now->data + at, bytes, len);
	now->len += len;
}

/* One small change. */
static void
change(void)
{
	static const char *const words[] = { "{", "}", "[", "]", ",", ":", "\"",
		"\\", "\\u0000", "\\ud83d", "\\ude00", "null", "true", "-",
		"0", "1e308", "1e309", "E", ".", "\"a\":", "\"raw_data\":",
		"\"issues\":[", "\xef\xbb\xbf", "\xed\xa0\x80", "\xc3",
		"\xf0\x9f\x98\x80", " ", "\n", "\x1f", "\x7f" };
	struct buf *now = &driver.now;
	const size_t at = random_below(now->len + 1);
	const size_t left = now->len - at;
	const char *word = words[random_below(COUNT(words))];
	char byte = (char)random_below(256);
	size_t len, from;

	switch (random_below(6)) {
	case 0:
		if (left > 0)
			now->data[at] = byte;
		break;
	case 1:
		if (left > 0)
			now->data[at] ^= (char)(1 << random_below(8));
		break;
	case 2:
		cut(at, random_below(left < 8 ? left + 1 : 8));
		break;
	case 3:
		insert(at, word, strlen(word));
		break;
	case 4:
		insert(at, &byte, 1);
		break;
	default:
		len = random_below(32);
		if (len > driver.other.len)
			break;
		from = random_below(driver.other.len - len + 1);
		insert(at, driver.other.data + from, len);
		break;
	}
}

static void
run_seed(const char *path)
{
	FILE *in = fopen(path, "re");
	struct buf seed;
	char *room;

	buf_init(&seed, SEED_BYTES_MAX);
	room = buf_room(&seed, SEED_BYTES_MAX);
	if (in == NULL || room == NULL) {
		(void)printf("not ok %d - %s cannot be read\n",
		    ++driver.points, path);
		exit(EXIT_FAILURE);
	}
	seed.len = fread(room, 1, SEED_BYTES_MAX, in);
	seed.data[seed.len] = '\0';
	(void)fclose(in);
	for (unsigned long i = 0; i <= driver.rounds; i++) {
		buf_reset(&driver.now, SIZE_MAX);
		buf_add_span(&driver.now, buf_span(&seed));
		for (size_t n = i == 0 ? 0 : 1 + random_below(4); n > 0; n--)
			change();
		(void)LLVMFuzzerTestOneInput((const uint8_t *)driver.now.data,
		    driver.now.len);
	}
	buf_reset(&driver.other, SIZE_MAX);
	buf_add_span(&driver.other, buf_span(&seed));
	buf_free(&seed);
	(void)printf("ok %d - %s and %lu changes of it\n", ++driver.points,
	    path, driver.rounds);
	(void)fflush(stdout);
}

/* A file, or every file of a folder in the order of their names. */
static void
run_path(const char *path)
{
	struct dirent **entries;
	int count = scandir(path, &entries, NULL, alphasort);

	if (count < 0) {
		run_seed(path);
		return;
	}
	for (int i = 0; i < count; i++) {
		char *name = NULL;

		if (entries[i]->d_name[0] != '.' && asprintf(&name, "%s/%s",
		    path, entries[i]->d_name) > 0)
			run_seed(name);
		free(name);
		free(entries[i]);
	}
	free(entries);
}

/* The seeds of fuzz_X are in seeds/X; without that folder, in seeds/json_scan. */
static char *
own_seeds(const char *program)
{
	const char *source = getenv("top_srcdir");
	const char *name = strrchr(program, '/');
	char *seeds = NULL;

	name = strchr(name == NULL ? program : name, '_');
	for (int i = 0; i < 2; i++) {
		free(seeds);
		if (name == NULL || asprintf(&seeds, "%s/tests/fuzz/seeds/%s",
		    source == NULL ? "." : source, name + 1) < 0)
			return NULL;
		if (access(seeds, R_OK) == 0)
			break;
		name = "_json_scan";
	}
	return seeds;
}

int
main(int argc, char **argv)
{
	const char *rounds = getenv("FUZZ_ROUNDS");
	char *seeds = argc == 1 ? own_seeds(argv[0]) : NULL;

	driver.rounds = rounds == NULL ? 2000 : strtoul(rounds, NULL, 10);
	driver.random = UINT64_C(0x9e3779b97f4a7c15);
	buf_init(&driver.now, 2 * SEED_BYTES_MAX);
	buf_init(&driver.other, SEED_BYTES_MAX);
	buf_add_text(&driver.other, "");
	(void)signal(SIGABRT, on_abort);
	for (int i = 1; i < argc; i++)
		run_path(argv[i]);
	if (seeds != NULL)
		run_path(seeds);
	(void)printf("1..%d\n", driver.points);
	free(seeds);
	buf_free(&driver.now);
	buf_free(&driver.other);
	return driver.points > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
