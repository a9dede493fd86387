// SPDX-License-Identifier: MIT
// The REST routes of GitHub: lists by page and Link, ETag, renamed repositories,
// tokens of an app.
import { createHash, createVerify } from 'node:crypto';
import { budget, budget_headers, comments_of, commits_of, iso, node_id, pull_url, pulls_by, reviews_of, size_of,
	thread_comments_of, threads_of } from './github.mjs';

const not_found = () => ({ status: 404, body: { message: 'Not Found', documentation_url: 'https://docs.github.com/rest',
	status: '404' } });

function user_of(ask, login) {
	return { login, id: 1 + login.length, node_id: `U_${login}`, type: 'User', site_admin: false,
		avatar_url: 'https://github.com/a.png', url: `${ask.base}/users/${login}`, html_url: `https://github.com/${login}` };
}

function repository_of(ask, r) {
	const full_name = `${r.owner}/${r.name}`;
	const changed = iso(pulls_by(ask.world, r, 'updated', -1)[0]?.updated ?? ask.world.until);
	return { id: r.id, node_id: node_id('R', r), name: r.name, full_name, private: true, owner: user_of(ask, r.owner),
		html_url: `https://github.com/${full_name}`, description: `The repository ${r.name}`, fork: false,
		url: `${ask.base}/repos/${full_name}`, pulls_url: `${ask.base}/repos/${full_name}/pulls{/number}`,
		created_at: iso(ask.world.until - 200 * 86400000), updated_at: changed, pushed_at: changed, language: 'C',
		archived: false, disabled: false, default_branch: 'main', visibility: 'private' };
}

function pull_of(ask, p, is_single) {
	const { repository: r } = p;
	const url = `${ask.base}/repos/${r.owner}/${r.name}/pulls/${p.number}`;
	const side = (ref, sha) => ({ label: `${r.owner}:${ref}`, ref, sha, user: user_of(ask, r.owner),
		repo: repository_of(ask, r) });
	const commits = commits_of(ask.world, p);
	const size = is_single && size_of(ask.world, p);
	return { url, id: p.db_id, node_id: node_id('PR', r, p.db_id), html_url: pull_url(p), issue_url: url.replace('/pulls/', '/issues/'),
		number: p.number, state: p.state === 'OPEN' ? 'open' : 'closed', locked: false, title: p.title,
		user: user_of(ask, p.author), body: `What ${p.title} does.`, created_at: iso(p.created), updated_at: iso(p.updated),
		closed_at: iso(p.closed), merged_at: iso(p.merged), merge_commit_sha: null, assignee: null, assignees: [],
		requested_reviewers: [], requested_teams: [], labels: [], milestone: null, draft: false,
		commits_url: `${url}/commits`, review_comments_url: `${url}/comments`, comments_url: `${url.replace('/pulls/', '/issues/')}/comments`,
		head: side(p.branch, commits.at(-1)?.oid ?? '0'.repeat(40)), base: side('main', '0'.repeat(40)), author_association: 'MEMBER',
		...is_single && { merged: p.merged !== null, merged_by: p.merged === null ? null : user_of(ask, ask.world.login(p.number + 1)),
			comments: p.comments, review_comments: p.threads * (p.thread_comments ?? 1), commits: p.commits,
			additions: size.additions, deletions: size.deletions, changed_files: size.files } };
}

const part = {
	commits: (ask, p, url) => commits_of(ask.world, p).slice(0, 250).map((c) => ({ sha: c.oid, node_id: `C_${c.oid}`,
		commit: { author: { name: c.person.name, email: c.person.email, date: c.person.date },
			committer: { name: c.person.name, email: c.person.email, date: c.person.date }, message: c.message, comment_count: 0 },
		url: `${url.replace(/\/pulls\/.*/, '')}/commits/${c.oid}`, author: user_of(ask, c.login), committer: user_of(ask, c.login), parents: [] })),
	reviews: (ask, p, url) => reviews_of(ask.world, p).map((o) => ({ id: o.db_id, node_id: node_id('PRR', p.repository, o.db_id),
		user: user_of(ask, o.author), body: o.body, state: o.state, html_url: `${pull_url(p)}#pullrequestreview-${o.db_id}`,
		pull_request_url: url, author_association: 'MEMBER', submitted_at: iso(o.when), commit_id: '0'.repeat(40) })),
	comments: (ask, p, url) => threads_of(ask.world, p).flatMap((t) => thread_comments_of(ask.world, t)).map((o) => ({
		url: `${url.replace(/\/[0-9]+$/, '')}/comments/${o.db_id}`, id: o.db_id, node_id: node_id('PRRC', p.repository, o.db_id),
		diff_hunk: '@@ -1 +1 @@', path: o.thread.path, position: o.thread.line, line: o.thread.line, side: 'RIGHT',
		commit_id: '0'.repeat(40), user: user_of(ask, o.author), body: o.body, created_at: iso(o.when), updated_at: iso(o.when),
		html_url: `${pull_url(p)}#discussion_r${o.db_id}`, pull_request_url: url, author_association: 'MEMBER' })),
	issue_comments: (ask, p, url) => comments_of(ask.world, p).map((o) => ({ id: o.db_id, node_id: node_id('IC', p.repository, o.db_id),
		url: `${url.replace(/\/pulls\/[0-9]+$/, '/issues')}/comments/${o.db_id}`, issue_url: url.replace('/pulls/', '/issues/'),
		user: user_of(ask, o.author), body: o.body, created_at: iso(o.when), updated_at: iso(o.when),
		html_url: `${pull_url(p)}#issuecomment-${o.db_id}`, author_association: 'MEMBER' })),
};

