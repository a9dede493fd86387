// SPDX-License-Identifier: MIT
// So many batches of a project each, stored by so many clients at a time.
//
//	node fill.mjs URL CLIENTS COUNT NAME	(the token is in ETL_TOKEN)
import { Agent, request } from "node:http";

const [url, clients, count, name] = process.argv.slice(2);
let next = 0;

function store(agent, id) {
	const body = JSON.stringify({
		integration_id: 1, entity_type: "jira_projects_batch", external_id: id,
		raw_data: [{ id, key: id, name: id }],
	});
	return new Promise((resolve, reject) => {
		request(`${url}/app/etl/raw-data/store?tenant_id=1`, {
			agent, method: "POST", headers: {
				"Authorization": `Bearer ${process.env.ETL_TOKEN}`,
				"Content-Type": "application/json",
			},
		}, (answer) => {
			answer.resume();
			answer.on("end", () => answer.statusCode < 300 ? resolve() :
				reject(new Error(`a store was answered ${answer.statusCode}`)));
		}).on("error", reject).end(body);
	});
}

await Promise.all(Array.from({ length: Number(clients) }, async () => {
	const agent = new Agent({ keepAlive: true, maxSockets: 1 });
	while (next < Number(count))
		await store(agent, `${name}-${next++}`);
	agent.destroy();
}));
