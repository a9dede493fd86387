#include "base/metrics.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAGIC 0x70657462u

enum kind { COUNT_KIND, SECONDS_KIND };

static const struct {
	enum kind kind;
	const char *name;
	const char *labels;
	const char *help;
} rows[METRICS] = {
#define METRIC(id, kind, name, labels, help) \
	[id] = { kind##_KIND, name, labels, help },
#include "base/metric_table.h"
#undef METRIC
};

struct counters {
	uint32_t magic;
	uint32_t rows; /* says which rows these are */
	_Atomic uint64_t counts[METRICS];
};

static struct counters own;
static struct counters *shared = &own;

/* FNV-1a over the rows' names and labels: another table, another number. */
static uint32_t
fingerprint(void)
{
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < METRICS; i++) {
		const char *const texts[] = { rows[i].name, rows[i].labels };

		for (size_t j = 0; j < COUNT(texts); j++)
			for (const char *c = texts[j]; *c != '\0'; c++)
				hash = (hash ^ (unsigned char)*c) * 16777619u;
	}
	return hash;
}

static struct counters *
map(int fd)
{
	void *at = mmap(NULL, sizeof(struct counters), PROT_READ | PROT_WRITE,
	    MAP_SHARED, fd, 0);

	return at == MAP_FAILED ? NULL : at;
}

/* The counters that are there, if they are of our rows. */
static struct counters *
open_there(const char *path)
{
	struct counters *there = NULL;
	struct stat stat;
	int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);

	if (fd < 0)
		return NULL;
	if (fstat(fd, &stat) == 0 && S_ISREG(stat.st_mode) &&
	    stat.st_size == (off_t)sizeof(*there))
		there = map(fd);
	(void)close(fd);
	if (there != NULL && (there->magic != MAGIC ||
	    there->rows != fingerprint())) {
		(void)munmap(there, sizeof(*there));
		there = NULL;
	}
	return there;
}

/*
 * Make a fresh file, whole before it has its name. Of processes that start at
 * once the first one's stays; only one of other rows is replaced.
 */
static enum err
make(const char *path, bool replace, struct diag *diag)
{
	struct counters fresh;
	char name[4096];
	bool written;
	int fd;

	memset(&fresh, 0, sizeof(fresh));
	fresh.magic = MAGIC;
	fresh.rows = fingerprint();
	if (snprintf(name, sizeof(name), "%s.%d", path, (int)getpid()) >=
	    (int)sizeof(name))
		return diag_set(diag, E_SYSTEM, "metrics_file: too long");
	(void)unlink(name);
	fd = open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
	    0640);
	if (fd < 0)
		return diag_set(diag, E_SYSTEM, "metrics_file: %s: %s", name,
		    strerror(errno));
	written = write(fd, &fresh, sizeof(fresh)) == (ssize_t)sizeof(fresh);
	(void)close(fd);
	if (written && replace && rename(name, path) == 0)
		return E_OK;
	if (written && !replace && (link(name, path) == 0 || errno == EEXIST)) {
		(void)unlink(name);
		return E_OK;
	}
	(void)unlink(name);
	return diag_set(diag, E_SYSTEM, "metrics_file: %s: %s", path,
	    strerror(errno));
}

enum err
metrics_open(const char *path, struct diag *diag)
{
	struct counters *there = open_there(path);
	enum err rc = E_OK;

	for (int replace = 0; there == NULL && rc == E_OK && replace <= 1;
	    replace++) {
		rc = make(path, replace != 0, diag);
		if (rc == E_OK)
			there = open_there(path);
	}
	if (there == NULL)
		return rc != E_OK ? rc : diag_set(diag, E_SYSTEM,
		    "metrics_file: %s is somebody else's", path);
	shared = there;
	return E_OK;
}

void
metrics_add(enum metric metric, uint64_t count)
{
	(void)atomic_fetch_add_explicit(&shared->counts[metric], count,
	    memory_order_relaxed);
}

uint64_t
metrics_get(enum metric metric)
{
	return atomic_load_explicit(&shared->counts[metric],
	    memory_order_relaxed);
}

void
metrics_write(struct buf *out)
{
	const char *before = "";

	for (size_t i = 0; i < METRICS; i++) {
		uint64_t count = metrics_get((enum metric)i);

		if (strcmp(before, rows[i].name) != 0)
			buf_printf(out, "# HELP %s %s\n# TYPE %s counter\n",
			    rows[i].name, rows[i].help, rows[i].name);
		before = rows[i].name;
		buf_add_text(out, rows[i].name);
		if (rows[i].labels[0] != '\0')
			buf_printf(out, "{%s}", rows[i].labels);
		if (rows[i].kind == SECONDS_KIND)
			buf_printf(out, " %" PRIu64 ".%06" PRIu64 "\n",
			    count / 1000000, count % 1000000);
		else
			buf_printf(out, " %" PRIu64 "\n", count);
	}
}
