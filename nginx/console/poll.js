/* SPDX-License-Identifier: MIT */
/*
 * Ask again and again, but not while nobody looks: a hidden tab is passed over,
 * and the person may pause it. One question at a time; after trouble the pause
 * is as long as the service asks for, or until the network is there again.
 *
 * Gives an element with the state and the button. `look` draws what it gets.
 */
import { now } from './api.js';
import { button, fill, h, refill, time } from './dom.js';

export function poll(look, seconds, signal) {
	let timer = null, paused = false, asking = false, good = null;
	const state = h('span', { class: 'fine' });
	const stop = button('Pause', () => {
		paused = !paused;
		fill(stop, paused ? 'Resume' : 'Pause');
		if (paused)
			clearTimeout(timer);
		else
			turn();
	}, { class: 'quiet' });

	async function turn() {
		let pause = seconds;

		clearTimeout(timer);
		if (signal.aborted || asking || paused || document.hidden)
			return;
		asking = true;
		try {
			await look();
			good = new Date(now()).toISOString();
			fill(state, 'As of ', time(good));
		} catch (error) {
			if (error.name === 'AbortError' || error.status === 401)
				return;
			pause = Math.max(seconds, error.retryAfter ?? seconds);
			refill(state, () => h('span', { class: 'trouble', role: 'alert' }, `${error.message}. Again in ${pause} s`,
				good ? ['. Below is what was at ', time(good)] : null));
		} finally {
			asking = false;
		}
		if (!signal.aborted && !paused)
			timer = setTimeout(turn, pause * 1000);
	}

	document.addEventListener('visibilitychange', () => {
		if (!document.hidden)
			turn();
	}, { signal });
	addEventListener('online', turn, { signal });
	signal.addEventListener('abort', () => clearTimeout(timer));
	return { element: h('div', { class: 'polling' }, state, stop), start: turn };
}
