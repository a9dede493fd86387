/* SPDX-License-Identifier: MIT */
/* What has gone wrong, and what can be done about it. */
import { Problem } from './api.js';
import { button, fill, h } from './dom.js';

/* A problem as an element; `again` is what the button does. */
export function problemNote(error, again) {
	const note = h('div', { class: 'problem', role: 'alert' },
		h('h2', null, titleOf(error)), h('p', null, error.message));

	if (error instanceof Problem && error.errors.length > 0)
		note.append(h('ul', null, error.errors.map((one) =>
			h('li', null, `${(one.loc ?? []).slice(1).join('.')} ${one.msg}`))));
	if (error instanceof Problem && error.requestId)
		note.append(h('p', { class: 'fine' }, 'Request ', h('code', null, error.requestId),
			': logs name it so'));
	if (again && error instanceof Problem && error.passes)
		note.append(retry(error.retryAfter, again));
	else if (again)
		note.append(button('Try again', again));
	return note;
}

function titleOf(error) {
	if (!(error instanceof Problem))
		return 'Something went wrong in the console';
	switch (error.status) {
	case 0: return 'The service is unreachable';
	case 200: return 'Something else has answered';
	case 403: return 'Your role does not allow this';
	case 404: return 'There is no such thing';
	case 412: return 'Somebody else changed it meanwhile';
	case 429: return 'Too many requests';
	case 500: return 'The service has failed';
	case 502: case 503: case 504: return 'The service is unavailable';
	default: return `This was refused (${error.status})`;
	}
}

/* Again after the pause that the service asks for, or at once by hand. */
function retry(seconds, again) {
	let left = Math.min(seconds, 300);
	const now = button('Try again now', () => {
		clearInterval(timer);
		again();
	});
	const text = h('span', { class: 'fine' }, `Again in ${left} s`);
	const timer = setInterval(() => {
		if (!text.isConnected)
			return clearInterval(timer);
		if (document.hidden)
			return undefined;
		if (--left > 0)
			return fill(text, `Again in ${left} s`);
		clearInterval(timer);
		return again();
	}, 1000);

	return h('p', { class: 'tools' }, now, text);
}

export function showProblem(element, error, again) {
	if (error.status === 401)
		return;
	fill(element, problemNote(error, again));
}
