/* SPDX-License-Identifier: MIT */
/* The frame: signing in, the views and the way between them. */
import { ask, session } from './api.js';
import { showProblem } from './problem.js';
import { button, fill, h, say } from './dom.js';
import { here, to } from './router.js';

/* Path, name, module of views/, group. A module gives show(place). */
const views = [
	['overview', 'Overview', 'overview', 'Now'],
	['batches', 'Batches', 'batches', 'Now'],
	['dead', 'Dead letters', 'dead', 'Now'],
	['runs', 'Runs', 'runs', 'Extraction'],
	['jobs', 'Jobs', 'jobs', 'Extraction'],
	['integrations', 'Integrations', 'integrations', 'Extraction'],
	['types', 'Entity types', 'types', 'Catalogue'],
	['statuses', 'Statuses', 'statuses', 'Catalogue'],
	['status-mappings', 'Status mappings', 'status_mappings', 'Catalogue'],
	['workflows', 'Workflows', 'workflows', 'Catalogue'],
	['wits', 'Work item types', 'wits', 'Catalogue'],
	['wit-mappings', 'Type mappings', 'wit_mappings', 'Catalogue'],
	['wits-hierarchies', 'Hierarchies', 'hierarchies', 'Catalogue'],
];

const app = document.getElementById('app');
let main, nav, ending = null, shown = 0;

function theme() {
	const root = document.documentElement;
	const next = root.dataset.theme === 'dark' ? 'light' : 'dark';

	root.dataset.theme = next;
	try {
		localStorage.setItem('pulse-etl-theme', next);
	} catch {
		/* Then it is for this page only. */
	}
	document.dispatchEvent(new Event('theme'));
}

function frame() {
	const who = session.who;
	const groups = Map.groupBy ? Map.groupBy(views, (view) => view[3]) :
		views.reduce((all, view) => all.set(view[3], [...all.get(view[3]) ?? [], view]), new Map());
	const menu = button('Menu', () => {
		const open = app.classList.toggle('open');

		menu.setAttribute('aria-expanded', String(open));
	}, { class: 'menu', 'aria-expanded': 'false', 'aria-controls': 'nav' });

	main = h('main', { id: 'main', tabindex: '-1' });
	nav = h('nav', { id: 'nav', 'aria-label': 'Views' }, [...groups].map(([name, members]) =>
		h('div', null, h('h2', null, name), h('ul', null, members.map(([path, title]) =>
			h('li', null, h('a', { href: to(path), 'data-path': path }, title)))))));
	fill(app,
		h('header', { class: 'top' },
			menu,
			h('a', { class: 'name', href: to('overview') },
				h('img', { src: 'icon.svg', alt: '', width: '24', height: '24' }), 'Pulse ETL'),
			h('p', { class: 'who' }, h('span', { title: who.caller }, `Tenant ${who.tenant_id}`),
				h('span', { class: 'role' }, who.role)),
			button('◐', theme, { class: 'quiet', title: 'Light or dark', 'aria-label': 'Switch between light and dark' }),
			button('Sign out', () => {
				session.end();
				location.hash = '';
				signIn();
			}, { class: 'quiet' })),
		nav, main,
		h('div', { id: 'said', role: 'status', 'aria-live': 'polite' }));
	nav.addEventListener('click', () => {
		app.classList.remove('open');
		menu.setAttribute('aria-expanded', 'false');
	});
}

/*
 * Show the view that the address names. A view draws into its element and gives
 * what ends it, if it has something to end.
 */