// One page of a list, with the Link header by which alone a client may go on: its
// addresses name the repository by its id.
function page_of(ask, all, make = (one) => one) {
	const number = (name, standard, most) => {
		const given = Number(ask.query.get(name));
		return Number.isInteger(given) && given > 0 ? Math.min(given, most) : standard;
	};
	const per_page = number('per_page', 30, 100);
	const page = number('page', 1, 1e9);
	const last = Math.max(1, Math.ceil(all.length / per_page));
	const address = (to) => {
		const query = new URLSearchParams(ask.query);
		query.set('page', to);
		return `<${ask.base}${ask.link_path ?? ask.path}?${query}>`;
	};
	const links = [];
	if (page > 1)
		links.push(`${address(page - 1)}; rel="prev"`);
	if (page < last)
		links.push(`${address(page + 1)}; rel="next"`, `${address(last)}; rel="last"`);
	if (page > 1)
		links.push(`${address(1)}; rel="first"`);
	return { status: 200, body: all.slice((page - 1) * per_page, page * per_page).map(make),
		headers: links.length > 0 ? { Link: links.join(', ') } : {} };
}

function pulls_list(ask, r) {
	const state = ask.query.get('state') ?? 'open';
	const field = ask.query.get('sort') === 'updated' ? 'updated' : 'created';
	const direction = ask.query.get('direction') ?? (ask.query.get('sort') ? 'asc' : 'desc');
	const all = pulls_by(ask.world, r, field, direction === 'asc' ? 1 : -1);
	return page_of(ask, all.filter((p) => state === 'all' || (p.state === 'OPEN') === (state === 'open')),
		(p) => pull_of(ask, p, false));
}

function repository_route(ask, r, rest) {
	if (rest === '')
		return { status: 200, body: repository_of(ask, r) };
	if (rest === '/pulls')
		return pulls_list(ask, r);
	const match = /^\/(pulls|issues)\/([0-9]+)(?:\/(commits|reviews|comments))?$/.exec(rest);
	const pull = match && ask.world.pull(r, Number(match[2]));
	if (!pull || (match[1] === 'issues' && match[3] !== 'comments'))
		return not_found();
	if (!match[3])
		return { status: 200, body: pull_of(ask, pull, true) };
	const url = `${ask.base}/repos/${r.owner}/${r.name}/pulls/${pull.number}`;
	return page_of(ask, part[match[1] === 'issues' ? 'issue_comments' : match[3]](ask, pull, url));
}

// -- an app's tokens: until when each is valid, in seconds since 1970

const issued = new Map();
export const is_app_token = (token) => token.startsWith('ghs_');
export const app_token_is_valid = (token) => Date.now() / 1000 < (issued.get(token) ?? 0);

function app_token(ask, installation) {
	const refuse = (message) => ({ status: 401, body: { message, documentation_url: 'https://docs.github.com/rest' } });
	const pieces = ask.token.split('.');
	let head;
	let claims;
	try {
		[head, claims] = pieces.slice(0, 2).map((one) => JSON.parse(Buffer.from(one, 'base64url').toString()));
	} catch {
		return refuse('A JSON web token could not be decoded');
	}
	const now = Date.now() / 1000;
	if (pieces.length !== 3 || head.alg !== 'RS256')
		return refuse('A JSON web token could not be decoded');
	if (!claims.iss)
		return refuse("'Issuer' claim ('iss') must be present");
	if (!Number.isInteger(claims.iat) || claims.iat > now)
		return refuse("'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued");
	if (!Number.isInteger(claims.exp) || claims.exp <= now)
		return refuse("'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires");
	if (claims.exp - now > 600)
		return refuse("'Expiration time' claim ('exp') is too far in the future");
	const key = ask.world.settings.github.app_key;
	if (key && !createVerify('RSA-SHA256').update(pieces.slice(0, 2).join('.')).verify(key, pieces[2], 'base64url'))
		return refuse('A JSON web token could not be decoded');
	const { app_installations: installed, app_seconds: seconds } = ask.world.settings.github;
	if (installed && !installed.includes(Number(installation)))
		return not_found();
	const token = `ghs_${installation}_${issued.size + 1}`;
	const ends = Math.floor(now + seconds);
	issued.set(token, ends);
	return { status: 201, body: { token, expires_at: iso(ends * 1000),
		permissions: { contents: 'read', metadata: 'read', pull_requests: 'read' }, repository_selection: 'all' } };
}

