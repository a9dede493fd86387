/* SPDX-License-Identifier: MIT */
#include "programs/settings.h"

#include "base/file.h"

/* What the broker is told is settled; is its key ours alone? */
static enum err
check_broker(const void *values, struct diag *diag)
{
	const struct mq_settings *mq = values;
	enum err rc = mq_settings_check(values, diag);

	if (rc == E_OK && mq->rabbitmq_key_file[0] != '\0' &&
	    !file_is_private(mq->rabbitmq_key_file))
		return diag_set(diag, E_SETTING,
		    "rabbitmq_key_file: everybody"
		    " can read %s: chmod 0640 %s",
		    mq->rabbitmq_key_file, mq->rabbitmq_key_file);
	return rc;
}

void
settings_init(struct settings *settings, struct conf_set sets[SETTINGS_SETS])
{
	sets[0] = (struct conf_set){ http_conf_rows, http_conf_count,
		&settings->http, NULL };
	sets[1] = (struct conf_set){ db_conf_rows, db_conf_count, &settings->db,
		db_settings_check };
	sets[2] = (struct conf_set){ mq_conf_rows, mq_conf_count, &settings->mq,
		check_broker };
	sets[3] = (struct conf_set){ queue_conf_rows, queue_conf_count,
		&settings->queue, NULL };
	sets[4] = (struct conf_set){ qdrant_conf_rows, qdrant_conf_count,
		&settings->qdrant, NULL };
	sets[5] = (struct conf_set){ relay_conf_rows, relay_conf_count,
		&settings->relay, NULL };
	sets[6] = (struct conf_set){ worker_conf_rows, worker_conf_count,
		&settings->worker, NULL };
	sets[7] = (struct conf_set){ otlp_conf_rows, otlp_conf_count,
		&settings->otlp, otlp_settings_check };
	sets[8] = (struct conf_set){ extract_conf_rows, extract_conf_count,
		&settings->extract, extract_settings_check };
	sets[9] = (struct conf_set){ daemon_conf_rows, daemon_conf_count,
		&settings->daemon, NULL };
}
