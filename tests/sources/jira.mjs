// SPDX-License-Identifier: MIT
// Jira Cloud and Jira Data Center: routes and the shape of their answers.
import { JqlError, jql_run, jql_read, order_of } from './jql.mjs';
import { jira_time } from './world.mjs';

export const cloud_id = '11111111-2222-4333-8444-555555555555';

export function jira_error(status, ...messages) {
	return { status, body: { errorMessages: messages, errors: {} } };
}

const custom = {
	customfield_10001: ['Team', 'team', 'com.atlassian.teams:rm-teams-custom-field-team'],
	customfield_10014: ['Epic Link', 'any', 'com.pyxis.greenhopper.jira:gh-epic-link'],
	customfield_10016: ['Story Points', 'number', 'com.atlassian.jira.plugin.system.customfieldtypes:float'],
	customfield_10020: ['Sprint', 'array', 'com.pyxis.greenhopper.jira:gh-sprint'],
};
const system = ['summary', 'description', 'status', 'issuetype', 'project', 'priority', 'created', 'updated',
	'labels', 'resolution', 'resolutiondate', 'assignee', 'reporter', 'creator', 'parent', 'components',
	'fixVersions', 'duedate'];

// -- the parts of an answer

function status_of(ask, status) {
	return { self: `${ask.origin}/rest/api/${ask.version}/status/${status.id}`, description: '',
		iconUrl: `${ask.origin}/`, name: status.name, id: status.id,
		statusCategory: { self: `${ask.origin}/rest/api/${ask.version}/statuscategory/${status.category_id}`,
			id: status.category_id, key: status.category, colorName: 'blue-gray',
			name: { new: 'To Do', indeterminate: 'In Progress', done: 'Done' }[status.category] } };
}

function type_of(ask, is_epic) {
	const id = is_epic ? '10100' : '10101';
	return { self: `${ask.origin}/rest/api/${ask.version}/issuetype/${id}`, id, description: '',
		iconUrl: `${ask.origin}/type.svg`, name: is_epic ? 'Epic' : 'Story', subtask: false,
		avatarId: 10300, hierarchyLevel: is_epic ? 1 : 0 };
}

function project_of(ask, project) {
	return { expand: 'description,lead,issueTypes,url,projectKeys,permissions,insight',
		self: `${ask.origin}/rest/api/${ask.version}/project/${project.id}`, id: project.id, key: project.key,
		name: project.name, avatarUrls: { '48x48': `${ask.origin}/avatar.svg` }, projectTypeKey: 'software',
		simplified: false, style: 'classic', isPrivate: false, properties: {} };
}

function document_of(text) {
	return { type: 'doc', version: 1, content: [{ type: 'paragraph', content: [{ type: 'text', text }] }] };
}

const getters = {
	summary: (ask, i) => `${i.is_epic ? 'Epic' : 'Story'} ${i.number} of ${i.project.name}`,
	description: (ask, i) => {
		const text = `What ${i.key} is about.`;
		return ask.version === 3 ? document_of(text) : text;
	},
	status: (ask, i) => status_of(ask, i.status),
	issuetype: (ask, i) => type_of(ask, i.is_epic),
	project: (ask, i) => project_of(ask, i.project),
	priority: (ask, i) => ({ self: `${ask.origin}/rest/api/${ask.version}/priority/3`,
		iconUrl: `${ask.origin}/medium.svg`, name: i.number % 3 === 0 ? 'High' : 'Medium',
		id: i.number % 3 === 0 ? '2' : '3' }),
	created: (ask, i) => jira_time(ask.zone, i.created),
	updated: (ask, i) => jira_time(ask.zone, i.updated),
	labels: (ask, i) => i.number % 4 === 0 ? ['backend', 'api'] : [],
	resolution: (ask, i) => i.status.category === 'done' ? { id: '10000', name: 'Done', description: '',
		self: `${ask.origin}/rest/api/${ask.version}/resolution/10000` } : null,
	resolutiondate: (ask, i) => i.status.category === 'done' ? jira_time(ask.zone, i.updated) : null,
	assignee: (ask, i) => i.number % 5 === 0 ? null : ask.world.user(i.number),
	reporter: (ask, i) => ask.world.user(i.number + 1),
	creator: (ask, i) => ask.world.user(i.number + 1),
	parent: (ask, i) => i.parent === null ? undefined : { id: String(i.project.base + i.parent),
		key: `${i.project.key}-${i.parent}`, self: `${ask.origin}/rest/api/${ask.version}/issue/${i.project.base + i.parent}`,
		fields: { summary: `Epic ${i.parent} of ${i.project.name}`, issuetype: type_of(ask, true) } },
	components: () => [],
	fixVersions: () => [],
	duedate: () => null,
	customfield_10001: (ask, i) => i.number % 2 === 0 ? { id: 'team-1', name: 'Red', title: 'Red', isVisible: true } : null,
	customfield_10014: () => null,
	customfield_10016: (ask, i) => i.points,
	customfield_10020: () => null,
};

