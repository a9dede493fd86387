# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# For the integration tests, a part of lib.sh: the broker, its queues and what is
# in them.

# The broker's management interface, as its administrator.
mgmt() { # METHOD PATH [JSON]
	curl -sS --noproxy '*' -m "${MGMT_SECONDS:-60}" --netrc-file "$ETL_MGMT_NETRC" -X "$1" \
		-H 'Content-Type: application/json' ${3:+--data-binary "$3"} \
		"$ETL_MGMT_URL$2"
}

# What an expression is in the broker.
broker_eval() { # ERLANG
	stack broker-eval "$1." | sed -n 's/^{ok, \(.*\)}$/\1/p'
}

# The same of a queue, which is Q there; none without the queue.
queue_eval() { # NAME ERLANG
	broker_eval "case rabbit_amqqueue:lookup(rabbit_misc:r(<<\"$ETL_VHOST\">>, queue, <<\"$1\">>)) of
		{ok, Q} -> $2; _ -> none end"
}

# All queues, as the management interface has them.
queues() {
	mgmt GET "/api/queues/$ETL_VHOST"
}

# How many messages are ready, asked of the queue itself: the management
# interface knows only seconds later.
queue_depth() { # NAME
	queue_eval "$1" '{ok, Ready, _} = rabbit_amqqueue:stat(Q), Ready'
}

queue_has() { # NAME COUNT
	[ "$(queue_depth "$1")" = "$2" ]
}

# Messages of all queues but dead letters: ready, held by a worker, or waiting
# for another try.
messages_left() {
	broker_eval "lists:sum([begin
			{ok, {_, N}, _} = ra:local_query(amqqueue:get_pid(Q), fun rabbit_fifo:query_messages_total/1), N
		end || Q <- rabbit_amqqueue:list(<<\"$ETL_VHOST\">>),
			not lists:suffix(\".dead\", binary_to_list(element(4, amqqueue:get_name(Q))))])"
}

# Nothing is pending or being processed, and no message is left: loads are done, too.
all_processed() {
	sql_is 0 "SELECT count(*) FROM raw_extraction_data WHERE processing_status IN ('pending', 'processing')" &&
		[ "$(messages_left)" = 0 ]
}

queue_get() { # NAME COUNT ACKMODE
	mgmt POST "/api/queues/$ETL_VHOST/$1/get" \
		"{\"count\":$2,\"ackmode\":\"$3\",\"encoding\":\"auto\"}"
}

# Publish a message as anybody could.
publish() { # ROUTING_KEY PAYLOAD [HEADERS]
	printf '%s' "$2" | jq -Rs --arg key "$1" --argjson headers "${3:-null}" \
		'{routing_key: $key, payload: ., payload_encoding: "string",
		properties: ({delivery_mode: 2} + if $headers then {headers: $headers} else {} end)}' \
		>"$TMP/message"
	mgmt POST "/api/exchanges/$ETL_VHOST/etl.direct/publish" "@$TMP/message" >"$TMP/published"
}

# Take up to COUNT messages; their payloads, one per line.
queue_take() { # NAME COUNT
	queue_get "$1" "$2" ack_requeue_false | jq -r '.[].payload'
}

# Look at the first messages and leave them: the management interface's array.
queue_peek() { # NAME [COUNT]
	queue_get "$1" "${2:-1}" reject_requeue_true
}

queue_purge() { # NAME
	mgmt DELETE "/api/queues/$ETL_VHOST/$1/contents" >/dev/null
}

queue_delete() { # NAME
	mgmt DELETE "/api/queues/$ETL_VHOST/$1" >/dev/null
}

# transform_queue and its bulk queues.
transform_queues=(transform_queue transform_queue.bulk.{1..5})

# How many messages wait in these.
transform_depth() {
	local name sum=0
	for name in "${transform_queues[@]}"; do sum=$((sum + $(queue_depth "$name"))); done
	echo $sum
}

transform_has() { # COUNT
	[ "$(transform_depth)" = "$1" ]
}

# How many different batches.
queue_ids() {
	for name in "${transform_queues[@]}"; do queue_peek "$name" 100000; done |
		jq -s '[.[][].payload | fromjson.raw_data_id] | unique | length'
}

queue_ids_at_least() { # COUNT
	[ "$(queue_ids)" -ge "$1" ]
}

# The broker's memory alarm: publishers are blocked while it is on.
broker_alarm() { # on|off
	local limit='0.00001'
	[ "$1" = on ] || limit='{absolute, 805306368}'
	broker_eval "vm_memory_monitor:set_vm_memory_high_watermark($limit)" >/dev/null
}
