#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Three hosts and one in front (deploy/cluster): a client whose requests meet
# all of them; a host that is cut off from the others; the primary's host loses
# its power, and a standby is promoted; lists are read from standbys meanwhile.
# make check-cluster has more faults, and for longer.
. "$(dirname "$0")/lib.sh"
export CLUSTER_SECONDS=4 CLUSTER_CLIENTS=8 CLUSTER_RATE=1
. "$ETL_SOURCE/tests/cluster/lib.sh"
need_programs
export ETL_CLUSTER=$TMP/cluster
# Containers and users who are not root may have no namespaces.
why=$(cluster_impossible) || ETL_REQUIRE_SERVERS='' skip_all "$why"
trap 'cluster down --delete; clean_up' EXIT

check "three hosts and a front start" cluster up --reads standby
eval "$(cluster env)"
export ETL_URL ETL_TOKEN
check "commits wait for a standby, and the brokers are three" wait_until 30 whole
. "$ETL_SOURCE/tests/cluster/stateless.sh"

follows() { # HOST
	[ "$(rows "SELECT state FROM pg_stat_replication WHERE application_name = '$1'")" = streaming ]
}

# -- which standby may be promoted
cluster net host1 host3 drop
store_at host1 only-host2-has-it 4
check_is "a commit needs one standby: 201" "$STATUS" 201
check_match "the other one, which lacks it, is not promoted" "$(cluster promote host3 2>&1)" \
	'host2 has more than host3: promote host2'
cluster net host1 host3 pass
check "it follows again" wait_until 30 whole
check_match "nor is one while the primary is at work" "$(cluster promote host2 2>&1)" \
	'host1 is the primary still, and host2 reaches it: deploy/cluster kill host1'

# -- a host whose disk is new
cluster kill host3
rm -rf "$ETL_CLUSTER/host3/postgres/data" "$ETL_CLUSTER/host3/rabbitmq/mnesia"
cluster start host3 >"$TMP/out"
check "it gets all from the others, and follows" wait_until 30 follows host3
check "and its broker is one of three" wait_until 30 whole

# -- no password is an argument of a process
sed -n 's/^password_postgres=//p' "$ETL_CLUSTER/values" >"$TMP/secret"
cluster sql "SELECT pg_sleep(2)" >"$TMP/out" &
check "a statement is on its way" wait_until 10 pgrep -f '^psql .*pg_sleep'
check_is "and the superuser's password is not to be seen" \
	"$(grep -lFf "$TMP/secret" /proc/[0-9]*/cmdline 2>/dev/null)" ''
wait $!

# -- faults
fault cut-off cut_off standby both
check "lists come from standbys meanwhile" [ "$(awk '$1 == "cut-off" { print $7 }' "$TMP/reads.table")" -gt 0 ]
primary_dies() {
	cluster kill host1 && sleep 2 && promote_best
}
fault primary-lost primary_dies
eval "$(cluster env)"
other=host2
[ "$ETL_PRIMARY" != host2 ] || other=host3
check_match "nor is one while another cannot be asked" "$(cluster promote $other 2>&1)" \
	"host1 does not answer: $other may lack what only host1 has"
fault_table
done_testing
