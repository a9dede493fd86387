/* SPDX-License-Identifier: MIT */
/*
 * Elements, and how values are written. Text of any origin becomes a text node:
 * nothing here, and nothing else in the console, reads HTML.
 */

import { now } from './api.js';

/*
 * An element: h('td', { class: 'number' }, 'text', another element, …). Of the
 * properties, functions are listeners (onclick), true and false set and omit an
 * attribute, anything else is an attribute. null and false are no children.
 */
export function h(name, properties, ...children) {
	const element = document.createElement(name);

	for (const [key, value] of Object.entries(properties ?? {})) {
		if (typeof value === 'function')
			element.addEventListener(key.slice(2), value);
		else if (key === 'value')
			element.value = value ?? '';
		else if (value !== false && value !== null && value !== undefined)
			element.setAttribute(key, value === true ? '' : String(value));
	}
	add(element, children);
	return element;
}

function add(element, children) {
	for (const child of children.flat(Infinity)) {
		if (child === null || child === undefined || child === false)
			continue;
		element.append(child instanceof Node ? child : String(child));
	}
}

/* What an element holds from now on. */
export function fill(element, ...children) {
	element.replaceChildren();
	add(element, children);
	return element;
}

/*
 * The same for what is drawn again and again while somebody reads it: what has not
 * changed stays, and the focus, what is open, and what was scrolled sideways stay as
 * they are. draw() gives the children.
 */
export function refill(element, draw) {
	const marks = () => [...element.querySelectorAll('a, button, input, select, summary, [tabindex]')];
	const scrolled = () => [...element.querySelectorAll('.scroll')];
	const open = [...element.querySelectorAll('details')].map((one) => one.open);
	const focused = marks().indexOf(document.activeElement);
	const lefts = scrolled().map((one) => one.scrollLeft);
	const next = element.cloneNode(false);

	add(next, [draw()]);
	next.querySelectorAll('details').forEach((one, i) => {
		one.open = open[i] ?? false;
	});
	if (next.isEqualNode(element))
		return;
	element.replaceChildren(...next.childNodes);
	scrolled().forEach((one, i) => {
		one.scrollLeft = lefts[i] ?? 0;
	});
	if (focused >= 0)
		marks()[focused]?.focus({ preventScroll: true });
}

const grouped = new Intl.NumberFormat('en-US');

export function number(value) {
	return value === null || value === undefined ? '–' : grouped.format(value);
}

export function bytes(value) {
	const units = ['B', 'kB', 'MB', 'GB', 'TB'];
	let place = 0;

	if (value === null || value === undefined)
		return '–';
	while (value >= 1000 && place < units.length - 1) {
		value /= 1000;
		place++;
	}
	return (place === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)) +
		' ' + units[place];
}

const two = (value) => String(value).padStart(2, '0');

