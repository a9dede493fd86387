/* SPDX-License-Identifier: MIT */
#include "base/failpoint.h"

#ifdef ETL_FAILPOINTS
#include <signal.h>
#include <stdlib.h>

#include "base/daemon.h"
#include "base/log.h"
#include "base/str.h"

void
failpoint(const char *name)
{
	struct span rest = str_span(getenv("ETL_FAILPOINT"));
	struct span wanted = span_cut(&rest, ':');
	int64_t chance = 1;

	if (wanted.at == NULL || !span_is(wanted, name))
		return;
	if (rest.at != NULL && (!span_int64(rest, &chance) || chance < 1))
		return;
	if (daemon_jitter((unsigned)chance) != 0)
		return;
	log_warn("failpoint", LOG_TEXT("name", name));
	(void)raise(SIGKILL);
}
#else
/* ISO C wants something in every file. */
typedef int failpoint_is_empty;
#endif
