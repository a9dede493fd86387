// Are the answers that tests saw as openapi.json says?
//
//	node validate.mjs OPENAPI.JSON FOLDER
//
// FOLDER holds what request() of lib.sh recorded: for each answer NAME.meta
// (method, path, status, content type, a line each), NAME.headers as they came
// and NAME.body. Prints each
// answer that differs, then how many were looked at; exit code 1 for any.
// NODE_PATH or the folder of this run must have ajv.
import { createRequire } from 'node:module';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const require = createRequire(join(process.env.OPENAPI_TOOLS, 'package.json'));
const Ajv = require('ajv/dist/2020').default;
const addFormats = require('ajv-formats').default;

const [, , documentFile, folder] = process.argv;
const document = JSON.parse(readFileSync(documentFile, 'utf8'));

// What nginx answers before a route is chosen.
const nginxAlone = new Set([405, 408, 411, 414, 431, 501, 502, 504, 505]);

const ajv = new Ajv({ strict: false, allErrors: true });
addFormats(ajv);
ajv.addFormat('int64', true);
ajv.addSchema({ $id: 'document', components: document.components });
const compiled = new Map();

function schemaAt(pointer) {
	if (!compiled.has(pointer))
		compiled.set(pointer, ajv.compile({ $ref: `document${pointer}` }));
	return compiled.get(pointer);
}

// Paths as expressions; one without a parameter wins.
const paths = Object.keys(document.paths)
	.sort((a, b) => a.split('{').length - b.split('{').length)
	.map((path) => ({
		path,
		like: new RegExp(`^${path
			.replace(/[.*+?^$()|[\]\\]/g, '\\$&')
			.replace(/\{[^}]*\}/g, '[^/]+')}$`),
	}));

function operationOf(method, path) {
	const verb = method === 'HEAD' ? 'get' : method.toLowerCase();
	for (const known of paths)
		if (known.like.test(path) && document.paths[known.path][verb])
			return document.paths[known.path][verb];
	return undefined;
}

function resolve(object) {
	if (!object || !object.$ref)
		return object;
	return object.$ref.slice(2).split('/').reduce((at, part) => at[part], document);
}

function checkBody(schema, body, faults) {
	let value;
	try {
		value = JSON.parse(body);
	} catch (error) {
		faults.push(`it is no JSON: ${error.message}`);
		return;
	}
	if (!schemaAt(schema.$ref)(value))
		for (const error of schemaAt(schema.$ref).errors)
			faults.push(`${error.instancePath || '/'} ${error.message} ${JSON.stringify(error.params)}`);
}

// What is described is there, if it must be, and has the described shape.
function checkHeaders(described, headers, faults) {
	for (const [name, reference] of Object.entries(described ?? {})) {
		const header = resolve(reference);
		const text = headers.get(name.toLowerCase());
		if (text === undefined) {
			if (header.required)
				faults.push(`it has no ${name}`);
			continue;
		}
		const value = header.schema.type === 'integer' && /^-?\d+$/.test(text) ? Number(text) : text;
		if (!schemaAt(`#/components/headers/${name}/schema`)(value))
			faults.push(`its ${name} is ${text}`);
	}
}

// Lines of the last answer: a 100 may stand before it.
function readHeaders(text) {
	const last = text.trimEnd().split(/\r?\n\r?\n/).pop();
	return new Map(last.split(/\r?\n/).slice(1).map((line) => {
		const colon = line.indexOf(':');
		return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
	}));
}

function check({ method, path, status, type, headers, body }) {
	const faults = [];
	const operation = operationOf(method, path);
	let answer = operation?.responses[status];

	if (!operation || (!answer && nginxAlone.has(status))) {
		if (status < 400)
			return ['no such operation is described'];
		answer = document.components.responses.problem;
	}
	if (!answer)
		return [`its description has no status ${status}`];
	answer = resolve(answer);
	checkHeaders(answer.headers, headers, faults);
	if (status === 405 && !headers.has('allow'))
		faults.push('it has no Allow');
	if (!answer.content) {
		if (body.length > 0)
			faults.push('it has a body');
		return faults;
	}
	const described = answer.content[type];
	if (!described) {
		faults.push(`its type is ${type || 'none'}, not ${Object.keys(answer.content).join(' or ')}`);
		return faults;
	}
	if (method !== 'HEAD' && described.schema.$ref)
		checkBody(described.schema, body, faults);
	return faults;
}

let looked = 0;
let wrong = 0;
const seen = new Set();
for (const name of readdirSync(folder).filter((entry) => entry.endsWith('.meta')).sort()) {
	const base = join(folder, name.slice(0, -5));
	const [method, target, status, type] = readFileSync(`${base}.meta`, 'utf8').split('\n');
	const answer = {
		method,
		// A slash at the end says nothing.
		path: target.split('?')[0].replace(/(?<=.)\/$/, ''),
		status: Number(status),
		type: type.split(';')[0].trim().toLowerCase(),
		headers: readHeaders(readFileSync(`${base}.headers`, 'utf8')),
		body: readFileSync(`${base}.body`, 'utf8'),
	};
	// Nobody answered, or it is not ours: the console and copies of logos are nginx's files.
	if (answer.status === 0 || /^\/app\/etl\/console(\/|$)/.test(answer.path) ||
		(/^\/app\/etl\/logos\//.test(answer.path) && !answer.headers.has('x-request-id')) ||
		!answer.path.startsWith('/app/etl/'))
		continue;
	looked++;
	const operation = operationOf(answer.method, answer.path);
	if (operation)
		seen.add(`${operation.operationId} ${answer.status}`);
	const faults = check(answer);
	if (faults.length === 0)
		continue;
	wrong++;
	console.log(`${answer.method} ${target}: ${answer.status}: ${faults.slice(0, 4).join('; ')}`);
}
console.log(`${looked} answers, ${wrong} not as described; ${seen.size} pairs of operation and status`);
process.exit(wrong > 0 || looked === 0 ? 1 : 0);
