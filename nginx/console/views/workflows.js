/* SPDX-License-Identifier: MIT */
/* The steps of work, in their order. */
import { showCatalogue } from '../catalogue.js';
import { number, pill } from '../dom.js';
import { categories, sourceField } from '../names.js';

export const show = (place) => showCatalogue({
	title: 'Workflows', noun: 'workflow step', path: 'workflows', command: 'workflow',
	about: 'The steps of work, in their order. An integration has one commitment point at most.',
	name: (row) => row.step_name,
	columns: () => [
		{ title: 'Number', number: true, cell: (row) => number(row.step_number) },
		{ title: 'Step', cell: (row) => row.step_name },
		{ title: 'Category', cell: (row) => pill(row.step_category) },
		{ title: 'Commitment point', cell: (row) => row.is_commitment_point ? 'yes' : '' },
		{ title: 'Integration', cell: (row) => row.integration_name },
	],
	fields: (lists) => [
		{ name: 'step_name', label: 'Step', required: true },
		{ name: 'step_category', label: 'Category', kind: 'choice', required: true, choices: categories },
		{ name: 'step_number', label: 'Number', kind: 'number' },
		{ name: 'is_commitment_point', label: 'Commitment point', kind: 'flag' },
		sourceField(lists),
	],
	target: 'target_workflow_id', dependents: 'dependent_mappings',
	dependent: (row) => `${row.status_from} → ${row.status_to}, ${row.affected_statuses_count} statuses`,
}, place);
