#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The broker is stopped and killed again and again, with messages, retries and
# dead letters in its queues, stores and workers at work: every queue has a
# leader again, nothing is lost, nothing is given up. BROKER_ROUNDS is how often
# each (make check-broker: a hundred), BROKER_TABLE a file for the table at the
# end, BROKER_PROGRESS one for a line of each round.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/worker.sh"
. "$(dirname "$0")/invariants.sh"
id=
rounds=${BROKER_ROUNDS:-1}
progress=${BROKER_PROGRESS:-$TMP/progress}
ETL_APP_POOL=3 app_up 'relay_min_age = 1' 'relay_interval = 300' 'relay_chores = 2' 'relay_lost_age = 60' \
	'log_level = info'
ETL_APP_WORKERS=2 app start worker
# Tests before this one leave their words there, too.
log_start=$(($(stat -c %s "$ETL_STACK/logs/rabbitmq.log") + 1))
# Work takes its time, and every fourth first and second try fails: what is
# tried again waits a second, then ten.
projects_trigger "BEGIN PERFORM pg_sleep(0.02); IF random() < 0.25 AND (SELECT attempts FROM raw_extraction_data
	WHERE external_id = NEW.key) < 3
	THEN RAISE EXCEPTION 'in the way' USING ERRCODE = '40001'; END IF; RETURN NEW; END"

# -- stores, from before the broker goes until it is well again
batch_request() { # EXTERNAL_ID ITEM
	printf 'next\nurl = "%s/app/etl/raw-data/store?tenant_id=1"\n' "$ETL_URL"
	printf 'header = "%s"\n' "Authorization: Bearer $ETL_TOKEN" 'Content-Type: application/json'
	printf 'data = "{\\"integration_id\\":1,\\"entity_type\\":\\"jira_projects_batch\\",'
	printf '\\"external_id\\":\\"%s\\",\\"raw_data\\":[%s]}"\n' "$1" "$2"
	printf 'silent\nmax-time = 30\nwrite-out = "\\n"\n'
}
# Four good batches and, now and then, one that fails for a reason of its own.
client() { # ROUND
	local n=0 name
	while [ ! -e "$TMP/stop" ]; do
		{
			for name in "P$1-$n-"{1,2,3,4}; do
				item="{\\\"id\\\":\\\"$name\\\",\\\"key\\\":\\\"$name\\\",\\\"name\\\":\\\"Project\\\"}"
				batch_request "$name" "$item"
			done
			[ $((n % 8)) != 0 ] || batch_request "bad$1-$n" '{\"name\":\"no id\"}'
		} | sed 1d | curl -g --noproxy '*' -K - >>"$TMP/answers" 2>>"$TMP/curl.err"
		n=$((n + 1))
		sleep 0.4
	done
}
acknowledged() {
	grep -o '"raw_data_id":[0-9]*' "$TMP/answers" | cut -d : -f 2 | sort -un
}

# -- what became of them
# What the log has said since the last time joins the batches known as loaded.
loaded_seen=1
: >"$TMP/loaded"
loaded() { # sets REPLY
	local size
	size=$(stat -c %s "$APP_LOGS/worker.log")
	tail -c "+$loaded_seen" "$APP_LOGS/worker.log" | head -c $((size + 1 - loaded_seen)) |
		grep -aoE 'queue=load fate=done raw_data_id=[0-9]+ ' >>"$TMP/loaded"
	loaded_seen=$((size > 200 ? size - 200 : 1)) # a line may have been cut
	REPLY=$(sort -u "$TMP/loaded" | wc -l)
}
# All batches but those that wait ten seconds for a third try.
processed() {
	local open
	sleep 0.3 # the servers need the processors more
	open=$(sql "SELECT count(*) FILTER (WHERE processing_status IN ('pending', 'processing') AND attempts < 2)
		|| ' ' || count(*) FILTER (WHERE processing_status = 'completed') FROM raw_extraction_data")
	[ "${open% *}" = 0 ] && loaded && [ "$REPLY" -ge "${open#* }" ]
}
# Acknowledged batches that are neither completed nor failed for a reason of
# their own. There are more of them than an argument may have.
unfinished() {
	{
		echo 'CREATE TEMP TABLE a (id bigint); COPY a FROM STDIN;'
		acknowledged
		printf '\\.\n%s\n' "SELECT count(*) FROM a WHERE NOT EXISTS (SELECT FROM raw_extraction_data AS r
			WHERE r.id = a.id AND (processing_status = 'completed' OR processing_status = 'failed'
			AND external_id LIKE 'bad%'));"
	} | psql -qAtX -v ON_ERROR_STOP=1
}
all_finished() { [ "$(unfinished)" = 0 ]; }
# Messages beyond one for each step of a batch.
duplicates() {
	grep -ahoE 'queue=(transform fate=(transformed|dead|done)|load fate=done) raw_data_id=[0-9]+' \
		"$APP_LOGS/worker.log" |
		sed 's/fate=[a-z]*//' | sort | uniq -c | awk '{ n += $1 - 1 } END { print n + 0 }'
}
# Queues without a leader, asked of the broker itself.
leaderless() {
	broker_eval "length([Q || Q <- rabbit_amqqueue:list(<<\"$ETL_VHOST\">>),
		amqqueue:get_type(Q) =:= rabbit_quorum_queue,
		case catch ra:members(amqqueue:get_pid(Q), 1000) of {ok, _, {_, _}} -> false; _ -> true end])"
}
all_lead() { [ "$(leaderless)" = 0 ]; }
ms() { echo $((($(date +%s%N) - $1) / 1000000)); }