/* A time of day and date of this browser's time zone; UTC when pointed at. */
export function time(stamp) {
	if (!stamp)
		return '–';
	const at = new Date(stamp);
	const text = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ` +
		`${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;

	return h('time', { datetime: stamp, title: `${stamp} (UTC)` }, text);
}

/* 125 is "2 min 5 s": the two largest units; a few seconds have a decimal. */
export function duration(seconds) {
	const units = [['d', 86400], ['h', 3600], ['min', 60], ['s', 1]];
	const parts = [];
	let rest = Math.round(seconds);

	if (seconds < 10)
		return `${Math.max(0, seconds).toFixed(1)} s`;
	for (const [name, size] of units) {
		const count = Math.floor(rest / size);

		if (count > 0)
			parts.push(`${count} ${name}`);
		rest -= count * size;
	}
	return parts.slice(0, 2).join(' ');
}

/* How long ago that was; '–' for no time. */
export function age(stamp) {
	return stamp ? duration((now() - new Date(stamp)) / 1000) : '–';
}

/* A word with the colour of its kind; the word says the same without it. */
const kinds = {
	completed: 'good', ready: 'good', available: 'good', done: 'good', active: 'good',
	processing: 'busy', running: 'busy', queued: 'busy', waiting: 'busy', partial: 'warn',
	pending: 'calm', degraded: 'warn', unqueued: 'warn', cancelled: 'calm', inactive: 'calm',
	paused: 'calm', 'To Do': 'calm', 'In Progress': 'busy', Done: 'good', failed: 'bad', refused: 'bad', unavailable: 'bad', 'not ready': 'bad',
};
export function pill(word) {
	return h('span', { class: `pill ${kinds[word] ?? 'calm'}` }, word);
}

export function activePill(active) {
	return pill(active ? 'active' : 'inactive');
}

/*
 * A table: columns are { title, cell(row), number, wide }; rows any objects. It
 * scrolls sideways on its own where it is too wide.
 */
export function table(caption, columns, rows, nothing) {
	if (rows.length === 0)
		return h('p', { class: 'nothing' }, nothing ?? 'There are none.');
	return h('div', { class: 'scroll', role: 'region', tabindex: '0', 'aria-label': caption },
		h('table', null,
			h('caption', { class: 'unseen' }, caption),
			h('thead', null, h('tr', null, columns.map((column) =>
				h('th', { scope: 'col', class: classOf(column) },
					column.heading ? column.heading() : column.title)))),
			h('tbody', null, rows.map((row) => h('tr', null, columns.map((column) =>
				h('td', { class: classOf(column) }, column.cell(row))))))));
}

function classOf(column) {
	return [column.number && 'number', column.wide && 'wide', column.class]
		.filter(Boolean).join(' ') || null;
}

/* Names and values, as a list of terms. */
export function facts(pairs) {
	return h('dl', { class: 'facts' }, pairs.filter(Boolean).map(([name, value]) =>
		h('div', null, h('dt', null, name), h('dd', null, value ?? '–'))));
}

export function button(text, onclick, properties) {
	return h('button', { type: 'button', onclick, ...properties }, text);
}

/* A title with what can be done beside it. */
export function heading(title, ...tools) {
	return h('header', { class: 'heading' },
		h('h1', null, title), h('div', { class: 'tools' }, tools));
}

export function section(title, ...content) {
	return h('section', { class: 'card' }, h('h2', null, title), content);
}

/* A field of a form with its label. */
let fieldCount = 0;
export function field(label, input, hint) {
	const id = `field-${++fieldCount}`;

	input.id = id;
	if (hint)
		input.setAttribute('aria-describedby', `${id}-hint`);
	return h('div', { class: input.type === 'checkbox' ? 'field check' : 'field' },
		h('label', { for: id }, label), input,
		hint ? h('small', { id: `${id}-hint` }, hint) : null);
}

export function select(name, choices, value) {
	return h('select', { name, value }, choices.map((choice) => {
		const [key, text] = Array.isArray(choice) ? choice : [choice, choice];

		return h('option', { value: key, selected: String(key) === String(value ?? '') }, text);
	}));
}

/* Say it to those who do not see it; and show it for a while. */
export function say(text, kind) {
	/* What is behind a dialogue is for nobody. */
	const place = document.querySelector('dialog[open] > .said') ?? document.getElementById('said');
	const note = h('p', { class: `note ${kind ?? ''}` }, text);

	place.append(note);
	setTimeout(() => note.remove(), kind === 'bad' ? 15000 : 6000);
}

export async function copy(text) {
	try {
		await navigator.clipboard.writeText(text);
		say('Copied');
	} catch {
		/* Without TLS a browser has no clipboard to write to. */
		const area = h('textarea', { class: 'unseen', 'aria-hidden': 'true', value: text });
		const before = document.activeElement;

		(document.querySelector('dialog[open]') ?? document.body).append(area);
		area.select();
		const done = document.execCommand('copy');

		area.remove();
		before.focus();
		say(done ? 'Copied' : 'The browser does not let the console copy: select the text',
			done ? '' : 'bad');
	}
}

/* Let a browser keep a text as a file. */
export function download(name, parts, type) {
	const url = URL.createObjectURL(new Blob(parts, { type }));
	const link = h('a', { href: url, download: name });

	document.body.append(link);
	link.click();
	link.remove();
	setTimeout(() => URL.revokeObjectURL(url), 60000);
}