async function route() {
	if (session.who === null)
		return;
	const { parts, query } = here();
	const view = views.find(([path]) => path === parts[0]) ?? views[0];
	const turn = ++shown;
	const page = h('div', { class: 'page' });
	const controller = new AbortController();

	ending?.();
	ending = () => controller.abort();
	for (const link of nav.querySelectorAll('a'))
		if (link.dataset.path === view[0])
			link.setAttribute('aria-current', 'page');
		else
			link.removeAttribute('aria-current');
	document.title = `${view[1]} – Pulse ETL`;
	page.setAttribute('aria-busy', 'true');
	try {
		const module = await import(`./views/${view[2]}.js`);

		if (turn !== shown)
			return;
		const draws = module.show({ page, id: parts[1] || null, query, path: view[0],
			signal: controller.signal, again: route });

		await Promise.race([draws, new Promise((resolve) => setTimeout(resolve, 150))]);
		if (turn !== shown)
			return;
		const old = document.activeElement;
		const refocus = () => {
			const same = old.name ? page.querySelector(`[name="${CSS.escape(old.name)}"]`) : null;

			for (const one of [main, same])
				one?.focus({ preventScroll: true });
		};
		const focused = main.contains(old) || old === document.body;

		fill(main, page);
		if (page.childElementCount === 0)
			fill(page, h('p', { class: 'fine', role: 'status' }, 'The service is asked…'));
		if (focused)
			refocus();
		await draws;
		/* What is chosen by arrow keys may have been drawn only now. */
		if (focused && turn === shown && document.activeElement === main)
			refocus();
	} catch (error) {
		if (turn !== shown || error.name === 'AbortError')
			return;
		fill(main, page);
		showProblem(page, error, route);
	} finally {
		page.removeAttribute('aria-busy');
	}
}

/*
 * Ask for a token, over the place where one is: the address stays, so that
 * whoever signs in again goes on there.
 */
function signIn(reason) {
	const input = h('input', { type: 'password', name: 'token', autocomplete: 'off',
		spellcheck: 'false', required: true, id: 'token', 'aria-describedby': 'token-hint' });
	const trouble = h('p', { class: 'note bad', role: 'alert', hidden: !reason }, reason ?? '');
	const submit = h('button', { type: 'submit', class: 'main' }, 'Sign in');

	ending?.();
	ending = null;
	shown++;
	document.title = 'Sign in – Pulse ETL';
	document.querySelectorAll('dialog').forEach((dialog) => dialog.remove());
	app.classList.remove('open');
	fill(app, h('main', { class: 'sign-in', id: 'main' }, h('form', { onsubmit: async (event) => {
		event.preventDefault();
		submit.disabled = true;
		try {
			const value = input.value.trim();

			if (!/^[\x21-\x7e]+$/.test(value))
				throw new Error('A token has letters, digits and signs only: copy all of it, without blanks');
			const who = await ask('GET', 'whoami', { token: value });

			enter(value, who.json());
		} catch (error) {
			trouble.hidden = false;
			fill(trouble, error.message);
			input.focus();
		} finally {
			submit.disabled = false;
		}
	} },
	h('img', { src: 'icon.svg', alt: '', width: '48', height: '48' }),
	h('h1', null, 'Pulse ETL'),
	trouble,
	h('label', { for: 'token' }, 'Token'),
	input,
	h('small', { id: 'token-hint' }, 'It stays in this tab and ends with it. An operator makes one: ',
		h('code', null, 'pulse-etl token create --tenant 1 --role reader --expires 12h')),
	submit)), h('div', { id: 'said', role: 'status', 'aria-live': 'polite' }));
	input.focus();
}

function enter(value, who) {
	session.start(value, who);
	frame();
	route();
}

async function start() {
	if (!session.restore()) {
		signIn();
		return;
	}
	try {
		const token = session.token;

		enter(token, (await ask('GET', 'whoami')).json());
	} catch (error) {
		if (error.status === 401)
			return;
		fill(app, h('main', { class: 'sign-in', id: 'main' }));
		showProblem(document.getElementById('main'), error, start);
	}
}

session.whenOver(() => {
	const first = session.token !== null;

	session.end();
	if (first)
		signIn('The token has expired or was revoked: sign in with a new one to go on where you were.');
});
document.querySelector('.skip').addEventListener('click', (event) => {
	event.preventDefault();
	document.getElementById('main')?.focus();
});
/* A dialogue is of the place where it was opened. */
addEventListener('hashchange', () => {
	document.querySelectorAll('dialog[open]').forEach((dialog) => dialog.close());
	route();
});
addEventListener('unhandledrejection', (event) => {
	if (event.reason?.name === 'AbortError' || event.reason?.status === 401) {
		event.preventDefault();
		return;
	}
	if (session.who !== null)
		say(event.reason?.message ?? 'Something went wrong in the console: load it anew', 'bad');
});
start();
