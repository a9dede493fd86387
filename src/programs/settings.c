#include "programs/settings.h"

static const struct conf_row relay_conf_rows[] = {
#define SETTING(...) CONF_ROW(struct relay_settings, __VA_ARGS__)
#include "programs/relay_conf_table.h"
#undef SETTING
};

static const struct conf_row worker_conf_rows[] = {
#define SETTING(...) CONF_ROW(struct worker_settings, __VA_ARGS__)
#include "programs/worker_conf_table.h"
#undef SETTING
};

void
settings_init(struct settings *settings, struct conf_set sets[SETTINGS_SETS])
{
	sets[0] = (struct conf_set){ http_conf_rows, http_conf_count,
		&settings->http, NULL };
	sets[1] = (struct conf_set){ db_conf_rows, db_conf_count,
		&settings->db, NULL };
	sets[2] = (struct conf_set){ mq_conf_rows, mq_conf_count,
		&settings->mq, mq_settings_check };
	sets[3] = (struct conf_set){ queue_conf_rows, queue_conf_count,
		&settings->queue, NULL };
	sets[4] = (struct conf_set){ qdrant_conf_rows, qdrant_conf_count,
		&settings->qdrant, NULL };
	sets[5] = (struct conf_set){ relay_conf_rows, COUNT(relay_conf_rows),
		&settings->relay, NULL };
	sets[6] = (struct conf_set){ worker_conf_rows, COUNT(worker_conf_rows),
		&settings->worker, NULL };
	sets[7] = (struct conf_set){ daemon_conf_rows, daemon_conf_count,
		&settings->daemon, NULL };
}
