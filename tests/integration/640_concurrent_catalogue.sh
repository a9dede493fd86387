#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Many administrators at once, and workers beside them: nothing is left over,
# nothing is overwritten, nobody gets stuck.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/catalogue.sh"
app_up
second_tenant

# Mappings that are active below a hierarchy that is not; rows that refer to
# nothing.
orphans_sql="SELECT (SELECT count(*) FROM wits_mappings m LEFT JOIN wits_hierarchies h ON h.id = m.wits_hierarchy_id
		WHERE m.active AND h.active IS NOT TRUE)
	+ (SELECT count(*) FROM wits w LEFT JOIN wits_mappings m ON m.id = w.wits_mapping_id
		WHERE w.wits_mapping_id IS NOT NULL AND m.id IS NULL)
	+ (SELECT count(*) FROM statuses s LEFT JOIN statuses_mappings m ON m.id = s.status_mapping_id
		WHERE s.status_mapping_id IS NOT NULL AND m.id IS NULL)
	+ (SELECT count(*) FROM statuses_mappings m LEFT JOIN workflows w ON w.id = m.workflow_id
		WHERE m.workflow_id IS NOT NULL AND w.id IS NULL)
	+ (SELECT count(*) FROM raw_extraction_data r LEFT JOIN integrations i ON i.id = r.integration_id
		WHERE i.id IS NULL)"
orphans() { sql "$orphans_sql"; }
# It would see each of them: made where no key is looked at, and taken back.
planted=$(super <<-SQL
	BEGIN;
	SET LOCAL session_replication_role = replica;
	UPDATE wits_hierarchies SET active = FALSE WHERE id = 1;
	UPDATE wits SET wits_mapping_id = 99999 WHERE id = 1;
	UPDATE statuses SET status_mapping_id = 99999 WHERE id = 1;
	UPDATE statuses_mappings SET workflow_id = 99999 WHERE id = 1;
	INSERT INTO raw_extraction_data (tenant_id, integration_id, entity_type, raw_data, raw_data_items,
		raw_data_bytes, raw_data_sha256) VALUES (1, 99999, 'x', '[]', 0, 2, sha256('x'));
	$orphans_sql;
	SELECT count(*) FROM wits_mappings WHERE wits_hierarchy_id = 1 AND active;
	ROLLBACK;
SQL
)
check_is "orphans are counted" "$(head -n 1 <<<"$planted")" "$(($(tail -n 1 <<<"$planted") + 4))"
check_is "there are none at first" "$(orphans)" 0
new_hierarchy() { # LEVEL; sets id
	api POST wits-hierarchies --data "{\"level_name\":\"L$1\",\"level_number\":$1}"
	id=$(json .id)
}

# -- one winner
many "$TMP/codes" 24 POST integrations '{"provider":"GitLab","type":"data_source"}'
check_is "one of many makes the provider" "$(tally_codes "$TMP/codes")" "1x201 23x409"
check_is "it is there once" "$(sql "SELECT count(*) FROM integrations WHERE provider = 'GitLab'")" 1
sql "UPDATE workflows SET is_commitment_point = FALSE"
many "$TMP/codes" 24 POST workflows '{"step_name":"s{}","step_category":"Done","is_commitment_point":true}'
check_is "one of many makes the commitment point" "$(tally_codes "$TMP/codes")" "1x201 23x409"
api GET wit-mappings/2
many "$TMP/codes" 24 PUT wit-mappings/2 '{"wit_to":"t{}"}' "If-Match: $(header ETag)"
check_is "of many who read the same version one writes" "$(tally_codes "$TMP/codes")" "1x200 23x412"
many "$TMP/codes" 25 POST integrations/2/toggle-active
check_is "all who toggle are answered" "$(tally_codes "$TMP/codes")" "25x200"
check_is "25 toggles turn it off" "$(sql "SELECT active FROM integrations WHERE id = 2")" f
many "$TMP/codes" 24 DELETE wit-mappings/2
check_is "one of many deletes" "$(tally_codes "$TMP/codes")" "1x200 23x404"

# -- a hierarchy goes while mappings come
for round in 1 2 3; do
	level=$((10 + round))
	new_hierarchy $level
	many "$TMP/made" 40 POST wit-mappings \
		"{\"wit_from\":\"r$round-{}\",\"wit_to\":\"x\",\"hierarchy_level\":$level}" &
	first=$!
	many "$TMP/gone" 6 DELETE "wits-hierarchies/$id" '{"target_hierarchy_id":2}' &
	second=$!
	many "$TMP/bare" 6 DELETE "wits-hierarchies/$id"
	wait $first $second
	made=$(grep -c '^201$' "$TMP/made" || true)
	check_is "round $round: mappings are made, or there is no hierarchy" \
		"$(grep -vc '^201$\|^400$' "$TMP/made" || true)" 0
	check_is "one delete wins, the others find nothing or are refused" \
		"$(cat "$TMP/gone" "$TMP/bare" |
			grep -c '^200$') $(cat "$TMP/gone" "$TMP/bare" | grep -vc '^200$\|^404$\|^400$' || true)" "1 0"
	check_is "the hierarchy is gone, all $made mappings are there" \
		"$(sql "SELECT count(*) FROM wits_hierarchies
			WHERE id = $id") $(sql "SELECT count(*) FROM wits_mappings
				WHERE wit_from LIKE 'r$round-%'")" "0 $made"
	check_is "no orphan" "$(orphans)" 0
