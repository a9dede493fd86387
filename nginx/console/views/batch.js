/* SPDX-License-Identifier: MIT */
/* One batch: what became of it, what went wrong, and its payload. */
import { ask, get, session } from '../api.js';
import { commands, confirm, tenant } from '../action.js';
import { problemNote } from '../problem.js';
import { bytes, button, duration, facts, fill, h, heading, number, pill, say, section, time } from '../dom.js';
import { membersOf, readJson } from '../json_text.js';
import { jsonTree } from '../json_tree.js';
import { go, to } from '../router.js';

export async function show({ page, id, signal, again }) {
	const path = `raw-data/${encodeURIComponent(id)}`;
	const [answer, integration] = await get(path, { include_raw_data: false }, { signal })
		.then(async (row) => [row, await get(`integrations/${row.integration_id}`, {}, { signal })
			.catch(() => null)]);
	const payload = h('div');

	fill(page,
		h('p', { class: 'fine' }, h('a', { href: to('batches') }, 'Batches')),
		heading(`Batch ${answer.id}`, pill(answer.processing_status), actions(answer, again)),
		section('What it is', facts([
			['Type', answer.entity_type],
			['Integration', h('a', { href: to(`integrations/${answer.integration_id}`) }, integration?.name ?? answer.integration_id)],
			['Name', answer.external_id ?? '–'],
			['Items', number(answer.raw_data_size)],
			['Size', bytes(answer.raw_data_bytes)],
			answer.replaced_characters > 0 && ['Replaced characters', number(answer.replaced_characters)],
			answer.traceparent && ['Trace', h('code', null, answer.traceparent.split('-')[1])],
		])),
		section('Timeline', timeline(answer)),
		answer.error_details || answer.error ? section('Errors', errors(answer.error_details)) : null,
		answer.extraction_metadata ? section('How it was extracted', lines(answer.extraction_metadata)) : null,
		section('Payload', answer.payload_gone_at ?
			h('p', { class: 'nothing' }, 'A rule of retention has removed it. What was made of it stays.') :
			[payload, commands({ method: 'GET', path }, `raw export ${tenant()} ${answer.id}`)]));
	if (!answer.payload_gone_at)
		await drawPayload(payload, path, answer, signal);
}

function actions(row, again) {
	if (!session.may('writer'))
		return [];
	const path = `raw-data/${row.id}`;
	const busy = row.processing_status === 'processing';
	const gone = Boolean(row.payload_gone_at);

	return [
		/* Nothing is made of it: there is no such type. */
		session.may('admin') && !gone && row.processing_status === 'completed' && row.attempts === 0 && row.queued_at === null ?
			h('a', { class: 'button', href: to('types', { batch: row.id }) }, 'Make rows of it') : null,
		button('Requeue', () => confirm({
			title: `Requeue batch ${row.id}?`,
			text: 'It is processed again from its beginning; its errors are kept as history.',
			verb: 'Requeue 1 batch',
			request: { method: 'POST', path: `${path}/requeue` },
			tool: `requeue ${tenant()} --id ${row.id}`,
			run: async () => (await ask('POST', `${path}/requeue`)).json(),
		}, (said) => {
			say(said.message);
			again();
		}), { disabled: busy || gone, title: busy ? 'A worker has it: wait until it is done' : gone ? 'Its payload is gone' : null }),
		button('Delete', () => confirm({
			title: `Delete batch ${row.id}?`,
			text: 'It no longer appears in lists. What was made of it stays.',
			verb: 'Delete', danger: true,
			request: { method: 'DELETE', path },
			tool: `raw delete ${tenant()} ${row.id}`,
			run: async () => (await ask('DELETE', path)).json(),
		}, (said) => {
			say(said.message);
			go('batches');
		}), { disabled: busy }),
	];
}

function timeline(row) {
	const between = (a, b) => a && b ? ` (${duration((new Date(b) - new Date(a)) / 1000)} later)` : '';
	const step = (kind, name, at, more) => h('li', { class: kind }, h('strong', null, name), ' ', at ? time(at) : '', more ?? '');
	const ended = row.processing_status === 'failed' ? ['bad', 'Failed'] : ['good', 'Completed'];

	return h('ol', { class: 'timeline' },
		step('good', 'Stored', row.created_at),
		row.queued_at ? step('good', 'Queued', row.queued_at, between(row.created_at, row.queued_at)) :
			row.processing_status === 'pending' ? step('calm', 'Not queued yet', null, 'The relay queues it as soon as the broker takes messages and processing is not paused.') : null,
		row.attempts > 0 ? step('good', `Tried ${number(row.attempts)} ${row.attempts === 1 ? 'time' : 'times'}`) : null,
		row.processed_at ? step(...ended, row.processed_at, [between(row.queued_at ?? row.created_at, row.processed_at),
			row.identical_to ? [' without work: its payload is that of ', h('a', { href: to(`batches/${row.identical_to}`) },
				`batch ${row.identical_to}`)] : null]) :
			step('busy', row.processing_status === 'processing' ? 'A worker has it' : row.processing_status === 'pending' ? 'It waits to be processed' : row.processing_status),
		row.payload_gone_at ? step('calm', 'Payload removed', row.payload_gone_at) : null);
}

/* The last error, then those before it, from error_details.earlier. */
function errors(details) {
	const { earlier, ...now } = details ?? {};
	const list = Array.isArray(earlier) ? earlier : [];

	return [
		Object.keys(now).length > 0 ? oneError(now) : h('p', { class: 'nothing' }, 'Nothing is wrong with it now.'),
		list.length > 0 ? h('details', null,
			h('summary', null, `${number(list.length)} earlier`),
			h('ol', { class: 'history' }, [...list].reverse().map((one) => h('li', null, oneError(one))))) : null,
	];
}

function oneError(details) {
	if (details === null || typeof details !== 'object')
		return h('p', null, String(details));
	const { stage, message, at, ...rest } = details;
	const more = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== null));

	return h('div', { class: 'error' },
		h('p', null, stage ? h('strong', null, `${stage}: `) : null, message ?? '', at ? [' ', time(at)] : null),
		Object.keys(more).length > 0 ? lines(more) : null);
}

/* A small object, a name and its value as JSON on each line. */
function lines(object) {
	return facts(Object.entries(object).map(([name, value]) => [name,
		typeof value === 'string' || typeof value === 'number' ? String(value) :
			h('pre', { tabindex: '0' }, JSON.stringify(value, null, 2))]));
}

async function drawPayload(place, path, row, signal) {
	const state = h('p', { class: 'fine', role: 'status' }, `Loading ${bytes(row.raw_data_bytes)}…`);

	fill(place, state);
	try {
		const { text } = await ask('GET', path, { signal, fresh: true });
		const places = readJson(text);
		const root = membersOf(text, places).get('raw_data');

		fill(place, jsonTree(text, places, root, `batch-${row.id}.json`));
	} catch (error) {
		if (error.name === 'AbortError')
			throw error;
		if (error.status !== 401)
			fill(place, problemNote(error, () => drawPayload(place, path, row, signal)));
	}
}

