/* SPDX-License-Identifier: MIT */
/* How the service stands at this moment. */
import { address, ask, get, now, session } from '../api.js';
import { confirm } from '../action.js';
import { countsChart } from '../chart.js';
import { age, bytes, button, fill, h, heading, number, pill, refill, say, section, select, table } from '../dom.js';
import { poll } from '../poll.js';
import { go, to } from '../router.js';

const ranges = {
	'1h': ['Last hour', 3600, '1m'],
	'24h': ['Last 24 hours', 86400, '1h'],
	'7d': ['Last 7 days', 7 * 86400, '1h'],
	'30d': ['Last 30 days', 30 * 86400, '1d'],
};

export async function show({ page, query, signal }) {
	const range = ranges[query.range] ? query.range : '24h';
	const tiles = h('div', { class: 'tiles' });
	const health = h('div'), queues = h('div'), sources = h('div');
	const chart = countsChart(signal);
	const amount = h('p', { class: 'fine' });
	const choose = select('range', Object.entries(ranges).map(([key, [text]]) => [key, text]), range);
	const flow = h('section', { class: 'card', hidden: true },
		h('div', { class: 'heading' }, h('h2', null, 'Batches received, by their status now'),
			h('div', { class: 'tools' }, choose)), amount, chart.element);
	const polling = poll(look, 5, signal);

	choose.setAttribute('aria-label', 'How far back');
	choose.addEventListener('change', () => go('overview', { range: choose.value }));
	fill(page, heading('Overview', polling.element), health, tiles, flow,
		h('div', { class: 'columns' },
			section('Queues', queues), section('Integrations', sources)));

	async function look() {
		const [states, ready, depth, waiting] = await Promise.all([
			get('raw-data/states', {}, { signal }),
			readiness(signal),
			get('queues', {}, { signal }).catch(unlessTold),
			get('reports/etl_health', { limit: 200 }, { signal }).catch(unlessTold),
		]);

		drawHealth(health, ready, states.paused, polling.start);
		drawTiles(tiles, states, depth);
		drawQueues(queues, depth);
		drawSources(sources, waiting);
		await drawFlow();
	}

	async function drawFlow() {
		const [, seconds, bucket] = ranges[range];
		const size = { '1m': 60, '1h': 3600, '1d': 86400 }[bucket] * 1000;
		/* The same address within a bucket, so that its ETag is of use. */
		const after = new Date(Math.floor(now() / size) * size - seconds * 1000 + size);

		try {
			const counts = await get('raw-data/counts',
				{ bucket, created_after: after.toISOString() }, { signal });
			const sum = (key) => counts.buckets.reduce((all, row) => all + row[key], 0);

			flow.hidden = false;
			fill(amount, `${number(sum('received'))} batches, ${bytes(sum('bytes'))}`);
			await chart.draw(counts);
		} catch (error) {
			/* A service of an older version takes it for a batch's id. */
			if (error.status !== 400)
				throw error;
		}
	}

	await polling.start();
}

/* One part that cannot be asked does not hide the others. */
function unlessTold(error) {
	if (error.name === 'AbortError' || error.status === 401)
		throw error;
	return { error };
}

async function readiness(signal) {
	const answer = await fetch(address('health/ready'), { signal, cache: 'no-store', credentials: 'omit' })
		.catch(() => null);
	const body = await answer?.json().catch(() => null);

	if (!answer?.ok)
		return { word: 'not ready', reasons: [body?.detail ?? 'The service does not answer'] };
	return { word: body.degraded.length > 0 ? 'degraded' : 'ready', reasons: body.reasons };
}

function drawHealth(place, { word, reasons }, paused, again) {
	refill(place, () => [
		h('p', { class: `health ${word.replace(' ', '-')}` }, pill(word),
			word === 'ready' ? `Stores are accepted${paused ? '' : ' and queued'}.` : null,
			reasons.length > 0 ? reasons.join('. ') : null),
		paused ? h('p', { class: 'health degraded paused' }, pill('paused'),
			'Processing is paused: batches are stored and wait, and no extraction begins.',
			session.may('admin') ? button('Resume…', () => resume(again)) : null) : null,
	]);
}

function resume(again) {
	const path = 'processing/resume';

	confirm({
		title: 'Resume processing?',
		text: 'All that waits is queued and processed, and extractions begin again.',
		verb: 'Resume processing',
		request: { method: 'POST', path },
		tool: `tenant resume ${session.who.tenant_id}`,
		run: async () => (await ask('POST', path)).json(),
	}, (said) => {
		say(said.message);
		again();
	});
}

