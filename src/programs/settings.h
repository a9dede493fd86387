/* SPDX-License-Identifier: MIT */
/*
 * All settings, in one file for all programs: each reads the whole of it, so
 * that a misspelt name is an error everywhere.
 */
#ifndef PROGRAMS_SETTINGS_H
#define PROGRAMS_SETTINGS_H

#include "adapters/db/db.h"
#include "adapters/mq/mq.h"
#include "adapters/otlp.h"
#include "adapters/qdrant/qdrant_client.h"
#include "base/daemon.h"
#include "extract/extract_conf.h"
#include "http/http_conf.h"
#include "queue/queue_manager.h"
#include "work/relay_conf.h"
#include "work/worker_conf.h"

struct settings {
	struct http_settings http;
	struct db_settings db;
	struct mq_settings mq;
	struct queue_settings queue;
	struct qdrant_settings qdrant;
	struct relay_settings relay;
	struct worker_settings worker;
	struct otlp_settings otlp;
	struct extract_settings extract;
	struct daemon_settings daemon;
};

#define SETTINGS_SETS 10

/* Where each owner's values go. Needs: settings zeroed. */
void settings_init(struct settings *settings,
    struct conf_set sets[SETTINGS_SETS]);

#endif
