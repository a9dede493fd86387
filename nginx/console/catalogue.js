/* SPDX-License-Identifier: MIT */
/*
 * A table of the catalogue as a view: its list, making and changing a row, and
 * removing one, with what depends on it and what may take its place. A view is
 * an object:
 *
 *	title, noun, path	"Status mappings", "status mapping", "status-mappings"
 *	about			a sentence below the title, or none
 *	columns			of its table
 *	name(row)		what a person calls it
 *	fields(lists, row)	of its form: { name, label, kind, choices, hint,
 *				required }; none: the list is for reading; row is
 *				null for a new one
 *	lists			other lists that columns and fields need, by path
 *	dependents, target	members of DELETE and of dependencies, or none
 *	dependent(row)		how one that depends on it is called
 *	more(row, again)	further buttons of a row, or none
 *	fixed(row)		whether nobody here may change it, or none
 *	ofAll			its rows are of no integration
 *	command			its group of commands of pulse-etl
 *	tool(body, row, version)	a change by pulse-etl, where its options are not
 *				named as the members are: see commands(); or none
 *	removeTool(row)		the same of removing one, or none
 *	beside(form)		what else stands in the form of a row, which has
 *				values() and set(values), or none
 *	begin(create)		called with the list, which may begin with a new row
 */
import { all, ask, get, list, session } from './api.js';
import { commands, confirm, dialog, optionOf, optionsOf, tenant } from './action.js';
import { problemNote } from './problem.js';
import { activePill, button, field, fill, h, heading, number, say, select, table } from './dom.js';
import { keepsDigits, memberText } from './json_text.js';
import { go } from './router.js';

const pageSize = 200;

export async function showCatalogue(view, { page, query, path, signal, again }) {
	const [answer, sources, ...others] = await Promise.all([
		list(view.path, { limit: pageSize, cursor: query.cursor, integration_id: query.integration_id,
			active: query.active }, { signal }),
		all('integrations', { signal }),
		...(view.lists ?? []).map((one) => all(one, { signal })),
	]);
	const lists = Object.fromEntries([['integrations', sources],
		...(view.lists ?? []).map((one, i) => [one, others[i]])]);
	const may = session.may('admin') && view.fields;
	const source = select('integration_id', [['', 'All integrations'],
		...sources.map((row) => [row.id, row.name])], query.integration_id);
	const state = select('active', [['', 'Active or not'], ['true', 'Active'], ['false', 'Inactive']], query.active);
	const term = h('input', { type: 'search', 'aria-label': 'Find on this page', placeholder: 'Find' });
	const place = h('div');

	source.setAttribute('aria-label', 'Integration');
	state.setAttribute('aria-label', 'Active or inactive');
	for (const input of [source, state])
		input.addEventListener('change', () => go(path, { integration_id: source.value, active: state.value }));
	term.addEventListener('input', draw);
	fill(page,
		heading(view.title, may ? button(`New ${view.noun}`, () => edit(view, lists, null, again), { class: 'main' }) : null),
		view.about ? h('p', { class: 'about' }, view.about) : null,
		h('div', { class: 'filters plain' }, term, view.ofAll ? null : source, view.fields || query.active ? state : null),
		place);
	draw();
	if (may)
		view.begin?.(() => edit(view, lists, null, again));

	function draw() {
		const wanted = term.value.toLowerCase();
		const rows = wanted === '' ? answer.rows :
			answer.rows.filter((row) => JSON.stringify(Object.values(row)).toLowerCase().includes(wanted));

		fill(place,
			h('p', { class: 'fine' }, `${number(rows.length)} of ${number(answer.total)}`),
			table(view.title, [
				...view.columns(lists),
				answer.rows.some((row) => !row.active) && { title: 'State', cell: (row) => activePill(row.active) },
				may && { title: 'Change', class: 'row-tools', cell: (row) => view.fixed?.(row) ? null : [
					...(view.more?.(row, again) ?? []),
					button('Edit', () => edit(view, lists, row, again), { class: 'quiet', 'aria-label': `Edit ${view.name(row)}` }),
					button('Delete', () => remove(view, row, again), { class: 'quiet', 'aria-label': `Delete ${view.name(row)}` }),
				] },
			].filter(Boolean), rows),
			answer.next ? button('Next page', () => go(path, { ...query, cursor: answer.next })) : null);
	}
}

/* -- making and changing */

