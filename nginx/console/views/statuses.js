/* SPDX-License-Identifier: MIT */
/* Statuses, as their sources name them. */
import { showCatalogue } from '../catalogue.js';
import { sourceName } from '../names.js';

export const show = (place) => showCatalogue({
	title: 'Statuses', noun: 'status', path: 'statuses',
	about: 'As the sources name them. A status mapping gives them their common name and category.',
	columns: (lists) => [
		{ title: 'Status', cell: (row) => row.original_name },
		{ title: 'Category', cell: (row) => row.status_category },
		{ title: 'Integration', cell: (row) => sourceName(lists, row) },
		{ title: 'Id at the source', cell: (row) => row.external_id ?? '–' },
		{ title: 'Description', wide: true, cell: (row) => row.description ?? '' },
	],
}, place);
