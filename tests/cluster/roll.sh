# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# A new version comes to three hosts, one after the other: its migration first,
# then each host is taken out of the front, rolled, and put back.

# A migration as a new version brings one.
new_migration() {
	local newest
	cp -r "$ETL_SOURCE/migrations" "$TMP/migrations"
	newest=$(find "$TMP/migrations" -name '*.up.sql' | wc -l)
	newest=$TMP/migrations/$(printf '%04d' $((newest + 1)))_next_version
	cat >"$newest.up.sql" <<-'SQL'
	CREATE TABLE next_version (id BIGINT PRIMARY KEY);
	CREATE INDEX next_version_batches ON raw_extraction_data (entity_type, id);
	SQL
	cat >"$newest.down.sql" <<-'SQL'
	DROP INDEX next_version_batches;
	DROP TABLE next_version;
	SQL
	eval "$(cluster env)"
	cluster migrate --dir "$TMP/migrations" --apply-all
}

roll_one() { # HOST OTHERS…
	local host=$1
	shift
	cluster front "$@" && sleep 1 &&
		cluster stack "$host" roll pool &&
		cluster stack "$host" restart relay &&
		cluster stack "$host" restart worker &&
		cluster front host1 host2 host3
}

roll_all() {
	new_migration &&
		roll_one host1 host2 host3 &&
		roll_one host2 host1 host3 &&
		roll_one host3 host1 host2
}
