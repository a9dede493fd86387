// SPDX-License-Identifier: MIT
// Lists and reports, asked for right after an acknowledged store: each must have
// all that any client was told is stored before it was asked for.
import { appendFileSync } from "node:fs";

const limit = 100;
const list = `/app/etl/raw-data?tenant_id=1&limit=${limit}`;
const report = "/app/etl/raw-data/counts?tenant_id=1&bucket=1d";
const received = (answer) => answer.buckets.reduce((sum, one) => sum + one.received, 0);

// Of these ids, those that a list of the newest batches lacks.
function missing(ids, records) {
	const listed = new Set(records.map((one) => one.id));
	const oldest = records.length < limit ? 0 : Math.min(...listed);
	return ids.filter((id) => id > oldest && !listed.has(id));
}

// ask(path) resolves to { status, answer }. A line of the ledger is a question:
// when it was asked and answered (seconds), what for, the status, how many
// batches are missing, and the first of them.
export async function readsOf(ask, ledger) {
	const acknowledged = [];
	const running = new Set();
	const line = (began, what, status, lacks, first) => appendFileSync(ledger,
		[began / 1000, Date.now() / 1000, what, status, lacks, first ?? "-"].join("\t") + "\n");
	let before;
	appendFileSync(ledger, "");
	for (let tries = 1; before === undefined; tries++) {
		const { status, answer } = await ask(report);
		if (status === 200)
			before = received(answer);
		else if (tries === 20)
			throw new Error(`the report was answered ${status} before the fault`);
	}

	async function readList() {
		const ids = acknowledged.slice(-2 * limit);
		const began = Date.now();
		const { status, answer } = await ask(list);
		const lacking = status === 200 ? missing(ids, answer.raw_data_records) : [];
		line(began, "list", status, lacking.length, lacking[0]);
	}
	async function readReport() {
		const least = before + acknowledged.length;
		const began = Date.now();
		const { status, answer } = await ask(report);
		const lacks = status === 200 ? Math.max(0, least - received(answer)) : 0;
		line(began, "report", status, lacks);
	}
	return {
		// A batch is acknowledged: a list, and after every fourth one a report.
		stored(id) {
			acknowledged.push(id);
			const one = acknowledged.length % 4 === 0 ? readReport() : readList();
			running.add(one);
			one.finally(() => running.delete(one));
		},
		ended: () => Promise.all(running),
	};
}
