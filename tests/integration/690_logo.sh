#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Logos: an SVG comes in by a form, is checked, and each host serves it so that it
# can do nothing.
. "$(dirname "$0")/lib.sh"
app_up 'auth = none'

route='/app/etl/integrations/upload-logo?tenant_id=1'
logos=$ETL_APP/logos
files() { find "$logos" -mindepth 1 | wc -l; }
# Without the JSON Content-Type of request(): curl makes the form's.
upload() { # CURL ARGUMENT…
	local out
	: >"$BODY"
	out=$(curl -sS -g --noproxy '*' -m 60 -o "$BODY" -D "$HEADERS" -H 'Expect:' \
		-w '%{http_code}' -X POST "$@" "$ETL_URL$route" 2>"$TMP/curl.err") || true
	STATUS=$out
	seen POST "$route"
}
svg() { printf '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">%s</svg>' "$1"; }
svg '<path d="M0 0h9v9z" fill="#123"/>' >"$TMP/good.svg"

# -- a good one
upload -F "file=@$TMP/good.svg;type=image/svg+xml"
check_is "a logo is taken: 200" "$STATUS" 200
name=$(json .logo_filename)
check_is "the answer is the contract's" "$(json 'keys_unsorted | join(" ")')" "success logo_filename"
check_is "its name is ours: of what is in it" "$name" "$(sha256sum "$TMP/good.svg" | cut -c 1-32).svg"
check "it is kept as it came" cmp "$TMP/good.svg" "$logos/$name"
check_is "everybody may read it, nobody else write" "$(stat -c %a "$logos/$name")" 644
check_is "nothing else is left in the folder" "$(files)" 1
upload -F "file=@$TMP/good.svg;filename=../../../../etc/cron.d/evil.svg"
check_is "a client's name is no path of ours" "$STATUS $(json .logo_filename)" "200 $name"
check_is "the same picture is the same file" "$(files)" 1
for n in 1 2 3 4 5 6 7 8; do
	curl -sS --noproxy '*' -o "$TMP/many.$n" -D "$TMP/head.$n" -F "file=@$TMP/good.svg" "$ETL_URL$route" &
done
wait
for n in 1 2 3 4 5 6 7 8; do seen_files POST "$route" "$TMP/many.$n" "$TMP/head.$n"; done
check_is "eight at once are all taken" "$(cat "$TMP"/many.* | jq -r .success | sort | uniq -c | tr -s ' ')" " 8 true"
check_is "and leave one file" "$(files)" 1
upload -F "file=@$TMP/good.svg" -F tenant_id=1
check_is "the tenant may be a field" "$STATUS" 200
upload -F note=x -F "file=@$TMP/good.svg"
check_is "another field is refused by its name" "$STATUS $(json '.errors[0].loc | join(".")')" "422 body.note"
upload -F "file=@$TMP/good.svg" -F tenant_id=2
check_is "another tenant_id in the form: 403" "$STATUS" 403
gzip -c "$TMP/good.svg" >"$TMP/good.svgz"
{
	printf -- '--b\r\nContent-Disposition: form-data; name="file"\r\n\r\n'
	cat "$TMP/good.svg"
	printf '\r\n--b--\r\n'
} | gzip >"$TMP/form.gz"
upload -H 'Content-Type: multipart/form-data; boundary=b' -H 'Content-Encoding: gzip' --data-binary "@$TMP/form.gz"
check_is "a packed form is taken: 200" "$STATUS" 200

# -- served
request GET "/app/etl/logos/$name"
check_is "nginx serves it: 200" "$STATUS" 200
check "as it came" cmp "$TMP/good.svg" "$BODY"
check_is "as SVG" "$(header Content-Type)" image/svg+xml
check_is "which may run and fetch nothing" "$(header Content-Security-Policy)" \
	"default-src 'none'; style-src 'unsafe-inline'"
