/* SPDX-License-Identifier: MIT */
/* The batches of a filter, page by page; and one of them (batch.js). */
import { all, ask, get, session } from '../api.js';
import { confirm, dialog, optionsOf, tenant } from '../action.js';
import { problemNote } from '../problem.js';
import { bytes, button, duration, field, fill, h, heading, number, pill, say, select, table, time } from '../dom.js';
import { go, to } from '../router.js';
import { show as showOne } from './batch.js';

export const filters = ['processing_status', 'integration_id', 'entity_type', 'external_id',
	'created_after', 'created_before'];
const pageSize = 50;

/* The cursors of the pages before, so that one can go back to newer batches. */
const before = new Map();

export async function show(place) {
	if (place.id !== null)
		return showOne(place);
	const { page, query, signal } = place;
	const filter = Object.fromEntries(filters.filter((name) => query[name]).map((name) => [name, query[name]]));
	const rest = h('div');
	const sources = await all('integrations', { signal });

	fill(page, heading('Batches', button('Refresh', place.again)), filterForm(query, sources), rest);
	await drawList(rest, filter, query.cursor, sources, signal, place.again);
	return undefined;
}

/* Times of the form are of this browser's zone, those of the address are UTC. */
function localTime(stamp) {
	const at = new Date(stamp ?? NaN);

	return Number.isNaN(at.getTime()) ? '' :
		new Date(at - at.getTimezoneOffset() * 60000).toISOString().slice(0, 19);
}

function filterForm(query, sources) {
	const text = (name, label, hint) => field(label, h('input', { name, value: query[name], maxlength: '255', placeholder: hint ?? '' }));
	const moment = (name, label) => field(label, h('input', { name, type: 'datetime-local', step: '1', max: '9999-12-31T23:59:59', value: localTime(query[name]) }));
	const form = h('form', { class: 'filters', role: 'search', 'aria-label': 'Filter', onsubmit: (event) => {
		const values = Object.fromEntries(new FormData(form));

		event.preventDefault();
		for (const name of ['created_after', 'created_before'])
			if (values[name])
				values[name] = new Date(values[name]).toISOString();
		go('batches', values);
	} },
	field('Status', select('processing_status', [['', 'Any'], 'pending', 'processing', 'completed', 'failed'], query.processing_status)),
	field('Integration', select('integration_id', [['', 'Any'], ...sources.map((row) => [row.id, row.name])], query.integration_id)),
	text('entity_type', 'Type', 'jira_issues_batch'), text('external_id', 'Name'),
	moment('created_after', 'Stored after'), moment('created_before', 'Stored before'),
	h('div', { class: 'tools' }, h('button', { type: 'submit', class: 'main' }, 'Filter'),
		h('a', { class: 'button', href: to('batches') }, 'Clear')));

	form.addEventListener('change', (event) => {
		if (event.target.tagName === 'SELECT')
			form.requestSubmit();
	});
	return form;
}

