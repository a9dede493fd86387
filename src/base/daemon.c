/* SPDX-License-Identifier: MIT */
#include "base/daemon.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/option.h"

/* Bytes of the names of settings that a line tells. */
#define NAMES_MAX 4096
/* Descriptors that daemon_poll_shared() takes. */
#define SHARED_MAX 8

const struct conf_row daemon_conf_rows[] = {
#define SETTING(kind, ...) CONF_ROW_##kind(struct daemon_settings, __VA_ARGS__)
#include "base/daemon_conf_rows.h"
#undef SETTING
};
const size_t daemon_conf_count = COUNT(daemon_conf_rows);

static volatile sig_atomic_t stop_asked;
static volatile sig_atomic_t reread_asked;
static int64_t began_at; /* of clock_ms() */
static unsigned early;	 /* thousandths of its age that it leaves early */
static unsigned watched; /* seconds; 0: the watchdog is off */
static sigset_t waiting_mask;
static void (*step_taken)(void);

/* What was read at the start, for daemon_reread(). */
static struct {
	struct daemon_program program;
	struct conf_set *last; /* see conf_reread() */
	const char *path;
	const struct daemon_settings *settings;
} read_from;

static void
print_help(const struct daemon_program *program)
{
	(void)printf(
	    "usage: %s [--config FILE]\n\n%s\n\n"
	    "  -c, --config FILE    read settings from FILE (name = value"
	    " lines)\n"
	    "      --dump-settings  print all settings with their meaning;"
	    " secrets masked\n"
	    "  -h, --help           this text\n"
	    "  -V, --version        the version\n\n"
	    "Settings come from FILE (without --config: ETL_CONFIG, then\n" ETL_SYSCONFDIR
	    "/pulse-etl/etl.conf), and from the environment,\n"
	    "which wins.\n"
	    "Exit codes: 0 stopped on request, or its limit of age or requests"
	    " reached;\n"
	    "64 wrong options; 78 wrong settings.\n",
	    program->name, program->synopsis);
}

/* "debug" … to its level; the settings allow no other text. */
static enum log_level
level_named(const char *name)
{
	switch (name[0]) {
	case 'd':
		return LOG_LEVEL_DEBUG;
	case 'w':
		return LOG_LEVEL_WARN;
	case 'e':
		return LOG_LEVEL_ERROR;
	default:
		return LOG_LEVEL_INFO;
	}
}

void
daemon_init(int argc, char **argv, const struct daemon_program *program)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "dump-settings", no_argument, NULL, 'd' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ NULL, 0, NULL, 0 },
	};
	const char *path = NULL;
	bool dump = false;
	struct diag diag;
	int option;

	log_set_program(program->name);
	while ((option = option_next(argc, argv, "c:hV", options, NULL)) !=
	    -1) {
		switch (option) {
		case 'c':
			path = optarg;
			break;
		case 'd':
			dump = true;
			break;
		case 'h':
			print_help(program);
			exit(err_exit_code(E_OK));
		case 'V':
			(void)printf("%s %s\nFeatures: %s\n", program->name,
			    PACKAGE_VERSION, ETL_FEATURES);
			exit(err_exit_code(E_OK));
		default:
			(void)fprintf(stderr, "Try: %s --help\n",
			    program->name);
			exit(err_exit_code(E_USAGE));
		}
	}
	if (optind < argc) {
		(void)fprintf(stderr,
		    "%s: unexpected argument: %s\n"
		    "Try: %s --help\n",
		    program->name, argv[optind], program->name);
		exit(err_exit_code(E_USAGE));
	}
	path = conf_path(path);
	read_from.program = *program;
	read_from.path = path;
	if (conf_read(program->sets, program->set_count, path, &diag) != E_OK) {
		(void)fprintf(stderr, "%s: %s\n", program->name, diag.text);
		exit(err_exit_code(E_SETTING));
	}
	if (dump) {
		conf_dump(program->sets, program->set_count, stdout);
		exit(err_exit_code(E_OK));
	}
}

static void
on_stop(int number)
{
	(void)number;
	stop_asked = 1;
}

static void
on_reread(int number)
{
	(void)number;
	reread_asked = 1;
}

/* The request is stuck: say so with what is safe in a handler, and leave. */
static void
on_alarm(int number)
{
	(void)number;
	log_last_words("watchdog",
	    "a request or job did not end in time; leaving");
	_exit(1);
}

void
daemon_signals(void)
{
	static const int signals[] = { SIGTERM, SIGINT, SIGUSR1, SIGHUP };
	struct sigaction action;
	sigset_t blocked;

	memset(&action, 0, sizeof(action));
	(void)sigemptyset(&action.sa_mask);
	(void)sigemptyset(&blocked);
	for (size_t i = 0; i < COUNT(signals); i++) {
		/* no SA_RESTART: it must end a wait */
		action.sa_handler = signals[i] == SIGHUP ? on_reread : on_stop;
		(void)sigaddset(&blocked, signals[i]);
		(void)sigaction(signals[i], &action, NULL);
	}
	(void)sigprocmask(SIG_BLOCK, &blocked, &waiting_mask);
	for (size_t i = 0; i < COUNT(signals); i++)
		(void)sigdelset(&waiting_mask, signals[i]);
	action.sa_handler = on_alarm;
	(void)sigaction(SIGALRM, &action, NULL);
	action.sa_handler = SIG_IGN;
	(void)sigaction(SIGPIPE, &action, NULL);
}

static void
start_log(const struct daemon_settings *settings)
{
	log_set_level(level_named(settings->log_level));
	log_set_json(strcmp(settings->log_format, "json") == 0);
}

