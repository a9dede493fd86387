#!/usr/bin/env bash
# The broker is stopped and killed again and again, with messages, retries and
# dead letters in its queues and workers at work: every queue has a leader
# again, nothing is lost, nothing is given up. BROKER_ROUNDS is how often each
# (make check-broker: a hundred), BROKER_TABLE a file for the table at the end.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/worker.sh"
id=
rounds=${BROKER_ROUNDS:-2}
ETL_APP_POOL=3 app_up 'worker_attempts = 15' 'relay_min_age = 1' 'relay_interval = 300' 'relay_chores = 2' 'relay_lost_age = 30' \
	'log_level = info'
ETL_APP_WORKERS=3 app start worker
# Every fourth try fails for a while: it goes to a retry queue.
projects_trigger "BEGIN PERFORM pg_sleep(0.02); IF random() < 0.25 THEN RAISE EXCEPTION 'in the way' USING ERRCODE = '40001'; END IF; RETURN NEW; END"

bad=0 good=0 stored=0 worst=0
: >"$TMP/acknowledged"
work() { # NUMBER: twelve good batches and a bad one
	local n from=$(($1 * 13 + 1))
	for ((n = from; n < from + 12; n++)); do
		printf 'url = "%s/app/etl/raw-data/store?tenant_id=1"\n' "$ETL_URL"
		printf 'data = "{\\"integration_id\\":1,\\"entity_type\\":\\"jira_projects_batch\\",\\"raw_data\\":[{\\"id\\":\\"%d\\",\\"key\\":\\"P%d\\",\\"name\\":\\"Project\\"}]}"\n' "$n" "$n"
		printf 'header = "Content-Type: application/json"\nsilent\nmax-time = 30\nwrite-out = "\\n"\nnext\n'
	done >"$TMP/work.$1.conf"
	printf 'url = "%s/app/etl/raw-data/store?tenant_id=1"\ndata = "{\\"integration_id\\":1,\\"entity_type\\":\\"jira_projects_batch\\",\\"external_id\\":\\"bad\\",\\"raw_data\\":[{\\"name\\":\\"no id\\"}]}"\nheader = "Content-Type: application/json"\nsilent\nmax-time = 30\nwrite-out = "\\n"\n' "$ETL_URL" >>"$TMP/work.$1.conf"
	# The token goes with each request.
	sed "s|^url = |header = \"Authorization: Bearer $ETL_TOKEN\"\n&|" "$TMP/work.$1.conf" |
		curl -g --noproxy '*' -K - >>"$TMP/acknowledged" 2>"$TMP/curl.err"
}
# Which queues have no leader, asked of the broker itself.
leaderless() {
	stack broker-eval "lists:flatten([io_lib:format(\"~s \", [N]) || Q <- rabbit_amqqueue:list(<<\"$ETL_VHOST\">>), {resource, _, _, N} <- [amqqueue:get_name(Q)], amqqueue:get_type(Q) =:= rabbit_quorum_queue, case catch ra:members(amqqueue:get_pid(Q), 1000) of {ok, _, {_, _}} -> false; _ -> true end])." |
		sed -n 's/^{ok, "\(.*\)"}$/\1/p'
}
all_lead() { [ -z "$(leaderless)" ]; }
restart() { # HOW
	local began ended
	app "$1" rabbitmq
	stored=$((stored + 1))
	work $stored &
	app start rabbitmq || return 1
	began=$(date +%s%N)
	if ! wait_until 60 ready_is '[]'; then
		note "$1: not well after 60 s: $(cat "$BODY"); without a leader: $(leaderless)"
		return 1
	fi
	ended=$(($(date +%s%N) - began))
	[ $((ended / 1000000)) -le "$worst" ] || worst=$((ended / 1000000))
	wait $!
	all_lead || wait_until 10 all_lead
}
: >"$TMP/table"
for how in stop kill; do
	broken=0 worst=0
	for ((round = 1; round <= rounds; round++)); do
		stored=$((stored + 1))
		work $stored
		# Some rounds find messages in work, some an idle broker.
		[ $((round % 3)) != 0 ] || wait_until 20 eval 'queue_has transform_queue 0 && queue_has load_queue 0'
		restart "$how" || broken=$((broken + 1))
		[ -z "${BROKER_PROGRESS-}" ] || echo "$how $round broken $broken worst $worst ms" >>"$BROKER_PROGRESS"
	done
	check_is "$how, $rounds times: every queue works again (the slowest after $worst ms)" "$broken" 0
	printf '%-6s %6s %8s %10s\n' "$how" "$rounds" "$broken" "$worst" >>"$TMP/table"
done

good=$((stored * 12)) bad=$stored
done_right() {
	sql_is "$good $bad 0" "SELECT count(*) FILTER (WHERE processing_status = 'completed') || ' ' || count(*) FILTER (WHERE processing_status = 'failed' AND external_id = 'bad')
		|| ' ' || count(*) FILTER (WHERE processing_status NOT IN ('completed', 'failed') OR (processing_status = 'failed' AND external_id IS NULL)) FROM raw_extraction_data"
}
answers=$(grep -o '"raw_data_id":[0-9]*' "$TMP/acknowledged" | sort -u | wc -l)
check_is "each of $((good + bad)) stores was acknowledged" "$answers" $((good + bad))
check "each batch is completed, or failed for a reason of its own" wait_until 120 done_right
note "left: $(left_over)"
loaded() { grep -ahoE 'queue=load fate=done raw_data_id=[0-9]+' "$APP_LOGS/worker.log" | sort -u | wc -l; }
all_loaded() { [ "$(loaded)" = "$good" ]; }
check "each completed one is loaded" wait_until 120 all_loaded
note "loaded: $(loaded) of $good"
dead_ids() { queue_peek transform_queue.dead 100000 | jq '.[].payload | fromjson.raw_data_id' | sort -nu; }
check_is "each failed one is a dead letter, and no other" "$(dead_ids | tr '\n' ' ')" \
	"$(sql "SELECT id FROM raw_extraction_data WHERE processing_status = 'failed' ORDER BY id" | tr '\n' ' ')"
check_is "each dead letter has its reason" "$(queue_peek transform_queue.dead 100000 | jq '[.[] | .properties.headers["x-reason"] == null] | any')" false
check_is "no load is dead" "$(queue_depth load_queue.dead)" 0
check_is "the broker's processes did not crash" "$(grep -acE 'case_clause|rabbit_fifo_dlx.*crash' "$ETL_STACK/logs/rabbitmq.log")" 0
table=$(printf '%-6s %6s %8s %10s\n' how rounds broken 'slowest ms' && cat "$TMP/table")
printf '%s\n' "$table" | sed 's/^/# /'
[ -z "${BROKER_TABLE-}" ] || printf '%s\n' "$table" >"$BROKER_TABLE"
done_testing
