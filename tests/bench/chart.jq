# An SVG of latest.json: a bar for each case, the service's requests a second
# as a share of the floor's.
def text(x; y; anchor; content):
	"<text x=\"\(x)\" y=\"\(y)\" text-anchor=\"\(anchor)\">\(content)</text>";
map(select(.ratio != null)) as $rows
| 24 as $step | 190 as $left | 480 as $full
| ([$rows[].ratio] | max // 1 | if . < 1 then 1 else . end) as $most
| ($rows | length * $step + 60) as $height
| "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 860 \($height)\" font-family=\"sans-serif\" font-size=\"12\">",
"<rect width=\"860\" height=\"\($height)\" fill=\"#ffffff\"/>",
text($left; 20; "start"; "Requests a second as a share of the floor, \($rows[0].measured_at // "")"),
($rows | to_entries[] | (.key * $step + 34) as $y
	| (.value.ratio / $most * $full) as $width
	| text($left - 8; $y + 14; "end"; "\(.value.case) at \(.value.connections)"),
	"<rect x=\"\($left)\" y=\"\($y)\" width=\"\($width)\" height=\"18\" fill=\"#2f6f9f\"/>",
	text($left + $width + 6; $y + 14; "start"; "\(.value.ratio)  (\(.value.service) of \(.value.floor)/s)")),
(($left + $full / $most) as $x
	| "<line x1=\"\($x)\" y1=\"28\" x2=\"\($x)\" y2=\"\($height - 20)\" stroke=\"#b03030\" stroke-dasharray=\"4 3\"/>"),
"</svg>"
