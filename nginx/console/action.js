/* SPDX-License-Identifier: MIT */
/*
 * What changes something: a dialogue that says what will happen, how it is done
 * by curl and by pulse-etl, and what came of it.
 */
import { curlLine, session } from './api.js';
import { problemNote } from './problem.js';
import { button, copy, fill, h } from './dom.js';

let count = 0;

/*
 * A dialogue. draw(form, close) fills it; it is gone once closed, and whoever
 * had the focus has it again.
 */
export function dialog(title, draw, properties) {
	const id = `dialog-${++count}`;
	const before = document.activeElement;
	const form = h('form', { novalidate: true });
	const box = h('dialog', { 'aria-labelledby': id, ...properties }, h('h2', { id }, title), form);
	const close = () => box.close();

	form.addEventListener('submit', (event) => event.preventDefault());
	box.addEventListener('close', () => {
		box.remove();
		if (before?.isConnected)
			before.focus();
	});
	document.body.append(box);
	draw(form, close);
	box.showModal();
	return { close, form };
}

/* The same as commands, to be copied. request: { method, path, query, body }. */
export function commands(request, tool) {
	const line = (name, text) => h('div', { class: 'command' }, h('span', null, name),
		h('pre', { tabindex: '0' }, text), button('Copy', () => copy(text), { class: 'quiet', 'aria-label': `Copy the line of ${name}` }));

	return h('details', { class: 'commands' }, h('summary', null, 'The same as a command'),
		line('curl', curlLine(request.method, request.path, request.query, request.body)),
		tool ? line('pulse-etl', `pulse-etl ${tool}`) : null);
}

export const tenant = () => `--tenant ${session.who.tenant_id}`;

/*
 * Ask whether it is to be done, then do it. what: { title, text, verb, request,
 * tool, danger, run(): what is to be said, or nothing }.
 */
export function confirm(what, done) {
	dialog(what.title, (form, close) => {
		const trouble = h('div');
		const yes = h('button', { type: 'submit', class: what.danger ? 'danger' : 'main' }, what.verb);

		form.addEventListener('submit', async () => {
			yes.disabled = true;
			fill(trouble);
			try {
				const said = await what.run();

				close();
				done(said);
			} catch (error) {
				if (error.status === 401)
					return;
				fill(trouble, problemNote(error));
				yes.disabled = false;
			}
		});
		fill(form, h('p', null, what.text), what.content ?? null,
			commands(what.request, what.tool), trouble,
			h('p', { class: 'tools end' }, button('Cancel', close), yes));
	});
}
