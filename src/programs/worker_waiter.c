/* SPDX-License-Identifier: MIT */
#include "programs/worker_waiter.h"

#include "adapters/notify.h"

static int
broker_socket(void *mq)
{
	return mq_socket(mq);
}

static int
broker_pause(void *mq)
{
	int pause = mq_socket(mq) < 0 ? -1 : mq_idle_ms(mq);
	int due = notify_due();

	return due >= 0 && (pause < 0 || due < pause) ? due : pause;
}

static void
broker_serve(void *mq)
{
	notify_alive();
	mq_idle(mq);
}

struct db_waiter
worker_waiter(struct mq *mq)
{
	return (struct db_waiter){ broker_socket, broker_pause, broker_serve,
		mq };
}