/* What is set now is what later values are compared with. */
static void
keep_last(void)
{
	const struct daemon_program *program = &read_from.program;
	struct diag diag;

	read_from.last = conf_copy_new(program->sets, program->set_count);
	if (read_from.last == NULL ||
	    conf_read(read_from.last, program->set_count, read_from.path,
		&diag) == E_OK)
		return;
	conf_copy_free(read_from.last, program->set_count);
	read_from.last = NULL;
}

void
daemon_start(const struct daemon_settings *settings)
{
	const char *path = read_from.path;
	struct diag diag;

	read_from.settings = settings;
	start_log(settings);
	if (path != NULL && !file_is_private(path))
		log_warn("open_settings", LOG_TEXT("file", path),
		    LOG_TEXT("text",
			"everybody can read this file, which may hold"
			" passwords: chmod 0640"));
	keep_last();
	if (settings->metrics_file[0] != '\0' &&
	    metrics_open(settings->metrics_file, &diag) != E_OK)
		log_warn("metrics", LOG_TEXT("text", diag.text));
	began_at = clock_ms();
	early = daemon_jitter(200 + 1);
}

/* The names of settings, or no text at all. */
static const char *
names_of(struct buf *names)
{
	return names->len == 0 || buf_done(names) != E_OK ? NULL : names->data;
}

bool
daemon_reread(void)
{
	const struct daemon_program *program = &read_from.program;
	struct buf taken, left;
	struct diag diag;
	enum err rc;

	if (reread_asked == 0)
		return false;
	reread_asked = 0;
	buf_init(&taken, NAMES_MAX);
	buf_init(&left, NAMES_MAX);
	diag_clear(&diag);
	rc = read_from.last == NULL ?
	    diag_set(&diag, E_NO_MEMORY, "the settings") :
	    conf_reread(program->sets, read_from.last, program->set_count,
		read_from.path, &taken, &left, &diag);
	if (rc != E_OK)
		log_error("reread", LOG_TEXT("error", err_name(rc)),
		    LOG_TEXT("text", diag.text),
		    LOG_TEXT("advice",
			"the settings stay as they were: mend the file, and"
			" send HUP again"));
	else
		log_info("reread", LOG_TEXT("changed", names_of(&taken)),
		    LOG_TEXT("after_restart", names_of(&left)));
	if (rc == E_OK)
		start_log(read_from.settings);
	buf_free(&taken);
	buf_free(&left);
	return rc == E_OK;
}

/* A HUP may have changed max_age; before the start nobody is old. */
static bool
is_old(void)
{
	const struct daemon_settings *settings = read_from.settings;

	return settings != NULL &&
	    clock_ms() - began_at >= settings->max_age * (1000 - early);
}

bool
daemon_is_ending(void)
{
	return stop_asked != 0 || is_old();
}

bool
daemon_was_asked(void)
{
	return stop_asked != 0;
}

int
daemon_poll(struct pollfd *fds, nfds_t count, int timeout)
{
	struct timespec wait = { timeout / 1000,
		(long)(timeout % 1000) * 1000000 };
	int ready = ppoll(fds, count, timeout < 0 ? NULL : &wait,
	    &waiting_mask);

	if (ready < 0 && errno != EINTR)
		log_error("poll", LOG_TEXT("text", strerror(errno)));
	if (ready > 0)
		return ready;
	for (nfds_t i = 0; i < count; i++)
		fds[i].revents = 0;
	return 0;
}

/* Closing a descriptor takes it out, so each is offered again and again. */
static bool
is_in(int set, int fd, uint32_t number)
{
	struct epoll_event event = { .events = EPOLLIN |
		    (number == 0 ? EPOLLEXCLUSIVE : 0),
		.data.u32 = number };

	return fd < 0 || epoll_ctl(set, EPOLL_CTL_ADD, fd, &event) == 0 ||
	    errno == EEXIST;
}

int
daemon_poll_shared(int *set, struct pollfd *fds, nfds_t count, int timeout)
{
	struct epoll_event events[SHARED_MAX];
	bool fine = count <= SHARED_MAX;
	int ready;

	if (*set < 0)
		*set = epoll_create1(EPOLL_CLOEXEC);
	for (nfds_t i = 0; i < count && fine; i++) {
		fds[i].revents = 0;
		fine = is_in(*set, fds[i].fd, (uint32_t)i);
	}
	if (!fine) /* all are woken, which costs time and nothing else */
		return daemon_poll(fds, count, timeout);
	ready = epoll_pwait(*set, events, SHARED_MAX, timeout, &waiting_mask);
	if (ready < 0 && errno != EINTR)
		log_error("epoll", LOG_TEXT("text", strerror(errno)));
	for (int i = 0; i < ready; i++)
		fds[events[i].data.u32].revents = (short)events[i].events;
	return ready < 0 ? 0 : ready;
}

void
daemon_watch(unsigned seconds)
{
	watched = seconds;
	(void)alarm(seconds);
	if (step_taken != NULL && seconds > 0)
		step_taken();
}

void
daemon_tell_steps(void (*step)(void))
{
	step_taken = step;
}

void
daemon_feed_watchdog(void)
{
	if (watched > 0)
		daemon_watch(watched);
}

unsigned
daemon_jitter(unsigned below)
{
	unsigned number = 0;

	if (below == 0)
		return 0;
	if (getrandom(&number, sizeof(number), GRND_NONBLOCK) !=
	    (ssize_t)sizeof(number))
		number = (unsigned)clock_us();
	return number % below;
}
