// SPDX-License-Identifier: MIT
// The stand-in for Jira and GitHub: README.md says what it answers.
//
//	node server.mjs --folder DIR [--world FILE]
//
// It listens on loopback, writes DIR/ports.json and ends with TERM, or with the
// process that started it.
import { createServer as create_http } from 'node:http';
import { createServer as create_https } from 'node:https';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { World, merge } from './world.mjs';
import { cloud_id, jira_answer } from './jira.mjs';
import { budgets_start, github_answer } from './github.mjs';
import { fault_change, fault_for, fault_instead, fault_prepare, faults_add, faults_list, faults_set } from './faults.mjs';

const options = {};
for (let i = 2; i < process.argv.length; i += 2) {
	const name = process.argv[i];
	if (!['--folder', '--world'].includes(name) || process.argv[i + 1] === undefined) {
		console.error('usage: node server.mjs --folder DIR [--world FILE]');
		process.exit(64);
	}
	options[name.slice(2)] = process.argv[i + 1];
}
if (!options.folder) {
	console.error('server.mjs: --folder is missing');
	process.exit(64);
}
const world = new World(options.world ? JSON.parse(readFileSync(options.world, 'utf8')) : {});
const places = {};
const most_logged = 20000;
const most_body = 10000000;
let log = [];
let asked = 0;

// -- one request to a source

function header_pairs(request) {
	const kept = {};
	for (const [name, value] of Object.entries(request.headers))
		if (!['authorization', 'cookie', 'private-token', 'proxy-authorization'].includes(name))
			kept[name] = value;
	return kept;
}

async function body_of(request) {
	const pieces = [];
	let length = 0;
	for await (const piece of request) {
		length += piece.length;
		if (length > most_body)
			throw new Error('the body is too large');
		pieces.push(piece);
	}
	return Buffer.concat(pieces).toString();
}

// Who asks: the password of Basic, else what follows the scheme.
function token_of(request) {
	const [scheme, value = ''] = String(request.headers.authorization ?? '').split(/ +/, 2);
	if (request.headers['private-token'])
		return ['Private-Token', request.headers['private-token']];
	if (scheme.toLowerCase() !== 'basic')
		return [scheme, value];
	const text = Buffer.from(value, 'base64').toString();
	return [scheme, text.slice(text.indexOf(':') + 1)];
}

async function answer_source(on, request, response) {
	const entry = { n: ++asked, on, method: request.method, at: new Date().toISOString() };
	const url = new URL(request.url, 'https://localhost');
	const [scheme, token] = token_of(request);
	const text = await body_of(request);
	let body = text === '' ? null : text;
	try {
		body = text === '' ? null : JSON.parse(text);
	} catch {
		// It is logged as the text it is.
	}
	Object.assign(entry, { path: url.pathname, query: url.search.slice(1), body,
		authorization: token ? 'present' : 'absent', ...token && { scheme }, headers: header_pairs(request),
		status: null, fault: null });
	log.push(entry);
	if (log.length > most_logged)
		log = log.slice(-most_logged / 2);
	const ask = { on, world, method: request.method, path: url.pathname, full_path: url.pathname, search: url.search,
		query: url.searchParams, headers: request.headers, body, text, token, origin: places[on],
		param: (name) => body !== null && typeof body === 'object' && name in body ? body[name]
			: url.searchParams.has(name) ? url.searchParams.get(name) : undefined };
	const is_source = ['jira', 'datacenter', 'github'].includes(on);
	const order = is_source ? fault_for(ask) : null;
	entry.fault = order?.do ?? null;
	if (order?.do === 'reset') {
		request.socket.destroy();
		return;
	}
	if (order?.do === 'silent')
		return;
	if (order?.do === 'late')
		await pause(order.pause_ms ?? 1000);
	let answer = order && fault_instead(order, ask, places);
	if (!answer) {
		if (order)
			fault_prepare(order, ask);
		answer = !is_source ? { status: 200, body: {} }
			: on === 'github' ? github_answer(ask) : jira_answer(ask);
		if (order)
			fault_change(order, ask, answer);
	}
	entry.status = answer.status;
	await send(response, answer, order);
}

