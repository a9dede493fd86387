/* SPDX-License-Identifier: MIT */
/*
 * A chart of counts over time, by uPlot (vendor/), which is loaded when the
 * first one is drawn. Where it is missing, as in a package that may not carry
 * it, there are the figures only, which are below each chart in any case.
 */
import { bytes, fill, h, number, table, time } from './dom.js';

let loading = null;

function load() {
	loading ??= new Promise((resolve) => {
		const script = h('script', { src: 'vendor/uPlot.iife.min.js' });
		const sheet = h('link', { rel: 'stylesheet', href: 'vendor/uPlot.min.css' });

		script.addEventListener('load', () => resolve(globalThis.uPlot ?? null));
		script.addEventListener('error', () => resolve(null));
		document.head.append(sheet, script);
	});
	return loading;
}

function colour(name) {
	return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

const two = (value) => String(value).padStart(2, '0');

/* Half a bucket before the first and behind the last, for whole bars. */
function roomy(u, first, last) {
	const half = u.data[0].length > 1 ? (u.data[0][1] - u.data[0][0]) / 2 : 1;

	return [first - half, last + half];
}

/* Labels of the time: hours, and the day where it begins; days alone. */
function moments(u, splits, place, space, step) {
	let before = null;

	return splits.map((seconds) => {
		const at = new Date(seconds * 1000);
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

/*
 * How many batches came in each bucket, and how they stand now, one on the
 * other. Gives { element, draw(counts) }; counts is the answer of the route.
 */
export function countsChart(signal) {
	const place = h('div', { class: 'chart', 'aria-hidden': 'true' });
	const figures = h('details', { class: 'figures' });
	let last = null, plot = null;

	async function draw(counts) {
		const uPlot = await load();

		last = counts;
		if (signal.aborted)
			return;
		fill(figures, h('summary', null, 'The figures'),
			table('Batches over time', [
				{ title: 'From', cell: (row) => time(row.start) },
				{ title: 'Received', number: true, cell: (row) => number(row.received) },
				{ title: 'Size', number: true, cell: (row) => bytes(row.bytes) },
				...series.map(([key, title]) =>
					({ title, number: true, cell: (row) => number(row.statuses[key]) })),
			], counts.buckets.filter((row) => row.received > 0).reverse().slice(0, 200),
			'Nothing was received in this time.'));
		if (uPlot === null) {
			place.hidden = true;
			figures.open = true;
			return;
		}
		const times = counts.buckets.map((row) => Date.parse(row.start) / 1000);
		const stacked = series.map(() => new Array(times.length).fill(0));

		for (let i = 0; i < times.length; i++)
			for (let k = series.length - 1, sum = 0; k >= 0; k--) {
				sum += counts.buckets[i].statuses[series[k][0]];
				stacked[k][i] = sum;
			}
		if (plot)
			plot.setData([times, ...stacked]);
		else
			plot = make(uPlot, [times, ...stacked]);
	}

	function make(uPlot, data) {
		const axis = () => ({ stroke: colour('--soft'), grid: { stroke: colour('--line'), width: 1 },
			ticks: { stroke: colour('--line'), width: 1 }, font: '12px system-ui, sans-serif' });
		const bars = uPlot.paths.bars({ size: [0.8, 40] });

		return new uPlot({
			width: place.clientWidth || 600, height: 220, legend: { show: false },
			cursor: { drag: { setScale: false }, points: { show: false } },
			scales: { x: { range: roomy }, y: { range: (u, low, high) => [0, Math.max(1, high * 1.05)] } },
			axes: [{ ...axis(), values: moments }, { ...axis(), size: 56, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6],
				values: (u, values) => values.map((value) => number(value)) }],
			series: [{}, ...series.map(([, label, name]) =>
				({ label, fill: colour(name), paths: bars, points: { show: false } }))],
		}, data, place);
	}

	const observer = new ResizeObserver(() => plot?.setSize({ width: place.clientWidth, height: 220 }));

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
