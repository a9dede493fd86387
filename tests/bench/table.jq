# A table in Markdown of latest.json.
def shown: if . == null then "-" else tostring end;
def one: if . == null then "-" else . * 10 | round / 10 | tostring end;
def two: if . == null then "-" else . * 100 | round / 100 | tostring end;
def mb: if . == null then "-" else . / 102.4 | round / 10 | tostring end;
"| case | at | floor /s | service /s | ratio | MB/s | floor p50, p99 ms | service p50, p99 ms | p99 ratio | CPU ms a request: nginx, responder, postgres, broker | floor's: itself, postgres, broker | responder's RSS: peak, after MB |",
"|---|---|---|---|---|---|---|---|---|---|---|---|",
(.[] | "| \(.case) | \(.connections) | \(.floor | one) | \(.service | one) | \(.ratio | two) | \(.mb_per_second | one) | \(.floor_p50_ms | two), \(.floor_p99_ms | two) | \(.p50_ms | two), \(.p99_ms | two) | \(.p99_ratio | two) | \(.cpu_ms | "\(.nginx | two), \(.responder | two), \(.postgres | two), \(.rabbitmq | two)") | \(.floor_cpu_ms | "\(.client | two), \(.postgres | two), \(.rabbitmq | two)") | \(.responder_peak_kb | mb), \(.responder_rest_kb | mb) |")
