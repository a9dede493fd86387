#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What relay and worker tell systemd: ready when their servers are connected,
# alive again and again, what they wait for, and that they end. The socket is
# one of the test's own, as systemd's.
. "$(dirname "$0")/lib.sh"
case $("$ETL_BUILD/pulse-etl-relay" --version) in
*+systemd*) ;;
*) skip_all "this was built without libsystemd" ;;
esac
ETL_APP_POOL=1 app_up

# A datagram a line: when it came, and its lines with ";" between.
cat >"$TMP/listen.pl" <<'PERL'
use Socket;
use Time::HiRes qw(time);
socket(my $in, AF_UNIX, SOCK_DGRAM, 0) or die $!;
bind($in, sockaddr_un($ARGV[0])) or die $!;
$| = 1;
while (defined recv($in, my $said, 4096, 0)) {
	$said =~ s/\n/;/g;
	printf "%.2f %s\n", time, $said;
}
PERL
perl "$TMP/listen.pl" "$TMP/notify" >>"$TMP/said" 2>"$TMP/listen.err" &
listener=$!
program=
trap 'kill $listener $program 2>/dev/null; clean_up' EXIT
check "a socket for what is told" wait_until 10 test -S "$TMP/notify"

# As systemd starts one, with WatchdogSec=4.
begin() { # PROGRAM
	: >"$TMP/said"
	NOTIFY_SOCKET=$TMP/notify WATCHDOG_USEC=4000000 "$ETL_BUILD/$1" --config "$ETL_APP/etl.conf" \
		>"$TMP/$1.log" 2>&1 &
	program=$!
}
told() { # REGEX
	grep -qE "^[0-9.]+ $1" "$TMP/said"
}
alive() {
	grep -c 'WATCHDOG=1' "$TMP/said"
}
longest() { # the longest time between two signs of life, in tenths of a second
	awk '/WATCHDOG=1/ { if (last && $1 - last > most) most = $1 - last; last = $1 }
		END { print int(most * 10) }' "$TMP/said"
}

for name in pulse-etl-relay pulse-etl-worker; do
	begin $name
	check "$name: ready, once, when its servers are connected" wait_until 20 told 'READY=1;STATUS=working'
	check "it says what it was at before" told 'STATUS=connecting'
	check "and is alive" wait_until 10 sh -c "[ \$(grep -c WATCHDOG=1 '$TMP/said') -ge 4 ]"
	check_match "more often than systemd asks for" "$(longest)" '^[0-9]$|^[123][0-9]$'
	kill -s STOP "$program"
	sleep 0.3
	before=$(alive)
	sleep 4.5
	check_is "one that hangs is not" "$(alive)" "$before"
	kill -s CONT "$program"
	check "until it goes on" wait_until 5 sh -c "[ \$(grep -c WATCHDOG=1 '$TMP/said') -gt $before ]"
	kill -s TERM "$program"
	wait "$program"
	check_is "it ends" "$?" 0
	check "and says so" wait_until 10 told 'STOPPING=1;STATUS=ending$'
	check_is "it was ready once" "$(grep -c READY=1 "$TMP/said")" 1
done

# -- a job that is long, and servers that are not there
sql "CREATE FUNCTION test_slow() RETURNS trigger LANGUAGE plpgsql AS
	\$\$ BEGIN PERFORM pg_sleep(7); RETURN NEW; END \$\$;
	CREATE TRIGGER test_slow BEFORE INSERT ON projects FOR EACH ROW EXECUTE FUNCTION test_slow()"
begin pulse-etl-worker
check "a worker is ready" wait_until 20 told 'READY=1'
api POST raw-data/store --data '{"integration_id":1,"entity_type":"jira_projects_batch",
	"raw_data":[{"id":"1","key":"P","name":"P"}]}'
id=$(json .raw_data_id)
check "a statement that takes longer than the watchdog" wait_until 20 sql_is completed \
	"SELECT processing_status FROM raw_extraction_data WHERE id = $id"
check_match "is no reason not to be alive" "$(longest)" '^[0-9]$|^[123][0-9]$'
kill -s TERM "$program"
wait "$program"
sed 's/^rabbitmq_url.*/rabbitmq_url = amqp:\/\/u:p@127.0.0.1:1\/v/' "$ETL_APP/etl.conf" >"$TMP/none.conf"
chmod 600 "$TMP/none.conf"
: >"$TMP/said"
NOTIFY_SOCKET=$TMP/notify WATCHDOG_USEC=4000000 "$ETL_BUILD/pulse-etl-relay" --config "$TMP/none.conf" \
	>"$TMP/none.log" 2>&1 &
program=$!
check "a relay without its broker says what it waits for" wait_until 15 told 'STATUS=waiting: .'
check "is alive" wait_until 10 sh -c "[ \$(grep -c WATCHDOG=1 '$TMP/said') -ge 4 ]"
check_fails "and not ready" told 'READY=1'
kill -s TERM "$program"
wait "$program"
done_testing
