/* SPDX-License-Identifier: MIT */
/*
 * Entity types of the tenant's own: their list, one of them, and a form that looks
 * at a mapping, tries it on a batch, and proposes one from a batch.
 */
import { ask, get } from '../api.js';
import { commands, confirm, fed, tenant } from '../action.js';
import { ifMatch, showCatalogue } from '../catalogue.js';
import { problemNote } from '../problem.js';
import { activePill, button, facts, field, fill, h, heading, number, say, section, table } from '../dom.js';
import { membersOf, readJson } from '../json_text.js';
import { jsonTree } from '../json_tree.js';
import { to } from '../router.js';

const targets = ['records', 'work_items', 'prs', 'repositories'];

/* A mapping for a command that reads it. */
const mapped = ({ name, target, items_path, key_path, updated_path, columns, active }, command) =>
	fed({ name, target, items_path, key_path, updated_path: updated_path ?? undefined, columns,
		active: active === false ? false : undefined }, `type ${command} -`);

export function show(place) {
	return place.id === null ? showList(place) : showOne(place);
}

/* ?batch=ID begins with a type that is proposed from that batch. */
const showList = (place) => showCatalogue({
	title: 'Entity types', noun: 'entity type', path: 'types', ofAll: true,
	about: 'How batches of entity types that the service does not know become rows. Batches that were stored before are processed by a change when it is applied.',
	name: (row) => row.name,
	fixed: (row) => row.shared,
	columns: () => [
		{ title: 'Type', cell: (row) => h('a', { href: to(`types/${row.id}`) }, row.name) },
		{ title: 'Becomes', cell: (row) => row.target },
		{ title: 'Items', cell: (row) => h('code', null, row.items_path), class: 'name' },
		{ title: 'Columns', number: true, cell: (row) => number(row.columns.length) },
		{ title: 'Whose', cell: (row) => row.shared ? 'all tenants' : 'this tenant' },
	],
	/* By another name it would be another type. */
	fields: (lists, row) => [
		...row === null ? [{ name: 'name', label: 'Type', required: true, most: 50, hint: 'The entity_type of its batches' }] : [],
		{ name: 'target', label: 'Becomes', kind: 'choice', required: true, choices: targets, value: 'records' },
		{ name: 'items_path', label: 'Items', required: true, most: 500, hint: 'A jsonpath, such as $.items[*]' },
		{ name: 'key_path', label: 'Key', required: true, most: 500, hint: 'In an item, such as $.id' },
		{ name: 'updated_path', label: 'Time of the last change', most: 500, hint: 'In an item; empty: it is as old as its batch' },
		{ name: 'columns', label: 'Columns', kind: 'object', required: true, value: [{ name: 'title', path: '$.title' }],
			hint: 'Name, path and, for records, kind of each' },
	],
	more: (row, again) => [button('Apply', () => apply(row, again), { class: 'quiet', 'aria-label': `Apply ${row.name}` })],
	tool: (body, old, version) => mapped({ ...old, ...body }, `apply ${tenant()} ${ifMatch(version)}`.trim()),
	removeTool: (row) => `type remove ${tenant()} ${row.id}`,
	beside: (form) => trial(form, place.query.batch),
	begin(create) {
		if (place.query.batch) {
			/* Once: not when the list is drawn anew. */
			history.replaceState(null, '', to('types'));
			create();
		}
	},
}, place);

