// SPDX-License-Identifier: MIT
// What both clients do, and what they print of it: a line of JSON for each step.
declare const process: { env: Record<string, string | undefined> };

// Where the service is, and the token of a tenant's administrator.
export const url = process.env.ETL_URL ?? '';
export const token = process.env.ETL_TOKEN ?? '';

export const batch = {
	integration_id: 1,
	entity_type: 'jira_issues_batch',
	external_id: 'from_a_client',
	raw_data: { issues: [{ id: '1', key: 'A-1', fields: { summary: 'One' } }] },
};
// There may be one of a name only, and the demo tenant has it.
export const integration = { provider: 'Jira', type: 'data_source' };

export function say(step: string, status: number, ...words: unknown[]): void {
	console.log(JSON.stringify([step, status, ...words]));
}