async function send(response, answer, order) {
	const is_json = typeof answer.body !== 'string';
	const bytes = Buffer.from(answer.body === undefined ? '' : is_json ? JSON.stringify(answer.body) : answer.body);
	const headers = { 'Content-Type': answer.type ?? (is_json ? 'application/json;charset=UTF-8' : 'text/plain'),
		...answer.headers };
	if (order?.do === 'huge') {
		response.writeHead(200, headers);
		const piece = Buffer.alloc(65536, ' ');
		response.write('{"issues": [');
		for (let sent = 0; sent < (order.bytes ?? 100000000) && !response.destroyed; sent += piece.length)
			if (!response.write(piece))
				await new Promise((resolve) => {
					response.once('drain', resolve);
					response.once('close', resolve);
				});
		response.end(']}');
		return;
	}
	if (answer.status !== 304)
		headers['Content-Length'] = bytes.length;
	response.writeHead(answer.status, headers);
	if (order?.do === 'truncated') {
		response.write(bytes.subarray(0, order.bytes ?? bytes.length >> 1), () => response.destroy());
		return;
	}
	if (order?.do === 'slow') {
		const step = order.bytes ?? 1;
		for (let sent = 0; sent < bytes.length && !response.destroyed; sent += step) {
			response.write(bytes.subarray(sent, sent + step));
			await pause(order.pause_ms ?? 100);
		}
		response.end();
		return;
	}
	response.end(answer.status === 304 ? undefined : bytes);
}

// -- the control port

const same = (a, b, names) => names.every((name) => a[name] === b[name]);

const controls = {
	'GET /control/world': () => world.settings,
	'PATCH /control/world': (given) => {
		const before = world.settings.github;
		world.set(merge(world.settings, given));
		if (!same(before, world.settings.github, ['points', 'requests', 'window_seconds']))
			budgets_start();
		return world.settings;
	},
	'GET /control/faults': () => faults_list(),
	'PUT /control/faults': (given) => (faults_set(given), faults_list()),
	'POST /control/faults': (given) => (faults_add(given), faults_list()),
	'PUT /control/issue': (given) => (world.change_issue(given), {}),
	'PUT /control/pull': (given) => (world.change_pull(given), {}),
	'GET /control/requests': (given, query) => query.has('count') ? { count: log.length } : log,
	'DELETE /control/requests': () => {
		log = [];
		return {};
	},
};

async function answer_control(request, response) {
	const url = new URL(request.url, 'http://localhost');
	const control = controls[`${request.method} ${url.pathname}`];
	let status = 200;
	let body;
	try {
		if (!control)
			throw new Error(`the control port has no ${request.method} ${url.pathname}`);
		const text = await body_of(request);
		body = control(text === '' ? null : JSON.parse(text), url.searchParams);
	} catch (error) {
		status = control ? 400 : 404;
		body = { error: error.message };
	}
	response.writeHead(status, { 'Content-Type': 'application/json' });
	response.end(`${JSON.stringify(body)}\n`);
}

// -- listening

const guarded = (answer) => (request, response) => answer(request, response).catch((error) => {
	console.error(`${request.method} ${request.url}: ${error.stack}`);
	if (!response.headersSent)
		response.writeHead(500, { 'Content-Type': 'text/plain' });
	response.end(`the stand-in failed: ${error.message}\n`);
});

const tls = { key: readFileSync(join(options.folder, 'key.pem')), cert: readFileSync(join(options.folder, 'cert.pem')) };
const servers = {};
for (const on of ['jira', 'datacenter', 'github', 'elsewhere', 'misfit'])
	servers[on] = create_https(tls, guarded((request, response) => answer_source(on, request, response)));
servers.impostor = create_https({ key: tls.key, cert: readFileSync(join(options.folder, 'impostor.pem')) },
	guarded((request, response) => answer_source('impostor', request, response)));
servers.control = create_http(guarded(answer_control));
const ports = {};
const hosts = { elsewhere: '127.0.0.2', misfit: '127.0.0.3' };
for (const [on, server] of Object.entries(servers)) {
	server.requestTimeout = 0;
	server.on('tlsClientError', () => {});
	await new Promise((resolve, reject) => {
		server.once('error', reject);
		server.listen(0, hosts[on] ?? '127.0.0.1', resolve);
	});
	ports[on] = server.address().port;
	places[on] = on === 'control' ? `http://127.0.0.1:${ports[on]}`
		: `https://${hosts[on] ?? 'localhost'}:${ports[on]}`;
}
const file = join(options.folder, 'ports.json');
writeFileSync(`${file}.new`, `${JSON.stringify({ ...ports, cloud_id })}\n`);
renameSync(`${file}.new`, file);

for (const signal of ['SIGTERM', 'SIGINT'])
	process.on(signal, () => process.exit(0));
// Whoever started it has ended: so does this.
const parent = process.ppid;
setInterval(() => {
	if (process.ppid !== parent)
		process.exit(0);
}, 1000);
