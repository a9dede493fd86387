// SPDX-License-Identifier: MIT
// GitHub: what pull requests and repositories have, the types of GraphQL over it,
// budgets, and who may ask. The routes of REST are in github_rest.mjs.
import { createHash } from 'node:crypto';
import { GraphqlError, graphql_run } from './graphql.mjs';
import { app_token_is_valid, is_app_token, rest_answer } from './github_rest.mjs';

export const iso = (when) => when === null ? null : new Date(when).toISOString().replace('.000Z', 'Z');
const page = 'https://github.com';

// A node id of the newer form: the kind, then [0, repository, number].
export function node_id(kind, repository, number) {
	const bytes = Buffer.alloc(number === undefined ? 7 : 12);
	bytes.set([number === undefined ? 0x92 : 0x93, 0, 0xce]);
	bytes.writeUInt32BE(repository.id, 3);
	if (number !== undefined) {
		bytes[7] = 0xce;
		bytes.writeUInt32BE(number, 8);
	}
	return `${kind}_${bytes.toString('base64url')}`;
}

// What a node id names: {kind, repository, pull, part}; null if nothing.
function node_read(world, id) {
	const match = /^([A-Z]+)_([-_A-Za-z0-9]+)$/.exec(String(id));
	const bytes = match && Buffer.from(match[2], 'base64url');
	if (!bytes || (bytes.length !== 7 && bytes.length !== 12))
		return null;
	const by_id = world.repositories.find((r) => r.id === bytes.readUInt32BE(3));
	const repository = by_id && world.repository(by_id.owner, by_id.name);
	if (!repository)
		return null;
	if (match[1] === 'R')
		return { kind: 'R', repository };
	let number = bytes.readUInt32BE(8);
	const part = match[1] === 'PR' ? null : number % 1000;
	if (part !== null)
		number = Math.floor(number / 1000);
	const pull = world.pull(repository, number - 700000 - repository.index * 100000);
	return pull && { kind: match[1], repository, pull, part };
}

// -- parts of a pull request

const sha = (...parts) => createHash('sha1').update(parts.join('/')).digest('hex');
export const pull_url = (pull) => `${page}/${pull.repository.owner}/${pull.repository.name}/pull/${pull.number}`;

export function commits_of(world, pull) {
	return Array.from({ length: pull.commits }, (_, k) => {
		const when = world.part_time(pull, k + 1, pull.commits);
		const login = world.login(pull.number);
		return { kind: 'Commit', oid: sha(world.settings.seed, pull.repository.name, pull.number, k),
			message: `Part ${k + 1} of ${pull.title}`, when, login,
			person: { name: login, email: `${login}@example.com`, date: iso(when), login },
			additions: 10 + k % 7, deletions: 2 + k % 3, files: 1 + k % 4, pull };
	});
}

export function reviews_of(world, pull) {
	return Array.from({ length: pull.reviews }, (_, k) => ({ kind: 'PullRequestReview', pull,
		db_id: pull.db_id * 1000 + k, author: world.login(pull.number + 1 + k % 3),
		state: ['APPROVED', 'CHANGES_REQUESTED', 'COMMENTED'][k % 3], body: k % 2 === 0 ? '' : `Review ${k + 1}`,
		when: world.part_time(pull, k + 1, pull.reviews) }));
}

export function comments_of(world, pull) {
	return Array.from({ length: pull.comments }, (_, k) => ({ kind: 'IssueComment', pull,
		db_id: pull.db_id * 1000 + k, author: world.login(pull.number + k), body: `Comment ${k + 1}`,
		when: world.part_time(pull, k + 1, pull.comments) }));
}

export function threads_of(world, pull) {
	return Array.from({ length: pull.threads }, (_, k) => ({ kind: 'PullRequestReviewThread', pull,
		db_id: pull.db_id * 1000 + k, place: k, count: pull.thread_comments ?? 1, path: `src/file${k % 5}.c`,
		line: 10 + k, is_resolved: k % 2 === 0, when: world.part_time(pull, k + 1, pull.threads) }));
}

export function thread_comments_of(world, thread) {
	return Array.from({ length: thread.count }, (_, k) => ({ kind: 'PullRequestReviewComment', thread,
		pull: thread.pull, db_id: thread.pull.db_id * 1000 + thread.place * thread.count + k,
		author: world.login(thread.pull.number + 1 + k), body: `Remark ${k + 1} on line ${thread.line}`,
		when: thread.when + k * 60000 }));
}

export const size_of = (world, pull) => {
	const commits = commits_of(world, pull);
	const sum = (name) => commits.reduce((total, one) => total + one[name], 0);
	return { additions: sum('additions'), deletions: sum('deletions'), files: sum('files') };
};

