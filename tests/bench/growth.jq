# growth.json as a table, or as a chart: a line for each call, its median against
# the number of rows, both by their logarithms; then those with a backlog.
def short: tostring | if endswith("000000") then .[:-6] + "M"
	elif endswith("000") then .[:-3] + "k" else . end;
def state: "\(.rows | short) rows" + if .unqueued > 0 then ", \(.unqueued | short) not queued"
	elif .pending > 0 then ", \(.pending | short) pending" else "" end;
def states: [.cells[] | {rows, pending, unqueued}] | unique_by([.rows, .pending, .unqueued]);
def ms: . * 100 | round / 100;
def text(x; y; anchor; content):
	"<text x=\"\(x)\" y=\"\(y)\" text-anchor=\"\(anchor)\">\(content)</text>";
def log_y: 300 - (([., 0.1] | max | log10) + 1) * 62;
. as $all | states as $states
| [.cells[].case] | reduce .[] as $case ([]; if index([$case]) then . else . + [$case] end) | . as $cases
| if $form == "table" then
	"| call | " + ([$states[] | state] | join(" | ")) + " |",
	"| --- |" + ([$states[] | " --- |"] | add),
	($cases[] as $case | "| `\($case)` | " + ([$states[] as $s | $all.cells[]
		| select(.case == $case and {rows, pending, unqueued} == $s)
		| if $case == "store" then "\(.per_second)/s, \(.p50_ms | ms), \(.p99_ms | ms) ms"
			else "\(.p50_ms | ms), \(.p99_ms | ms) ms" end] | join(" | ")) + " |"),
	"",
	"The relay published \($all.relay.batches) batches in \($all.relay.seconds | round) s:"
	+ " \($all.relay.per_second) a second, \($all.relay.cpu_ms * 1000 / $all.relay.batches | ms) µs of its CPU each."
else
	["#1f5f8f", "#8a8a8a", "#3d9bb3", "#6a9f58", "#c28b3c", "#9b5fa8", "#b04a4a", "#4a4ab0", "#2f7d6b", "#806000"] as $colors
	| (560 / ([($states | length) - 1, 1] | max)) as $step
	| "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 980 360\" font-family=\"sans-serif\" font-size=\"12\" role=\"img\" aria-label=\"Medians of calls against rows and backlog\">",
	"<rect width=\"980\" height=\"360\" fill=\"#ffffff\"/>",
	"<text x=\"20\" y=\"24\" font-size=\"14\">Median of each call, ms, \($all.cores) cores for all</text>",
	((0.1, 1, 10, 100, 1000) | log_y as $y | text(52; $y + 4; "end"; tostring),
		"<line x1=\"58\" x2=\"640\" y1=\"\($y)\" y2=\"\($y)\" stroke=\"#dddddd\"/>"),
	($states | to_entries[] | (.value | state | split(", ")) as $words | (60 + .key * $step) as $x
		| ($words | to_entries[] | text($x + 10; 322 + .key * 14; "middle"; .value))),
	($cases | to_entries[] | .key as $n | .value as $case | $colors[$n % 10] as $color
		| "<polyline fill=\"none\" stroke=\"\($color)\" stroke-width=\"2\" points=\"" + ([$states | to_entries[]
			| .key as $k | .value as $s | $all.cells[]
			| select(.case == $case and {rows, pending, unqueued} == $s)
			| "\(60 + $k * $step),\(.p50_ms | log_y)"] | join(" ")) + "\"/>",
		"<rect x=\"655\" y=\"\(46 + $n * 22)\" width=\"12\" height=\"12\" fill=\"\($color)\"/>",
		text(672; 57 + $n * 22; "start"; $case | gsub("&"; "&amp;"))),
	"</svg>"
end
