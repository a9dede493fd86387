/* SPDX-License-Identifier: MIT */
/* Which common name, category and workflow step a status has. */
import { showCatalogue } from '../catalogue.js';
import { pill } from '../dom.js';
import { categories, sourceField } from '../names.js';

export const show = (place) => showCatalogue({
	title: 'Status mappings', noun: 'status mapping', path: 'status-mappings', command: 'status-mapping', lists: ['workflows'],
	about: 'Which common name, category and workflow step a status of a source has. A change is applied at once to all statuses of that name.',
	name: (row) => `${row.status_from} → ${row.status_to}`,
	columns: () => [
		{ title: 'Status of the source', cell: (row) => row.status_from },
		{ title: 'Common name', cell: (row) => row.status_to },
		{ title: 'Category', cell: (row) => pill(row.status_category) },
		{ title: 'Workflow step', cell: (row) => row.workflow_step_name ?? '–' },
		{ title: 'Integration', cell: (row) => row.integration_name },
	],
	fields: (lists) => [
		{ name: 'status_from', label: 'Status of the source', required: true, hint: 'In any case' },
		{ name: 'status_to', label: 'Common name', required: true },
		{ name: 'status_category', label: 'Category', kind: 'choice', required: true, choices: categories },
		{ name: 'workflow_id', label: 'Workflow step', kind: 'choice', numeric: true,
			choices: [['', 'None'], ...lists.workflows.map((row) => [row.id, row.step_name])] },
		sourceField(lists),
	],
	target: 'target_mapping_id', dependents: 'dependent_statuses',
	dependent: (row) => `${row.original_name} (${row.status_category})`,
}, place);
