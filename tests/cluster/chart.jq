# An SVG of what tests/cluster/growth measured: a bar for each number of hosts,
# with its p99, and one for each number of workers.
def text(x; y; anchor; content):
	"<text x=\"\(x)\" y=\"\(y)\" text-anchor=\"\(anchor)\">\(content)</text>";
def short: if . >= 100 then round else . * 10 | round / 10 end | tostring;
. as $all
| [{title: "Stores a second, by hosts (4 clients for each host)",
	bars: [.rows[] | select(.kind == "stores" and .connections == 4 * .hosts)
		| {name: "\(.hosts)", rate: .per_second, note: ", p99 \(.p99_ms | short) ms"}]},
   {title: "Stores a second, by hosts (12 clients)",
	bars: [.rows[] | select(.kind == "stores" and .connections == 12)
		| {name: "\(.hosts)", rate: .per_second, note: ", p99 \(.p99_ms | short) ms"}]},
   {title: "Jobs a second, by workers",
	bars: [.rows[] | select(.kind == "jobs")
		| {name: "\(.workers)", rate: .per_second, note: ""}]}] as $groups
| 19 as $step | 60 as $left | 520 as $full
| ([$groups[].bars | length] | add) as $bars
| ($bars * $step + ($groups | length) * 40 + 50) as $height
| "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 800 \($height)\" font-family=\"sans-serif\" font-size=\"12\" role=\"img\" aria-label=\"Stores a second by hosts, jobs a second by workers\">",
"<rect width=\"800\" height=\"\($height)\" fill=\"#ffffff\"/>",
"<text x=\"20\" y=\"24\" font-size=\"14\">Hosts and workers, \($all.cores) cores for all of them, their servers and the clients; \($all.date)</text>",
([foreach $groups[] as $group ({y: 44, at: 44};
	.at = .y | .y += ($group.bars | length) * $step + 40; {at, group: $group})][]
	| .at as $at | .group as $group
	| ([$group.bars[].rate] | max) as $most
	| text(20; $at + 10; "start"; $group.title),
	($group.bars | to_entries[] | ($at + 18 + .key * $step) as $y
		| (.value.rate / $most * $full) as $width
		| text($left - 8; $y + 13; "end"; .value.name),
		"<rect x=\"\($left)\" y=\"\($y + 1)\" width=\"\($width)\" height=\"\($step - 4)\" fill=\"#1f5f8f\"/>",
		text($left + $width + 6; $y + 13; "start"; (.value.rate | short) + .value.note))),
"</svg>"