const inputs = {
	text: (one, value) => h('input', { name: one.name, value, required: one.required, maxlength: one.most ?? 255 }),
	url: (one, value) => h('input', { name: one.name, value, type: 'url', maxlength: '2000' }),
	password: (one) => h('input', { name: one.name, type: 'password', autocomplete: 'new-password' }),
	number: (one, value) => h('input', { name: one.name, value, type: 'number', step: '1', required: one.required, min: one.min }),
	flag: (one, value) => h('input', { name: one.name, type: 'checkbox', checked: value === true }),
	choice: (one, value) => select(one.name, withValue(one.choices, value), value),
	object: (one, value, text) => h('textarea', { name: one.name, rows: '6', spellcheck: 'false' },
		text && value ? memberText(text, one.from ?? one.name) : JSON.stringify(value ?? {}, null, 2)),
};

/* What a row has is a choice in any case, or to save something else would change it. */
function withValue(choices, value) {
	if (value === null || value === undefined)
		return choices;
	const keys = choices.map((choice) => String(Array.isArray(choice) ? choice[0] : choice));

	return keys.includes(String(value)) ? choices : [...choices, [value, String(value)]];
}

/* What a field holds, as the service takes it; undefined: leave it as it is. */
function taken(one, input) {
	switch (one.kind ?? 'text') {
	case 'flag': return input.checked;
	case 'number': return input.value === '' ? null : Number(input.value);
	case 'choice': return one.numeric ? input.value === '' ? null : Number(input.value) : input.value;
	case 'password': return input.value === '' ? undefined : input.value;
	case 'object': {
		let value;

		try {
			value = JSON.parse(input.value);
		} catch {
			throw new Error(`${one.label} is no JSON: check its quotes and commas`);
		}
		if (!keepsDigits(input.value))
			throw new Error(`${one.label} has a number of more digits than a browser keeps: change it by pulse-etl`);
		return value;
	}
	default: return input.value === '' && !one.required ? null : input.value;
	}
}

/* Make a row, or change one that nobody else has changed meanwhile. */
async function edit(view, lists, row, again) {
	const path = row === null ? view.path : `${view.path}/${row.id}`;
	const method = row === null ? 'POST' : 'PUT';
	let version = null, old = row, text = null;

	if (row !== null)
		try {
			[version, old, text] = await newest(path);
		} catch (error) {
			if (error.status !== 401)
				say(error.message, 'bad');
			return;
		}
	dialog(row === null ? `New ${view.noun}` : `Edit ${view.name(row)}`, (form, close) => {
		const fields = [...view.fields(lists, row),
			...row === null ? [] : [{ name: 'active', label: 'Active', kind: 'flag' }]];
		const entries = fields.map((one) => [one, inputs[one.kind ?? 'text'](one, old?.[one.from ?? one.name] ?? one.value, text)]);
		const trouble = h('div');
		const lines = h('div');
		const submit = h('button', { type: 'submit', class: 'main' }, row === null ? 'Create' : 'Save');

		/* A new row has all that is not empty, a change what is another. */
		function body() {
			const values = entries.map(([one, input]) => [one, row !== null && one.kind === 'object' && input.value === input.defaultValue ?
				undefined : taken(one, input)]);

			return Object.fromEntries(values.filter(([one, value]) => row === null ?
				value !== undefined && value !== null :
				value !== undefined && JSON.stringify(value) !== JSON.stringify(old[one.from ?? one.name] ?? null))
				.map(([one, value]) => [one.name, value]));
		}

		function drawLines() {
			try {
				const shown = body();

				if ('password' in shown)
					shown.password = '…';
				fill(lines, commands({ method, path, body: shown, version },
					view.tool ? view.tool(shown, old, version) : changeLines(view, shown, old, version)));
			} catch {
				fill(lines);
			}
		}

		async function save() {
			submit.disabled = true;
			fill(trouble);
			for (const [, input] of entries)
				input.removeAttribute('aria-invalid');
			try {
				const empty = entries.find(([one, input]) => one.required && input.value === '');

				if (empty) {
					empty[1].setAttribute('aria-invalid', 'true');
					empty[1].focus();
					throw new Error(`${empty[0].label} is missing`);
				}
				await ask(method, path, { body: body(), headers: version ? { 'If-Match': version } : {} });
				close();
				say(row === null ? 'It is made' : 'It is saved');
				again();
			} catch (error) {
				if (error.status === 401)
					return;
				if (error.status === 412)
					await explain();
				else
					fill(trouble, error.status === undefined ? h('p', { class: 'note bad', role: 'alert' }, error.message) : problemNote(error));
				for (const one of error.errors ?? [])
					entries.find(([of]) => of.name === one.loc?.[1])?.[1].setAttribute('aria-invalid', 'true');
			} finally {
				submit.disabled = false;
			}
		}

		/* 412: what they have made of it, beside what is in the form. */
		async function explain() {
			const mine = body();
			const [theirs, now] = await newest(path);
			const differ = fields.filter((one) => JSON.stringify(now[one.from ?? one.name] ?? null) !== JSON.stringify(old[one.from ?? one.name] ?? null));
			const shown = (value) => value === null || value === undefined ? '–' : typeof value === 'object' ? JSON.stringify(value) : String(value);

			fill(trouble, h('div', { class: 'problem', role: 'alert' },
				h('h2', null, 'Somebody else changed it meanwhile'),
				h('p', null, 'Nothing was saved, so that their change is not lost. Since you opened it:'),
				h('ul', null, differ.length === 0 ? h('li', null, 'nothing that this form shows has changed') : differ.map((one) =>
					h('li', null, `${one.label}: it was ${shown(old[one.from ?? one.name])}, is now ${shown(now[one.from ?? one.name])}` +
						(one.name in mine ? `; yours is ${shown(mine[one.name])}` : '')))),
				h('p', { class: 'tools' },
					button('Take theirs', () => {
						close();
						edit(view, lists, row, again);
					}),
					button('Save mine over it', () => {
						version = theirs;
						drawLines();
						save();
					}))));
		}

		/* All that the form holds, and other values in it. */
		const beside = view.beside?.({
			values: () => Object.fromEntries(entries.map(([one, input]) => [one.name, taken(one, input)])
				.filter(([, value]) => value !== null && value !== undefined)),
			set(values) {
				for (const [one, input] of entries)
					if (one.name in values && one.kind !== 'flag')
						input.value = one.kind === 'object' ? JSON.stringify(values[one.name], null, 2) : values[one.name] ?? '';
				drawLines();
			},
		});

		form.addEventListener('submit', save);
		form.addEventListener('input', drawLines);
		fill(form, entries.map(([one, input]) => field(one.label + (one.required ? '' : one.kind === 'flag' ? '' : ' (optional)'), input, one.hint)),
			beside ?? null, lines, trouble,
			h('p', { class: 'tools end' }, button('Cancel', close), submit));
		drawLines();
	});
}

