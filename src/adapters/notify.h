/* SPDX-License-Identifier: MIT */
/*
 * Telling systemd how a process stands, by libsystemd's sd_notify(3), where
 * the unit is of Type=notify: that it is ready, what it is at, that it is alive
 * (WatchdogSec=), that it ends. Elsewhere, and in a build without libsystemd,
 * nothing is told to anybody.
 */
#ifndef ADAPTERS_NOTIFY_H
#define ADAPTERS_NOTIFY_H

/* Is anybody told? First of all; programs that are started tell nothing. */
void notify_init(void);

/* It is ready, told once; status: a few words for people. */
void notify_ready(const char *status);

/* What it is at now. */
void notify_status(const char *status);

/*
 * It is alive. Tells so four times in WatchdogSec, however often it is called;
 * without a watchdog it costs nothing.
 */
void notify_alive(void);

/* In how many ms that is to be called; -1: there is no watchdog. */
int notify_due(void);

/* It is about to end. */
void notify_stopping(void);

#endif