// Which fields a request names; null: all.
function fields_asked(given) {
	if (given === undefined || given === null)
		return null;
	const names = Array.isArray(given) ? given : String(given).split(',');
	if (names.some((name) => name === '*all' || name === '*navigable'))
		return null;
	return names.map((name) => name.trim()).filter((name) => name in getters);
}

function fields_of(ask, issue, names) {
	const fields = {};
	for (const name of names ?? Object.keys(getters)) {
		const value = getters[name](ask, issue);
		if (value !== undefined)
			fields[name] = value;
	}
	return fields;
}

function history_of(ask, history, as_number) {
	return { id: history.id, author: history.author,
		created: as_number ? history.when : jira_time(ask.zone, history.when), items: history.items };
}

function changelog_of(ask, issue, most, newest_first) {
	const all = newest_first ? [...issue.histories].reverse() : issue.histories;
	const given = all.slice(0, most);
	return { startAt: 0, maxResults: given.length, total: all.length,
		histories: given.map((history) => history_of(ask, history)) };
}

function expands(ask, name) {
	const given = ask.param('expand');
	return (Array.isArray(given) ? given.join(',') : String(given ?? '')).split(',').includes(name);
}

function issue_of(ask, issue, names, changelog) {
	return { expand: 'operations,versionedRepresentations,editmeta,changelog,renderedFields', id: issue.id,
		self: `${ask.origin}/rest/api/${ask.version}/issue/${issue.id}`, key: issue.key, ...changelog && { changelog },
		fields: fields_of(ask, issue, names) };
}

function size_of(ask, name, standard, most) {
	const given = ask.param(name);
	if (given === undefined || given === null || given === '')
		return standard;
	const size = Number(given);
	return Number.isInteger(size) && size >= 0 ? Math.min(size, most) : standard;
}

// -- searches

function token_write(position) {
	return Buffer.from(JSON.stringify(position)).toString('base64url');
}

function token_read(text) {
	try {
		return JSON.parse(Buffer.from(String(text), 'base64url').toString());
	} catch {
		return null;
	}
}

// A page of Cloud's search. A token is the place behind the last issue of a page:
// one that moves on because it changes is met again, none is passed over.
function search_cloud(ask) {
	const jql = ask.param('jql');
	const settings = ask.world.settings.jira;
	const given = ask.param('fields');
	const fields = fields_asked(given);
	const is_ids = given === undefined || (Array.isArray(given) ? given.join() : String(given)) === 'id';
	const most = is_ids ? settings.ids_max : settings.page_max;
	const size = Math.max(1, size_of(ask, 'maxResults', Math.min(50, most), most));
	const reconcile = [].concat(ask.param('reconcileIssues') ?? []).join(',').split(',').filter(Boolean);
	if (reconcile.length > 50)
		return jira_error(400, 'The maximum number of issues to reconcile is 50.');
	const found = jql_run(ask.world, jql, new Set(reconcile));
	let start = 0;
	const text = ask.param('nextPageToken');
	if (text) {
		const token = token_read(text);
		if (!token || token.jql !== jql || !(Date.now() - token.at < 7 * 86400000))
			return jira_error(400, 'The provided next page token is invalid or expired.');
		const compare = order_of(jql_read(ask.world, jql).order);
		if (token.after) {
			let high = found.length;
			while (start < high) {
				const middle = (start + high) >> 1;
				if (compare(found[middle], token.after) <= 0)
					start = middle + 1;
				else
					high = middle;
			}
		}
	}
	const page = found.slice(start, start + size);
	const has_more = start + size < found.length;
	const make_token = (after) => token_write({ jql, after, at: Date.now(), nonce: Math.random() });
	const place = (one) => one && { id: one.id, created: one.created, updated: one.updated };
	const unseen = settings.lag_seconds > 0 ? Date.now() - settings.lag_seconds * 1000 : undefined;
	const most_changes = Math.min(settings.changelog_max, ask.cut ?? Infinity);
	const issues = page.map(({ project, number, id }) => {
		if (is_ids)
			return { id: String(id) };
		const issue = ask.world.issue(project, number, reconcile.includes(String(id)) ? undefined : unseen);
		return issue_of(ask, issue, fields,
			expands(ask, 'changelog') ? changelog_of(ask, issue, most_changes, true) : null);
	});
	const body = { issues, isLast: !has_more };
	if (has_more)
		body.nextPageToken = make_token(place(page.at(-1)));
	return { status: 200, body, same_place: make_token(token_read(text)?.after ?? null), asked_token: text };
}