const kept = { version: -1, lists: new Map() };
export function pulls_by(world, repository, field, sign) {
	if (kept.version !== world.version) {
		kept.version = world.version;
		kept.lists.clear();
	}
	const name = `${repository.name}/${field}/${sign}`;
	if (!kept.lists.has(name))
		kept.lists.set(name, world.pulls(repository).sort((a, b) =>
			((field === 'updated' ? a.updated - b.updated : a.created - b.created) || a.number - b.number) * sign));
	return kept.lists.get(name);
}

// -- the types of GraphQL

const value = (get) => ({ get });
const date = (name) => ({ get: (o) => iso(o[name]) });
const id = (kind) => ({ get: (o) => node_id(kind, o.pull.repository, o.db_id) });
const actor = (name = 'author') => ({ type: 'Actor', get: (o) => o[name] && { kind: 'User', login: o[name] } });
const parts = (type, of) => ({ type: `${type}Connection`, connection: true, get: (o, _, c) => {
	if (c.twist === 'null_parts')
		throw new GraphqlError('Something went wrong while executing your query.');
	return { items: of(c.world, o), key: (item, index) => [index] };
} });
const one_of = (type, of) => ({ type, get: of });

function repositories(owner, _, context) {
	return { items: context.world.repositories.filter((r) => context.world.repository(r.owner, r.name)),
		key: (r) => [r.id] };
}

function pull_requests(repository, args, context) {
	const field = args.orderBy?.field === 'UPDATED_AT' ? 'updated' : 'created';
	const sign = args.orderBy?.direction === 'DESC' ? -1 : 1;
	const states = args.states && [].concat(args.states);
	const all = pulls_by(context.world, repository, field, sign);
	return { items: states ? all.filter((pull) => states.includes(pull.state)) : all,
		key: (pull) => [pull[field], pull.number], sign };
}

const missing = (message, type = 'NOT_FOUND') => {
	throw new GraphqlError(message, type);
};
const node_of = (context, name) => {
	const found = node_read(context.world, name);
	if (found?.kind === 'R')
		return { kind: 'Repository', ...found.repository };
	if (found?.kind === 'PR')
		return { kind: 'PullRequest', ...found.pull };
	if (found?.kind === 'PRRT' && found.part < found.pull.threads)
		return threads_of(context.world, found.pull)[found.part];
	if (found?.kind === 'PRR' && found.part < found.pull.reviews)
		return reviews_of(context.world, found.pull)[found.part];
	return missing(`Could not resolve to a node with the global id of '${name}'`);
};

const owner_fields = {
	login: {}, id: value(() => 'O_kgDOAAAAAQ'), url: value((o) => `${page}/${o.login}`), avatarUrl: value(() => `${page}/a.png`),
	repositories: { type: 'RepositoryConnection', connection: true, args: ['orderBy', 'privacy', 'isFork', 'ownerAffiliations', 'affiliations', 'isArchived'],
		get: repositories },
};
const person_fields = { name: {}, email: {}, date: {}, user: one_of('Actor', (o) => ({ kind: 'User', login: o.login })) };

