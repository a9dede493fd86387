/* SPDX-License-Identifier: MIT */
/*
 * SETTING(CHOICE, name, default, choices, environment, help)
 * SETTING(NUMBER, name, default, least, most, environment, help)
 */
SETTING(CHOICE, queue_type, "quorum", "quorum|classic", "ETL_QUEUE_TYPE",
    "The kind of queues to declare; those that exist must be of this kind")
SETTING(LIVE_NUMBER, bulk_backlog, 250, 0, 1000000, "ETL_BULK_BACKLOG",
    "Pending batches of one tenant from which on its further ones go to a bulk"
    " queue, so that other tenants' do not wait behind them; 0: never")
SETTING(LIVE_NUMBER, queue_rebuild, 60, 0, 86400, "ETL_QUEUE_REBUILD",
    "Seconds after which the relay deletes and declares anew a queue whose"
    " process has ended in the broker, and queues its batches from their rows;"
    " 0: never")
