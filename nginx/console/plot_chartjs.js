/* SPDX-License-Identifier: MIT */
/*
 * How a chart is drawn: by Chart.js, version 3 or 4, as Debian's libjs-chart.js
 * has it, for packages that may not carry uPlot. make install gives it the name
 * plot.js where configure was told --with-chartjs; plot.js says what is asked.
 */
import { h, number } from './dom.js';

const height = 220;
let loading = null;

export function loadPlot() {
	loading ??= new Promise((resolve) => {
		const script = h('script', { src: 'vendor/chart.min.js' });

		script.addEventListener('load', () => resolve(globalThis.Chart ?? null));
		script.addEventListener('error', () => resolve(null));
		document.head.append(script);
	});
	return loading;
}

export function makePlot(Chart, place, width, look, data) {
	const canvas = h('canvas', { width, height });
	const step = ({ times }) => times.length > 1 ? times[1] - times[0] : 60;
	const axis = (more) => ({ stacked: true, border: { color: look.colour('--line') },
		grid: { color: look.colour('--line'), drawBorder: false },
		...more, ticks: { color: look.colour('--soft'), font: { size: 12, family: 'system-ui, sans-serif' }, ...more.ticks } });

	place.append(canvas);
	let moments = look.moments(data.times, step(data));
	const chart = new Chart(canvas, {
		type: 'bar',
		data: {
			labels: data.times,
			/* The last one is at the bottom. */
			datasets: look.series.map(([, label, name], k) => ({ label, data: data.values[k],
				backgroundColor: look.colour(name), maxBarThickness: 40 })).reverse(),
		},
		options: {
			responsive: false, animation: false, events: [],
			plugins: { legend: { display: false }, tooltip: { enabled: false } },
			scales: {
				x: axis({ ticks: { maxRotation: 0, autoSkipPadding: 24, callback: (value, i) => (moments[value] ?? moments[i])?.split('\n') } }),
				y: axis({ beginAtZero: true, suggestedMax: 1, ticks: { precision: 0, callback: (value) => number(value) } }),
			},
		},
	});

	return {
		set(next) {
			moments = look.moments(next.times, step(next));
			chart.data.labels = next.times;
			chart.data.datasets.forEach((one, k) => {
				one.data = next.values[next.values.length - 1 - k];
			});
			chart.update('none');
		},
		resize: (to) => chart.resize(to, height),
		destroy() {
			chart.destroy();
			canvas.remove();
		},
	};
}