const types = {
	Query: { fields: {
		viewer: one_of('User', () => ({ kind: 'User', login: 'pulse' })),
		rateLimit: one_of('RateLimit', (o, _, c) => c.rate()),
		repository: { type: 'Repository', args: ['owner', 'name', 'followRenames'], get: (o, { owner, name }, c) =>
			c.world.repository(owner, name) ?? missing(`Could not resolve to a Repository with the name '${owner}/${name}'.`) },
		organization: { type: 'Organization', args: ['login'], get: (o, { login }, c) =>
			c.owner(login) ?? missing(`Could not resolve to an Organization with the login of '${login}'.`) },
		repositoryOwner: { type: 'RepositoryOwner', args: ['login'], get: (o, { login }, c) => c.owner(login) },
		node: { type: 'Node', args: ['id'], get: (o, args, c) => node_of(c, args.id) },
		nodes: { type: 'Node', args: ['ids'], get: (o, args, c) => [].concat(args.ids).map((one) => {
			try {
				return node_of(c, one);
			} catch (error) {
				return error;
			}
		}) },
	} },
	Node: { fields: { id: value((o) => o.id) }, type_of: (o) => o.kind },
	Actor: { fields: { login: {}, url: value((o) => `${page}/${o.login}`), avatarUrl: value(() => `${page}/a.png`) },
		type_of: (o) => o.kind },
	User: { is: ['Actor', 'Node', 'RepositoryOwner'], fields: { ...owner_fields, name: value((o) => o.login),
		databaseId: value(() => 1), email: value((o) => `${o.login}@example.com`) } },
	Organization: { is: ['Actor', 'Node', 'RepositoryOwner'], fields: { ...owner_fields, name: value((o) => o.login) } },
	RepositoryOwner: { fields: owner_fields, type_of: () => 'Organization' },
	RateLimit: { fields: { cost: {}, limit: {}, remaining: {}, used: {}, resetAt: {}, nodeCount: {} } },
	PageInfo: { fields: { hasNextPage: {}, hasPreviousPage: {}, startCursor: {}, endCursor: {} } },
	Repository: { is: ['Node'], fields: {
		id: value((r) => node_id('R', r)), databaseId: value((r) => r.id), name: {},
		nameWithOwner: value((r) => `${r.owner}/${r.name}`), description: value((r) => `The repository ${r.name}`),
		url: value((r) => `${page}/${r.owner}/${r.name}`), isPrivate: value(() => true), isArchived: value(() => false),
		isFork: value(() => false), isDisabled: value(() => false), visibility: value(() => 'PRIVATE'),
		createdAt: value((r, _, c) => iso(c.world.until - 200 * 86400000)),
		updatedAt: value((r, _, c) => iso(c.repository_time(r))), pushedAt: value((r, _, c) => iso(c.repository_time(r))),
		primaryLanguage: one_of('Named', () => ({ name: 'C' })), defaultBranchRef: one_of('Named', () => ({ name: 'main' })),
		owner: one_of('RepositoryOwner', (r, _, c) => c.owner(r.owner)),
		pullRequest: { type: 'PullRequest', args: ['number'], get: (r, { number }, c) => c.world.pull(r, number) ??
			missing(`Could not resolve to a PullRequest with the number of ${number}.`) },
		pullRequests: { type: 'PullRequestConnection', connection: true, args: ['states', 'orderBy', 'baseRefName', 'headRefName', 'labels'],
			get: pull_requests },
	} },
	Named: { fields: { name: {}, id: value(() => 'N_1'), oid: {} } },
	PullRequest: { is: ['Node'], fields: {
		id: value((p) => node_id('PR', p.repository, p.db_id)), databaseId: value((p) => p.db_id),
		fullDatabaseId: value((p) => String(p.db_id)), number: {}, title: {}, body: value((p) => `What ${p.title} does.`),
		bodyText: value((p) => `What ${p.title} does.`), state: {}, isDraft: value(() => false), locked: value(() => false),
		merged: value((p) => p.merged !== null), closed: value((p) => p.closed !== null),
		createdAt: date('created'), updatedAt: date('updated'), closedAt: date('closed'), mergedAt: date('merged'),
		url: value(pull_url), permalink: value(pull_url), headRefName: value((p) => p.branch), baseRefName: value(() => 'main'),
		headRefOid: value((p, _, c) => commits_of(c.world, p).at(-1)?.oid ?? sha(p.number)), baseRefOid: value((p) => sha('base', p.number)),
		additions: value((p, _, c) => size_of(c.world, p).additions), deletions: value((p, _, c) => size_of(c.world, p).deletions),
		changedFiles: value((p, _, c) => size_of(c.world, p).files), reviewDecision: value(() => null),
		authorAssociation: value(() => 'MEMBER'), author: actor(),
		mergedBy: one_of('Actor', (p, _, c) => p.merged === null ? null : { kind: 'User', login: c.world.login(p.number + 1) }),
		mergeCommit: one_of('Named', (p) => p.merged === null ? null : { oid: sha('merge', p.number) }),
		repository: one_of('Repository', (p) => p.repository), baseRepository: one_of('Repository', (p) => p.repository),
		headRepository: one_of('Repository', (p) => p.repository),
		commits: parts('PullRequestCommit', (w, p) => commits_of(w, p)),
		reviews: { ...parts('PullRequestReview', reviews_of), args: ['states', 'author'] },
		comments: { ...parts('IssueComment', comments_of), args: ['orderBy'] },
		reviewThreads: parts('PullRequestReviewThread', threads_of),
		labels: { ...parts('Named', () => []), args: ['orderBy'] },
	} },
	PullRequestCommit: { is: ['Node'], fields: { id: value((o) => `PURC_${o.oid}`), commit: one_of('Commit', (o) => o), url: value((o) => pull_url(o.pull)) } },
	Commit: { is: ['Node'], fields: { id: value((o) => `C_${o.oid}`), oid: {}, abbreviatedOid: value((o) => o.oid.slice(0, 7)), message: {},
		messageHeadline: value((o) => o.message), messageBody: value(() => ''), authoredDate: date('when'), committedDate: date('when'),
		additions: {}, deletions: {}, changedFilesIfAvailable: value((o) => o.files), changedFiles: value((o) => o.files),
		author: one_of('GitActor', (o) => o.person), committer: one_of('GitActor', (o) => o.person),
		url: value((o) => `${page}/${o.pull.repository.owner}/${o.pull.repository.name}/commit/${o.oid}`) } },
	GitActor: { fields: person_fields },
	PullRequestReview: { is: ['Node'], fields: { id: id('PRR'), databaseId: value((o) => o.db_id), fullDatabaseId: value((o) => String(o.db_id)),
		state: {}, body: {}, bodyText: value((o) => o.body), submittedAt: date('when'), createdAt: date('when'), updatedAt: date('when'),
		author: actor(), authorAssociation: value(() => 'MEMBER'), url: value((o) => `${pull_url(o.pull)}#pullrequestreview-${o.db_id}`),
		comments: parts('PullRequestReviewComment', () => []), pullRequest: one_of('PullRequest', (o) => o.pull) } },
	IssueComment: { is: ['Node'], fields: { id: id('IC'), databaseId: value((o) => o.db_id), fullDatabaseId: value((o) => String(o.db_id)),
		body: {}, bodyText: value((o) => o.body), createdAt: date('when'), updatedAt: date('when'), author: actor(),
		authorAssociation: value(() => 'MEMBER'), url: value((o) => `${pull_url(o.pull)}#issuecomment-${o.db_id}`) } },
	PullRequestReviewThread: { is: ['Node'], fields: { id: id('PRRT'), isResolved: value((o) => o.is_resolved), isOutdated: value(() => false),
		path: {}, line: {}, originalLine: value((o) => o.line), startLine: value(() => null), diffSide: value(() => 'RIGHT'),
		comments: { ...parts('PullRequestReviewComment', thread_comments_of), args: ['orderBy'] },
		pullRequest: one_of('PullRequest', (o) => o.pull) } },
	PullRequestReviewComment: { is: ['Node'], fields: { id: id('PRRC'), databaseId: value((o) => o.db_id),
		fullDatabaseId: value((o) => String(o.db_id)), body: {}, bodyText: value((o) => o.body), path: value((o) => o.thread.path),
		position: value((o) => o.thread.line), originalPosition: value((o) => o.thread.line), line: value((o) => o.thread.line),
		originalLine: value((o) => o.thread.line), diffHunk: value(() => '@@ -1 +1 @@'), createdAt: date('when'), updatedAt: date('when'),
		author: actor(), authorAssociation: value(() => 'MEMBER'), url: value((o) => `${pull_url(o.pull)}#discussion_r${o.db_id}`),
		replyTo: one_of('Named', () => null), pullRequestReview: one_of('Named', () => null) } },
};
for (const name of ['Repository', 'PullRequest', 'PullRequestCommit', 'PullRequestReview', 'IssueComment',
	'PullRequestReviewThread', 'PullRequestReviewComment', 'Named']) {
	types[`${name}Connection`] = { fields: { totalCount: {}, pageInfo: { type: 'PageInfo' }, nodes: { type: name },
		edges: { type: `${name}Edge` } } };
	types[`${name}Edge`] = { fields: { cursor: {}, node: { type: name } } };
}