done

# -- two hierarchies that each want to leave their mappings to the other
for round in 1 2 3 4; do
	new_hierarchy $((20 + round))
	one=$id
	new_hierarchy $((30 + round))
	two=$id
	for level in $((20 + round)) $((30 + round)); do
		api POST wit-mappings --data "{\"wit_from\":\"c$round-$level\",\"wit_to\":\"x\",
			\"hierarchy_level\":$level}"
	done
	many "$TMP/one" 4 DELETE "wits-hierarchies/$one" "{\"target_hierarchy_id\":$two}" &
	many "$TMP/two" 4 DELETE "wits-hierarchies/$two" "{\"target_hierarchy_id\":$one}"
	wait
	check_is "round $round: one of the two goes" "$(cat "$TMP/one" "$TMP/two" | grep -c '^200$')" 1
	check_is "the others are refused" "$(cat "$TMP/one" "$TMP/two" | grep -vc '^200$\|^400$\|^404$' || true)" 0
	check_is "both mappings are with the one that stayed" \
		"$(sql "SELECT count(*) FROM wits_mappings m JOIN wits_hierarchies h ON h.id = m.wits_hierarchy_id
			WHERE h.active AND wit_from LIKE 'c$round-%'") $(orphans)" "2 0"
done

# -- deactivation against activation
new_hierarchy 40
api POST wit-mappings --data '{"wit_from":"off","wit_to":"x","hierarchy_level":40,"active":false}'
mapping=$(json .id)
api PUT "wit-mappings/$mapping" --data '{"active":false}'
for round in 1 2 3; do
	many "$TMP/one" 8 PUT "wits-hierarchies/$id" '{"active":false}' &
	many "$TMP/two" 8 PUT "wit-mappings/$mapping" '{"active":true}'
	wait
	check_is "round $round: never an active mapping below an inactive hierarchy" \
		"$(orphans) $(cat "$TMP/one" "$TMP/two" | grep -vc '^200$\|^400$' || true)" "0 0"
	api PUT "wit-mappings/$mapping" --data '{"active":false}'
	api PUT "wits-hierarchies/$id" --data '{"active":true}'
done

# -- a workflow step goes while status mappings come
for round in 1 2 3; do
	api POST workflows --data '{"step_name":"w","step_category":"Done"}'
	step=$(json .id)
	many "$TMP/made" 40 POST status-mappings \
		"{\"status_from\":\"r$round-{}\",\"status_to\":\"x\",\"status_category\":\"Done\",
			\"workflow_id\":$step}" &
	many "$TMP/gone" 6 DELETE "workflows/$step" '{"target_workflow_id":1}'
	wait
	made=$(grep -c '^201$' "$TMP/made" || true)
	check_is "round $round: made, or refused" "$(grep -vc '^201$\|^422$' "$TMP/made" || true)" 0
	check_is "one delete wins" \
		"$(grep -c '^200$' "$TMP/gone") $(sql "SELECT count(*) FROM workflows WHERE id = $step")" "1 0"
	check_is "all $made mappings have the target" \
		"$(sql "SELECT count(*) FROM statuses_mappings
			WHERE workflow_id = 1 AND status_from LIKE 'r$round-%'") $(orphans)" "$made 0"
done

# -- an integration goes while batches come
for round in 1 2 3; do
	api POST integrations --data "{\"provider\":\"Gone $round\",\"type\":\"data_source\"}"
	gone=$(json .id)
	many "$TMP/made" 40 POST raw-data/store \
		"{\"integration_id\":$gone,\"entity_type\":\"x\",\"external_id\":\"{}\",\"raw_data\":[{}]}" &
	first=$!
	many "$TMP/gone" 8 DELETE "integrations/$gone"
	wait $first
	made=$(grep -c '^20[12]$' "$TMP/made" || true)
	check_is "round $round: stored, or there is no integration" \
		"$(grep -vc '^20[12]$\|^404$' "$TMP/made" || true)" 0
	check_is "deleted once, or refused for its batches" "$(grep -vc '^200$\|^404$\|^409$' "$TMP/gone" || true)" 0
	check_is "it is there with all $made batches, or there are none" \
		"$(sql "SELECT count(*) FROM raw_extraction_data WHERE integration_id = $gone") $(sql "SELECT count(*)
			FROM integrations WHERE id = $gone")" \
		"$made $((made > 0))"
	check_is "no orphan" "$(orphans)" 0
