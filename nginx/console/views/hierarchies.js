/* SPDX-License-Identifier: MIT */
/* The levels of work item types. */
import { showCatalogue } from '../catalogue.js';
import { number } from '../dom.js';
import { sourceField } from '../names.js';

export const show = (place) => showCatalogue({
	title: 'Hierarchies', noun: 'hierarchy', path: 'wits-hierarchies', command: 'hierarchy', lists: ['wits-hierarchies'],
	about: 'The levels that type mappings name, highest first.',
	name: (row) => `${row.level_number} ${row.level_name}`,
	columns: () => [
		{ title: 'Level', number: true, cell: (row) => number(row.level_number) },
		{ title: 'Name', cell: (row) => row.level_name },
		{ title: 'Integration', cell: (row) => row.integration_name },
		{ title: 'Description', wide: true, cell: (row) => row.description ?? '' },
	],
	fields: (lists, row) => [
		{ name: 'level_name', label: 'Name', required: true },
		{ name: 'level_number', label: 'Level', kind: 'number', required: true },
		{ name: 'description', label: 'Description', most: 4096 },
		sourceField(lists),
		...row === null ? [] : [{ name: 'target_hierarchy_id', label: 'Deactivated, its type mappings move to', kind: 'choice', numeric: true,
			choices: [['', 'None'], ...lists['wits-hierarchies'].filter((one) => one.active && one.id !== row.id)
				.map((one) => [one.id, `${one.level_number} ${one.level_name}`])] }],
	],
	target: 'target_hierarchy_id', mustMove: true, dependents: 'dependent_mappings',
	dependent: (row) => `${row.wit_from} → ${row.wit_to}, ${row.affected_wits_count} types`,
}, place);
