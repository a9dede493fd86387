# From the lines of all cells to one object a case: medians over the rounds.
# `service`, `floor`: requests a second; `ratio`: the median of the ratios of
# neighbours in time, so that what both suffered from cancels out.
def median: sort | if length == 0 then null
	elif length % 2 == 1 then .[length / 2 | floor]
	else (.[length / 2 - 1] + .[length / 2]) / 2 end;
def middle(path): map(path | values) | median;
def round(digits): if . == null then null
	else . * pow(10; digits) | round / pow(10; digits) end;
def cpu: . as $all | reduce ("client", "nginx", "responder", "postgres",
	"rabbitmq") as $name ({}; .[$name] =
	($all | middle(.processes[$name].cpu_ms) | round(3)));

group_by([.case, .n * (if .case | startswith("pool-") then 0 else 1 end)])
| map(
	map(select(.kind == "service")) as $service
	| map(select(.kind == "floor")) as $floor
	| {
		case: ($service + $floor)[0].case,
		connections: ($service + $floor)[0].n,
		service: ($service | middle(.per_second) | round(2)),
		floor: ($floor | middle(.per_second) | round(2)),
		ratio: ([$service, $floor] | transpose
			| map(select(.[0] != null and .[1] != null and
				.[1].per_second > 0)
				| .[0].per_second / .[1].per_second)
			| median | round(3)),
		p99_ratio: ([$service, $floor] | transpose
			| map(select(.[0] != null and .[1] != null and
				.[1].p99_ms > 0) | .[0].p99_ms / .[1].p99_ms)
			| median | round(3)),
		mb_per_second: ($service | middle(.mb_per_second) | round(2)),
		p50_ms: ($service | middle(.p50_ms)),
		p99_ms: ($service | middle(.p99_ms)),
		floor_p50_ms: ($floor | middle(.p50_ms)),
		floor_p99_ms: ($floor | middle(.p99_ms)),
		cpu_ms: ($service | cpu),
		floor_cpu_ms: ($floor | cpu),
		responder_peak_kb:
			($service | map(.processes.responder.peak_kb) | max),
		responder_rest_kb:
			($service | map(.processes.responder.rest_kb) | max),
		rounds: ($service | length),
		failed: (map(.failed) | add),
		measured_at: $at,
		cores: $cores
	})
| sort_by([(.case | capture("^(?<word>[^0-9]*)(?<n>[0-9]*)")
	| [.word, (.n | tonumber? // 0)]), .connections])