// -- pages

const cursor_write = (key) => Buffer.from(`cursor:${JSON.stringify(key)}`).toString('base64');
function cursor_read(text) {
	try {
		return JSON.parse(Buffer.from(String(text), 'base64').toString().replace(/^cursor:/, ''));
	} catch {
		throw new GraphqlError(`\`${text}\` does not appear to be a valid cursor.`, 'INVALID_CURSOR_ARGUMENTS');
	}
}

// A page of a list; the outermost list of a query is the one that a fault twists.
function connection(list, args, context) {
	const { items, key, sign = 1 } = list;
	const is_outermost = !context.twisted;
	context.twisted = true;
	const twist = is_outermost ? context.twist : null;
	let start = 0;
	if (args.after) {
		const after = cursor_read(args.after);
		const is_behind = (index) => {
			const own = key(items[index], index);
			for (let k = 0; k < own.length; k++)
				if (own[k] !== after[k])
					return (own[k] - after[k]) * sign > 0;
			return false;
		};
		while (start < items.length && !is_behind(start))
			start++;
	}
	let nodes = items.slice(start, start + args.first);
	let has_more = start + nodes.length < items.length;
	const cursor = (index) => cursor_write(key(items[index], index));
	let last = nodes.length > 0 ? cursor(start + nodes.length - 1) : null;
	const edges = nodes.map((node, index) => ({ cursor: cursor(start + index), node }));
	if (twist === 'token_again' && args.after)
		[last, has_more] = [args.after, true];
	if (twist === 'last_lies')
		[last, has_more] = [null, true];
	if (twist === 'empty_page')
		[nodes, last, has_more] = [[], args.after ?? cursor_write([-1, -1]), true];
	if (twist === 'null_nodes')
		nodes = nodes.map(() => new GraphqlError('Something went wrong while executing your query. This may be the result of a timeout, or it could be a GitHub bug.'));
	return { totalCount: items.length, nodes, edges: twist === 'empty_page' ? [] : edges,
		pageInfo: { hasNextPage: has_more, hasPreviousPage: start > 0, endCursor: last,
			startCursor: edges.length > 0 ? edges[0].cursor : null } };
}

