#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Queues that version 1.0 has declared are made anew by the relay, with what is
# in them, whoever starts at the same time and whoever of the older version
# goes on.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/worker.sh"

# Many requests to the management interface by one program.
many() { # stdin: METHOD PATH JSON, one a line
	local method path body next=
	while read -r method path body; do
		printf '%s\nurl = "%s%s"\nrequest = %s\ndata-binary = "%s"\n' \
			"$next" "$ETL_MGMT_URL" "$path" "$method" "${body//\"/\\\"}"
		printf 'header = "Content-Type: application/json"\nnetrc-file = "%s"\nsilent\nshow-error\n' \
			"$ETL_MGMT_NETRC"
		next=next
	done | curl --noproxy '*' -K - >"$TMP/out"
}

# As 1.0 declared them.
older_queue() { # NAME KEY ARGUMENTS
	echo "PUT /api/queues/$ETL_VHOST/$1 {\"durable\":true,\"arguments\":{\"x-queue-type\":\"quorum\"$3}}"
	echo "POST /api/bindings/$ETL_VHOST/e/etl.direct/q/$1 {\"routing_key\":\"$2\"}"
}
passes_on() { # KEY
	printf ',"x-dead-letter-exchange":"etl.direct","x-dead-letter-routing-key":"%s"' "$1"
	printf ',"x-dead-letter-strategy":"at-least-once","x-overflow":"reject-publish"'
}
older() {
	local key n delays=(0 1000 10000 60000 600000)
	{
		echo "PUT /api/exchanges/$ETL_VHOST/etl.direct {\"type\":\"direct\",\"durable\":true}"
		for key in extract transform load; do
			older_queue "${key}_queue.dead" "$key.dead" ""
			older_queue "${key}_queue" "$key" "$(passes_on "$key.dead"),\"x-delivery-limit\":20"
			for n in 1 2 3 4; do
				older_queue "${key}_queue.retry.$n" "$key.retry.$n" \
					"$(passes_on "$key"),\"x-message-ttl\":${delays[n]}"
			done
		done
	} | many
}
message() { # KEY PAYLOAD [PROPERTIES]
	printf '%s' "POST /api/exchanges/$ETL_VHOST/etl.direct/publish {\"routing_key\":\"$1\",\"payload\":\"$2\","
	echo "\"payload_encoding\":\"string\",\"properties\":{\"delivery_mode\":2${3-}}}"
}
fill() { # messages that tell where they were
	local n
	{
		for ((n = 1; n <= 250; n++)); do message transform "main $n"; done
		message load.retry.4 retry
		message transform.dead dead ',"timestamp":1700000000,"headers":{"x-reason":"a test"}'
	} | many
	wait_until 10 queue_has transform_queue 250
}
older_and_filled() { older; fill; }
is_new() {
	[ "$(queues | jq '[.[].arguments |
		.["x-dead-letter-strategy"] == "at-least-once" or (has("x-delivery-limit") | not)] | any')" = false ]
}
nothing_aside() { [ "$(queues | jq length)" = 33 ]; }

export ETL_APP_BEFORE=older_and_filled
app_up 'relay_interval = 300'
check "the relay makes them anew" wait_until 40 is_new
check "and leaves none behind" wait_until 40 nothing_aside
check "the relay tells" wait_until 10 \
	grep -q 'event=queue_moved queue=transform_queue messages=250' "$APP_LOGS/relay.log"
check "what was in the main queue is" wait_until 10 queue_has transform_queue 250
check_is "each message once" "$(queue_take transform_queue 1000 | sort -u | grep -c main)" 250
check "what was dead is" wait_until 10 queue_has transform_queue.dead 1
check_is "with its reason and time" \
	"$(queue_peek transform_queue.dead |
		jq -r '.[0].properties | .headers["x-reason"] + " " + (.timestamp | tostring)')" "a test 1700000000"
held_or_ready() {
	[ "$(queue_eval load_queue.retry.4 '[{messages, N}] = rabbit_amqqueue:info(Q, [messages]), N')" = 1 ]
}
check "what waits for its next try does" wait_until 10 held_or_ready
check "nothing is degraded" wait_until 20 ready_is '[]'
api POST raw-data/store \
	--data '{"integration_id":1,"entity_type":"jira_projects_batch","raw_data":[]}'
check_is "stores are queued" "$STATUS $(json .queued)" "201 true"

# -- several relays, workers and responders at once, with work in the queues,
# and a consumer that stays
app stop relay
app stop pool
queues | jq -r --arg vhost "$ETL_VHOST" '.[] | "DELETE /api/queues/\($vhost)/\(.name)"' | many
sql "DELETE FROM raw_extraction_data" >"$TMP/out"
older
app start pool
store_many 60 100
check_is "responders publish to older queues" "$(sort "$TMP/codes" | uniq -c | tr -s ' ')" " 60 201"
ETL_APP_WORKERS=3 app start worker
for n in 1 2 3; do
	"$ETL_BUILD/pulse-etl-relay" --config "$ETL_APP/etl.conf" >"$APP_LOGS/relay$n.log" 2>&1 &
	relays="${relays-} $!"
done
check "several relays at once: they are made anew" wait_until 60 is_new
check "none is left behind" wait_until 60 nothing_aside
check "each batch is completed" wait_until 60 all_done
all_loaded() {
	[ "$(grep -oE 'queue=load fate=done raw_data_id=[0-9]+' "$APP_LOGS/worker.log" | sort -u | wc -l)" = 60 ]
}
check "and loaded" wait_until 30 all_loaded
check_is "nothing is dead" "$(queue_depth transform_queue.dead) $(queue_depth load_queue.dead)" "0 0"
# shellcheck disable=SC2086 # ids
kill -s TERM $relays
wait
done_testing
