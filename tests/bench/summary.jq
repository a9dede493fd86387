# From the lines of all cells to one object a case: of each kind (service,
# floor, peers) the medians over the rounds, and the service's ratios to the
# others: the medians of the ratios of neighbours in time, so that what both
# suffered from cancels out.
def median: sort | if length == 0 then null
	elif length % 2 == 1 then .[length / 2 | floor]
	else (.[length / 2 - 1] + .[length / 2]) / 2 end;
def middle(path): map(path | values) | median;
def round(digits): if . == null then null
	else . * pow(10; digits) | round / pow(10; digits) end;
def cpu: . as $all | reduce ("client", "nginx", "responder", "postgres",
	"rabbitmq") as $name ({}; .[$name] =
	($all | middle(.processes[$name].cpu_ms) | round(3)));
# What the service and a peer need: the client is the floor itself, and nobody
# else's.
def cpu_sum($kind): map(.processes | to_entries
	| map(select(.key != "client" or $kind == "floor") | .value.cpu_ms)
	| add) | median | round(3);
def kb(path): map(.processes.responder | path | values) | max;
def ratios($service; path): . as $other | [$service, $other] | transpose
	| map(select(.[0] != null and .[1] != null and (.[1] | path) > 0)
		| (.[0] | path) / (.[1] | path))
	| median | round(3);

group_by([.case, .n * (if .case | startswith("pool-") then 0 else 1 end)])
| map(. as $lines
	| map(select(.kind == "service")) as $service
	| (map(.kind) | unique) as $kinds
	| {
		case: .[0].case,
		connections: ([$service[], .[]][0].n),
		kinds: (reduce $kinds[] as $kind ({}; .[$kind] = (
			$lines | map(select(.kind == $kind)) | {
				per_second: (middle(.per_second) | round(2)),
				mb_per_second: (middle(.mb_per_second) | round(2)),
				p50_ms: middle(.p50_ms),
				p99_ms: middle(.p99_ms),
				cpu_ms: cpu,
				cpu_sum_ms: cpu_sum($kind),
				peak_kb: kb(.peak_kb),
				rest_kb: kb(.rest_kb),
				share_kb: kb(.share_kb),
				rounds: length
			}))),
		ratio: (reduce ($kinds[] | select(. != "service")) as $kind ({};
			.[$kind] = ($lines | map(select(.kind == $kind))
				| ratios($service; .per_second)))),
		p99_ratio: (reduce ($kinds[] | select(. != "service")) as $kind ({};
			.[$kind] = ($lines | map(select(.kind == $kind))
				| ratios($service; .p99_ms)))),
		failed: (map(.failed) | add),
		measured_at: $at,
		cores: $cores
	})
| sort_by([(.case | capture("^(?<word>[^0-9]*)(?<n>[0-9]*)")
	| [.word, (.n | tonumber? // 0)]), .connections])