/*
 * The option for the version that a form was filled with, and a blank. Each change
 * makes another one, so it is for the first of several commands.
 */
export const ifMatch = (version) => version ? `--if-match ${version.replaceAll('"', '').split('-')[0]} ` : '';

/*
 * The change as commands of pulse-etl; the state has two of its own, of which
 * one takes what is moved away.
 */
function changeLines({ command, target }, { active, [target]: taker, ...body }, row, version) {
	const words = optionsOf(body);
	const moved = active === false && taker ? `${optionOf(target)} ${taker} ` : '';

	if (row === null)
		return `${command} create ${tenant()} ${words}`;
	const match = ifMatch(version);

	return [
		words !== '' && `${command} set ${tenant()} ${match}${words} ${row.id}`,
		active !== undefined && `${command} ${active ? 'enable' : 'disable'} ${tenant()} ${words === '' ? match : ''}${moved}${row.id}`,
	].filter(Boolean);
}

async function newest(path) {
	const answer = await ask('GET', path, { fresh: true });

	return [answer.headers.get('ETag'), answer.json(), answer.text];
}

/* -- removing */

async function remove(view, row, again) {
	const path = `${view.path}/${row.id}`;
	let depends = null;

	try {
		if (view.target)
			depends = await get(`${path}/dependencies`, {}, { fresh: true });
	} catch (error) {
		if (error.status !== 401)
			say(error.message, 'bad');
		return;
	}
	const has = depends?.has_dependencies === true;
	const target = has ? select('target', [
		...view.mustMove ? [] : [['', 'nothing: it stays, inactive']],
		...depends.reassignment_targets.map((one) => [one.id, view.name(one)]),
	]) : null;
	const body = () => target?.value ? { [view.target]: Number(target.value) } : undefined;
	const content = has ? h('div', null,
		h('p', null, `${number(depends.dependency_count)} ${depends.dependency_count === 1 ? 'depends' : 'depend'} on it:`),
		h('ul', { class: 'dependents' }, (depends[view.dependents] ?? []).slice(0, 100).map((one) => h('li', null, view.dependent(one)))),
		view.mustMove && depends.reassignment_targets.length === 0 ?
			h('p', { class: 'note bad' }, `There is no other ${view.noun} that could take them over: make one first.`) :
			field('They move to', target)) : null;

	confirm({
		title: `Delete ${view.name(row)}?`,
		text: has ? 'Something depends on it. What is chosen below takes its place.' :
			view.target ? 'Nothing depends on it.' : `A ${view.noun} that is still used stays, inactive.`,
		verb: 'Delete', danger: true, content,
		request: () => ({ method: 'DELETE', path, body: body() }),
		tool: () => view.removeTool ? view.removeTool(row) :
			[view.command, 'delete', tenant(), target?.value ? `${optionOf(view.target)} ${target.value}` : null, row.id].filter(Boolean).join(' '),
		run: async () => (await ask('DELETE', path, { body: body() })).json(),
	}, (said) => {
		say(said.message);
		again();
	});
}