check_is "and is not guessed to be another type" "$(header X-Content-Type-Options)" nosniff
kept='public, max-age=31536000, immutable'
check_is "its name says what is in it: it may be kept" "$(header Cache-Control)" "$kept"
echo secret >"$logos/.hidden.svg"
echo secret >"$logos/notes.txt"
ln -s /etc "$logos/etc"
for path in "0$name" '' .hidden.svg notes.txt ../etl.conf '..%2fetl.conf' etc/hostname "$name/" 'x%00.svg'; do
	request GET "/app/etl/logos/$path"
	check_match "/app/etl/logos/$path is not there" "$STATUS" '^(400|404)$'
	check_is "/app/etl/logos/$path tells so as a problem" "$(json .status)" "$STATUS"
done
rm "$logos/.hidden.svg" "$logos/notes.txt" "$logos/etc"
request POST "/app/etl/logos/$name" --data '{}'
check_is "POST to a logo: 405" "$STATUS" 405

# -- another host: the same database, a folder of its own
trap 'ETL_APP=$TMP/host2 stack app-down --delete >/dev/null 2>&1; clean_up' EXIT
host2() { ETL_APP=$TMP/host2 ETL_APP_MIGRATE=no ETL_APP_POOL=2 stack "$@"; }
ETL_APP_CONF=$(grep -E '^(database|rabbitmq)_url' "$ETL_APP/etl.conf" && echo 'auth = none')
export ETL_APP_CONF
{ host2 app-make && host2 start pool && host2 start nginx; } >"$TMP/host2.log" 2>&1 || note_file "$TMP/host2.log"
unset ETL_APP_CONF
url2=$(host2 env | sed -n "s/^ETL_URL='\(.*\)'/\1/p")
there() { ETL_URL=$url2 request "$@"; }
for from in "the database" "its own folder"; do
	there GET "/app/etl/logos/$name"
	check_is "it is served there, from $from: 200" "$STATUS" 200
	check "as it came" cmp "$TMP/good.svg" "$BODY"
	check_is "with the same headers" "$(for header in Content-Type Content-Security-Policy \
		X-Content-Type-Options Cache-Control; do header $header; done | paste -sd '|')" \
		"image/svg+xml|default-src 'none'; style-src 'unsafe-inline'|nosniff|$kept"
	[ -n "$(header X-Request-Id)" ] && answered="the database" || answered="its own folder"
	check_is "by whoever has it" "$answered" "$from"
	check "where it then is" cmp "$TMP/good.svg" "$TMP/host2/logos/$name"
done
rm "$TMP/host2/logos/$name"
there HEAD "/app/etl/logos/$name"
check_is "HEAD: 200, and how long it is" "$STATUS $(header Content-Length)" "200 $(stat -c %s "$TMP/good.svg")"
for path in "0$name" %2e.svg "${name/%.svg/.png}"; do
	there GET "/app/etl/logos/$path"
	check_match "/app/etl/logos/$path is not there" "$STATUS" '^(400|404)$'
	check_is "/app/etl/logos/$path tells so as a problem" "$(json .status)" "$STATUS"
	check_match "/app/etl/logos/$path is not to be kept" "$(header Cache-Control)" '^(no-store)?$'
done
check_is "there is no file of these" "$(find "$TMP/host2/logos" -mindepth 1 -printf '%f ')" "$name "
rm "$TMP/host2/logos/$name"
sql "DELETE FROM logos" >"$TMP/out"
request GET "/app/etl/logos/$name"
check_is "one that is a file only is served by the host that has it" "$STATUS" 200
there GET "/app/etl/logos/$name"
check_is "and by no other: 404" "$STATUS $(json .code)" "404 no_row"
upload -F "file=@$logos/$name"
check_is "it is uploaded again, under its name" "$STATUS $(json .logo_filename)" "200 $name"
there GET "/app/etl/logos/$name"
check_is "and then served there, too" "$STATUS" 200
forged() { super -c "SET ROLE pulse_etl_service" -c "$1" >"$TMP/out" 2>&1; }
check_fails "no other picture gets its name" forged "UPDATE logos SET picture = '<svg/>'"
check_fails "nor a picture another name" forged "INSERT INTO logos VALUES ('$(printf '%032d' 1).svg', '<svg/>')"
check "which the table refuses" grep -q logos_name "$TMP/out"
host2 app-down --delete >"$TMP/host2.log" 2>&1

