# The numbers of report.flow_daily and report.cycle_times, worked out from answers
# of Jira's search by docs/metrics.md and docs/reports.md, without the database.
# Input: all issues, whose histories are known and have no two changes of status at
# one time. $statuses: the list of statuses; $mappings: those of the tenant.

def utc: # seconds since 1970, of "2020-06-12T08:13:13.360+0800"
	capture("^(?<at>[0-9-]{10}T[0-9:]{8})(?<part>[.][0-9]+)?(?<zone>Z|[+-][0-9]{4})$")
	| (.at + "Z" | fromdate) + ("0" + (.part // "") | tonumber)
	- if .zone == "Z" then 0 else (.zone[0:1] + "1" | tonumber)
		* ((.zone[1:3] | tonumber) * 3600 + (.zone[3:5] | tonumber) * 60) end;
def day: . / 86400 | floor;
def monday: day | . - (. + 3) % 7;
def date: . * 86400 | todate[0:10];
def kind: {new: "To Do", indeterminate: "In Progress", done: "Done"}[. // ""];
def short: if . == null then null else . * 100 | round / 100 end;
def percentile($p): # percentile_cont
	sort | if length == 0 then null else
	((length - 1) * $p) as $at | ($at | floor) as $low
	| .[$low] + ($at - $low) * ((.[$low + 1] // .[$low]) - .[$low]) end;

# A mapping of a status's name comes first, then the list, then what an issue tells.
($mappings | map({(.status_from | ascii_downcase): .status_category}) | add) as $mapped
| (reduce ((.[].changelog.histories[].items[] | select(.fieldId == "status")
		| {id: .from, name: .fromString}, {id: .to, name: .toString}),
		.[].fields.status, ($statuses | flatten | .[])) as $one ({};
	.[$one.id] = ($mapped[$one.name | ascii_downcase] // ($one.statusCategory.key | kind)))) as $kinds
| map(
	(.fields.status.id) as $now
	| ([.changelog.histories[] | .created as $at | .items[] | select(.fieldId == "status")
		| {at: ($at | utc), from: .from, to: .to}] | sort_by(.at)) as $changes
	| ([(.fields.created | utc), $changes[0].at // infinite] | min) as $made
	| ([{at: $made, kind: $kinds[$changes[0].from // $now]}]
		+ [$changes[] | select($kinds[.from] != $kinds[.to]) | {at, kind: $kinds[.to]}]) as $entries
	| ([$entries[] | select(.kind == "In Progress") | .at] | min) as $started
	| ([$entries[] | select(.kind == "Done") | .at] | max) as $last
	| (($kinds[$now] // $kinds[$changes[-1].to]) == "Done") as $is_done
	| {project: .fields.project.key, made: (.fields.created | utc), started: $started,
		completed: (if $is_done then $last else null end),
		cycle: (if $is_done and $started != null and $last > $started then $last - $started else null end)})
| {
	flow: ([.[] | {project, day: (.made | day), arrivals: 1},
		(select(.started != null) | {project, day: (.started | day), starts: 1, wip: 1}),
		(select(.completed != null) | {project, day: (.completed | day), throughput: 1,
			wip: (if .started != null then -1 else 0 end)})]
		| group_by([.day, .project]) | map([(.[0].day | date), .[0].project, (map(.arrivals // 0) | add),
			(map(.starts // 0) | add), (map(.throughput // 0) | add)])),
	wip: ([.[] | select(.started != null and .completed == null)] | group_by(.project)
		| map({(.[0].project): length}) | add // {}),
	weeks: ([.[] | select(.completed != null)] | group_by([(.completed | monday), .project])
		| map([(.[0].completed | monday | date), .[0].project, length,
			([.[].cycle | numbers] | percentile(0.5) | short), ([.[].cycle | numbers] | percentile(0.85) | short)]))
}
