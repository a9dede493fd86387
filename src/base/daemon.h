/* SPDX-License-Identifier: MIT */
/*
 * What every long-running program of ours shares: options, settings, signals,
 * retirement by age, the watchdog. One thread, one thing at a time.
 *
 * TERM, INT and USR1 ask for the end, HUP for settings to be read again: they
 * stay blocked except inside daemon_poll(), so that a running request or job is
 * always finished first and no signal is lost between a test and a wait.
 */
#ifndef BASE_DAEMON_H
#define BASE_DAEMON_H

#include <poll.h>
#include <stdbool.h>

#include "base/conf.h"

struct daemon_settings {
#define SETTING(kind, ...) CONF_MEMBER_##kind(__VA_ARGS__)
#include "base/daemon_conf_rows.h"
#undef SETTING
};

extern const struct conf_row daemon_conf_rows[];
extern const size_t daemon_conf_count;

struct daemon_program {
	const char *name;     /* "pulse-etl-fcgi" */
	const char *synopsis; /* what --help says it does, a few lines */
	struct conf_set *sets;
	size_t set_count;
};

/*
 * Read options and settings; prints and exits for --help, --version,
 * --dump-settings and for a wrong command line (64) or setting (78).
 */
void daemon_init(int argc, char **argv, const struct daemon_program *program);

/*
 * Take over the signals; after any library that installs handlers of its own.
 */
void daemon_signals(void);

/*
 * Start logging and counting as the settings say, and the process's age; it is
 * over after max_age seconds, -20 % by chance.
 */
void daemon_start(const struct daemon_settings *settings);

/*
 * If HUP has asked for it, read the settings again and take those that are live
 * (conf.h); one line tells what has changed, or why nothing has.
 *
 * Needs: what was given to daemon_init() and daemon_start() is still there; no
 *        request or job is under way.
 * Gives: whether values have changed.
 */
bool daemon_reread(void);

/* Was the end asked for, or is the process old enough? */
bool daemon_is_ending(void);

/* Was the end asked for, by a signal? */
bool daemon_was_asked(void);

/*
 * Wait for the descriptors, a signal or the time, whatever comes first.
 * timeout: milliseconds, -1 for ever. Gives: as poll(2), 0 for a signal too.
 */
int daemon_poll(struct pollfd *fds, nfds_t count, int timeout);

/*
 * The same where other processes wait for the first descriptor, too: of those
 * that wait only one is woken for what comes, instead of all of them in vain.
 *
 * Needs: *set is -1 at the first call, and this call's own; the descriptors
 *        are those of the call before in the same order, or newly opened, or
 *        -1; all ask for POLLIN.
 */
int daemon_poll_shared(int *set, struct pollfd *fds, nfds_t count, int timeout);

/*
 * End the process if daemon_watch(0) does not come within that many seconds:
 * the supervisor starts a fresh one.
 */
void daemon_watch(unsigned seconds);

/*
 * The same again, if it is on: a long job has come one step further. That is
 * told to daemon_tell_steps(), too.
 */
void daemon_feed_watchdog(void);

/* What is called with each step and turn; NULL: nothing. */
void daemon_tell_steps(void (*step)(void));

/* A random number from 0 to below - 1; for jitter, not for secrets. */
unsigned daemon_jitter(unsigned below);

#endif