function count(state) {
	return number(state.batches) + (state.is_exact ? '' : '+');
}

/* How many there were in a minute, from how many came in so many seconds. */
function aMinute(batches, seconds) {
	const rate = batches * 60 / seconds;

	return number(rate < 10 ? Math.round(rate * 10) / 10 : Math.round(rate));
}

function drawTiles(place, { states, throughput }, depth) {
	const of = Object.fromEntries(states.map((state) => [state.processing_status, state]));
	const dead = depth.queues?.filter((queue) => queue.name.endsWith('.dead'))
		.reduce((all, queue) => all + (queue.message_count ?? 0), 0);
	const tile = (kind, name, value, more, link) => h('a', { class: `tile ${kind}`, href: link },
		h('span', { class: 'tile-name' }, name), h('strong', null, value),
		h('span', { class: 'fine' }, more));
	const oldest = (state) => state.oldest_at ? ['oldest ', age(state.oldest_at)] : 'none waits';
	const batches = (status) => to('batches', { processing_status: status });

	refill(place, () => [
		tile('pending', 'Pending', count(of.pending), oldest(of.pending), batches('pending')),
		tile(of.unqueued.batches > 0 ? 'unqueued some' : 'unqueued', 'Unqueued', count(of.unqueued),
			oldest(of.unqueued), batches('pending')),
		tile('processing', 'Processing', count(of.processing), oldest(of.processing), batches('processing')),
		tile('completed', 'Completed', count(of.completed), 'in all', batches('completed')),
		/* A service of an older version does not tell. */
		throughput ? tile('throughput', 'Processed a minute', aMinute(throughput.completed, throughput.seconds),
			`${aMinute(throughput.received, throughput.seconds)} received; of ${throughput.seconds / 60} minutes`,
			to('batches', { processing_status: 'completed' })) : null,
		tile(of.failed.batches > 0 ? 'failed some' : 'failed', 'Failed', count(of.failed),
			of.failed.oldest_at ? ['oldest ', age(of.failed.oldest_at)] : 'none', batches('failed')),
		tile(dead > 0 ? 'failed some' : 'failed', 'Dead letters', depth.queues ? number(dead) : '–',
			'of all tenants', to('dead')),
	]);
}

function drawQueues(place, depth) {
	if (depth.error) {
		fill(place, h('p', { class: 'nothing' }, depth.error.message));
		return;
	}
	const rows = depth.queues.filter((queue) => !queue.name.includes('.')).map((queue) => {
		const parts = depth.queues.filter((other) => other.name.startsWith(`${queue.name}.`));
		/* Of one kind: bulk, retry or dead. */
		const sum = (kind) => parts.filter((part) => part.name.startsWith(`${queue.name}.${kind}`))
			.reduce((all, part) => all + (part.message_count ?? 0), 0);

		return { ...queue,
			state: [queue, ...parts].every((part) => part.state === 'available') ? 'available' : 'unavailable',
			/* Workers take those of bulk queues as well. */
			ready: queue.message_count === null ? null : queue.message_count + sum('bulk'),
			dead: sum('dead'), retry: sum('retry') };
	});

	refill(place, () => table('Queues', [
		{ title: 'Queue', cell: (row) => row.name.replace(/_queue$/, '') },
		{ title: 'State', cell: (row) => pill(row.state) },
		{ title: 'Ready', number: true, cell: (row) => number(row.ready) },
		{ title: 'Retrying', number: true, cell: (row) => number(row.retry) },
		{ title: 'Dead', number: true, cell: (row) => number(row.dead) },
		{ title: 'Consumers', number: true, cell: (row) => number(row.consumer_count) },
	], rows));
}

function drawSources(place, waiting) {
	if (waiting.error) {
		fill(place, h('p', { class: 'nothing' }, waiting.error.message));
		return;
	}
	refill(place, () => table('Batches that wait or failed, by integration', [
		{ title: 'Integration', cell: (row) => h('a', { href: to(`integrations/${row.integration_id}`) }, row.integration) },
		{ title: 'Pending', number: true, cell: (row) => number(row.pending) },
		{ title: 'Processing', number: true, cell: (row) => number(row.processing) },
		{ title: 'Failed', number: true, cell: (row) => number(row.failed) },
		{ title: 'Newest batch', number: true, cell: (row) => row.newest_batch_at ? `${age(row.newest_batch_at)} ago` : '–' },
	], Array.isArray(waiting) ? waiting : [],
	session.may('admin') ? 'There is no integration yet.' : 'There is no integration.'));
}
