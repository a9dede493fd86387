// SPDX-License-Identifier: MIT
// The part of JQL that an extractor needs. Whatever else is asked is refused with
// the sentence of a Jira, never ignored.
import { local_time } from './world.mjs';

export class JqlError extends Error {}

const reserved = new Set(('and or not in is was changed order by asc desc empty null ' +
	'abort access add after alter any as assert before begin between boolean break ' +
	'byte catch char check class collate column commit connect const continue count ' +
	'create current cursor date decimal declare default delete desc distinct divide ' +
	'do double drop else end equals escape exec exists false fetch file float for ' +
	'from function go goto grant group having if index insert int into join key last ' +
	'like limit long lock loop max min mode more next no number object of on option ' +
	'or outer output power previous prior private public raise raw remainder rename ' +
	'return returns revoke right row select session set share size start string ' +
	'subtract sum table then to trans transaction trigger true uid union unique ' +
	'update user using validate values view when where while with').split(' '));

function words(text) {
	const found = [];
	const token = /\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|(>=|<=|!=|[=<>(),])|([^\s"'=<>!(),]+))/gy;
	let match;
	while (token.lastIndex < text.length) {
		const at = token.lastIndex;
		match = token.exec(text);
		if (!match) {
			if (text.slice(at).trim() === '')
				break;
			throw new JqlError(`Error in the JQL Query: unexpected text at position ${at}.`);
		}
		if (match[3] !== undefined)
			found.push({ sign: match[3] });
		else if (match[4] !== undefined)
			found.push({ text: match[4], is_bare: true });
		else
			found.push({ text: (match[1] ?? match[2]).replace(/\\(.)/g, '$1') });
	}
	return found;
}

function time_of(word, zone) {
	if (/^-?[0-9]+$/.test(word.text) && word.is_bare)
		return Number(word.text);
	const ago = /^-([0-9]+)([mhdw])$/.exec(word.text);
	if (ago)
		return Date.now() - Number(ago[1]) * { m: 60, h: 3600, d: 86400, w: 604800 }[ago[2]] * 1000;
	const date = /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?: (\d{1,2}):(\d{2}))?$/.exec(word.text);
	if (!date)
		throw new JqlError(`Date value '${word.text}' for field 'updated' is invalid. Valid formats include: ` +
			"'yyyy/MM/dd HH:mm', 'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a period format e.g. '-5d', '4w 2d'.");
	return local_time(zone, Date.UTC(Number(date[1]), Number(date[2]) - 1, Number(date[3]),
		Number(date[4] ?? 0), Number(date[5] ?? 0)));
}

const compare = {
	'>=': (a, b) => a >= b, '>': (a, b) => a > b,
	'<=': (a, b) => a <= b, '<': (a, b) => a < b,
};

// What a query asks: {projects or null, issues or null, tests, order}.
export function jql_read(world, text) {
	const all = words(String(text ?? ''));
	let at = 0;
	const peek = () => all[at];
	const is_word = (name) => peek()?.is_bare && peek().text.toLowerCase() === name;
	const query = { projects: null, issues: null, tests: [], order: [] };
	const value = () => {
		const word = all[at++];
		if (!word || word.text === undefined)
			throw new JqlError('Error in the JQL Query: a value was expected.');
		if (word.is_bare && reserved.has(word.text.toLowerCase()))
			throw new JqlError(`Error in the JQL Query: '${word.text}' is a reserved JQL word. ` +
				'You must surround it in quotation marks to use it in a query.');
		return word;
	};
	const list = () => {
		const values = [];
		if (all[at++]?.sign !== '(')
			throw new JqlError("Error in the JQL Query: Expecting '('.");
		do
			values.push(value());
		while (all[at++]?.sign === ',');
		if (all[at - 1]?.sign !== ')')
			throw new JqlError("Error in the JQL Query: Expecting ')'.");
		return values;
	};
	const values_of = (field) => {
		if (is_word('in')) {
			at++;
			return list();
		}
		if (all[at++]?.sign !== '=')
			throw new JqlError(`The operator after the field '${field}' is not supported.`);
		return [value()];
	};
	while (peek() && !is_word('order')) {
		const field = all[at++].text?.toLowerCase();
		if (field === 'project') {
			query.projects = values_of(field).map((word) => {
				const project = world.project(word.text);
				if (!project || world.is_lost(project))
					throw new JqlError(`The value '${word.text}' does not exist for the field 'project'.`);
				return project;
			});
		} else if (['key', 'id', 'issuekey', 'issue'].includes(field)) {
			query.issues = values_of(field).map((word) => {
				const found = world.find_issue(word.text);
				if (!found || world.is_lost(found.project))
					throw new JqlError(`Issue does not exist or you do not have permission to see it: ${word.text}.`);
				return found;
			});
		} else if (field === 'updated' || field === 'created') {
			const test = compare[all[at]?.sign];
			if (!test)
				throw new JqlError(`The operator '${all[at]?.sign ?? all[at]?.text}' is not supported by the '${field}' field.`);
			at++;
			const limit = time_of(value(), world.settings.jira.time_zone);
			query.tests.push((times) => test(times[field], limit));
		} else {
			throw new JqlError(`Field '${field ?? ''}' does not exist or you do not have permission to view it.`);
		}
		if (peek() && !is_word('order')) {
			if (!is_word('and'))
				throw new JqlError(`Error in the JQL Query: Expecting 'AND' but got '${peek().text ?? peek().sign}'.`);
			at++;
		}
	}
	if (!query.projects && !query.issues && query.tests.length === 0)
		throw new JqlError('Unbounded JQL queries are not allowed here. Please add a search restriction to your query.');
	if (peek()) {
		at++;
		if (!is_word('by'))
			throw new JqlError("Error in the JQL Query: Expecting 'by'.");
		do {
			at++;
			const field = (peek()?.text ?? '').toLowerCase();
			if (!['updated', 'created', 'key', 'id', 'issuekey'].includes(field))
				throw new JqlError(`Not able to sort using field '${field}'.`);
			at++;
			const descends = is_word('desc');
			if (descends || is_word('asc'))
				at++;
			query.order.push({ field, sign: descends ? -1 : 1 });
		} while (peek()?.sign === ',');
		if (peek())
			throw new JqlError(`Error in the JQL Query: unexpected '${peek().text ?? peek().sign}'.`);
		if (query.order.length > 7)
			throw new JqlError('The maximum number of fields to sort by is 7.');
	}
	return query;
}

const cache = new Map();

// The issues a query finds, in order: {project, number, created, updated, id}.
export function jql_run(world, text, reconcile) {
	const query = jql_read(world, text);
	const lag = world.settings.jira.lag_seconds * 1000;
	const seen_until = lag > 0 ? Date.now() - lag : undefined;
	const name = `${world.version}/${text}`;
	const may_keep = seen_until === undefined && !/-[0-9]+[mhdw]/.test(text);
	if (may_keep && cache.has(name))
		return cache.get(name);
	const found = [];
	const look = (project, number) => {
		if (world.settings.jira.hidden.includes(project.key))
			return;
		const id = project.base + number;
		const times = world.issue_times(project, number,
			reconcile.has(String(id)) ? undefined : seen_until);
		if (!times.deleted && query.tests.every((test) => test(times)))
			found.push({ project, number, id, created: times.created, updated: times.updated });
	};
	if (query.issues) {
		for (const { project, number } of query.issues)
			if (!query.projects || query.projects.includes(project))
				look(project, number);
	} else {
		for (const project of query.projects ?? world.projects.filter((p) => !world.is_lost(p)))
			for (let number = 1; number <= project.issues; number++)
				look(project, number);
	}
	found.sort(order_of(query.order));
	if (may_keep) {
		if (cache.size > 8)
			cache.clear();
		cache.set(name, found);
	}
	return found;
}

// Without an order the newest issue is first, as in Jira.
export function order_of(order) {
	const by = order.length > 0 ? order : [{ field: 'id', sign: -1 }];
	return (a, b) => {
		for (const { field, sign } of by) {
			const name = field === 'updated' || field === 'created' ? field : 'id';
			if (a[name] !== b[name])
				return (a[name] - b[name]) * sign;
		}
		return a.id - b.id;
	};
}