done

# -- a status mapping goes while workers bring statuses that have it
for round in 1 2 3; do
	api POST status-mappings --data "{\"status_from\":\"d$round\",\"status_to\":\"x\",\"status_category\":\"Done\"}"
	mapping=$(json .id)
	for n in 1 2 3 4; do
		for i in 1 2 3 4 5; do
			echo "INSERT INTO statuses (tenant_id, integration_id, external_id, original_name, category,
				status_mapping_id)
				VALUES (1, 1, 'd$round-$n-$i', 'd$round', 'Done', $mapping);"
		done | psql -qAtX >"$TMP/worker.$n" 2>&1 &
	done
	many "$TMP/gone" 8 DELETE "status-mappings/$mapping"
	wait
	check_is "round $round: deleted, deactivated, or not there any more" \
		"$(grep -vc '^200$\|^404$' "$TMP/gone" || true)" 0
	check_is "workers found it, or did not" \
		"$(cat "$TMP"/worker.? | grep ERROR | grep -vc fk_statuses_status_mapping_id || true)" 0
	made=$(sql "SELECT count(*) FROM statuses WHERE external_id LIKE 'd$round-%'")
	check_is "it is there, inactive, with all $made statuses, or there are none" \
		"$(sql "SELECT count(*) FROM statuses WHERE status_mapping_id = $mapping") $(sql "SELECT count(*)
			FROM statuses_mappings WHERE id = $mapping AND NOT active")" \
		"$made $((made > 0))"
	check_is "no orphan" "$(orphans)" 0
done

# -- a worker in the middle of its transaction
psql -qAtX -v ON_ERROR_STOP=1 >"$TMP/worker" 2>&1 <<-'SQL' &
	BEGIN;
	INSERT INTO wits (tenant_id, integration_id, external_id, original_name, hierarchy_level, wits_mapping_id)
		VALUES (1, 1, 'w', 'Worker', 0, 4);
	SELECT pg_sleep(1.5);
	COMMIT;
SQL
check "a worker gives a type its mapping" wait_until 10 sql_is 1 \
	"SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%pg_sleep(1.5)%'
		AND pid <> pg_backend_pid()"
api DELETE wit-mappings/4
wait
check_match "the mapping is kept, for who deletes it waits" "$STATUS $(json .message)" '^200 .*deactivated.* 1 '
check_is "and the type has it" \
	"$(sql "SELECT wits_mapping_id FROM wits WHERE original_name = 'Worker'") $(orphans)" "4 0"

# -- a worker that has a type and wants its mapping, which an administrator has
psql -qAtX -v ON_ERROR_STOP=1 >"$TMP/worker" 2>&1 <<-'SQL' &
	BEGIN;
	UPDATE wits SET description = 'worker' WHERE tenant_id = 1 AND original_name = '缺陷';
	SELECT pg_sleep(1.25);
	UPDATE wits SET wits_mapping_id = 7 WHERE tenant_id = 1 AND original_name = 'Worker';
	COMMIT;
SQL
check "a worker has a type" wait_until 10 sql_is 1 \
	"SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%pg_sleep(1.25)%'
		AND pid <> pg_backend_pid()"
api PUT wit-mappings/7 --data '{"wit_from":"缺陷 "}'
check_is "the administrator waits, and writes: 200" "$STATUS" 200
wait
check_is "so does the worker" \
	"$(cat "$TMP/worker")$(sql "SELECT count(*) FROM wits
		WHERE description = 'worker'") $(sql "SELECT wits_mapping_id FROM wits
			WHERE original_name = 'Worker'")" "1 7"

# -- somebody holds a row too long
psql -qAtX >"$TMP/holder" 2>&1 <<-'SQL' &
	BEGIN;
	SELECT FROM wits_mappings WHERE id = 6 FOR UPDATE;
	SELECT pg_sleep(8);
SQL
check "somebody holds a row" wait_until 10 sql_is 1 \
	"SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%pg_sleep(8)%'
		AND pid <> pg_backend_pid()"
api PUT wit-mappings/6 --data '{"wit_to":"late"}'
check_is "who wants it too is told to come again: 503" "$STATUS" 503
check_match "when" "$(header Retry-After)" '^[0-9]+$'
as_tenant 2
api POST wits-hierarchies --data '{"level_name":"x","level_number":5}'
check_is "another tenant does not wait: 201" "$STATUS" 201
wait
as_tenant 1
api PUT wit-mappings/6 --data '{"wit_to":"late"}'
check_is "then it works" "$STATUS" 200
check_fails "no server error came up" grep -E 'status=500|error=E_DB ' "$APP_LOGS/pool.log"
done_testing
