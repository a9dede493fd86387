// SPDX-License-Identifier: MIT
// GraphQL as far as queries of GitHub go: documents are read, checked against the
// types of github.mjs and answered field by field. Mutations and introspection
// are refused.

export class GraphqlError extends Error {
	constructor(message, type, path) {
		super(message);
		this.type = type;
		this.path = path;
	}
}

const token = /[\s,\uFEFF]*(?:#[^\n]*[\s,]*)*(?:(\.\.\.|[!$&()=:@[\]{}|])|([_A-Za-z][_0-9A-Za-z]*)|(-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)|("""[^]*?"""|"(?:[^"\\\n]|\\.)*")|$)/y;

// -- reading

class Reader {
	constructor(text) {
		this.text = text;
		token.lastIndex = 0;
		this.tokens = [];
		for (;;) {
			const at = token.lastIndex;
			const match = token.exec(text);
			if (!match)
				throw new GraphqlError(`Parse error on ${JSON.stringify(text.slice(at, at + 10))}`);
			if (match[1] === undefined && match[2] === undefined && match[3] === undefined && match[4] === undefined)
				break;
			this.tokens.push({ sign: match[1], name: match[2], number: match[3], string: match[4] });
		}
		this.at = 0;
	}
	peek(sign) {
		return this.tokens[this.at]?.sign === sign;
	}
	take(sign) {
		if (!this.peek(sign))
			return false;
		this.at++;
		return true;
	}
	must(sign) {
		if (!this.take(sign)) {
			const got = this.tokens[this.at];
			throw new GraphqlError(`Parse error: expected ${sign} but got ${got ? JSON.stringify(Object.values(got).find(Boolean)) : 'end of file'}`);
		}
	}
	name() {
		const got = this.tokens[this.at++];
		if (got?.name === undefined)
			throw new GraphqlError('Parse error: a name was expected');
		return got.name;
	}
	value() {
		if (this.take('$'))
			return { variable: this.name() };
		if (this.take('[')) {
			const list = [];
			while (!this.take(']'))
				list.push(this.value());
			return { list };
		}
		if (this.take('{')) {
			const object = {};
			while (!this.take('}')) {
				const name = this.name();
				this.must(':');
				object[name] = this.value();
			}
			return { object };
		}
		const got = this.tokens[this.at++];
		if (got?.number !== undefined)
			return { constant: Number(got.number) };
		if (got?.string !== undefined)
			return { constant: got.string.startsWith('"""') ? got.string.slice(3, -3).trim() : JSON.parse(got.string) };
		if (got?.name !== undefined)
			return { constant: { true: true, false: false, null: null }[got.name] ?? (got.name === 'null' ? null : got.name) };
		throw new GraphqlError('Parse error: a value was expected');
	}
	args() {
		const args = {};
		if (this.take('('))
			while (!this.take(')')) {
				const name = this.name();
				this.must(':');
				args[name] = this.value();
			}
		return args;
	}
	directives() {
		const list = [];
		while (this.take('@'))
			list.push({ name: this.name(), args: this.args() });
		return list;
	}
	selections() {
		const list = [];
		this.must('{');
		while (!this.take('}')) {
			if (this.take('...')) {
				let on = null;
				let spread = null;
				if (!this.peek('{') && !this.peek('@')) {
					const name = this.name();
					if (name === 'on')
						on = this.name();
					else
						spread = name;
				}
				const directives = this.directives();
				list.push(spread ? { spread, directives } : { on, directives, inline: this.selections() });
				continue;
			}
			let name = this.name();
			let alias = name;
			if (this.take(':'))
				name = this.name();
			const args = this.args();
			const directives = this.directives();
			list.push({ name, alias, args, directives, inner: this.peek('{') ? this.selections() : null });
		}
		return list;
	}
	type() {
		if (this.take('[')) {
			this.type();
			this.must(']');
		} else {
			this.name();
		}
		return this.take('!');
	}
	document() {
		const document = { operations: [], fragments: {} };
		while (this.at < this.tokens.length) {
			if (this.peek('{')) {
				document.operations.push({ name: null, variables: [], selections: this.selections() });
				continue;
			}
			const kind = this.name();
			if (kind === 'fragment') {
				const name = this.name();
				if (this.name() !== 'on')
					throw new GraphqlError('Parse error: expected on');
				const on = this.name();
				this.directives();
				document.fragments[name] = { on, selections: this.selections() };
			} else if (kind === 'query') {
				const name = this.tokens[this.at]?.name !== undefined ? this.name() : null;
				const variables = [];
				if (this.take('('))
					while (!this.take(')')) {
						this.must('$');
						const variable = { name: this.name() };
						this.must(':');
						variable.needed = this.type();
						if (this.take('='))
							variable.standard = this.value();
						variables.push(variable);
					}
				this.directives();
				document.operations.push({ name, variables, selections: this.selections() });
			} else {
				throw new GraphqlError(`This stand-in answers queries, not ${kind}`);
			}
		}
		return document;
	}
}

// -- answering

// types[NAME] = { fields: { field: { type, list, connection, args, get } },
// is(value) }; a row without type is a plain value.
export function graphql_run(types, request, context) {
	const document = new Reader(String(request.query ?? '')).document();
	const operation = request.operationName
		? document.operations.find((one) => one.name === request.operationName) : document.operations[0];
	if (!operation)
		throw new GraphqlError('No operation found');
	const given = request.variables ?? {};
	const variables = {};
	for (const { name, needed, standard } of operation.variables) {
		if (name in given)
			variables[name] = given[name];
		else if (standard !== undefined)
			variables[name] = value_of(standard, {});
		if (needed && (variables[name] === undefined || variables[name] === null))
			throw new GraphqlError(`Variable $${name} of type needed was provided invalid value`);
	}
	const run = { types, document, variables, context, errors: [], nodes: 0, requests: 0 };
	check(run, 'Query', operation.selections, 1);
	if (run.nodes > 500000)
		throw new GraphqlError(`This query requests up to ${run.nodes} possible nodes which exceeds the maximum limit of 500,000.`,
			'MAX_NODE_LIMIT_EXCEEDED');
	context.cost = Math.max(1, Math.round(run.requests / 100));
	context.nodes = run.nodes;
	context.before?.();
	const data = object_of(run, 'Query', {}, operation.selections, []);
	return { data, ...run.errors.length > 0 && { errors: run.errors } };
}

function value_of(value, variables) {
	if ('variable' in value)
		return variables[value.variable];
	if ('list' in value)
		return value.list.map((one) => value_of(one, variables));
	if ('object' in value)
		return Object.fromEntries(Object.entries(value.object).map(([k, v]) => [k, value_of(v, variables)]));
	return value.constant;
}

const args_of = (run, field) => Object.fromEntries(Object.entries(field.args)
	.map(([name, value]) => [name, value_of(value, run.variables)]).filter(([, value]) => value !== undefined));

// Every field is known, and how many nodes are asked for at most.
function check(run, type, selections, times) {
	for (const one of selections) {
		if (one.inline) {
			check(run, one.on ?? type, one.inline, times);
			continue;
		}
		if (one.spread) {
			const fragment = run.document.fragments[one.spread];
			if (!fragment)
				throw new GraphqlError(`Fragment ${one.spread} was used, but not defined`);
			check(run, fragment.on, fragment.selections, times);
			continue;
		}
		if (one.name === '__typename')
			continue;
		const row = run.types[type]?.fields[one.name];
		if (!row)
			throw new GraphqlError(`Field '${one.name}' doesn't exist on type '${type}'`);
		for (const name of Object.keys(one.args))
			if (!row.args?.includes(name) && !(row.connection && ['first', 'after', 'last', 'before'].includes(name)))
				throw new GraphqlError(`Field '${one.name}' doesn't accept argument '${name}'`);
		if (!row.type !== !one.inner)
			throw new GraphqlError(row.type ? `Field must have selections (field '${one.name}' returns ${row.type} but has no selections.)`
				: `Selections can't be made on scalars (field '${one.name}' returns a scalar but has selections)`);
		let inner_times = times;
		if (row.connection) {
			const { first, last, before } = args_of(run, one);
			if (last !== undefined || before !== undefined)
				throw new GraphqlError(`This stand-in pages '${one.name}' by first and after only`);
			if (first === undefined || first === null)
				throw new GraphqlError(`You must provide a \`first\` or \`last\` value to properly paginate the \`${one.name}\` connection.`,
					'MISSING_PAGINATION_BOUNDARIES');
			if (!Number.isInteger(first) || first < 0 || first > 100)
				throw new GraphqlError(`Requesting ${first} records on the \`${one.name}\` connection exceeds the \`first\` limit of 100 records.`,
					'EXCESSIVE_PAGINATION');
			run.requests += times;
			inner_times = times * first;
			run.nodes += inner_times;
		}
		if (one.inner)
			check(run, row.type, one.inner, inner_times);
	}
}

function is_left_out(run, one) {
	return one.directives.some(({ name, args }) => {
		const value = args.if && value_of(args.if, run.variables);
		return (name === 'skip' && value === true) || (name === 'include' && value === false);
	});
}

function object_of(run, type, value, selections, path) {
	const is_abstract = run.types[type].type_of;
	const own = is_abstract ? is_abstract(value) : type;
	const object = {};
	fill(run, type, own, value, selections, path, object);
	return object;
}

function fill(run, seen_as, own, value, selections, path, object) {
	for (const one of selections) {
		if (is_left_out(run, one))
			continue;
		if (one.inline || one.spread) {
			const fragment = one.inline ? { on: one.on ?? seen_as, selections: one.inline }
				: run.document.fragments[one.spread];
			if (fragment.on === own || fragment.on === seen_as || run.types[own].is?.includes(fragment.on))
				fill(run, fragment.on, own, value, fragment.selections, path, object);
			continue;
		}
		if (one.name === '__typename') {
			object[one.alias] = own;
			continue;
		}
		const row = run.types[own].fields[one.name] ?? run.types[seen_as].fields[one.name];
		const here = [...path, one.alias];
		let result;
		try {
			result = row.get ? row.get(value, args_of(run, one), run.context) : value[one.name];
			if (row.connection && result)
				result = run.context.connection(result, args_of(run, one), one.name);
		} catch (error) {
			if (!(error instanceof GraphqlError))
				throw error;
			run.errors.push({ ...error.type && { type: error.type }, path: here,
				locations: [{ line: 1, column: 1 }], message: error.message });
			result = null;
		}
		if (!row.type || result === null || result === undefined) {
			object[one.alias] = result ?? null;
		} else if (Array.isArray(result)) {
			object[one.alias] = result.map((item, index) => {
				if (item instanceof GraphqlError) {
					run.errors.push({ ...item.type && { type: item.type }, path: [...here, index],
						locations: [{ line: 1, column: 1 }], message: item.message });
					return null;
				}
				return item && object_of(run, row.type, item, one.inner, [...here, index]);
			});
		} else {
			const before = object[one.alias];
			const made = object_of(run, row.type, result, one.inner, here);
			object[one.alias] = before && !Array.isArray(before) ? { ...before, ...made } : made;
		}
	}
}