# -- what is refused leaves nothing
refused() { # NAME FILE STATUS PATTERN
	upload -F "file=@$2"
	check_is "$1: $3" "$STATUS" "$3"
	check_match "$1: says why" "$(json .detail)" "$4"
}
attack() { # NAME PATTERN — the SVG is the input
	cat >"$TMP/attack.svg"
	refused "$1" "$TMP/attack.svg" 422 "$2"
	check_is "$1: names the field" "$(json '.errors[0].loc | join(".")')" body.file
}
attack "a script" script < <(svg '<script>alert(1)</script>')
attack "an event" onload < <(svg '<g onload="alert(1)"/>')
attack "a script in a link" script < <(svg '<use xlink:href="&#x6a;avascript:alert(1)"/>')
attack "foreign content" foreignObject \
	< <(svg '<foreignObject><iframe xmlns="http://www.w3.org/1999/xhtml" src="//evil.example"/></foreignObject>')
attack "a picture elsewhere" elsewhere < <(svg '<image href="http://evil.example/track.png"/>')
attack "a style sheet elsewhere" import < <(svg '<style>@import "//evil.example/a.css";</style>')
attack "a colour elsewhere" fill < <(svg '<rect fill="url(//evil.example/a#b)"/>')
attack "a file of the server" DOCTYPE \
	< <(echo '<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>'; svg '<text>&x;</text>')
