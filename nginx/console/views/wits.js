/* SPDX-License-Identifier: MIT */
/* Work item types, as their sources name them. */
import { showCatalogue } from '../catalogue.js';
import { number } from '../dom.js';
import { sourceName } from '../names.js';

export const show = (place) => showCatalogue({
	title: 'Work item types', noun: 'work item type', path: 'wits', lists: ['wit-mappings'],
	about: 'As the sources name them. A type mapping gives them their common name and level.',
	columns: (lists) => [
		{ title: 'Type', cell: (row) => row.original_name },
		{ title: 'Common name', cell: (row) => lists['wit-mappings'].find((one) => one.id === row.wits_mapping_id)?.wit_to ?? '–' },
		{ title: 'Level at the source', number: true, cell: (row) => number(row.hierarchy_level) },
		{ title: 'Integration', cell: (row) => sourceName(lists, row) },
		{ title: 'Id at the source', cell: (row) => row.external_id ?? '–' },
		{ title: 'Description', wide: true, cell: (row) => row.description ?? '' },
	],
}, place);
