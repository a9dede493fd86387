// SPDX-License-Identifier: MIT
// Misbehaviour on order: which request it is for, and what becomes of its answer.

const known = ['status', 'html', 'removed', 'token_again', 'token_circle', 'empty_page', 'last_lies', 'changelog_cut', 'slow',
	'truncated', 'reset', 'silent', 'huge', 'not_json', 'redirect', 'secondary', 'exhausted', 'graphql_error',
	'null_nodes', 'null_parts', 'late', 'body'];
const members = ['on', 'method', 'path', 'body', 'from', 'times', 'do', 'status', 'message', 'headers', 'retry_after',
	'retry_after_date', 'reset_iso', 'reset_epoch', 'value', 'max', 'bytes', 'pause_ms', 'to', 'type', 'text'];

let orders = [];

function order_read(given) {
	for (const name of Object.keys(given))
		if (!members.includes(name))
			throw new Error(`an order has no member ${name}`);
	if (!known.includes(given.do))
		throw new Error(`do is none of ${known.join(', ')}: ${given.do}`);
	return { from: 1, times: 1, ...given, seen: 0, done: 0,
		path_pattern: new RegExp(given.path ?? ''), body_pattern: new RegExp(given.body ?? '') };
}

export function faults_set(list) {
	orders = list.map(order_read);
}
export function faults_add(one) {
	orders.push(order_read(one));
}
export function faults_list() {
	return orders.map(({ path_pattern, body_pattern, ...shown }) => shown);
}

// What is ordered for a request. Every order that fits counts it.
export function fault_for(ask) {
	let found = null;
	const path = ask.path.replace(/^\/ex\/jira\/[^/]+/, '').replace(/^\/api\/(v3(?=\/)|(?=graphql$))/, (all, v3) => v3 ? '' : '/');
	for (const order of orders) {
		if ((order.on && order.on !== ask.on) || (order.method && order.method !== ask.method) ||
			!order.path_pattern.test(path) || !(order.body_pattern.test(ask.text) || order.body_pattern.test(ask.search)))
			continue;
		order.seen++;
		if (!found && order.seen >= order.from && (order.times === 0 || order.seen < order.from + order.times)) {
			order.done++;
			found = order;
		}
	}
	return found;
}

const page = (status) => `<!DOCTYPE html><html><head><title>${status}</title></head><body><h1>${status}</h1></body></html>\n`;

function refusal(ask, status, message) {
	const body = ask.on === 'github' ? { message, documentation_url: 'https://docs.github.com/rest', status: String(status) }
		: { errorMessages: [message], errors: {} };
	return { status, body, headers: {} };
}

function limit_headers(order) {
	const headers = { ...order.headers };
	const at = (seconds) => new Date(Date.now() + seconds * 1000);
	if (order.retry_after !== undefined)
		headers['Retry-After'] = String(order.retry_after);
	if (order.retry_after_date !== undefined)
		headers['Retry-After'] = at(order.retry_after_date).toUTCString();
	if (order.reset_iso !== undefined)
		headers['X-RateLimit-Reset'] = at(order.reset_iso).toISOString().replace(/:\d\d\.\d+Z/, (s) => s.slice(0, 3) + 'Z');
	if (order.reset_epoch !== undefined)
		headers['X-RateLimit-Reset'] = String(Math.ceil(at(order.reset_epoch).getTime() / 1000));
	if (order.reset_iso !== undefined || order.reset_epoch !== undefined)
		headers['X-RateLimit-Remaining'] = '0';
	return headers;
}