function search_datacenter(ask) {
	const found = jql_run(ask.world, ask.param('jql') || 'created >= 0', new Set());
	const startAt = size_of(ask, 'startAt', 0, Number.MAX_SAFE_INTEGER);
	const { page_max, ids_max } = ask.world.settings.jira;
	const is_ids = String(ask.param('fields')) === 'id';
	const maxResults = size_of(ask, 'maxResults', 50, is_ids ? Math.min(ids_max, 1000) : page_max);
	const fields = fields_asked(ask.param('fields'));
	const issues = found.slice(startAt, startAt + maxResults).map(({ project, number }) => {
		const issue = ask.world.issue(project, number);
		return issue_of(ask, issue, fields,
			expands(ask, 'changelog') ? changelog_of(ask, issue, ask.cut ?? Infinity, false) : null);
	});
	return { status: 200, body: { expand: 'schema,names', startAt, maxResults, total: found.length, issues } };
}

function search_gone() {
	return jira_error(410, 'The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. ' +
		'A full migration guideline is available at https://developer.atlassian.com/changelog/#CHANGE-2046');
}

function count(ask) {
	return { status: 200, body: { count: jql_run(ask.world, ask.param('jql'), new Set()).length } };
}

// -- one issue and histories

function issue_named(ask, name) {
	const found = ask.world.find_issue(name);
	if (!found || ask.world.is_lost(found.project))
		return null;
	const issue = ask.world.issue(found.project, found.number);
	return issue.deleted ? null : issue;
}

const no_issue = () => jira_error(404, 'Issue does not exist or you do not have permission to see it.');

function issue_get(ask, [name]) {
	const issue = issue_named(ask, name);
	if (!issue)
		return no_issue();
	return { status: 200, body: issue_of(ask, issue, fields_asked(ask.param('fields')),
		expands(ask, 'changelog') ? changelog_of(ask, issue,
			ask.on === 'datacenter' ? Infinity : 100, ask.on !== 'datacenter') : null) };
}

function issue_changelog(ask, [name]) {
	const issue = issue_named(ask, name);
	if (!issue)
		return no_issue();
	const startAt = size_of(ask, 'startAt', 0, Number.MAX_SAFE_INTEGER);
	const maxResults = size_of(ask, 'maxResults', 100, 100);
	const total = issue.histories.length;
	const base = `${ask.origin}/rest/api/${ask.version}/issue/${issue.id}/changelog`;
	const isLast = startAt + maxResults >= total;
	return { status: 200, body: { self: `${base}?maxResults=${maxResults}&startAt=${startAt}`,
		...!isLast && { nextPage: `${base}?maxResults=${maxResults}&startAt=${startAt + maxResults}` },
		maxResults, startAt, total, isLast,
		values: issue.histories.slice(startAt, startAt + maxResults).map((h) => history_of(ask, h)) } };
}

// Histories of many issues, so many histories a page, oldest first; times are
// milliseconds here.
function bulkfetch(ask) {
	const names = ask.param('issueIdsOrKeys');
	const field_ids = ask.param('fieldIds') ?? [];
	if (!Array.isArray(names) || names.length === 0 || names.length > 1000)
		return jira_error(400, 'issueIdsOrKeys must have between 1 and 1000 elements.');
	if (!Array.isArray(field_ids) || field_ids.length > 10)
		return jira_error(400, 'fieldIds must have at most 10 elements.');
	const size = Math.max(1, size_of(ask, 'maxResults', 1000, 10000));
	const ids = JSON.stringify([names, field_ids]);
	const text = ask.param('nextPageToken');
	const token = text ? token_read(text) : { place: 0, ids };
	if (!token || token.ids !== ids)
		return jira_error(400, 'The provided next page token is invalid.');
	const issueChangeLogs = [];
	let place = 0;
	let has_more = false;
	for (const name of names) {
		const issue = issue_named(ask, String(name));
		if (!issue)
			continue;
		const histories = issue.histories.filter((h) => field_ids.length === 0 ||
			h.items.some((item) => field_ids.includes(item.fieldId)));
		const from = Math.max(0, token.place - place);
		const upto = Math.min(histories.length, token.place + size - place);
		if (from < upto)
			issueChangeLogs.push({ issueId: issue.id,
				changeHistories: histories.slice(from, upto).map((h) => history_of(ask, h, true)) });
		place += histories.length;
		has_more = place > token.place + size;
		if (has_more)
			break;
	}
	const body = { issueChangeLogs };
	if (has_more)
		body.nextPageToken = token_write({ place: token.place + size, ids, nonce: Math.random() });
	return { status: 200, body, asked_token: text,
		same_place: token_write({ place: token.place, ids, nonce: Math.random() }) };
}

