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
	const box = h('dialog', { 'aria-labelledby': id, ...properties }, h('h2', { id }, title), form,
		h('div', { class: 'said', role: 'status', 'aria-live': 'polite' }));
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
 * The same as commands, to be copied. request: { method, path, query, body,
 * version }, version being what If-Match says; tool: what follows pulse-etl, or
 * a whole line that fed() makes, or nothing. Either is a list where it takes
 * several.
 */
export function commands(request, tool) {
	const tools = [tool ?? []].flat();
	const line = (name, text) => h('div', { class: 'command' }, h('span', null, name),
		h('pre', { tabindex: '0' }, text), button('Copy', () => copy(text), { class: 'quiet', 'aria-label': `Copy the line of ${name}` }));

	return h('details', { class: 'commands' }, h('summary', null, 'The same as a command'),
		line('curl', [request].flat().map(curlLine).join('\n')),
		tools.length > 0 ? line('pulse-etl', tools.map((one) => one.line ?? `pulse-etl ${one}`).join('\n')) : null);
}

/* An object that a new row does not need: what it has is empty. */
export const orNothing = (value, row) => row === null && JSON.stringify(value) === '{}' ? undefined : value;

/* A command of pulse-etl that reads this from standard input, whose file is -. */
export const fed = (value, command) => ({ line: `printf %s ${quoted(JSON.stringify(value))} | pulse-etl ${command}` });

/*
 * A body as options of pulse-etl: options has the option of a member, or a
 * function that gives it with its value; without either it has the member's
 * name. What is null is an empty value.
 */
export function optionsOf(body, options = {}) {
	return Object.entries(body).map(([name, value]) => typeof options[name] === 'function' ? options[name](value) :
		`${options[name] ?? optionOf(name)} ${quoted(String(value ?? ''))}`).filter(Boolean).join(' ');
}

export const optionOf = (member) => `--${member.replace(/_id$/, '').replaceAll('_', '-')}`;

export const tenant = () => `--tenant ${session.who.tenant_id}`;

/*
 * Ask whether it is to be done, then do it. what: { title, text, verb, request,
 * tool, danger, content, run(): what is to be said, or nothing }; request and
 * tool may be functions, which are asked again when something is chosen in
 * content.
 */
export function confirm(what, done) {
	dialog(what.title, (form, close) => {
		const trouble = h('div');
		const lines = h('div');
		const now = (one) => typeof one === 'function' ? one() : one;
		const drawLines = () => fill(lines, commands(now(what.request), now(what.tool)));
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
