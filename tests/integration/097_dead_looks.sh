#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Looks at dead letters change nothing, however many: RabbitMQ 4 deletes what
# was delivered 20 times where a queue does not say otherwise. DEAD_LOOKS is how
# many (make check-broker: 1,000).
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/worker.sh"
ETL_APP_POOL=1 app_up 'relay_interval = 300'
looks=${DEAD_LOOKS:-120}
export ETL_CONFIG=$ETL_APP/etl.conf
tool() { "$ETL_BUILD/pulse-etl" "$@"; }
# What a look took is back moments after its connection has ended.
show_all() {
	local n
	for n in 1 2 3 4 5; do
		wait_until 10 queue_has transform_queue.dead 5
		tool dead show --number "$n" transform
	done
}

for n in 1 2 3 4 5; do publish transform.dead "$(message_of "$n")"; done
check "five are dead" wait_until 10 queue_has transform_queue.dead 5
tool dead list transform >"$TMP/list.first"
show_all >"$TMP/show.first"
check_is "a look shows five" \
	"$(grep -c jira_projects_batch "$TMP/list.first") $(grep -c '^body: ' "$TMP/show.first")" "5 5"
wait_until 10 queue_has transform_queue.dead 5
taken=0
for ((n = 0; n < looks; n++)); do
	tool dead list transform >"$TMP/look" 2>"$TMP/err" && taken=$((taken + 1))
done
check_is "they are looked at again and again" "$taken" "$looks"
check "five after them" wait_until 10 queue_has transform_queue.dead 5
tool dead list transform >"$TMP/list"
# A look that began while another's were coming back changes their order, and
# with it their numbers.
same() { cmp <(sed 's/^[0-9]* *//' "$1" | sort) <(sed 's/^[0-9]* *//' "$2" | sort); }
check "the last look shows what the first did" same "$TMP/list" "$TMP/list.first"
show_all >"$TMP/show"
check "each message is as it was" same "$TMP/show" "$TMP/show.first"
check "they are all there" wait_until 10 queue_has transform_queue.dead 5

done_testing