/* The tools of the form: propose, check, try. */
function trial(form, known) {
	const batch = h('input', { name: 'batch', type: 'number', min: 1, step: 1, value: known });
	const told = h('div', { class: 'told', role: 'status' });
	const actions = {
		infer: {
			path: 'types/infer', body: () => ({ raw_data_id: Number(batch.value) }),
			tool: () => `type infer ${tenant()} ${Number(batch.value)} >mapping.json`,
			draw(text) {
				form.set(JSON.parse(text));
				return h('p', { class: 'note good' }, 'The form has what was proposed: read it before it is saved.');
			},
		},
		check: {
			path: 'types/check', body: () => form.values(), tool: (body) => mapped(body, 'check'),
			draw: (text) => h('p', { class: 'note good' }, JSON.parse(text).message),
		},
		try: {
			path: 'types/try', body: () => ({ ...form.values(), raw_data_id: Number(batch.value) }),
			tool: (body) => mapped(body, `try ${tenant()} --batch ${body.raw_data_id}`),
			draw(text) {
				const places = readJson(text);
				const { items, unreadable, skipped, skipped_list: notes } = JSON.parse(text);
				const rows = membersOf(text, places).get('rows');
				const shown = places.members[rows]; /* 10 at most */

				return [
					h('p', { class: `note ${skipped > 0 ? '' : 'good'}` }, `${number(items)} items, ${number(unreadable)} without a key, ` +
						`${number(skipped)} notes; nothing was stored`),
					notes ? h('details', null, h('summary', null, 'What could not be read'),
						h('pre', { tabindex: '0' }, JSON.stringify(notes, null, 2))) : null,
					h('p', { class: 'fine' }, shown >= 10 ? `The first ${number(shown)} rows` : 'The rows'),
					jsonTree(text, places, rows, 'rows.json'),
				];
			},
		},
	};

	async function act(name) {
		const one = actions[name];

		fill(told, h('p', { class: 'fine' }, 'The service is asked…'));
		try {
			if (name !== 'check' && !(Number(batch.value) > 0)) {
				batch.focus();
				throw new Error('Batch is missing: its number stands in its address and in the list of batches');
			}
			const body = one.body();
			const lines = commands({ method: 'POST', path: one.path, body }, one.tool(body));

			fill(told, lines);
			const { text } = await ask('POST', one.path, { body });

			fill(told, one.draw(text), lines);
		} catch (error) {
			if (error.status === 401)
				return;
			told.prepend(error.status === undefined ? h('p', { class: 'note bad', role: 'alert' }, error.message) : problemNote(error));
			told.querySelector('.fine')?.remove();
		}
	}
	batch.addEventListener('keydown', (event) => {
		if (event.key === 'Enter') {
			event.preventDefault();
			act('try');
		}
	});
	if (known)
		setTimeout(act, 0, 'infer');
	return h('fieldset', { class: 'trial' }, h('legend', null, 'On a stored batch'),
		field('Batch', batch, 'Its number; nothing is stored'),
		h('p', { class: 'tools' }, button('Propose from it', () => act('infer')), button('Check', () => act('check')),
			button('Try', () => act('try'))), told);
}

async function showOne({ page, id, signal }) {
	const path = `types/${encodeURIComponent(id)}`;
	const row = await get(path, {}, { signal });

	fill(page,
		h('p', { class: 'fine' }, h('a', { href: to('types') }, 'Entity types')),
		heading(row.name, activePill(row.active)),
		section('What it is', facts([
			['Becomes', row.target], ['Items', h('code', null, row.items_path)], ['Key', h('code', null, row.key_path)],
			['Time of the last change', row.updated_path ? h('code', null, row.updated_path) : 'that of its batch'],
			['Whose', row.shared ? 'All tenants share it: an operator changes it by pulse-etl type apply --all-tenants' : 'This tenant\'s'],
			['Batches', h('a', { href: to('batches', { entity_type: row.name }) }, 'list them')],
		])),
		section('Columns', table('Columns', [
			{ title: 'Column', cell: (one) => one.name },
			{ title: 'Path', cell: (one) => h('code', null, one.path) },
			{ title: 'Kind', cell: (one) => one.kind ?? (row.target === 'records' ? 'text' : 'as the target has it') },
		], row.columns)),
		commands({ method: 'GET', path }, `type show ${tenant()} ${row.id}`));
}

/* How many there are is asked first, and named; a thousand at a time. */
async function apply(row, again) {
	const path = `types/${row.id}/apply`;
	const most = 1000;

	try {
		const { found } = (await ask('POST', path, { body: { dry_run: true } })).json();
		const count = Math.min(found, most);

		if (found === 0) {
			say('No batch was processed before its last change');
			return;
		}
		confirm({
			title: `Apply ${row.name}?`,
			text: `${number(found)} ${found === 1 ? 'batch was' : 'batches were'} processed before its last change. ` +
				(found > most ? `The ${number(most)} oldest of them are requeued at a time. ` : '') + 'They are processed again from their beginning.',
			verb: `Requeue ${number(count)} batch${count === 1 ? '' : 'es'}`, danger: count > 100,
			request: { method: 'POST', path, body: { limit: count } },
			tool: mapped(row, `apply ${tenant()} --requeue`),
			run: async () => (await ask('POST', path, { body: { limit: count } })).json(),
		}, (said) => {
			say(`${number(said.requeued)} pending again, ${number(said.queued)} of them queued at once`);
			again();
		});
	} catch (error) {
		if (error.status !== 401)
			say(error.message, 'bad');
	}
}
