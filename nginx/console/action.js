/* SPDX-License-Identifier: MIT */
/*
 * What changes something: a dialogue that says what will happen, how it is done
 * by curl and by pulse-etl, and what came of it.
 */
import { curlLine, quoted, session } from './api.js';
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

/*
 * The same as commands, to be copied. request: { method, path, query, body };
 * tool: what follows pulse-etl, or nothing. Each is a list where it takes several.
 */
export function commands(request, tool) {
	const line = (name, text) => h('div', { class: 'command' }, h('span', null, name),
		h('pre', { tabindex: '0' }, text), button('Copy', () => copy(text), { class: 'quiet', 'aria-label': `Copy the line of ${name}` }));

	return h('details', { class: 'commands' }, h('summary', null, 'The same as a command'),
		line('curl', [request].flat().map((one) => curlLine(one.method, one.path, one.query, one.body)).join('\n')),
		tool?.length > 0 ? line('pulse-etl', [tool].flat().map((one) => `pulse-etl ${one}`).join('\n')) : null);
}

/*
 * A body as options of pulse-etl: options has the option of each member that it
 * takes. null: it does not take all of them.
 */
export function optionsOf(body, options) {
	const members = Object.entries(body).filter(([, value]) => JSON.stringify(value) !== '{}');

	const words = members.map(([name, value]) => typeof options[name] === 'function' ? options[name](value) :
		value === null || !options[name] ? null : `${options[name]} ${quoted(String(value))}`);

	return words.includes(null) ? null : words.join(' ');
}

export const tenant = () => `--tenant ${session.who.tenant_id}`;

/*
 * Ask whether it is to be done, then do it. what: { title, text, verb, request,
 * tool, danger, content, run(): what is to be said, or nothing }; request may be
 * a function, which is asked again when something is chosen in content.
 */
export function confirm(what, done) {
	dialog(what.title, (form, close) => {
		const trouble = h('div');
		const lines = h('div');
		const drawLines = () => fill(lines,
			commands(typeof what.request === 'function' ? what.request() : what.request, what.tool));
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
		form.addEventListener('change', drawLines);
		drawLines();
		fill(form, h('p', null, what.text), what.content ?? null, lines, trouble,
			h('p', { class: 'tools end' }, button('Cancel', close), yes));
	});
}