// -- routes

function route(ask) {
	const { path, method, world } = ask;
	const installation = /^\/app\/installations\/([0-9]+)\/access_tokens$/.exec(path);
	if (installation && method === 'POST')
		return app_token(ask, installation[1]);
	if (method !== 'GET')
		return not_found();
	if (is_app_token(ask.token) && /^\/user(\/|$)/.test(path))
		return { status: 403, body: { message: 'Resource not accessible by integration',
			documentation_url: 'https://docs.github.com/rest', status: '403' } };
	if (path === '/user')
		return { status: 200, body: { ...user_of(ask, 'pulse'), name: 'Pulse', email: null } };
	if (path === '/meta')
		return { status: 200, body: ask.prefix ? { installed_version: '3.14.0' } : { verifiable_password_authentication: false } };
	const orgs = /^\/(?:orgs|users)\/([^/]+)\/repos$/.exec(path);
	if (path === '/user/repos' || path === '/installation/repositories' ||
		orgs?.[1].toLowerCase() === world.settings.github.owner.toLowerCase()) {
		const answer = page_of(ask, world.repositories.filter((r) => world.repository(r.owner, r.name)), (r) => repository_of(ask, r));
		if (path === '/installation/repositories')
			answer.body = { total_count: world.repositories.length, repositories: answer.body };
		return answer;
	}
	const by_id = /^\/repositories\/([0-9]+)(\/.*)?$/.exec(path);
	const named = /^\/repos\/([^/]+)\/([^/]+)(\/.*)?$/.exec(path);
	let repository = by_id && world.repositories.find((r) => r.id === Number(by_id[1]));
	repository = repository && world.repository(repository.owner, repository.name);
	if (named) {
		const renamed = world.settings.github.renamed[named[2]];
		const now = renamed && world.repository(named[1], renamed);
		if (now) {
			const location = `${ask.base}/repositories/${now.id}${named[3] ?? ''}${ask.search}`;
			return { status: 301, headers: { Location: location }, body: { message: 'Moved Permanently', url: location,
				documentation_url: 'https://docs.github.com/rest/guides/best-practices-for-using-the-rest-api#follow-redirects' } };
		}
		repository = world.repository(named[1], named[2]);
	}
	if (!repository)
		return not_found();
	const rest = (by_id ?? named).at(-1) ?? '';
	ask.link_path = `/repositories/${repository.id}${rest}`;
	return repository_route(ask, repository, rest);
}

export function rest_answer(ask) {
	ask.base = ask.origin + ask.prefix;
	if (ask.path === '/rate_limit' && ask.method === 'GET') {
		const of = (name) => {
			const { limit, used, remaining, reset } = budget(ask, name);
			return { limit, used, remaining, reset };
		};
		return { status: 200, body: { resources: { core: of('core'), graphql: of('graphql') }, rate: of('core') },
			headers: budget_headers(ask, 'core') };
	}
	const state = budget(ask, 'core');
	if (state.remaining <= 0)
		return { status: 403, body: { message: 'API rate limit exceeded for user ID 1.',
			documentation_url: 'https://docs.github.com/rest/overview/rate-limits-for-the-rest-api' }, headers: budget_headers(ask, 'core') };
	const answer = route(ask);
	const etag = answer.status === 200 && ask.method === 'GET'
		? `W/"${createHash('sha256').update(JSON.stringify(answer.body)).digest('hex')}"` : null;
	if (etag && ask.headers['if-none-match'] === etag)
		return { status: 304, headers: { ETag: etag, ...budget_headers(ask, 'core') } };
	state.spend(1);
	return { ...answer, headers: { ...answer.headers, ...etag && { ETag: etag }, ...budget_headers(ask, 'core'),
		'X-OAuth-Scopes': 'repo, read:org', 'X-Accepted-OAuth-Scopes': 'repo', 'X-GitHub-Media-Type': 'github.v3; format=json',
		'github-authentication-token-expiration': '2030-01-01 00:00:00 UTC' } };
}
