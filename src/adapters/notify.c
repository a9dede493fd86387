/* SPDX-License-Identifier: MIT */
#include "adapters/notify.h"

#ifdef HAVE_SYSTEMD
#include <inttypes.h>
#include <stdbool.h>

#include <systemd/sd-daemon.h>

#include "base/clock.h"
#include "base/log.h"

static struct {
	bool is_ready;
	int64_t every; /* ms; 0: there is no watchdog */
	int64_t at;    /* of clock_ms(): when to tell that we live */
} told;

void
notify_init(void)
{
	uint64_t us = 0;

	if (sd_watchdog_enabled(0, &us) > 0)
		told.every = (int64_t)(us / 4000) + (us < 4000);
}

/* Nobody is waited for: what cannot be told is only logged. */
static void
tell(const char *what, const char *status)
{
	int rc = sd_notifyf(0, "%sSTATUS=%s", what, status);

	if (rc < 0)
		log_debug("notify", LOG_INT("errno", -rc));
}

void
notify_ready(const char *status)
{
	if (told.is_ready)
		return;
	told.is_ready = true;
	tell("READY=1\n", status);
}

void
notify_status(const char *status)
{
	tell("", status);
}

void
notify_alive(void)
{
	if (told.every == 0 || clock_left(told.at) > 0)
		return;
	told.at = clock_ms() + told.every;
	(void)sd_notify(0, "WATCHDOG=1");
}

int
notify_due(void)
{
	return told.every == 0 ? -1 : clock_left(told.at);
}

void
notify_stopping(void)
{
	tell("STOPPING=1\n", "ending");
}
#else
void
notify_init(void)
{
}

void
notify_ready(const char *status)
{
	(void)status;
}

void
notify_status(const char *status)
{
	(void)status;
}

void
notify_alive(void)
{
}

int
notify_due(void)
{
	return -1;
}

void
notify_stopping(void)
{
}
#endif
