/* SPDX-License-Identifier: MIT */
/* The sources; and one of them with its test and its fields. */
import { ask, quoted, session } from '../api.js';
import { commands, confirm, fed, optionsOf, orNothing, tenant } from '../action.js';
import { ifMatch, showCatalogue } from '../catalogue.js';
import { problemNote } from '../problem.js';
import { activePill, button, facts, fill, h, heading, pill, say, section, table, time } from '../dom.js';
import { memberText } from '../json_text.js';
import { to } from '../router.js';

export function show(place) {
	return place.id === null ? showList(place) : showOne(place);
}

const showList = (place) => showCatalogue({
	title: 'Integrations', noun: 'integration', path: 'integrations', command: 'integration',
	about: 'The sources that batches come from. Passwords are kept encrypted and are shown nowhere.',
	name: (row) => row.name,
	columns: () => [
		{ title: 'Name', cell: (row) => [h('a', { href: to(`integrations/${row.id}`) }, row.name),
			row.refused_at ? [' ', pill('refused')] : null] },
		{ title: 'Product', cell: (row) => row.product },
		{ title: 'Address', cell: (row) => row.base_url ?? '–', class: 'name' },
		{ title: 'User', cell: (row) => row.username ?? '–', class: 'name' },
		{ title: 'Newest batch', cell: (row) => time(row.last_sync_at) },
	],
	fields: (lists, row) => [
		{ name: 'provider', from: 'name', label: 'Name', required: true, hint: 'Its own; a tenant has each name once' },
		{ name: 'product', label: 'Product', hint: 'What the source is, such as jira or github' },
		{ name: 'type', from: 'integration_type', label: 'Kind', required: true, value: 'data_source' },
		{ name: 'base_url', label: 'Address', kind: 'url' },
		{ name: 'username', label: 'User' },
		{ name: 'password', label: 'Password or token', kind: 'password',
			hint: row === null ? null : 'Empty: the one there is stays' },
		{ name: 'settings', label: 'Settings', kind: 'object' },
	],
	tool,
}, place);

/* A password, which is typed at the terminal, and the state have commands of their own. */
function tool({ password, active, settings: all, ...body }, row, version) {
	const settings = orNothing(all, row);
	const options = optionsOf(body, { product: (value) => value === null ? '' : `--product ${quoted(value)}` });
	const words = [options, settings && '--settings-file -'].filter(Boolean).join(' ');
	const withSettings = (command) => settings ? fed(settings, command) : command;

	if (row === null) {
		const command = `integration create ${tenant()} ${words}`;

		return password === undefined ? withSettings(command) :
			settings ? [{ line: `id=$(${fed(settings, command).line})` }, `integration password ${tenant()} "$id"`] :
				[{ line: `id=$(pulse-etl ${command})` }, `integration password ${tenant()} "$id"`];
	}
	const match = ifMatch(version);
	const then = words === '' ? match : '';

	return [
		words !== '' && withSettings(`integration set ${tenant()} ${match}${words} ${row.id}`),
		password !== undefined && `integration password ${tenant()} ${then}${row.id}`,
		active !== undefined && `integration ${active ? 'enable' : 'disable'} ${tenant()} ${password === undefined ? then : ''}${row.id}`,
	].filter(Boolean);
}

async function showOne({ page, id, signal, again }) {
	const path = `integrations/${encodeURIComponent(id)}`;
	const answer = await ask('GET', path, { signal });
	const row = answer.json();
	const tested = h('div'), fields = h('div');
	const admin = session.may('admin');

	fill(page,
		h('p', { class: 'fine' }, h('a', { href: to('integrations') }, 'Integrations')),
		heading(row.name, activePill(row.active),
			session.may('writer') ? button('Extract now', () => extract(row)) : null,
			admin ? button(row.active ? 'Deactivate' : 'Activate', () => toggle(row, again)) : null),
		section('What it is', facts([
			['Product', row.product], ['Kind', row.integration_type], ['Address', row.base_url ?? '–'],
			['User', row.username ?? '–'],
			row.refused_at && ['Credentials refused', time(row.refused_at)],
			['Newest batch', time(row.last_sync_at)],
			['Batches', h('a', { href: to('batches', { integration_id: row.id }) }, 'list them')],
			['Runs', h('a', { href: to('runs', { integration_id: row.id }) }, 'list them')],
		])),
		section('Settings', h('pre', { class: 'settings', tabindex: '0' }, memberText(answer.text, 'settings'))),
		admin ? section('Does it work?', h('p', { class: 'tools' }, button('Test', () => test(tested, path))), tested,
			commands({ method: 'POST', path: `${path}/test` }, `integration test ${tenant()} ${row.id}`)) : null,
		admin && row.product === 'jira' ? section('Custom fields', h('p', { class: 'tools' },
			button('Ask for them', () => askFields(fields, path))), fields,
		commands({ method: 'GET', path: `${path}/fields` }, `integration fields ${tenant()} ${row.id}`)) : null);
}

async function asked(place, request, draw) {
	fill(place, h('p', { class: 'fine', role: 'status' }, 'The source is asked…'));
	try {
		fill(place, draw((await request()).json()));
	} catch (error) {
		if (error.status !== 401)
			fill(place, problemNote(error));
	}
}

const test = (place, path) => asked(place, () => ask('POST', `${path}/test`), (told) => [
	h('p', { class: `note ${told.works ? 'good' : 'bad'}` }, told.works ? 'It takes the credentials.' : told.trouble),
	facts(Object.entries(told).filter(([name, value]) => !['works', 'trouble'].includes(name) && value !== null)
		.map(([name, value]) => [name.replaceAll('_', ' '), String(value)])),
]);

const askFields = (place, path) => asked(place, () => ask('GET', `${path}/fields`, { fresh: true }), (told) => told.trouble ?
	h('p', { class: 'note bad' }, told.trouble) :
	table('Custom fields', [
		{ title: 'Field', cell: (row) => row.id },
		{ title: 'Name', cell: (row) => row.name ?? '–' },
		{ title: 'Type', cell: (row) => row.type ?? '–' },
		{ title: 'Column', cell: (row) => row.column ?? '–' },
	], told.fields));

function toggle(row, again) {
	const path = `integrations/${row.id}/toggle-active`;

	confirm({
		title: `${row.active ? 'Deactivate' : 'Activate'} ${row.name}?`,
		text: row.active ? 'Nothing is extracted from it any more. Its batches stay.' : 'Extractions from it are taken again.',
		verb: row.active ? 'Deactivate' : 'Activate',
		request: { method: 'POST', path },
		tool: `integration ${row.active ? 'disable' : 'enable'} ${tenant()} ${row.id}`,
		run: () => ask('POST', path),
	}, () => {
		say(row.active ? 'It is deactivated' : 'It is active');
		again();
	});
}

function extract(row) {
	const body = { integration_id: row.id, job_type: `${row.product}_sync`, job_params: {} };

	confirm({
		title: `Extract from ${row.name}?`,
		text: 'What has changed since the last run is read. If the same run is open, it is that one.',
		verb: 'Start a run',
		request: { method: 'POST', path: 'jobs/extract', body },
		tool: `extract run ${tenant()} --integration ${row.id}`,
		run: async () => (await ask('POST', 'jobs/extract', { body })).json(),
	}, (said) => {
		say(said.message);
		location.hash = to(`runs/${said.run_id}`);
	});
}
