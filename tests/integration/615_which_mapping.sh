#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Which of several mappings a name has: the same for who writes a mapping and
# for the load that comes afterwards. Workers beside it do not get stuck.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/catalogue.sh"
. "$(dirname "$0")/transform.sh"
app_up
second_tenant
before=$(second_tenant_rows)

# Types and statuses work alike; a round for each.
kind() { # wit|status
	mappings=$1-mappings
	if [ "$1" = wit ]; then
		table=wits mapped=wits_mapping_id all=wits_mappings from=wit_from
		entity=jira_projects_batch
		batch='[{"id":"10","key":"AA","issueTypes":[{"id":"x1","name":"Dup"},{"id":"x2","name":"DUP"},
			{"id":"x3","name":"Other"}]}]'
	else
		table=statuses mapped=status_mapping_id all=statuses_mappings from=status_from
		entity=jira_statuses_batch
		batch='[{"id":"x1","name":"Dup"},{"id":"x2","name":"DUP"},{"id":"x3","name":"Other"}]'
	fi
}
fields() { # NAME [MORE]
	if [ "$table" = wits ]; then
		echo "{\"wit_from\":\"$1\",\"wit_to\":\"x\",\"hierarchy_level\":0${2-}}"
	else
		echo "{\"status_from\":\"$1\",\"status_to\":\"x\",\"status_category\":\"Done\"${2-}}"
	fi
}
make() { # NAME [MORE]; sets id
	api POST "$mappings" --data "$(fields "$@")"
	[ "$STATUS" = 201 ] || note "POST $mappings: $STATUS"
	id=$(json .id)
}
put() { # ID JSON
	api PUT "$mappings/$1" --data "$2"
	[ "$STATUS" = 200 ] || note "PUT $mappings/$1: $STATUS"
}
# What Dup, DUP and Other of integration 1 have, then Dup of integration 2.
state() {
	sql "SELECT string_agg(COALESCE($mapped::text, '-'), ' ' ORDER BY external_id) FROM $table
		WHERE tenant_id = 1 AND external_id ~ '^[xy][0-9]'"
}
# They have these, and a load changes none.
state_is() { # NAME WANT
	check_is "$table: $1" "$(state)" "$2"
	process "$BATCH"
	process "$other"
	check_is "$table: $1, also after a load" "$(state)" "$2"
}

