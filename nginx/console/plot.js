/* SPDX-License-Identifier: MIT */
/*
 * How a chart is drawn: by uPlot (vendor/). plot_chartjs.js is the same by
 * Chart.js, which make install puts in the place of this file where configure
 * was told --with-chartjs.
 */
import { h, number } from './dom.js';

const height = 220;
let loading = null;

/* The library, loaded with the first chart; null: it is not there. */
export function loadPlot() {
	loading ??= new Promise((resolve) => {
		const script = h('script', { src: 'vendor/uPlot.iife.min.js' });
		const sheet = h('link', { rel: 'stylesheet', href: 'vendor/uPlot.min.css' });

		script.addEventListener('load', () => resolve(globalThis.uPlot ?? null));
		script.addEventListener('error', () => resolve(null));
		document.head.append(sheet, script);
	});
	return loading;
}

/* Half a bucket before the first and behind the last, for whole bars. */
function roomy(u, first, last) {
	const half = u.data[0].length > 1 ? (u.data[0][1] - u.data[0][0]) / 2 : 1;

	return [first - half, last + half];
}

/* The first series lies on the second, and so on. */
function stacked({ times, values }) {
	const sums = values.map(() => new Array(times.length).fill(0));

	for (let i = 0; i < times.length; i++)
		for (let k = values.length - 1, sum = 0; k >= 0; k--) {
			sum += values[k][i];
			sums[k][i] = sum;
		}
	return [times, ...sums];
}

/*
 * Bars that lie on each other. look: { colour(name), moments(times, step),
 * series: [[key, label, colour's name], …] }; data: { times, values }, seconds
 * since 1970 and a list for each series. Gives { set(data), resize(width),
 * destroy() }.
 */
export function makePlot(uPlot, place, width, look, data) {
	const axis = () => ({ stroke: look.colour('--soft'), grid: { stroke: look.colour('--line'), width: 1 },
		ticks: { stroke: look.colour('--line'), width: 1 }, font: '12px system-ui, sans-serif' });
	const bars = uPlot.paths.bars({ size: [0.8, 40] });
	const plot = new uPlot({
		width, height, legend: { show: false },
		cursor: { drag: { setScale: false }, points: { show: false } },
		scales: { x: { range: roomy }, y: { range: (u, low, high) => [0, Math.max(1, high * 1.05)] } },
		axes: [{ ...axis(), values: (u, splits, place, space, step) => look.moments(splits, step) },
			{ ...axis(), size: 56, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6],
				values: (u, values) => values.map((value) => number(value)) }],
		series: [{}, ...look.series.map(([, label, name]) =>
			({ label, fill: look.colour(name), paths: bars, points: { show: false } }))],
	}, stacked(data), place);

	return {
		set: (next) => plot.setData(stacked(next)),
		resize: (to) => plot.setSize({ width: to, height }),
		destroy: () => plot.destroy(),
	};
}
