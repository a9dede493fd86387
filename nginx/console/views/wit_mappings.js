/* SPDX-License-Identifier: MIT */
/* Which common name and level a work item type has. */
import { showCatalogue } from '../catalogue.js';
import { number } from '../dom.js';
import { sourceField } from '../names.js';

export const show = (place) => showCatalogue({
	title: 'Type mappings', noun: 'type mapping', path: 'wit-mappings', command: 'wit-mapping', lists: ['wits-hierarchies'],
	about: 'Which common name and level a work item type of a source has.',
	name: (row) => `${row.wit_from} → ${row.wit_to}`,
	columns: (lists) => [
		{ title: 'Type of the source', cell: (row) => row.wit_from },
		{ title: 'Common name', cell: (row) => row.wit_to },
		{ title: 'Level', number: true, cell: (row) => number(row.hierarchy_level) },
		{ title: 'Hierarchy', cell: (row) => lists['wits-hierarchies'].find((one) =>
			one.level_number === row.hierarchy_level && one.integration_id === row.integration_id)?.level_name ?? '–' },
		{ title: 'Integration', cell: (row) => row.integration_name },
	],
	fields: (lists) => [
		{ name: 'wit_from', label: 'Type of the source', required: true, hint: 'In any case' },
		{ name: 'wit_to', label: 'Common name', required: true },
		{ name: 'hierarchy_level', label: 'Level', kind: 'choice', numeric: true, required: true,
			choices: [...new Map(lists['wits-hierarchies'].map((row) => [row.level_number, `${row.level_number} ${row.level_name}`]))] },
		sourceField(lists),
	],
}, place);
