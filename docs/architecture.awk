# An SVG of architecture.txt: bands of rooms, and the steps of each way as
# numbers on the rooms, explained below the picture.
BEGIN {
	FS = "|"
	width = 960
	left = 190
	band = 58
	color["store"] = "#1f5f8f"
	color["job"] = "#4d8f3d"
	title["store"] = "The way of a store"
	title["job"] = "The way of a job"
}
function plain(text) {
	gsub(/&/, "\\&amp;", text)
	gsub(/</, "\\&lt;", text)
	return text
}
function say(x, y, size, anchor, text, more) {
	out = out sprintf("<text x=\"%g\" y=\"%g\" font-size=\"%d\" text-anchor=\"%s\"%s>%s</text>\n", x, y, size, anchor, more, plain(text))
}
/^#/ || NF < 2 { next }
$1 in color {
	count[$1]++
	step[$1, count[$1]] = $2
	words[$1, count[$1]] = $3
	next
}
{
	y = 16 + bands * (band + 10)
	bands++
	if ($1 != "outside") {
		out = out sprintf("<rect x=\"8\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"6\" fill=\"#f4f6f8\"/>\n", y, width - 16, band)
		say(18, y + band / 2 + 4, 12, "start", $1, " fill=\"#555555\"")
	}
	room = (width - left - 16) / (NF - 1)
	for (i = 2; i <= NF; i++) {
		colon = index($i, ":")
		name = colon ? substr($i, 1, colon - 1) : $i
		more = colon ? substr($i, colon + 2) : ""
		x = left + (i - 2) * room
		out = out sprintf("<rect x=\"%g\" y=\"%d\" width=\"%g\" height=\"%d\" rx=\"5\" fill=\"#ffffff\" stroke=\"#8a8a8a\"/>\n", x + 4, y + 7, room - 8, band - 14)
		say(x + room / 2, y + (more == "" ? 33 : 27), 12, "middle", name, "")
		if (more != "")
			say(x + room / 2, y + 42, 9, "middle", more, " fill=\"#555555\"")
		at_x[name] = x + 4
		at_y[name] = y + 7
		wide[name] = room - 8
	}
}
END {
	y = 16 + bands * (band + 10) + 12
	place["store"] = 18
	place["job"] = width / 2 + 18
	ways = split("store job", order, " ")
	for (side = 0; side < ways; side++) {
		way = order[side + 1]
		say(place[way], y + 6, 13, "start", title[way], " font-weight=\"bold\" fill=\"" color[way] "\"")
		for (i = 1; i <= count[way]; i++) {
			name = step[way, i]
			if (!(name in at_x)) {
				print "architecture.txt: no room " name > "/dev/stderr"
				exit 1
			}
			x = side ? at_x[name] + wide[name] - 9 - 18 * seen[way, name] : at_x[name] + 9 + 18 * seen[way, name]
			seen[way, name]++
			out = out sprintf("<circle cx=\"%g\" cy=\"%g\" r=\"8\" fill=\"%s\"/>\n", x, at_y[name], color[way])
			say(x, at_y[name] + 3.5, 10, "middle", i, " fill=\"#ffffff\"")
			out = out sprintf("<circle cx=\"%g\" cy=\"%g\" r=\"8\" fill=\"%s\"/>\n", place[way] + 8, y + 6 + i * 20, color[way])
			say(place[way] + 8, y + 9.5 + i * 20, 10, "middle", i, " fill=\"#ffffff\"")
			say(place[way] + 22, y + 10 + i * 20, 11, "start", name ": " words[way, i], "")
		}
		if (count[way] > most)
			most = count[way]
	}
	height = y + 24 + most * 20
	printf "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" role=\"img\" aria-label=\"The floors of src, the way of a store and of a job\">\n<rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>\n%s</svg>\n", width, height, width, height, out
}