// An answer that is ordered in place of the true one; null: the true one is asked
// for, with what prepare() has set.
export function fault_instead(order, ask, places) {
	const is_graphql = ask.on === 'github' && /graphql$/.test(ask.path);
	switch (order.do) {
	case 'status': {
		const status = order.status ?? 503;
		return { ...refusal(ask, status, order.message ?? { 401: 'Bad credentials', 403: 'Forbidden', 404: 'Not Found',
			429: 'Rate limit exceeded.' }[status] ?? 'The stand-in was told to refuse this.'), headers: limit_headers(order) };
	}
	case 'html':
		return { status: order.status ?? 502, type: 'text/html', body: page(order.status ?? 502), headers: limit_headers(order) };
	case 'removed':
		return refusal(ask, 410, order.message ?? 'The requested API has been removed. A full migration guideline is available ' +
			'at https://developer.atlassian.com/changelog/#CHANGE-2046');
	case 'not_json':
		return { status: 200, type: 'text/html', body: page('Log in'), headers: {} };
	case 'redirect': {
		const to = order.to ?? 'elsewhere';
		const path = ask.full_path + ask.search;
		const location = to === 'elsewhere' ? places.elsewhere + path
			: to === 'same' ? `${ask.origin}${ask.full_path}${ask.search ? `${ask.search}&` : '?'}again` : to;
		return { status: order.status ?? 302, type: 'text/plain', body: '', headers: { Location: location } };
	}
	case 'secondary': {
		const message = 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.';
		if (is_graphql && order.status === undefined)
			return { status: 200, body: { errors: [{ message, documentation_url:
				'https://docs.github.com/free-pro-team@latest/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits' }] },
			headers: limit_headers(order) };
		return { ...refusal(ask, order.status ?? 403, message), headers: limit_headers(order) };
	}
	case 'exhausted': {
		const headers = { 'X-RateLimit-Limit': '5000', 'X-RateLimit-Used': '5000', 'X-RateLimit-Resource': is_graphql ? 'graphql' : 'core',
			...limit_headers({ reset_epoch: 60, ...order }) };
		if (is_graphql)
			return { status: 200, body: { errors: [{ type: 'RATE_LIMITED', code: 'graphql_rate_limit',
				message: 'API rate limit already exceeded for user ID 1.' }] }, headers };
		return { ...refusal(ask, order.status ?? 403, 'API rate limit exceeded for user ID 1.'), headers };
	}
	case 'graphql_error':
		return { status: 200, body: { data: null, errors: [{ ...order.type && { type: order.type }, path: ['repository'],
			locations: [{ line: 1, column: 1 }], message: order.message ?? 'Something went wrong while executing your query.' }] },
		headers: limit_headers(order) };
	case 'body':
		return { status: order.status ?? 200, type: 'application/json', body: String(order.text ?? ''),
			headers: limit_headers(order) };
	default:
		return null;
	}
}

export function fault_prepare(order, ask) {
	if (order.do === 'changelog_cut')
		ask.cut = order.max ?? 40;
	ask.twist = order.do;
}

// The true answer, changed.
export function fault_change(order, ask, answer) {
	const { body } = answer;
	const list = Array.isArray(body?.issues) ? 'issues' : Array.isArray(body?.issueChangeLogs) ? 'issueChangeLogs'
		: Array.isArray(body?.values) ? 'values' : null;
	if (order.do === 'token_again') {
		if (list && answer.asked_token)
			Object.assign(body, { nextPageToken: answer.asked_token, ...'isLast' in body && { isLast: false } });
		if (answer.headers?.Link)
			answer.headers.Link = `<${ask.origin}${ask.full_path}${ask.search}>; rel="next"`;
	}
	if (order.do === 'token_circle' && list) {
		order.tokens ??= [];
		if (order.tokens.length < 2)
			order.tokens.push(body.nextPageToken);
		else
			Object.assign(body, { nextPageToken: order.tokens[order.turn = ((order.turn ?? 1) + 1) % 2],
				...'isLast' in body && { isLast: false } });
	}
	if (order.do === 'empty_page' && list) {
		body[list] = [];
		if (answer.same_place)
			body.nextPageToken = answer.same_place;
		if ('isLast' in body)
			body.isLast = false;
	}
	if (order.do === 'last_lies' && list) {
		if (order.value === false) {
			delete body.nextPageToken;
			body.isLast = false;
		} else {
			body.nextPageToken ??= answer.same_place;
			body.isLast = true;
		}
	}
}
