#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Queues that are deleted, or whose process ends, under workers that wait: each
# worker takes messages again on its own once its queue is back.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/worker.sh"
id=
ETL_APP_POOL=2 app_up 'relay_min_age = 1' 'relay_interval = 300' 'relay_chores = 1' 'queue_rebuild = 4'
ETL_APP_WORKERS=2 app start worker

consumers() { # QUEUE
	queue_eval "$1" 'length(rabbit_amqqueue:consumers(Q))'
}
both_consume() {
	[ "$(consumers transform_queue) $(consumers load_queue)" = "2 2" ]
}
done_and_loaded() {
	logged "queue=load fate=done raw_data_id=$id " && [ "$(row processing_status)" = completed ]
}

# What happens to a queue.
deleted() { queue_delete "$1"; }
given_up() { queue_eval "$1" 'ra:stop_server(quorum_queues, amqqueue:get_pid(Q))' >"$TMP/out"; }
# The broker does not tell the consumers of this one.
ended() {
	given_up "$1"
	queue_delete "$1"
}
killed() { queue_eval "$1" 'exit(whereis(element(1, amqqueue:get_pid(Q))), kill)' >"$TMP/out"; }

check "both workers take messages" wait_until 20 both_consume
pids=$(workers | tr '\n' ' ')
try() { # HOW QUEUE…
	local how=$1 began=$SECONDS queue
	shift
	for queue; do "$how" "$queue"; done
	store_one
	check "$* $how: a batch stored then is completed and loaded" wait_until 40 done_and_loaded
	check "and both workers take messages again" wait_until 20 both_consume
	note "$* $how: $((SECONDS - began)) s"
}
try killed transform_queue load_queue
try deleted transform_queue load_queue
try given_up transform_queue
try ended load_queue
check "the log tells what happened" logged 'event=consumer_lost queue=transform_queue text="the queue has'

# -- a worker that was stopped meanwhile: another one takes messages, so that
# the queue has a consumer, and this one would wait for ever
stopped=${pids%% *}
kill -STOP "$stopped"
ended transform_queue
store_one
check "one of two workers is stopped: the other one goes on" becomes completed 40
lost="worker.$stopped. event=consumer_lost queue=transform_queue"
before=$(grep -c "$lost" "$APP_LOGS/worker.log")
kill -CONT "$stopped"
projects_trigger "BEGIN IF NEW.external_id = '900' THEN PERFORM pg_sleep(30); END IF; RETURN NEW; END"
store "$(projects 900 900)"
check "the other one has a long job" becomes processing 10
store "$(projects 901 901)"
taken() { [ "$(row attempts)" = 1 ]; }
check "the one that was stopped takes what waits" wait_until 20 taken
check "for it has connected again" logged "$lost" $((before + 1))
check_is "no worker left for it" "$(workers | tr '\n' ' ')" "$pids"
done_testing
