/* SPDX-License-Identifier: MIT */
/* Runs of extractions; and one of them, looked at until it has ended. */
import { ask, get, list, session } from '../api.js';
import { commands, confirm, tenant } from '../action.js';
import { bytes, button, duration, facts, fill, h, heading, number, pill, refill, say, section, table, time } from '../dom.js';
import { poll } from '../poll.js';
import { go, to } from '../router.js';

export function show(place) {
	return place.id === null ? showList(place) : showOne(place);
}

async function showList({ page, query, signal, again }) {
	const answer = await list('runs', { limit: 50, cursor: query.cursor, integration_id: query.integration_id }, { signal });

	fill(page, heading('Runs', button('Refresh', again)),
		h('p', { class: 'fine' }, `${number(answer.total)} in all, newest first`),
		table('Runs', [
			{ title: 'Run', number: true, cell: (row) => h('a', { href: to(`runs/${row.id}`) }, row.id) },
			{ title: 'State', cell: (row) => pill(row.state) },
			{ title: 'Integration', cell: (row) => row.integration_name },
			{ title: 'Type', cell: (row) => row.job_type },
			{ title: 'Pages', number: true, cell: (row) => number(row.pages) },
			{ title: 'Items', number: true, cell: (row) => number(row.items) },
			{ title: 'Size', number: true, cell: (row) => bytes(row.bytes) },
			{ title: 'Errors', number: true, cell: (row) => number(Array.isArray(row.errors) ? row.errors.length : 0) },
			{ title: 'Asked for', cell: (row) => time(row.created_at) },
			{ title: 'Ended', cell: (row) => time(row.ended_at) },
		], answer.rows, 'There was no run yet.'),
		answer.next ? button('Older', () => go('runs', { ...query, cursor: answer.next })) : null);
}

async function showOne({ page, id, signal, again }) {
	const path = `runs/${encodeURIComponent(id)}`;
	const top = h('div'), body = h('div', { class: 'stack' });
	const polling = poll(look, 3, signal);

	fill(page, h('p', { class: 'fine' }, h('a', { href: to('runs') }, 'Runs')), top, body);

	/* Drawn anew only where it has changed, or the focus would be lost. */
	let before = '';
	async function look() {
		const row = await get(path, {}, { signal });
		const now = JSON.stringify(row);

		if (now === before)
			return;
		before = now;
		draw(row);
	}

	function draw(row) {
		const errors = Array.isArray(row.errors) ? row.errors : [];

		refill(top, () => heading(`Run ${row.id}`, pill(row.state), row.ended_at ? null : polling.element,
			session.may('writer') && !row.ended_at ? button('Cancel', () => cancel(row, again)) : null));
		refill(body, () => [
			section('How far it is', facts([
				['Integration', h('a', { href: to(`integrations/${row.integration_id}`) }, row.integration_name)],
				['Type', row.job_type], ['Stream', row.stream ?? '–'], ['Part', row.part ?? '–'],
				['Pages', number(row.pages)], ['Items', number(row.items)], ['Size', bytes(row.bytes)],
				['Requests', number(row.requests)], ['Waited', duration(row.waited_seconds)],
				['Reads', row.is_full ? 'everything' : row.from_at ? ['changes since ', time(row.from_at)] : 'everything'],
			])),
			section('When', facts([
				['Asked for', time(row.created_at)], ['Queued', time(row.queued_at)], ['Started', time(row.started_at)],
				row.resume_at && ['Goes on', time(row.resume_at)], ['Ended', time(row.ended_at)],
			])),
			errors.length > 0 ? section('What went wrong', h('ol', { class: 'history' }, errors.map((one) =>
				h('li', null, typeof one === 'string' ? one : h('pre', { tabindex: '0' }, JSON.stringify(one, null, 2)))))) : null,
			commands({ method: 'GET', path }, `run show ${tenant()} ${row.id}`),
		]);
	}

	draw(await get(path, {}, { signal }));
	polling.start();
}

function cancel(row, again) {
	const path = `runs/${row.id}/cancel`;

	confirm({
		title: `Cancel run ${row.id}?`,
		text: 'It ends behind the page that is being read; what was stored stays.',
		verb: 'Cancel the run', danger: true,
		request: { method: 'POST', path },
		tool: `run cancel ${tenant()} ${row.id}`,
		run: async () => (await ask('POST', path)).json(),
	}, (said) => {
		say(said.message);
		again();
	});
}
