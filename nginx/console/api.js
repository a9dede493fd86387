/* SPDX-License-Identifier: MIT */
/*
 * Requests to the service, with the token of whoever is signed in. The token is
 * in sessionStorage, so that it ends with the tab, and in no address.
 */
export const base = new URL('../', document.baseURI).pathname; /* /app/etl/ */

const key = 'pulse-etl-token';
let token = null;
let signedOut = () => {};

export const session = {
	who: null,
	get token() {
		return token;
	},
	start(value, who) {
		token = value;
		this.who = who;
		try {
			sessionStorage.setItem(key, value);
		} catch {
			/* Then the token is in memory only. */
		}
	},
	restore() {
		try {
			token = sessionStorage.getItem(key);
		} catch {
			token = null;
		}
		return token !== null;
	},
	end() {
		token = null;
		this.who = null;
		versions.clear();
		try {
			sessionStorage.removeItem(key);
		} catch {
			/* There is none. */
		}
	},
	/* Whoever asks then signs in again, and stays where they are. */
	whenOver(handler) {
		signedOut = handler;
	},
	may(role) {
		const roles = ['reader', 'writer', 'admin'];

		return this.who !== null && roles.indexOf(this.who.role) >= roles.indexOf(role);
	},
};

/*
 * The time by the service's clock, which the Date of its answers tells in whole
 * seconds: this machine's may be wrong by hours.
 */
let ahead = 0;

export const now = () => Date.now() + ahead;

function setClock(date) {
	const other = Date.parse(date) - Date.now();

	ahead = Math.abs(other) > 5000 ? other : 0;
}

/* What the service, or what is on the way to it, has refused: RFC 9457. */
export class Problem extends Error {
	constructor(status, problem, retryAfter) {
		super(problem.detail);
		this.status = status;
		this.code = problem.code ?? null;
		this.requestId = problem.request_id ?? null;
		this.errors = problem.errors ?? [];
		this.retryAfter = retryAfter;
	}
	/* Would the same request pass later? */
	get passes() {
		return [0, 429, 502, 503, 504].includes(this.status);
	}
}

export function address(path, query) {
	const parameters = new URLSearchParams();

	for (const [name, value] of Object.entries(query ?? {}))
		if (value !== '' && value !== null && value !== undefined)
			parameters.set(name, value);
	const text = parameters.toString();

	return base + path + (text === '' ? '' : `?${text}`);
}

const unreachable = { detail: 'The service cannot be reached: check the network, then try again' };
const silent = { detail: 'The service does not answer: check the network, then try again' };

/* An answer that nothing of the service has made. */
const foreign = (status) => ({ detail: `The answer was ${status}, and none of the service's: something else on the way has made it` });

/* Longer than nginx waits for the service. */
const patience = 65000;

/* Answers to be had again by their ETag: address to { etag, text, headers }. */
const versions = new Map();
const versionsKept = 40;

function keep(url, known) {
	versions.delete(url);
	versions.set(url, known);
	if (versions.size > versionsKept)
		versions.delete(versions.keys().next().value);
}

/*
 * Ask the service. Gives { status, headers, text, json() }; an answer that is
 * not a success is thrown as a Problem, and a token that is no longer valid
 * leads to signing in. options: query, body (an object), headers, signal,
 * token (of somebody who signs in), fresh: do not ask by ETag.
 */
export async function ask(method, path, options = {}) {
	const url = address(path, options.query);
	const headers = { Accept: 'application/json', ...options.headers };
	const bearer = options.token ?? token;
	const known = method === 'GET' && !options.fresh ? versions.get(url) : undefined;

	options.signal?.throwIfAborted();
	const waiting = new AbortController();
	const giveUp = () => waiting.abort();
	const timer = setTimeout(giveUp, patience);
	let answer, text;

	options.signal?.addEventListener('abort', giveUp);
	headers.Authorization = `Bearer ${bearer}`;
	if (options.body !== undefined)
		headers['Content-Type'] = 'application/json';
	if (known)
		headers['If-None-Match'] = known.etag;
	try {
		answer = await fetch(url, {
			method, headers, signal: waiting.signal, cache: 'no-store',
			body: options.body === undefined ? undefined : JSON.stringify(options.body),
			credentials: 'omit', redirect: 'error',
		});
		clearTimeout(timer); /* What comes now may be long. */
		setClock(answer.headers.get('Date'));
		text = await answer.text();
	} catch (error) {
		if (options.signal?.aborted)
			throw error;
		throw new Problem(0, waiting.signal.aborted ? silent : unreachable, 5);
	} finally {
		clearTimeout(timer);
		options.signal?.removeEventListener('abort', giveUp);
	}
	if (answer.status === 304 && known) {
		keep(url, known);
		return result(200, known.headers, known.text);
	}
	if (!answer.ok)
		throw refused(answer, text, options);
	const etag = answer.headers.get('ETag');

	if (method === 'GET' && etag && text.length < 1000000)
		keep(url, { etag, text, headers: answer.headers });
	return result(answer.status, answer.headers, text);
}

function result(status, headers, text) {
	return { status, headers, text, json() {
		try {
			return JSON.parse(text);
		} catch {
			throw new Problem(status, foreign(status), 5);
		}
	} };
}

function refused(answer, text, options) {
	const seconds = Number(answer.headers.get('Retry-After')) || 5;
	let problem = null;

	try {
		problem = JSON.parse(text);
	} catch {
		/* It has another form. */
	}
	const error = new Problem(answer.status, problem?.detail ? problem : foreign(answer.status), seconds);

	if (answer.status === 401 && options.token === undefined)
		signedOut(error);
	return error;
}

export async function get(path, query, options) {
	return (await ask('GET', path, { query, ...options })).json();
}

/* A page of a list, how many rows there are, and where the next page begins. */
export async function list(path, query, options) {
	const answer = await ask('GET', path, { query: { limit: 200, ...query }, ...options });

	return {
		rows: answer.json(),
		total: Number(answer.headers.get('X-Total-Count')),
		next: answer.headers.get('X-Next-Cursor'),
	};
}

/* All rows of a list, page by page; of very long ones the first 2,000. */
export async function all(path, options) {
	const rows = [];
	let next = null;

	do {
		const page = await list(path, { cursor: next }, options);

		rows.push(...page.rows);
		next = page.next;
	} while (next && rows.length < 2000);
	return rows;
}

/* The same as a line of curl, with the token from a file. */
export function curlLine({ method, path, query, body, version }) {
	const url = location.origin + address(path, query);
	const match = version ? ` \\\n  -H ${quoted(`If-Match: ${version}`)}` : '';
	const data = body === undefined ? '' :
		` \\\n  -H 'Content-Type: application/json' -d ${quoted(JSON.stringify(body))}`;

	return `curl -sS -K "$ETL_CURLRC" -X ${method} ${quoted(url)}${match}${data}`;
}

/* A word for a shell. */
export function quoted(text) {
	return /^[A-Za-z0-9_./:=@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