for kind in wit status; do
	kind $kind
	feed $entity <<<"${batch//x/y}"
	sql "UPDATE $table SET integration_id = 2 WHERE external_id = 'y1'; DELETE FROM projects_$table
		WHERE tenant_id = 1; DELETE FROM $table WHERE external_id IN ('y2', 'y3')"
	store_batch $entity "$TMP/feed.json" 2
	other=$BATCH
	sql "UPDATE raw_extraction_data SET raw_data = '[]' WHERE id = $other"
	feed $entity <<<"$batch"
	check_is "$table: no mapping" "$(state)" "- - - -"
	age=$(sql "SELECT string_agg(last_updated_at::text, ' ' ORDER BY id) FROM $table")
	make DUP
	one=$id
	check_is "$table: they are no newer than their batches" \
		"$(sql "SELECT string_agg(last_updated_at::text, ' ' ORDER BY id) FROM $table")" "$age"
	state_is "a new mapping is everybody's, in any case" "$one $one - $one"
	make dup
	two=$id
	state_is "of two the one changed last" "$two $two - $two"
	make Dup ',"integration_id":2'
	three=$id
	state_is "its own integration's comes first" "$two $two - $three"
	put "$two" "$(fields dup)"
	state_is "PUT of what is there changes nothing" "$two $two - $three"
	put "$one" "$(fields DUP)"
	state_is "nor of the one that is not used" "$two $two - $three"
	put "$one" "${kind:+{\"${kind}_to\":\"y\"\}}"
	state_is "a change makes it the last" "$one $one - $three"
	put "$one" '{"active":false}'
	state_is "an inactive one lets go at once" "$two $two - $three"
	put "$two" "{\"$from\":\"Other\"}"
	state_is "a name goes, another comes" "$three $three $two $three"
	put "$three" '{"active":false}'
	state_is "none is left for a name" "- - $two -"
	put "$one" '{"active":true}'
	state_is "an active one takes them" "$one $one $two $one"
	put "$one" '{"integration_id":2}'
	state_is "another integration's serves where there is none" "$one $one $two $one"
	sql "UPDATE $all SET last_updated_at = NULL WHERE id = $one"
	make Dup ',"active":true'
	put "$id" '{"active":false}'
	put "$three" '{"active":true}'
	state_is "one that never changed comes last" "$three $three $two $three"
	put "$three" "{\"$from\":\"Nobody\"}"

	# -- a worker has the second of two and wants the first
	sql "INSERT INTO $table (id, tenant_id, integration_id, external_id, original_name,
		$([ $kind = wit ] && echo hierarchy_level || echo category))
		VALUES (7002, 1, 1, 'z2', 'Stuck', 0), (7001, 1, 1, 'z1', 'Stuck', 0)"
	stuck() { # NAME COMMAND…
		local name=$1
		shift
		psql -qAtX -v ON_ERROR_STOP=1 >"$TMP/worker" 2>&1 <<-SQL &
			BEGIN;
			UPDATE $table SET description = 'worker' WHERE id = 7001;
			SELECT pg_sleep(1.2);
			UPDATE $table SET description = 'worker' WHERE id = 7002;
			COMMIT;
		SQL
		wait_until 10 sql_is 1 "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
			AND query LIKE '%pg_sleep(1.2)%' AND pid <> pg_backend_pid()" ||
			note "the worker does not come to its rows"
		"$@"
		wait
		check_is "$table: $name beside a worker: $WANT" "$STATUS" "$WANT"
		check_is "$table: and the worker is done" "$(cat "$TMP/worker")" ""
	}
	WANT=201
	stuck "POST" make stuck
	four=$id
	check_is "$table: both have it" "$(sql "SELECT count(*) FROM $table WHERE $mapped = $four")" 2
	WANT=200
	stuck "PUT" put "$four" "{\"$from\":\"loose\"}"
	put "$four" "{\"$from\":\"stuck\"}"
	if [ $kind = status ]; then
		make elsewhere
		stuck "DELETE with a target" api DELETE "$mappings/$four" --data "{\"target_mapping_id\":$id}"
		check_is "$table: both have the target" "$(sql "SELECT count(*) FROM $table WHERE $mapped = $id")" 2
		four=$id
		put "$four" '{"status_to":"y"}'
		check_is "$table: also when it is changed" \
			"$(sql "SELECT count(*) FROM $table WHERE $mapped = $four")" 2
		put "$four" '{"active":false}'
		check_is "$table: until it is none" "$(sql "SELECT count(*) FROM $table WHERE $mapped = $four")" 0
		put "$four" '{"active":true}'
		sql "UPDATE $table SET $mapped = $four WHERE id IN (7001, 7002)"
	fi
	sql "UPDATE $table SET active = FALSE WHERE id IN (7001, 7002)"
	stuck "DELETE" api DELETE "$mappings/$four"
	check_is "$table: both have forgotten it" \
		"$(sql "SELECT count(*) FROM $table WHERE id IN (7001, 7002) AND $mapped IS NULL")" 2
done

# -- mappings that move with their hierarchy or step were changed last, too
kind wit
make moved
one=$id
api POST wits-hierarchies --data '{"level_name":"Higher","level_number":5}'
level=$(json .id)
sql "INSERT INTO wits (tenant_id, integration_id, external_id, original_name, hierarchy_level)
	VALUES (1, 1, 'm', 'Moved', 0)"
api POST wit-mappings --data '{"wit_from":"moved","wit_to":"x","hierarchy_level":5}'
two=$(json .id)
put "$one" '{"wit_to":"z"}'
moved() { sql "SELECT $mapped FROM $table WHERE external_id = 'm'"; }
check_is "a type has the mapping changed last" "$(moved)" "$one"
api DELETE "wits-hierarchies/$level" --data '{"target_hierarchy_id":2}'
check_is "that is the one that moved to another hierarchy" "$STATUS $(moved)" "200 $two"
process "$BATCH"
check_is "also after a load" "$(moved)" "$two"

check_is "another tenant's rows are as they were" "$(second_tenant_rows)" "$before"
check_fails "no server error came up" grep -E 'status=500|error=E_DB ' "$APP_LOGS/pool.log"
done_testing
