/* SPDX-License-Identifier: MIT */
/*
 * A chart of counts over time, which plot.js draws. Where its library is missing,
 * as in a package that may not carry it, there are the figures only, which are
 * below each chart in any case.
 */
import { bytes, h, number, refill, table, time } from './dom.js';
import { loadPlot, makePlot } from './plot.js';

function colour(name) {
	return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

const two = (value) => String(value).padStart(2, '0');

/*
 * Labels of times, step seconds apart: hours, and the day where it begins; days alone. A
 * day is one of UTC, or of this browser's zone where the library begins it: its noon is
 * within the same date in both.
 */
function moments(times, step) {
	let before = null;

	return times.map((seconds) => {
		const at = new Date((seconds + (step >= 86400 ? 43200 : 0)) * 1000);
		const day = `${two(at.getMonth() + 1)}-${two(at.getDate())}`;
		const label = step >= 86400 ? day :
			`${two(at.getHours())}:${two(at.getMinutes())}${day === before ? '' : `\n${day}`}`;

		before = day;
		return label;
	});
}

const series = [
	['completed', 'Completed', '--good'],
	['failed', 'Failed', '--bad'],
	['processing', 'Processing', '--busy'],
	['pending', 'Pending', '--calm'],
];
const look = { colour, moments, series };

/*
 * How many batches came in each bucket, and how they stand now, one on the
 * other. Gives { element, draw(counts) }; counts is the answer of the route.
 */
export function countsChart(signal) {
	const place = h('div', { class: 'chart', 'aria-hidden': 'true' });
	const figures = h('details', { class: 'figures' });
	let last = null, plot = null;

	async function draw(counts) {
		const library = await loadPlot();

		last = counts;
		if (signal.aborted)
			return;
		refill(figures, () => [h('summary', null, 'The figures'),
			table('Batches over time', [
				{ title: 'From', cell: (row) => time(row.start) },
				{ title: 'Received', number: true, cell: (row) => number(row.received) },
				{ title: 'Size', number: true, cell: (row) => bytes(row.bytes) },
				...series.map(([key, title]) =>
					({ title, number: true, cell: (row) => number(row.statuses[key]) })),
			], counts.buckets.filter((row) => row.received > 0).reverse().slice(0, 200),
			'Nothing was received in this time.')]);
		if (library === null) {
			place.hidden = true;
			figures.open = true;
			return;
		}
		const data = {
			times: counts.buckets.map((row) => Date.parse(row.start) / 1000),
			values: series.map(([key]) => counts.buckets.map((row) => row.statuses[key])),
		};

		if (plot)
			plot.set(data);
		else
			plot = makePlot(library, place, place.clientWidth || 600, look, data);
	}

	const observer = new ResizeObserver(() => plot?.resize(place.clientWidth));

	observer.observe(place);
	document.addEventListener('theme', () => {
		plot?.destroy();
		plot = null;
		if (last)
			draw(last);
	}, { signal });
	signal.addEventListener('abort', () => {
		observer.disconnect();
		plot?.destroy();
	});
	return {
		element: h('div', null,
			h('ul', { class: 'legend' }, series.map(([key, title]) => h('li', { class: key }, title))),
			place, figures),
		draw,
	};
}