// -- projects and the rest

function seen_project(ask, name) {
	const project = ask.world.project(name);
	return project && !ask.world.is_lost(project) ? project : null;
}

const no_project = (ask, name) => jira_error(ask.world.settings.jira.lost_status,
	`No project could be found with key '${name}'.`);

function projects_all(ask) {
	const keys = ask.query.getAll('keys').join(',').toUpperCase().split(',').filter(Boolean);
	const types = expands(ask, 'issueTypes');
	return ask.world.projects.filter((p) => !ask.world.is_lost(p) && (keys.length === 0 || keys.includes(p.key)))
		.map((p) => ({ ...project_of(ask, p), ...types && { issueTypes: [type_of(ask, true), type_of(ask, false)] } }));
}

function project_search(ask) {
	const all = projects_all(ask);
	const startAt = size_of(ask, 'startAt', 0, Number.MAX_SAFE_INTEGER);
	const maxResults = size_of(ask, 'maxResults', 50, 100);
	const base = `${ask.origin}/rest/api/${ask.version}/project/search`;
	const isLast = startAt + maxResults >= all.length;
	return { status: 200, body: { self: `${base}?maxResults=${maxResults}&startAt=${startAt}`,
		...!isLast && { nextPage: `${base}?maxResults=${maxResults}&startAt=${startAt + maxResults}` },
		maxResults, startAt, total: all.length, isLast, values: all.slice(startAt, startAt + maxResults) } };
}

function project_get(ask, [name]) {
	const project = seen_project(ask, name);
	if (!project)
		return no_project(ask, name);
	return { status: 200, body: { ...project_of(ask, project),
		issueTypes: [type_of(ask, true), type_of(ask, false)] } };
}

function project_statuses(ask, [name]) {
	if (!seen_project(ask, name))
		return no_project(ask, name);
	return { status: 200, body: [true, false].map((is_epic) => {
		const { self, id, name: type, subtask } = type_of(ask, is_epic);
		return { self, id, name: type, subtask, statuses: ask.world.statuses.map((s) => status_of(ask, s)) };
	}) };
}

function fields(ask) {
	return { status: 200, body: [
		...system.map((id) => ({ id, key: id, name: id, custom: false, orderable: true, navigable: true,
			searchable: true, clauseNames: [id], schema: { type: 'string', system: id } })),
		...Object.entries(custom).map(([id, [name, type, kind]]) => ({ id, key: id, name, custom: true,
			orderable: true, navigable: true, searchable: true,
			clauseNames: [`cf[${id.slice(12)}]`, name],
			schema: { type, custom: kind, customId: Number(id.slice(12)) } })),
	] };
}

function myself(ask) {
	return { status: 200, body: ask.on === 'datacenter'
		? { self: `${ask.origin}/rest/api/2/user?username=pulse`, key: 'JIRAUSER10000', name: 'pulse',
			emailAddress: 'pulse@example.com', displayName: 'Pulse', active: true, deleted: false,
			timeZone: ask.zone, locale: 'en_US' }
		: { self: `${ask.origin}/rest/api/3/user?accountId=account-pulse`, accountId: 'account-pulse',
			accountType: 'atlassian', emailAddress: 'pulse@example.com', displayName: 'Pulse', active: true,
			timeZone: ask.zone, locale: 'en_US' } };
}

function server_info(ask) {
	return { status: 200, body: ask.on === 'datacenter'
		? { baseUrl: ask.origin, version: '9.12.14', versionNumbers: [9, 12, 14], deploymentType: 'Server',
			buildNumber: 9120014, serverTitle: 'Stand-in' }
		: { baseUrl: ask.origin, version: '1001.0.0-SNAPSHOT', versionNumbers: [1001, 0, 0],
			deploymentType: 'Cloud', buildNumber: 100300, serverTitle: 'Jira',
			serverTime: jira_time(ask.zone, Date.now()), defaultLocale: { locale: 'en_US' } } };
}

function permissions(ask) {
	return { status: 200, body: { permissions: { BROWSE_PROJECTS: { id: '10', key: 'BROWSE_PROJECTS',
		name: 'Browse Projects', type: 'PROJECT', havePermission: ask.world.projects.some((p) => !ask.world.is_lost(p)) } } } };
}

