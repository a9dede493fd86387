# Two tables in Markdown of latest.json: the service beside each other kind,
# and what each costs.
def shown: if . == null then "-" else tostring end;
def one: if . == null then "-" else . * 10 | round / 10 | tostring end;
def two: if . == null then "-" else . * 100 | round / 100 | tostring end;
def mb: if . == null then "-" else . / 102.4 | round / 10 | tostring end;
def name: {floor: "bare loop", fcgi_floor: "FastCGI floor", go: "Go",
	fastapi: "FastAPI", node: "Node"}[.] // .;
def kinds: ["floor", "fcgi_floor", "go", "node", "fastapi"];
. as $all
| [kinds[] | . as $kind | select(any($all[]; .kinds[$kind] != null))] as $kinds
| "| case | at | service /s | \([$kinds[] | "\(name) /s, ratio"] | join(" | ")) |",
"|---|---|---|\($kinds | map("---|") | add // "")",
($all[] | . as $row | "| \(.case) | \(.connections) | \(.kinds.service.per_second | one) | \([$kinds[] | . as $kind
	| if $row.kinds[$kind] == null then "-"
	else "\($row.kinds[$kind].per_second | one), \($row.ratio[$kind] | two)" end] | join(" | ")) |"),
"",
"| case | at | kind | p50, p99 ms | MB/s | CPU ms a request, in all: nginx, itself, PostgreSQL, broker | memory of all its processes, largest peak, at rest: MB |",
"|---|---|---|---|---|---|---|",
($all[] | . as $row | ("service", $kinds[]) as $kind | .kinds[$kind] | select(. != null)
	| "| \($row.case) | \($row.connections) | \($kind | name) | \(.p50_ms | two), \(.p99_ms | two) | \(.mb_per_second | one) | \(.cpu_sum_ms | two): \(.cpu_ms | "\(.nginx | two), \(.responder // .client | two), \(.postgres | two), \(.rabbitmq | two)") | \(.share_kb | mb), \(.peak_kb | mb), \(.rest_kb | mb) |")