// -- budgets: a window begins with its first request

const windows = { core: { start: 0, used: 0 }, graphql: { start: 0, used: 0 } };

export function budget(ask, resource) {
	const settings = ask.world.settings.github;
	const window = windows[resource];
	const length = settings.window_seconds * 1000;
	if (Date.now() >= window.start + length)
		Object.assign(window, { start: Date.now(), used: 0 });
	const limit = resource === 'core' ? settings.requests : settings.points;
	return { limit, used: window.used, remaining: Math.max(0, limit - window.used),
		reset: Math.ceil((window.start + length) / 1000), spend: (points) => {
			window.used += points;
		} };
}

export function budget_headers(ask, resource) {
	const { limit, used, remaining, reset } = budget(ask, resource);
	return { 'X-RateLimit-Limit': limit, 'X-RateLimit-Remaining': remaining, 'X-RateLimit-Used': used,
		'X-RateLimit-Reset': reset, 'X-RateLimit-Resource': resource };
}

export function budgets_start() {
	windows.core.start = 0;
	windows.graphql.start = 0;
}

// -- one request

function graphql(ask) {
	const state = budget(ask, 'graphql');
	const context = { world: ask.world, twist: ask.twist,
		connection: (list, args) => connection(list, args, context),
		owner: (login) => String(login).toLowerCase() === ask.world.settings.github.owner.toLowerCase()
			? { kind: 'Organization', login: ask.world.settings.github.owner } : null,
		repository_time: (r) => pulls_by(ask.world, r, 'updated', -1)[0]?.updated ?? ask.world.until,
		rate: () => {
			const { limit, used, remaining, reset } = budget(ask, 'graphql');
			return { limit, used, remaining, cost: context.cost, nodeCount: context.nodes, resetAt: iso(reset * 1000) };
		},
		before: () => {
			if (state.remaining < context.cost)
				throw new GraphqlError('API rate limit already exceeded for user ID 1.', 'RATE_LIMITED');
			state.spend(context.cost);
			const most = ask.world.settings.github.max_cost;
			if (most > 0 && context.nodes > most)
				context.twist = 'null_nodes';
		} };
	let body;
	if (ask.body === null || typeof ask.body !== 'object')
		return { status: 400, body: { message: 'Problems parsing JSON', documentation_url: 'https://docs.github.com/graphql' } };
	try {
		body = graphql_run(types, ask.body, context);
	} catch (error) {
		if (!(error instanceof GraphqlError))
			throw error;
		body = { errors: [{ ...error.type && { type: error.type }, locations: [{ line: 1, column: 1 }],
			message: error.message }] };
	}
	return { status: 200, body, headers: budget_headers(ask, 'graphql') };
}

export function github_answer(ask) {
	ask.prefix = '';
	const enterprise = /^\/api\/(v3(\/.*)|graphql)$/.exec(ask.path);
	if (enterprise) {
		ask.path = enterprise[2] ?? '/graphql';
		ask.prefix = enterprise[2] ? '/api/v3' : '';
	}
	if (!ask.headers['user-agent'])
		return { status: 403, body: 'Request forbidden by administrative rules. Please make sure your request has a User-Agent header.\n' };
	if (!ask.token || ask.token.startsWith('wrong') || (is_app_token(ask.token) && !app_token_is_valid(ask.token)))
		return { status: 401, body: { message: ask.token ? 'Bad credentials' : 'Requires authentication',
			documentation_url: 'https://docs.github.com/rest', status: '401' } };
	if (ask.path === '/graphql')
		return ask.method === 'POST' ? graphql(ask) : { status: 404, body: { message: 'Not Found' } };
	return rest_answer(ask);
}
