/* SPDX-License-Identifier: MIT */
/* What was given up: messages of the dead-letter queues, and failed batches. */
import { get, list, session } from '../api.js';
import { copy, button, fill, h, heading, number, pill, section, table } from '../dom.js';
import { drawList } from './batches.js';

export async function show({ page, query, signal, again }) {
	const [depth, sources] = await Promise.all([
		get('queues', {}, { signal }).catch((error) => {
			if (error.status === 401 || error.name === 'AbortError')
				throw error;
			return { error };
		}),
		list('integrations', {}, { signal }).then((answer) => answer.rows),
	]);
	const batches = h('div');
	const line = (text) => h('div', { class: 'command' }, h('pre', { tabindex: '0' }, text),
		button('Copy', () => copy(text), { class: 'quiet', 'aria-label': `Copy ${text}` }));

	fill(page, heading('Dead letters', button('Refresh', again)),
		section('Messages',
			h('p', null, 'A message is dead once its batch could not be processed. The queues are those of all tenants; ',
				'their messages are looked at, put back and dropped on the command line.'),
			depth.error ? h('p', { class: 'nothing' }, depth.error.message) :
				table('Dead-letter queues', [
					{ title: 'Queue', cell: (row) => row.name },
					{ title: 'State', cell: (row) => pill(row.state) },
					{ title: 'Messages', number: true, cell: (row) => number(row.message_count) },
				], depth.queues.filter((queue) => queue.name.endsWith('.dead'))),
			session.may('writer') ? h('details', { class: 'commands' }, h('summary', null, 'Commands'),
				line('pulse-etl dead list transform'), line('pulse-etl dead requeue --all transform')) : null),
		h('section', { class: 'card' }, h('h2', null, 'Failed batches of this tenant'), batches));
	await drawList(batches, { processing_status: 'failed' }, query.cursor, sources, signal, again);
}
