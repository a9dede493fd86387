/* SPDX-License-Identifier: MIT */
/* What was given up: messages of the dead-letter queues, and failed batches. */
import { all, ask, get, session } from '../api.js';
import { confirm, dialog, tenant } from '../action.js';
import { problemNote } from '../problem.js';
import { button, fill, h, heading, number, pill, say, section, table, time } from '../dom.js';
import { to } from '../router.js';
import { drawList } from './batches.js';

const queues = ['transform', 'load', 'extract'];

export async function show({ page, query, signal, again }) {
	const lessTold = (error) => {
		if (error.status === 401 || error.name === 'AbortError')
			throw error;
		return { error };
	};
	/* Whoever looks at messages holds them for a moment: they are counted before. */
	const depth = await get('queues', {}, { signal }).catch(lessTold);
	const [sources, ...letters] = await Promise.all([
		all('integrations', { signal }),
		...queues.map((queue) => get('dead-letters', { queue }, { signal }).catch(lessTold)),
	]);
	const batches = h('div');
	const of = (queue) => depth.queues?.find((one) => one.name === `${queue}_queue.dead`);

	fill(page, heading('Dead letters', button('Refresh', again)),
		section('Messages',
			h('p', null, 'A message is dead once its batch, or its run, could not be processed. The queues are those of all ' +
				'tenants; the messages below them are of this one.'),
			depth.error ? h('p', { class: 'nothing' }, depth.error.message) :
				table('Dead-letter queues', [
					{ title: 'Queue', cell: (row) => row.name },
					{ title: 'State', cell: (row) => pill(row.state) },
					{ title: 'Messages', number: true, cell: (row) => number(row.message_count) },
				], queues.map(of).filter(Boolean))),
		queues.map((queue, i) => drawLetters(queue, letters[i], sources, again)),
		h('section', { class: 'card' }, h('h2', null, 'Failed batches of this tenant'), batches));
	await drawList(batches, { processing_status: 'failed' }, query.cursor, sources, signal, again);
}

/* Those of one queue; nothing where it has none. */
function drawLetters(queue, answer, sources, again) {
	const names = new Map(sources.map((row) => [row.id, row.name]));

	if (answer.error)
		return section(`Dead in ${queue}`, h('p', { class: 'nothing' }, answer.error.message));
	if (answer.dead_letters.length === 0)
		return null;
	return h('section', { class: 'card' },
		h('div', { class: 'heading' }, h('h2', null, `Dead in ${queue}`),
			session.may('writer') ? button('Requeue all…', () => requeueAll(queue, again),
				{ 'aria-label': `Requeue all that is dead in ${queue}` }) : null),
		table(`Dead in ${queue}`, [
			{ title: 'Died', cell: (row) => time(row.died_at) },
			queue === 'extract' ?
				{ title: 'Run', number: true, cell: (row) => row.run_id ? h('a', { href: to(`runs/${row.run_id}`) }, row.run_id) : '–' } :
				{ title: 'Batch', number: true, cell: (row) => h('a', { href: to(`batches/${row.raw_data_id}`) }, row.raw_data_id) },
			{ title: 'Type', cell: (row) => row.type, class: 'name' },
			{ title: 'Integration', cell: (row) => names.get(row.integration_id) ?? row.integration_id },
			{ title: 'Reason', cell: (row) => row.reason ?? '–', class: 'name' },
			session.may('writer') && { title: 'Change', class: 'row-tools', cell: (row) => {
				const [member, what] = queue === 'extract' ? ['run_id', 'run'] : ['raw_data_id', 'batch'];

				/* An extraction of others may have no run. */
				return row[member] ? button('Requeue', () => requeue(queue, { [member]: row[member] }, 1, again),
					{ class: 'quiet', 'aria-label': `Requeue ${what} ${row[member]} of ${queue}` }) : null;
			} },
		].filter(Boolean), answer.dead_letters),
		answer.is_whole ? null : h('p', { class: 'fine' }, 'There are more of them.'));
}

const plural = (count) => `${number(count)} message${count === 1 ? '' : 's'}`;

/* How many there are is asked first, and named. */
function requeueAll(queue, again) {
	dialog(`Requeue what is dead in ${queue}`, async (form, close) => {
		fill(form, h('p', { 'aria-busy': 'true' }, 'Counting…'));
		try {
			const body = { queue, all: true, dry_run: true };
			const { found } = (await ask('POST', 'dead-letters/requeue', { body })).json();

			close();
			if (found === 0)
				say('None of them is left');
			else
				requeue(queue, { all: true }, Math.min(found, 1000), again);
		} catch (error) {
			fill(form, problemNote(error), h('p', { class: 'tools end' }, button('Close', close)));
		}
	});
}

function requeue(queue, filter, count, again) {
	const body = { queue, ...filter, ...filter.all ? { limit: count } : {} };

	confirm({
		title: `Requeue ${plural(count)} of ${queue}?`,
		text: queue === 'transform' ? 'Their batches are processed again from their beginning. One that a worker has keeps its message.' :
			'They are put back on their queue as they are.',
		verb: `Requeue ${plural(count)}`, danger: count > 100,
		request: { method: 'POST', path: 'dead-letters/requeue', body },
		tool: `dead requeue ${filter.all ? `--all ${tenant()}` : filter.run_id ? `--run ${filter.run_id}` : `--batch ${filter.raw_data_id}`} ${queue}`,
		run: async () => (await ask('POST', 'dead-letters/requeue', { body })).json(),
	}, (said) => {
		say(said.message, said.requeued === 0 ? 'bad' : '');
		again();
	});
}
