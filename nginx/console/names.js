/* SPDX-License-Identifier: MIT */
/* Names and choices that several views of the catalogue have. */
export function sourceName(lists, row) {
	return lists.integrations.find((one) => one.id === row.integration_id)?.name ?? row.integration_id;
}

export const categories = ['To Do', 'In Progress', 'Done'];

/* The integration of a row. */
export function sourceField(lists) {
	return { name: 'integration_id', label: 'Integration', kind: 'choice', numeric: true, required: true,
		choices: lists.integrations.map((row) => [row.id, row.name]) };
}
