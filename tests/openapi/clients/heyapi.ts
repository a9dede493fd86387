// SPDX-License-Identifier: MIT
// The same by @hey-api/openapi-ts: a function for each operation.
import { client } from './heyapi/client.gen';
import { integrationCreate, rawDataList, rawDataStatus, rawDataStore } from './heyapi/sdk.gen';
import type { Problem409 } from './heyapi/types.gen';
import { batch, integration, say, token, url } from './steps';

// All that a conflict may be: a new one makes this incomplete, which tsc tells.
function explain(problem: Problem409): string {
	switch (problem.code) {
	case 'conflict':
	case 'exists':
	case 'in_use':
	case 'inactive':
	case 'processing':
		return problem.code;
	}
}

async function main(): Promise<void> {
	client.setConfig({ baseUrl: url, auth: token });
	const headers = { 'Idempotency-Key': 'of hey-api' };
	const first = await rawDataStore({ headers, body: batch });
	say('store', first.response.status, first.data?.queued);
	const again = await rawDataStore({ headers, body: batch });
	say('again', again.response.status, again.data?.raw_data_id === first.data?.raw_data_id);

	const list = await rawDataList({ query: { entity_type: 'jira_issues_batch', limit: 1 } });
	const record = list.data?.raw_data_records[0];
	say('list', list.response.status, record?.id === first.data?.raw_data_id, record?.external_id,
		record?.raw_data_size);

	const other = await rawDataStore({ body: { ...batch, integration_id: 999 } });
	say('no integration', other.response.status, other.error?.code);
	const reused = await rawDataStore({ headers, body: { ...batch, external_id: 'another' } });
	say('another body', reused.response.status, reused.error?.code);
	// @ts-expect-error raw_data is missing
	const short = await rawDataStore({ body: { integration_id: 1, entity_type: 'x' } });
	say('a member less', short.response.status, short.error?.code, short.error?.errors?.[0]?.loc);

	const second = await integrationCreate({ body: integration });
	say('a second Jira', second.response.status, explain(second.error as Problem409));
	const path = { id: first.data?.raw_data_id ?? 0 };
	await rawDataStatus({ path, body: { processing_status: 'completed' } });
	const back = await rawDataStatus({ path, body: { processing_status: 'processing' } });
	say('backwards', back.response.status, explain(back.error as Problem409));
}

void main();