restart() { # HOW ROUND
	local began client down without_leader led ready end
	rm -f "$TMP/stop"
	client "$1$2" &
	client=$!
	# Some rounds find messages in work, some a broker with dead letters only.
	[ $(($2 % 3)) = 0 ] || sleep 1
	began=$(date +%s%N)
	app "$1" rabbitmq && app start rabbitmq
	down=$(ms "$began")
	began=$(date +%s%N)
	without_leader=$(leaderless)
	wait_until 180 all_lead
	led=$(ms "$began")
	wait_until 180 ready_is '[]' || broken=$((broken + 1))
	ready=$(ms "$began")
	: >"$TMP/stop"
	wait "$client"
	wait_until 180 processed || broken=$((broken + 1))
	end=$(ms "$began")
	echo "$1 $2 $down ${without_leader:-all} $led $ready $end $broken $(left_over)" >>"$progress"
}

: >"$TMP/answers"
: >"$progress"
# Loads that wait ten minutes for their next try.
store "$(projects 1 1)"
check "a first batch is completed" becomes completed 30
for _ in 1 2 3; do
	publish load.retry.4 "$(message_of "$id")" "{\"x-since\":$(date +%s%3N)}"
done
for how in stop kill; do
	broken=0
	for ((round = 1; round <= rounds; round++)); do restart "$how" "$round"; done
	check_is "$how, $rounds times: every queue works again, and everything is processed" "$broken" 0
done

# -- nothing is lost
check "each acknowledged batch is completed, or failed for a reason of its own" wait_until 120 all_finished
note "$(acknowledged | wc -l) acknowledged, $(unfinished) not finished; $(left_over)"
completed=$(sql "SELECT count(*) FROM raw_extraction_data WHERE processing_status = 'completed'")
all_loaded() { loaded && [ "$REPLY" = "$completed" ]; }
check "each completed one is loaded" wait_until 120 all_loaded
dead_ids() { queue_peek transform_queue.dead 100000 | jq '.[].payload | fromjson.raw_data_id' | sort -nu; }
failed_ids() { sql "SELECT id FROM raw_extraction_data WHERE processing_status = 'failed' ORDER BY id"; }
# A row has failed a moment before its message is dead.
the_dead_failed() { [ "$(dead_ids)" = "$(failed_ids)" ]; }
check "each failed one is a dead letter, and no other" wait_until 30 the_dead_failed
check_is "each dead letter has its reason" \
	"$(queue_peek transform_queue.dead 100000 | jq '[.[] | .properties.headers["x-reason"] == null] | any')" false
check_is "no load is dead" "$(queue_depth load_queue.dead)" 0
again=$(($(grep -acE "queue=load fate=done raw_data_id=$id " "$APP_LOGS/worker.log") - 1))
# The relay may be looking at them.
none_is_lost() { [ $((again + $(queue_depth load_queue.retry.4))) -ge 3 ]; }
check "of what waits ten minutes nothing is lost ($again came)" wait_until 30 none_is_lost
check_nothing_left "in the end"
check_is "the broker's processes did not crash" \
	"$(tail -c "+$log_start" "$ETL_STACK/logs/rabbitmq.log" | grep -acE 'case_clause|rabbit_fifo_dlx.*crash')" 0

# -- figures
table=$({
	echo "how rounds broken without-leader-rounds led-s-max down-s ready-s-max processed-s processed-s-max"
	for how in stop kill; do
		awk -v how=$how '$1 == how { print $7, $3, $4, $5, $6, $8 }' "$progress" | sort -n |
			awk -v how=$how '{
				all[NR] = $1
				down += $2
				if ($3 != 0) without++
				if ($4 > led) led = $4
				if ($5 > ready) ready = $5
				broken = $6 > broken ? $6 : broken
			}
			END {
				printf "%s %d %d %d %.1f %.1f %.1f ", how, NR, broken, without, led / 1000,
					down / NR / 1000, ready / 1000
				printf "%.1f %.1f\n", all[int((NR + 1) / 2)] / 1000, all[NR] / 1000
			}'
	done
	echo "acknowledged $(acknowledged | wc -l) lost $(unfinished) duplicates $(($(duplicates) - again))" \
		"dead $(queue_depth transform_queue.dead) load $(cut -d ' ' -f 1-3 /proc/loadavg)"
} | tr ' ' '\t')
printf '%s\n' "$table" | sed 's/^/# /'
[ -z "${BROKER_TABLE-}" ] || printf '%s\n' "$table" >"$BROKER_TABLE"
done_testing