/* Draw a page of the filter's batches, with what can be done with them. */
export async function drawList(place, filter, cursor, sources, signal, again) {
	const answer = await get('raw-data', { ...filter, limit: pageSize, cursor }, { signal });
	const rows = answer.raw_data_records;
	const names = new Map(sources.map((row) => [row.id, row.name]));
	const chosen = new Set();
	const bar = h('div', { class: 'tools' });
	const tick = (row) => h('input', { type: 'checkbox', 'aria-label': `Choose batch ${row.id}`, onchange: (event) => {
		if (event.target.checked)
			chosen.add(row.id);
		else
			chosen.delete(row.id);
		drawBar();
	} });
	const all = () => h('input', { type: 'checkbox', 'aria-label': 'Choose all of this page', onchange: (event) => {
		for (const box of place.querySelectorAll('tbody input[type=checkbox]'))
			if (box.checked !== event.target.checked)
				box.click();
	} });

	function drawBar() {
		if (!session.may('writer'))
			return;
		fill(bar,
			button(`Requeue ${number(chosen.size)} chosen`, () => requeueChosen([...chosen], again), { disabled: chosen.size === 0 }),
			button('Requeue all found…', () => requeueFilter(filter, again), { disabled: rows.length === 0 }));
	}

	if (answer.next_cursor)
		before.set(answer.next_cursor, cursor ?? '');
	drawBar();
	fill(place,
		h('div', { class: 'heading list' },
			h('p', { class: 'fine' }, `${number(answer.total_count)}${answer.total_count_is_exact ? '' : '+'} ` +
				`batch${answer.total_count === 1 ? '' : 'es'}, newest first`), bar),
		table('Batches', [
			session.may('writer') && { heading: all, cell: tick, class: 'tick' },
			{ title: 'Id', number: true, cell: (row) => h('a', { href: to(`batches/${row.id}`) }, row.id) },
			{ title: 'Status', cell: (row) => pill(row.processing_status) },
			{ title: 'Type and name', class: 'name', cell: (row) => [row.entity_type,
				row.external_id ? h('small', { title: row.external_id }, row.external_id) : null] },
			{ title: 'Integration', cell: (row) => names.get(row.integration_id) ?? row.integration_id },
			{ title: 'Items', number: true, cell: (row) => number(row.raw_data_size) },
			{ title: 'Size', number: true, cell: (row) => bytes(row.raw_data_bytes) },
			{ title: 'Stored', cell: (row) => time(row.created_at) },
			{ title: 'Done after', number: true, cell: (row) => row.processed_at ?
				duration((new Date(row.processed_at) - new Date(row.created_at)) / 1000) : '–' },
			{ title: 'Tries', number: true, cell: (row) => number(row.attempts) },
			{ title: 'Error', class: 'name', cell: (row) => h('span', { title: row.error }, row.error ?? '') },
		].filter(Boolean), rows, 'No batch is like that.'),
		h('nav', { class: 'pages', 'aria-label': 'Pages' },
			cursor ? link('Newest', null) : null,
			cursor && before.get(cursor) ? link('Newer', before.get(cursor)) : null,
			answer.next_cursor ? link('Older', answer.next_cursor) : null));

	function link(title, to_cursor) {
		const { 0: path, 1: rest } = location.hash.replace(/^#\/?/, '').split('?');

		return h('a', { class: 'button', href: to(path, { ...Object.fromEntries(new URLSearchParams(rest)), cursor: to_cursor }) }, title);
	}
}

const plural = (count) => `${number(count)} batch${count === 1 ? '' : 'es'}`;

/* One request each: those chosen are no filter. */
function requeueChosen(ids, again) {
	const state = h('p', { class: 'fine', role: 'status' });

	confirm({
		title: `Requeue ${plural(ids.length)}?`,
		text: 'They are processed again from their beginning; their errors are kept as history.',
		verb: `Requeue ${plural(ids.length)}`, content: state,
		request: ids.map((id) => ({ method: 'POST', path: `raw-data/${id}/requeue` })),
		tool: ids.map((id) => `requeue ${tenant()} --id ${id}`),
		async run() {
			const refused = [];
			let queued = 0;

			for (const id of ids)
				try {
					await ask('POST', `raw-data/${id}/requeue`);
					fill(state, `${number(++queued)} of ${number(ids.length)}`);
				} catch (error) {
					if (![404, 409, 410].includes(error.status))
						throw error;
					refused.push(`${id}: ${error.message}`);
				}
			return [`${plural(queued)} pending again${refused.length > 0 ? `; not ${refused.join('; ')}` : ''}`, refused.length > 0];
		},
	}, ([text, bad]) => {
		say(text, bad ? 'bad' : '');
		again();
	});
}

/* How many there are is asked first, and named. */
export function requeueFilter(filter, again) {
	const most = 1000;
	const body = Object.keys(filter).length === 0 ? { all: true } : { ...filter };

	if (body.integration_id)
		body.integration_id = Number(body.integration_id);
	dialog('Requeue what the filter finds', async (form, close) => {
		fill(form, h('p', { 'aria-busy': 'true' }, 'Counting…'));
		try {
			const { found } = (await ask('POST', 'raw-data/requeue', { body: { ...body, dry_run: true } })).json();
			const count = Math.min(found, most);

			close();
			if (found === 0) {
				say('None of these batches can be requeued: they are pending or being processed');
				return;
			}
			confirm({
				title: `Requeue ${plural(count)}?`,
				text: `${Object.keys(filter).length === 0 ? 'Without a filter that is every completed or failed batch' :
					`The filter is ${Object.entries(filter).map(([name, value]) => `${name} = ${value}`).join(', ')}`}. ` +
					(found > most ? `It finds ${number(found)}; the ${number(most)} oldest of them are requeued at a time. ` : '') +
					'They are processed again from their beginning; their errors are kept as history.',
				verb: `Requeue ${plural(count)}`, danger: count > 100,
				request: { method: 'POST', path: 'raw-data/requeue', body: { ...body, limit: count } },
				tool: toolLine(filter, count),
				run: async () => (await ask('POST', 'raw-data/requeue', { body: { ...body, limit: count } })).json(),
			}, (said) => {
				say(`${plural(said.requeued)} pending again, ${number(said.queued)} of them queued at once`);
				again();
			});
		} catch (error) {
			fill(form, problemNote(error), h('p', { class: 'tools end' }, button('Close', close)));
		}
	});
}

function toolLine(filter, count) {
	const words = optionsOf(filter, { processing_status: '--status', entity_type: '--type', external_id: '--external-id',
		created_after: '--after', created_before: '--before' });

	return `requeue ${tenant()} ${words || '--all'} --limit ${count}`;
}

