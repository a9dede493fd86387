/* SPDX-License-Identifier: MIT */
/*
 * JSON as it stands: where each value of a text begins and ends, in arrays of
 * numbers, so that a payload of many megabytes is a list of places and its
 * numbers keep all their digits. Nothing is converted; the text is kept.
 *
 * Values are numbered in the order of the text, an object before its members.
 */
export const kinds = { object: 0, array: 1, string: 2, number: 3, word: 4 };

const QUOTE = 34, COMMA = 44, COLON = 58, OPEN = 91, BACKSLASH = 92, CLOSE = 93,
	OPEN_OBJECT = 123, CLOSE_OBJECT = 125;

class Places {
	constructor(room) {
		this.count = 0;
		this.room = 0;
		this.grow(room);
	}
	grow(room) {
		const wider = (old, type) => {
			const next = new type(room);

			if (old)
				next.set(old);
			return next;
		};

		this.start = wider(this.start, Uint32Array);
		this.end = wider(this.end, Uint32Array); /* behind the value */
		this.key = wider(this.key, Int32Array); /* where its quote is; -1: none */
		this.keyEnd = wider(this.keyEnd, Uint32Array);
		this.next = wider(this.next, Uint32Array); /* the value behind all within */
		this.parent = wider(this.parent, Int32Array);
		this.members = wider(this.members, Uint32Array); /* how many it has */
		this.place = wider(this.place, Uint32Array); /* the how-manieth it is */
		this.depth = wider(this.depth, Uint16Array);
		this.kind = wider(this.kind, Uint8Array);
		this.room = room;
	}
}

function fail(at, what) {
	throw new SyntaxError(`The payload is no JSON: ${what} at character ${at + 1}`);
}

/* Behind a string whose first quote is at `at`. */
function stringEnd(text, at) {
	for (let i = at + 1; ;) {
		const quote = text.indexOf('"', i);

		if (quote < 0)
			fail(at, 'a text without an end');
		let slashes = 0;
		for (let k = quote - 1; text.charCodeAt(k) === BACKSLASH; k--)
			slashes++;
		if (slashes % 2 === 0)
			return quote + 1;
		i = quote + 1;
	}
}

const literal = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?|true|false|null/y;
const blank = /[ \t\n\r]*/y;

/* Places of all values of the text between two characters. */
export function readJson(text, from = 0, to = text.length) {
	const places = new Places(Math.max(1024, (to - from) >> 4));
	const skip = (at) => {
		if (text.charCodeAt(at) > 32)
			return at;
		blank.lastIndex = at;
		blank.test(text);
		return blank.lastIndex;
	};
	let at = skip(from), parent = -1, key = -1, keyEnd = 0;

	for (;;) {
		/* A value begins here. */
		const code = at < to ? text.charCodeAt(at) : -1;
		const me = places.count++;

		if (me === places.room)
			places.grow(places.room * 2);
		places.start[me] = at;
		places.key[me] = key;
		places.keyEnd[me] = keyEnd;
		places.parent[me] = parent;
		places.depth[me] = parent < 0 ? 0 : Math.min(places.depth[parent] + 1, 65535);
		if (parent >= 0)
			places.place[me] = places.members[parent]++;
		key = -1;
		if (code === OPEN_OBJECT || code === OPEN) {
			places.kind[me] = code === OPEN ? kinds.array : kinds.object;
			at = skip(at + 1);
			if (text.charCodeAt(at) !== (code === OPEN ? CLOSE : CLOSE_OBJECT)) {
				parent = me;
				if (code === OPEN)
					continue;
				[key, keyEnd, at] = member(text, at, skip);
				continue;
			}
			at++;
		} else if (code === QUOTE) {
			places.kind[me] = kinds.string;
			at = stringEnd(text, at);
		} else {
			literal.lastIndex = at;
			if (code < 0 || !literal.test(text))
				fail(at, 'a value is missing');
			places.kind[me] = code === 45 || (code >= 48 && code <= 57) ? kinds.number : kinds.word;
			at = literal.lastIndex;
		}
		places.end[me] = at;
		places.next[me] = places.count;

		/* It is followed by another one, or by the end of what it is in. */
		for (;;) {
			if (parent < 0)
				return places;
			at = skip(at);
			const isArray = places.kind[parent] === kinds.array;
			const sign = text.charCodeAt(at);

			if (sign === COMMA) {
				at = skip(at + 1);
				if (!isArray)
					[key, keyEnd, at] = member(text, at, skip);
				break;
			}
			if (sign !== (isArray ? CLOSE : CLOSE_OBJECT))
				fail(at, 'a comma or an end is missing');
			places.end[parent] = ++at;
			places.next[parent] = places.count;
			parent = places.parent[parent];
		}
	}
}

/* A member's name: where it begins, ends, and where its value begins. */
function member(text, at, skip) {
	if (text.charCodeAt(at) !== QUOTE)
		fail(at, 'a name is missing');
	const end = stringEnd(text, at);
	const colon = skip(end);

	if (text.charCodeAt(colon) !== COLON)
		fail(colon, 'a colon is missing');
	return [at, end, skip(colon + 1)];
}

/* The members of an object that is the whole text: name to its value's number. */
export function membersOf(text, places, of = 0) {
	const found = new Map();

	for (let i = of + 1; i < places.next[of]; i = places.next[i])
		found.set(keyOf(text, places, i), i);
	return found;
}

/* Does a browser keep all digits of the numbers in a JSON text? */
export function keepsDigits(text) {
	const places = readJson(text);
	const digits = (written) => written.replace(/[eE].*/, '').replace(/[-.]/g, '').replace(/^0+|0+$/g, '');

	for (let i = 0; i < places.count; i++) {
		const written = text.slice(places.start[i], places.end[i]);

		if (places.kind[i] === kinds.number && digits(written) !== digits(String(Number(written))))
			return false;
	}
	return true;
}

/* A member of an object to be read and changed by a person: on lines, where no digit is lost by it. */
export function memberText(text, name) {
	const places = readJson(text);
	const i = membersOf(text, places).get(name);
	const written = text.slice(places.start[i], places.end[i]);

	return keepsDigits(written) ? JSON.stringify(JSON.parse(written), null, 2) : written;
}

/* A member's name, its escapes read; of an array's element its number. */
export function keyOf(text, places, i) {
	return places.key[i] < 0 ? places.place[i] :
		JSON.parse(text.slice(places.key[i], places.keyEnd[i]));
}

/* The way from one value to another within it, as jq takes it: .issues[3]."a name". */
export function pathOf(text, places, i, root = 0) {
	const parts = [];

	for (; i !== root; i = places.parent[i]) {
		const key = keyOf(text, places, i);

		parts.push(typeof key === 'number' ? `[${key}]` :
			/^[A-Za-z_][A-Za-z0-9_]*$/.test(key) ? `.${key}` : `.${JSON.stringify(key)}`);
	}
	const path = parts.reverse().join('');

	return path.startsWith('.') ? path : `.${path}`;
}

/* The innermost value that a character belongs to, its name included. */
export function valueAt(places, at, from, to) {
	let low = from, high = to;

	while (high - low > 1) {
		const middle = (low + high) >> 1;
		const begins = places.key[middle] >= 0 ? places.key[middle] : places.start[middle];

		if (begins <= at)
			low = middle;
		else
			high = middle;
	}
	return low;
}
