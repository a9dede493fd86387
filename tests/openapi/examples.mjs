// Are the examples of openapi.json as it says, and as the service is?
//
//	node examples.mjs OPENAPI.JSON [URL TOKEN_FILE]
//
// Each operation, parameter and member has its words; each example is as its
// schema says. With URL the bodies of the examples are sent to a service with the
// demo tenant, a work item and a pull request, and what it answers has the members of the example of the answer.
// Prints what is wrong, then how much was looked at; exit code 1 for any fault.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const require = createRequire(join(process.env.OPENAPI_TOOLS, 'package.json'));
const Ajv = require('ajv/dist/2020').default;
const addFormats = require('ajv-formats').default;

const [, , documentFile, url, tokenFile] = process.argv;
const document = JSON.parse(readFileSync(documentFile, 'utf8'));
const ajv = new Ajv({ strict: false, allErrors: true });
addFormats(ajv);
ajv.addFormat('int64', true);
ajv.addFormat('binary', true);
ajv.addSchema({ $id: 'document', components: document.components });

let looked = 0;
const faults = [];
function must(fine, what) {
	looked++;
	if (!fine)
		faults.push(what);
}

function resolve(object) {
	if (!object?.$ref)
		return object;
	return object.$ref.slice(2).split('/').reduce((at, part) => at[part], document);
}

function fits(schema, value, where) {
	const inside = JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"document#/'));
	const check = ajv.compile(inside);
	must(check(value), `${where}: ${ajv.errorsText(check.errors)}`);
}

// -- what stands in the document
const operations = new Map();
const tags = new Map(document.tags.map((tag) => [tag.name, tag.description]));
for (const [path, methods] of Object.entries(document.paths))
	for (const [method, operation] of Object.entries(methods))
		operations.set(operation.operationId, { path, method, operation });
const known = (text) => typeof text === 'string' && text.length > 3;

for (const [name, { operation }] of operations) {
	must(known(operation.description), `${name} has no description`);
	for (const tag of operation.tags)
		must(known(tags.get(tag)), `the tag ${tag} has no description`);
	for (const one of operation.parameters.map(resolve)) {
		const where = `${name}, parameter ${one.name}`;
		const { schema, example } = one.content?.['application/json'] ?? one;
		must(known(one.description), `${where} has no description`);
		if (example !== undefined || one.example !== undefined)
			fits(schema, example ?? one.example, where);
		else
			must(schema.type === 'boolean' || schema.enum, `${where} has no example`);
	}
	for (const [type, { schema, example }] of Object.entries(operation.requestBody?.content ?? {})) {
		must(example !== undefined, `${name} has no example of ${type}`);
		// What is signed is of the source's own kind.
		must(schema.$ref || name === 'hook_receive', `${name}: its body has no name`);
		fits(schema, example, `${name}, body`);
	}
	for (const [status, response] of Object.entries(operation.responses)) {
		const { content } = resolve(response);
		must(known(resolve(response).description), `${name}, ${status} has no description`);
		for (const { schema, example } of Object.values(content ?? {})) {
			must(example !== undefined, `${name}, ${status} has no example`);
			fits(schema, example, `${name}, ${status}`);
		}
	}
}
for (const [name, schema] of Object.entries(document.components.schemas))
	for (const [member, { $ref, description, deprecated }] of
		Object.entries((schema.items ?? schema).properties ?? {}))
		must(known(description) || $ref || deprecated, `${name}.${member} has no description`);

// -- what the service says
// The members of an example are those of an answer, as far as neither is null.
function same(example, answer, where) {
	if (example === null || answer === null)
		return;
	if (Array.isArray(example)) {
		must(Array.isArray(answer), `${where} is no array`);
		if (example.length > 0 && answer.length > 0)
			same(example[0], answer[0], `${where}[0]`);
		return;
	}
	must(typeof answer === typeof example, `${where} is ${typeof answer}, not ${typeof example}`);
	if (typeof example !== 'object' || typeof answer !== 'object' || open.test(where))
		return;
	const names = (object) => Object.keys(object).sort().join(' ');
	must(names(answer) === names(example), `${where} has ${names(answer)}, not ${names(example)}`);
	for (const name of Object.keys(example))
		same(example[name], answer[name], `${where}.${name}`);
}
// Objects of somebody else's.
const open = /\.(raw_data|settings|extraction_metadata|error_details)$/;

