# An SVG of latest.json for the README: for each case of a store a bar for each
# kind, its requests a second as a share of the service's.
def text(x; y; anchor; content):
	"<text x=\"\(x)\" y=\"\(y)\" text-anchor=\"\(anchor)\">\(content)</text>";
def name: {service: "Pulse ETL", fcgi_floor: "C, no checks", go: "Go",
	node: "Node", fastapi: "FastAPI"}[.];
def color: {service: "#1f5f8f", fcgi_floor: "#8a8a8a", go: "#3d9bb3",
	node: "#6a9f58", fastapi: "#c28b3c"}[.];
def issues: .case | ltrimstr("store-") | tonumber;
def thousands: tostring | if length > 3 then .[:-3] + "," + .[-3:] else . end;
["service", "fcgi_floor", "go", "node", "fastapi"] as $kinds
| map(select((.case | test("^store-1(00)?0?$")) and
	(.connections == 8 or .connections == 32) and .kinds.service != null)) as $rows
| [$rows[] | . as $row | {title: "\(issues | thousands) issue\(if issues == 1 then "" else "s" end), \(.connections) connections",
	bars: [$kinds[] | . as $kind | $row.kinds[$kind].per_second
		| values | {kind: $kind, rate: .}]}] as $groups
| 17 as $step | 215 as $left | 470 as $full
| ([$groups[].bars | length] | add // 0) as $bars
| ($bars * $step + ($groups | length) * 14 + 64) as $height
| "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 800 \($height)\" font-family=\"sans-serif\" font-size=\"12\" role=\"img\" aria-label=\"Stored batches a second, each case as a share of its best\">",
"<rect width=\"800\" height=\"\($height)\" fill=\"#ffffff\"/>",
"<text x=\"20\" y=\"24\" font-size=\"14\">Batches stored and queued a second, \($rows[0].cores // "?") cores for all, servers and clients included</text>",
([foreach $groups[] as $group ({y: 42, at: 42};
	.at = .y | .y += ($group.bars | length) * $step + 14; {at, group: $group})][]
	| .at as $at | .group as $group
	| ([$group.bars[].rate] | max) as $most
	| text($left - 90; $at + ($group.bars | length) * $step / 2 + 4; "end"; $group.title | gsub(", "; "<tspan x=\"\($left - 90)\" dy=\"15\">") | if contains("tspan") then . + "</tspan>" else . end),
	($group.bars | to_entries[] | ($at + .key * $step) as $y
		| (.value.rate / $most * $full) as $width
		| text($left - 6; $y + 12; "end"; .value.kind | name),
		"<rect x=\"\($left)\" y=\"\($y + 1)\" width=\"\($width)\" height=\"\($step - 3)\" fill=\"\(.value.kind | color)\"/>",
		text($left + $width + 6; $y + 12; "start"; .value.rate | if . >= 100 then round else . * 10 | round / 10 end | tostring))),
"</svg>"