laughs() {
	local n
	echo '<!DOCTYPE svg [<!ENTITY a0 "ha">'
	for n in {1..30}; do echo "<!ENTITY a$n \"&a$((n - 1));&a$((n - 1));\">"; done
	echo ']>'
	svg '<text>&a30;</text>'
}
attack "a billion laughs" DOCTYPE < <(laughs)
# No entity: elements that refer to each other.
nested() { # LEVELS OF TEN
	local n
	svg "<g id=\"a0\"><path d=\"M0 0h9\"/></g>$(for n in $(seq "$1"); do
		printf '<g id="a%d">' "$n"
		printf "<use href=\"#a$((n - 1))\"/>%.0s" {1..10}
		printf '</g>'
	done)"
}
attack "nested laughs" 'draws 10000 elements' < <(nested 9)
nested 1 >"$TMP/nested.svg"
upload -F "file=@$TMP/nested.svg"
check_is "one level of them is a drawing: 200" "$STATUS" 200
rm "$logos/$(json .logo_filename)"
# Nor any use: patterns, masks and filters multiply as well.
filtered() { # TIMES
	svg "<filter id=\"f\"><feOffset/></filter>$(printf '<rect filter="url(#f)"/>%.0s' $(seq "$1"))"
}
filtered 249 >"$TMP/filtered.svg"
upload -F "file=@$TMP/filtered.svg"
check_is "249 elements with a filter: 200" "$STATUS" 200
rm "$logos/$(json .logo_filename)"
attack "250 of them" 'more than 250 filter primitives' < <(filtered 250)
attack "filters by a style sheet" 'more than 250 filter primitives' \
	< <(filtered 250 | sed 's|<filter|<style>rect{filter:url(#f)}</style>&|; s| filter="url(#f)"||g')
attack "patterns within masks" 'more than 250' < <(svg "<pattern id=\"p\" width=\"1\" height=\"1\"><path/></pattern>
	<mask id=\"m\" fill=\"url(#p)\">$(printf '<rect/>%.0s' \
		{1..50})</mask>$(printf '<g mask="url(#m)"/>%.0s' {1..50})")
attack "a large blur" 'stdDeviation of feGaussianBlur above 250' \
	< <(svg '<filter><feGaussianBlur stdDeviation="5000"/></filter>')
attack "tiny tiles" 'width of pattern below 0.01' < <(svg '<pattern width="0.0001" height="1"/>')
attack "tiny dashes" 'less than 0.1' < <(svg '<path stroke-dasharray="0.0001"/>')
attack "a DTD elsewhere" DOCTYPE < <(echo "<!DOCTYPE svg SYSTEM \"$ETL_URL/app/etl/health\">"; svg '')
attack "a processing instruction" xml-stylesheet < <(echo '<?xml-stylesheet href="//evil.example/a.css"?>'; svg '')
attack "HTML" 'not an SVG' < <(printf '<html xmlns="http://www.w3.org/1999/xhtml"><body/></html>')
attack "a PNG" 'not an SVG' < <(printf '\x89PNG\r\n\x1a\n')
attack "UTF-16" UTF-8 < <(svg '<script>alert(1)</script>' | iconv -t UTF-16)
attack "a packed SVG" UTF-8 <"$TMP/good.svgz"
attack "deep elements" deep < <(svg "$(printf '<g>%.0s' {1..2000})")
attack "half a tag" well-formed < <(printf '<svg')
: >"$TMP/empty.svg"
refused "an empty file" "$TMP/empty.svg" 422 empty
{ svg "<desc>$(head -c 1048000 /dev/zero | tr '\0' x)</desc>"; } >"$TMP/nearly.svg"
upload -F "file=@$TMP/nearly.svg"
check_is "a megabyte is taken" "$STATUS $(stat -c %s "$TMP/nearly.svg" | awk '{ print $1 <= 1048576 }')" "200 1"
{ svg "<desc>$(head -c 1048576 /dev/zero | tr '\0' x)</desc>"; } >"$TMP/large.svg"
refused "more than a megabyte" "$TMP/large.svg" 413 1048576
{ svg "<desc>$(head -c 3000000 /dev/zero | tr '\0' x)</desc>"; } >"$TMP/huge.svg"
refused "much more" "$TMP/huge.svg" 413 bytes
check_is "none of these is in the folder" "$(files)" 2
check_is "nor in the database" "$(sql "SELECT count(*) FROM logos")" 4

# -- the form
upload -F tenant_id=1
check_is "no file: 422" "$STATUS" 422
check_is "which names the field" "$(json '.errors[0] | .type + " " + (.loc | join("."))')" "missing body.file"
upload -F "file=@$TMP/good.svg" -F "file=@$TMP/good.svg"
check_is "two files: 422" "$STATUS" 422
upload -H 'Content-Type: application/json' --data '{"file":"x"}'
check_is "JSON: 415" "$STATUS" 415
upload -H 'Content-Type: image/svg+xml' --data-binary "@$TMP/good.svg"
check_is "the bare picture: 415" "$STATUS" 415
check_match "which says what to send" "$(json .detail)" multipart/form-data
upload -H 'Content-Type: multipart/form-data' --data 'x'
check_is "no boundary: 400" "$STATUS" 400
upload -H 'Content-Type: multipart/form-data; boundary=b' \
	--data-binary $'--b\r\nContent-Disposition: form-data; name="file"\r\n\r\n<svg'
check_is "a form that breaks off: 400" "$STATUS" 400
route=${route%%\?*}
upload -F "file=@$TMP/good.svg"
check_is "no tenant: 400" "$STATUS" 400
upload -F "file=@$TMP/good.svg" -F tenant_id=1
check_is "the tenant in the form will do: 200" "$STATUS" 200
route="$route?tenant_id=1"
request PUT "$route" --data '{}'
check_is "PUT: 405" "$STATUS" 405

# -- the folder is not there, or there is none
mv "$logos" "$logos.away"
upload -F "file=@$TMP/good.svg"
check_is "a folder that is gone: 200, the database has it" "$STATUS $(json .logo_filename)" "200 $name"
check "the log has it" wait_until 5 grep -q "no_logo_file.*cannot open the folder in $logos" "$APP_LOGS/pool.log"
request GET "/app/etl/logos/$name"
check "and it is served" cmp "$TMP/good.svg" "$BODY"
mkdir "$logos"
printf '%s\n' 'logo_dir =' 'database_lock_timeout = 200' >>"$ETL_APP/extra.conf"
app restart pool
upload -F "file=@$TMP/good.svg"
check_is "no folder in the settings: 200" "$STATUS $(json .logo_filename)" "200 $name"
request GET "/app/etl/logos/$name"
check "it is served" cmp "$TMP/good.svg" "$BODY"
check_is "and nothing is in the folder that nginx knows" "$(files)" 0
lock_table logos
request GET "/app/etl/logos/$name"
check_is "a table that is locked: 503, to be tried again" "$STATUS $(header Retry-After)" "503 5"
let_go
done_testing