const tried = new Set();
async function send(name, status, { id = '', headers = {} } = {}) {
	const { path, method, operation } = operations.get(name);
	const [[type, body] = []] = Object.entries(operation.requestBody?.content ?? {});
	let sent;
	if (type === 'multipart/form-data') {
		sent = new FormData();
		for (const [field, text] of Object.entries(body.example))
			sent.append(field, new Blob([text]), `${field}.svg`);
	} else if (type) {
		sent = JSON.stringify(body.example);
		headers['Content-Type'] = type;
	}
	const answer = await fetch(url + path.replace(/\{(id|name)\}/, id), {
		method: method.toUpperCase(),
		headers: { Authorization: `Bearer ${readFileSync(tokenFile, 'utf8').trim()}`, ...headers },
		body: sent,
	});
	const text = await answer.text();
	tried.add(name);
	must(answer.status === status, `${name}: ${answer.status}, not ${status}: ${text.slice(0, 300)}`);
	const [[media, { schema, example }]] = Object.entries(resolve(operation.responses[answer.status]).content);
	if (media !== 'application/json')
		return {};
	const value = JSON.parse(text);
	fits(schema, value, `${name}, answer`);
	if (name === 'openapi_get')
		return {};
	same(example, value, name);
	if (/^(raw_data|jobs)_/.test(name) && example.message)
		must(value.message === example.message, `${name}: its message is ${value.message}`);
	return { value, id: (answer.headers.get('Location') ?? '').split('/').pop() };
}

async function live() {
	for (const name of ['health_get', 'health_ready', 'metrics_get_all', 'openapi_get', 'queues_list',
		'qdrant_dashboard', 'qdrant_health', 'qdrant_test_connection', 'wits_list', 'statuses_list',
		'projects_list', 'whoami_get', 'raw_data_states'])
		await send(name, 200);
	const logo = await send('integration_upload_logo', 200);
	await send('logo_get_file', 200, { id: logo.value.logo_filename });
	await send('processing_pause', 200);
	await send('processing_resume', 200);
	const { value: { run_id: run } } = await send('jobs_extract', 202);
	await send('runs_list', 200);
	await send('run_get', 200, { id: run });
	await send('run_cancel', 200, { id: run });
	const job = await send('job_create', 201);
	await send('jobs_list', 200);
	await send('job_get', 200, job);
	await send('job_update', 200, job);
	await send('job_run', 202, job);
	await send('job_delete', 200, job);

	const headers = () => ({ 'Idempotency-Key': 'example' });
	const { id } = await send('raw_data_store', 201, { headers: headers() });
	await send('raw_data_store', 200, { headers: headers() });
	await send('raw_data_list', 200);
	await send('raw_data_counts', 200);
	await send('raw_data_get', 200, { id });
	await send('raw_data_status', 200, { id });
	await send('raw_data_requeue_many', 200);
	await send('raw_data_requeue', 200, { id });
	for (const name of ['type_infer', 'type_check', 'type_trial'])
		await send(name, 200);
	const type = await send('entity_type_create', 201);
	await send('entity_types_list', 200);
	for (const name of ['entity_type_get', 'entity_type_update', 'type_apply', 'entity_type_delete'])
		await send(name, 200, type);
	await send('raw_data_delete', 200, { id });

	for (const [one, many] of [['integration', 'integrations'], ['wits_hierarchy', 'wits_hierarchies'],
		['wit_mapping', 'wit_mappings'], ['workflow', 'workflows'], ['status_mapping', 'status_mappings'],
		['retention_rule', 'retention_rules']]) {
		const made = await send(`${one}_create`, 201);
		await send(`${many}_list`, 200);
		await send(`${one}_get`, 200, made);
		await send(`${one}_update`, 200, made);
		if (operations.has(`${one}_depends`))
			await send(`${one}_depends`, 200, made);
		if (one === 'integration')
			await send('integration_toggle', 200, made);
		if (one === 'retention_rule')
			await send('retention_rule_preview', 200, made);
		await send(`${one}_delete`, 200, made);
	}
	for (const [one, many] of [['work_item', 'work_items'], ['pull_request', 'pull_requests']]) {
		const { value } = await send(`${many}_list`, 200);
		await send(`${one}_get`, 200, { id: value[0]?.id });
	}
	for (const name of ['repositories', 'status_changes', 'flow_daily', 'cycle_times', 'pr_times', 'deployments',
		'dora_weekly', 'etl_health', 'records', 'dead_letters'])
		await send(`${name}_list`, 200);
	await send('dead_letters_requeue', 200);
	for (const name of ['integration_test', 'integration_fields'])
		await send(name, 200, { id: 1 });
	tried.add('hook_receive'); // takes no token: 697 signs its webhooks
	for (const name of operations.keys())
		must(tried.has(name), `${name} was not tried`);
}

if (url)
	await live();
for (const fault of faults)
	console.log(fault);
console.log(`${operations.size} operations, ${looked} questions, ${faults.length} faults`);
process.exit(faults.length > 0 || operations.size < 10 ? 1 : 0);
