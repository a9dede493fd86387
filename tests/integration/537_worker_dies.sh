#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Workers that die at chosen places: the message comes back, and the tables end
# up as if nothing had happened.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/worker.sh"
. "$(dirname "$0")/invariants.sh"

# -- a build whose processes can be made to die at chosen places
ordinary=$ETL_BUILD
export ETL_BUILD=$ordinary-failpoints
check "there is a build with failpoints" env ETL_CONFIGURE="${ETL_CONFIGURE-} --enable-failpoints" \
	"$ETL_SOURCE/deploy/build"
check "a build for users has none" sh -c "! grep -q ETL_FAILPOINT '$ordinary/pulse-etl-worker'"
ETL_APP_POOL=4 app_up 'worker_attempts = 15' 'relay_min_age = 1' 'relay_interval = 300' 'relay_chores = 2'

deaths=0 first=0
for point in claimed transformed completed load_published; do
	first=$((first + 100))
	store_many 30 "$first"
	export ETL_FAILPOINT=$point:3
	ETL_APP_WORKERS=4 app start worker
	check "dying when $point: every batch is completed" wait_until 25 all_done
	note "left: $(left_over)"
	unset ETL_FAILPOINT
	app restart worker
	check "dying when $point: both queues are worked off" \
		wait_until 15 eval 'queue_has transform_queue 0 && queue_has load_queue 0'
	check_is "dying when $point: each project and type is there, once" \
		"$(sql "SELECT count(*) || ' ' || count(DISTINCT external_id) FROM projects
			WHERE external_id::int BETWEEN $first AND $first + 99") $(sql "SELECT count(*) FROM wits
				WHERE external_id ~ '^t${first:0:1}[0-9][0-9]$'")" "30 30 30"
	check_nothing_left "dying when $point"
	now=$(grep -c 'event=failpoint' "$APP_LOGS/worker.log")
	check "dying when $point: some did ($((now - deaths)))" [ "$now" -gt "$deaths" ]
	deaths=$now
	app stop worker
done
check_is "no message is dead" "$(queue_depth transform_queue.dead) $(queue_depth load_queue.dead)" "0 0"
done_testing