// Every third issue has a pull request: that of its number in the first repository.
function panel(ask) {
	const issue = issue_named(ask, ask.param('issueId') ?? '');
	if (!issue)
		return jira_error(400, `Issue with id ${ask.param('issueId')} could not be found.`);
	const repository = ask.world.repositories[0];
	const pull = repository && issue.number % 3 === 0 ? ask.world.pull(repository, issue.number) : null;
	const url = repository && `https://github.com/${repository.owner}/${repository.name}`;
	const pullRequests = !pull || ask.param('dataType') !== 'pullrequest' ? [] : [{ id: `#${pull.number}`,
		name: pull.title, author: { name: pull.author }, commentCount: pull.comments, reviewers: [],
		source: { branch: pull.branch, url: `${url}/tree/${pull.branch}` },
		destination: { branch: 'main', url: `${url}/tree/main` }, status: pull.state === 'CLOSED' ? 'DECLINED' : pull.state,
		url: `${url}/pull/${pull.number}`, lastUpdate: jira_time(ask.zone, pull.updated),
		repositoryName: `${repository.owner}/${repository.name}`, repositoryUrl: url }];
	return { status: 200, body: { errors: [], detail: [{ branches: [], repositories: [], pullRequests,
		_instance: { singleInstance: true, baseUrl: 'https://github.com', name: 'GitHub', typeName: 'GitHub',
			id: 'github', type: 'GitHub' } }] } };
}

// -- routes

const open = true;
const both = [
	['GET', /^issue\/([^/]+)$/, issue_get],
	['GET', /^project\/([^/]+)$/, project_get],
	['GET', /^project\/([^/]+)\/statuses$/, project_statuses],
	['GET', /^field$/, fields],
	['GET', /^myself$/, myself],
	['GET', /^mypermissions$/, permissions],
	['GET', /^serverInfo$/, server_info, open],
];
const routes = {
	jira: [
		['GET POST', /^search\/jql$/, search_cloud],
		['GET POST', /^search(\/id)?$/, search_gone],
		['POST', /^search\/approximate-count$/, count],
		['POST', /^changelog\/bulkfetch$/, bulkfetch],
		['GET', /^issue\/([^/]+)\/changelog$/, issue_changelog],
		['GET', /^project\/search$/, project_search],
		...both,
	],
	datacenter: [
		['GET POST', /^search$/, search_datacenter],
		['GET', /^project$/, (ask) => ({ status: 200, body: projects_all(ask) })],
		...both,
	],
};

export function jira_answer(ask) {
	let path = ask.path;
	const through = /^\/ex\/jira\/([^/]+)(\/.*)$/.exec(path);
	if (through && ask.on === 'jira') {
		if (through[1] !== cloud_id)
			return { status: 404, body: { code: 404, message: 'The requested resource could not be found.' } };
		path = through[2];
	}
	if (ask.on === 'jira' && path === '/_edge/tenant_info' && ask.method === 'GET')
		return { status: 200, body: { cloudId: cloud_id } };
	ask.zone = ask.world.settings.jira.time_zone;
	const api = /^\/rest\/api\/(2|3|latest)\/(.+)$/.exec(path);
	ask.version = api && api[1] === '3' && ask.on === 'jira' ? 3 : ask.on === 'jira' && api?.[1] !== '2' ? 3 : 2;
	const row = path === '/rest/dev-status/latest/issue/detail' && ask.method === 'GET'
		? ['GET', /./, panel]
		: api && !(ask.on === 'datacenter' && api[1] === '3') &&
			routes[ask.on].find(([methods, pattern]) => methods.split(' ').includes(ask.method) && pattern.test(api[2]));
	if (!row)
		return { status: 404, body: ask.on === 'jira' ? { errorMessages: ['No endpoint matches the request.'], errors: {} }
			: { message: 'null for uri: ' + path, 'status-code': 404 } };
	if (!row[3]) {
		if (!ask.token)
			return jira_error(401, 'You are not authenticated. Authentication required to perform this operation.');
		if (ask.token.startsWith('wrong') || (ask.token.startsWith('scoped') && !through && ask.on === 'jira'))
			return { status: 401, body: ask.token.startsWith('wrong')
				? { errorMessages: ['Client must be authenticated to access this resource.'], errors: {} }
				: { code: 401, message: 'Unauthorized; scope does not match' },
			headers: { 'WWW-Authenticate': 'OAuth realm="https%3A%2F%2Flocalhost"' } };
	}
	try {
		return row[2](ask, api ? row[1].exec(api[2]).slice(1).map(decodeURIComponent) : []);
	} catch (error) {
		if (error instanceof JqlError)
			return jira_error(400, error.message);
		throw error;
	}
}
