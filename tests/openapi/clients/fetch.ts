// SPDX-License-Identifier: MIT
// A client by openapi-typescript and openapi-fetch. tsc refuses what openapi.json
// does not have.
import createClient from 'openapi-fetch';
import { batch, integration, say, token, url } from './steps';
import type { components, paths } from './schema';

type Problem = components['schemas']['problem'];
const client = createClient<paths>({ baseUrl: url, headers: { Authorization: `Bearer ${token}` } });

async function main(): Promise<void> {
	const header = { 'Idempotency-Key': 'of openapi-fetch' };
	const first = await client.POST('/app/etl/raw-data/store', { params: { header }, body: batch });
	say('store', first.response.status, first.data?.queued);
	const again = await client.POST('/app/etl/raw-data/store', { params: { header }, body: batch });
	say('again', again.response.status, again.data?.raw_data_id === first.data?.raw_data_id);

	const list = await client.GET('/app/etl/raw-data', {
		params: { query: { entity_type: 'jira_issues_batch', limit: 1 } },
	});
	// It is a text where Accept asks for lines of JSON.
	const record = typeof list.data === 'object' ? list.data.raw_data_records[0] : undefined;
	say('list', list.response.status, record?.id === first.data?.raw_data_id, record?.external_id,
		record?.raw_data_size);

	const other = await client.POST('/app/etl/raw-data/store', { body: { ...batch, integration_id: 999 } });
	say('no integration', other.response.status, other.error?.code);
	const reused = await client.POST('/app/etl/raw-data/store', {
		params: { header }, body: { ...batch, external_id: 'another' },
	});
	say('another body', reused.response.status, reused.error?.code);
	// @ts-expect-error raw_data is missing
	const short = await client.POST('/app/etl/raw-data/store', { body: { integration_id: 1, entity_type: 'x' } });
	const problem: Problem | undefined = short.error;
	say('a member less', short.response.status, problem?.code, problem?.errors?.[0]?.loc);

	const second = await client.POST('/app/etl/integrations', { body: integration });
	say('a second Jira', second.response.status, second.error?.code);
	const path = { id: first.data?.raw_data_id ?? 0 };
	await client.PUT('/app/etl/raw-data/{id}/status', {
		params: { path }, body: { processing_status: 'completed' },
	});
	const back = await client.PUT('/app/etl/raw-data/{id}/status', {
		params: { path }, body: { processing_status: 'processing' },
	});
	say('backwards', back.response.status, back.error?.code);
	// @ts-expect-error the path has no such route
	await client.GET('/app/etl/nowhere');
}

void main();
