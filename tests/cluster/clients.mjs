// SPDX-License-Identifier: MIT
// Clients that store one batch after the other, each with an Idempotency-Key of
// its own, and send it again until it is acknowledged, as clients should; then a
// list or a report is asked for (reads.mjs), which is not asked for again.
//
//	node clients.mjs URL CLIENTS PER_SECOND NAME LEDGER
//
// The token is in ETL_TOKEN. They end when LEDGER.stop is there. A line of the
// ledger is a batch: when it was sent first and when it was acknowledged
// (seconds), the status, its key, its id, how often it was sent. LEDGER.reads is
// what reads.mjs has seen.
import { Agent, request } from "node:http";
import { appendFileSync, existsSync, writeFileSync } from "node:fs";

import { readsOf } from "./reads.mjs";

const [url, count, rate, name, ledger] = process.argv.slice(2);
const patience = 10_000; // ms for one answer
const last = 90_000; // ms for the last batch of a client
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
let stopped = 0;
const isStopped = () => stopped !== 0;
const statuses = {};

// The answer of one request; 0 is the status of none.
function exchange(agent, method, path, headers, body) {
	return new Promise((resolve) => {
		const asked = request(`${url}${path}`, {
			agent, method, headers: { "Authorization": `Bearer ${process.env.ETL_TOKEN}`, ...headers },
		}, (answer) => {
			let text = "";
			answer.setEncoding("utf8");
			answer.on("data", (piece) => { text += piece; });
			answer.on("error", () => resolve({ status: 0 }));
			answer.on("end", () => {
				try {
					resolve({ status: answer.statusCode, answer: JSON.parse(text) });
				} catch {
					resolve({ status: answer.statusCode === 200 ? 0 : answer.statusCode });
				}
			});
		});
		asked.setTimeout(patience, () => asked.destroy());
		asked.on("error", () => resolve({ status: 0 }));
		asked.end(body);
		const timer = setTimeout(() => asked.destroy(), patience);
		asked.on("close", () => { clearTimeout(timer); resolve({ status: 0 }); });
	});
}

function send(agent, key, body) {
	return exchange(agent, "POST", "/app/etl/raw-data/store?tenant_id=1", {
		"Content-Type": "application/json",
		"Content-Length": Buffer.byteLength(body),
		"Idempotency-Key": key,
	}, body);
}

async function client(number) {
	const agent = new Agent({ keepAlive: true, maxSockets: 1 });
	await sleep(Math.random() * 1000 / rate);
	for (let n = 1; !isStopped(); n++) {
		const key = `${name}-${number}-${n}`;
		const project = { id: key, key: `K${key}`, name: key };
		const body = JSON.stringify({
			integration_id: 1, entity_type: "jira_projects_batch",
			external_id: key, raw_data: [project],
		});
		const began = Date.now();
		for (let tries = 1; ; tries++) {
			const { status, answer } = await send(agent, key, body);
			const id = answer?.raw_data_id;
			statuses[status] = (statuses[status] ?? 0) + 1;
			if (status >= 200 && status < 300 && id !== undefined) {
				appendFileSync(ledger, [began / 1000, Date.now() / 1000, status, key, id, tries]
					.join("\t") + "\n");
				reads.stored(id);
				break;
			}
			if (isStopped() && Date.now() - stopped > last)
				break;
			await sleep(200 + Math.random() * 300);
		}
		const pause = 1000 / rate - (Date.now() - began);
		if (pause > 0)
			await sleep(pause);
	}
	agent.destroy();
}

writeFileSync(ledger, "");
const reader = new Agent({ keepAlive: true });
const reads = await readsOf((path) => exchange(reader, "GET", path), `${ledger}.reads`);
const watch = setInterval(() => {
	if (stopped === 0 && existsSync(`${ledger}.stop`))
		stopped = Date.now();
}, 100);
await Promise.all(Array.from({ length: Number(count) }, (_, i) => client(i + 1)));
clearInterval(watch);
await reads.ended();
reader.destroy();
writeFileSync(`${ledger}.statuses`, JSON.stringify(statuses) + "\n");
