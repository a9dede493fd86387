// SPDX-License-Identifier: MIT
// The world of the stand-in: what Jira and GitHub have. The same seed and sizes
// give the same data; what PUT /control/issue and /control/pull change comes on
// top.

const DAY = 86400000;

export const defaults = {
	seed: 1,
	until: '2026-06-01T00:00:00Z',
	jira: {
		projects: [{ key: 'AA', issues: 50, changes: 4, long: {} }],
		time_zone: 'Etc/UTC', page_max: 100, changelog_max: 100,
		lag_seconds: 0, lost: [], lost_status: 404,
		hidden: [], ids_max: 5000,
	},
	github: {
		owner: 'acme',
		repositories: [{ name: 'web', prs: 20, commits: 3, reviews: 1,
			comments: 1, threads: 1, long: {} }],
		renamed: {}, lost: [], points: 5000, requests: 5000,
		window_seconds: 3600, max_cost: 0, app_seconds: 3600,
	},
};

// RFC 7396: members are merged, null takes one away, anything else replaces.
export function merge(target, patch) {
	if (patch === null || typeof patch !== 'object' || Array.isArray(patch))
		return patch;
	const is_object = target !== null && typeof target === 'object' &&
		!Array.isArray(target);
	const merged = is_object ? { ...target } : {};
	for (const [name, value] of Object.entries(patch)) {
		if (value === null)
			delete merged[name];
		else
			merged[name] = merge(merged[name], value);
	}
	return merged;
}

// A number below 1 that depends on nothing but the arguments.
export function chance(...parts) {
	let h = 2166136261;
	for (const c of parts.join('/'))
		h = Math.imul(h ^ c.charCodeAt(0), 16777619);
	h = Math.imul(h ^ (h >>> 15), 0x85ebca6b);
	h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
	return ((h ^ (h >>> 16)) >>> 0) / 4294967296;
}

const statuses = [
	{ id: '10000', name: 'To Do', category: 'new', category_id: 2 },
	{ id: '10001', name: 'In Progress', category: 'indeterminate', category_id: 4 },
	{ id: '10002', name: 'In Review', category: 'indeterminate', category_id: 4 },
	{ id: '10003', name: 'Done', category: 'done', category_id: 3 },
];
const authors = ['Ada', 'Bea', 'Cem', 'Dov'];

export class World {
	constructor(given) {
		this.set(merge(defaults, given ?? {}));
	}

	// What the data are made of is laid out anew; changes are forgotten then.
	set(settings) {
		const base = (s) => JSON.stringify([s.seed, s.until, s.jira.projects,
			s.github.owner, s.github.repositories]);
		const is_new = !this.settings || base(this.settings) !== base(settings);
		this.settings = settings;
		this.version = (this.version ?? 0) + 1;
		if (!is_new)
			return;
		this.until = Date.parse(settings.until);
		this.issue_changes = new Map();
		this.pull_changes = new Map();
		this.projects = [];
		let next = 10000;
		settings.jira.projects.forEach((one, index) => {
			const project = { changes: 0, long: {}, name: `Project ${one.key}`,
				...one, index, id: String(10000 + index), base: next };
			next += 10000 * Math.ceil((project.issues + 1) / 10000);
			this.projects.push(project);
		});
		this.repositories = settings.github.repositories.map((one, index) => ({
			prs: 0, commits: 1, reviews: 0, comments: 0, threads: 0, long: {},
			...one, index, id: 42 + index, owner: settings.github.owner,
		}));
	}

	get statuses() {
		return statuses;
	}

	// -- Jira

	project(name) {
		return this.projects.find((p) => p.id === String(name) ||
			p.key === String(name).toUpperCase());
	}

	is_lost(project) {
		return this.settings.jira.lost.includes(project.key);
	}

	// Where an issue is: by its id or key; null if there is none.
	find_issue(name) {
		const by_key = /^([A-Za-z][A-Za-z0-9_]*)-([0-9]+)$/.exec(name);
		for (const project of this.projects) {
			const number = by_key
				? project.key === by_key[1].toUpperCase() ? Number(by_key[2]) : 0
				: Number(name) - project.base;
			if (number >= 1 && number <= project.issues)
				return { project, number };
		}
		return null;
	}

	user(index) {
		const name = authors[index % authors.length];
		return { accountId: `account-${name.toLowerCase()}`, displayName: name,
			active: true, accountType: 'atlassian',
			timeZone: this.settings.jira.time_zone };
	}

	changes_of(project, number, unseen_since) {
		const all = this.issue_changes.get(`${project.key}-${number}`) ?? [];
		return unseen_since === undefined ? all
			: all.filter((change) => change.at <= unseen_since);
	}

	// When an issue was made and changed last, and whether it is deleted;
	// without the changes that were made after unseen_since.
	issue_times(project, number, unseen_since) {
		const seed = [this.settings.seed, project.key, number];
		const span = 180 * DAY;
		const created = Math.floor(this.until - 10 * DAY - span +
			span * (number - 1 + chance(...seed, 'created')) / project.issues);
		const count = project.long[`${project.key}-${number}`] ?? project.changes;
		const life = Math.floor(3600000 + 8 * DAY * chance(...seed, 'life'));
		const times = { created, count, life,
			updated: count > 0 ? created + life : created, deleted: false };
		for (const change of this.changes_of(project, number, unseen_since)) {
			times.updated = Math.max(times.updated, change.updated);
			times.deleted = change.deleted ?? times.deleted;
		}
		return times;
	}

	// An issue with its whole history, oldest first.
	issue(project, number, unseen_since) {
		const times = this.issue_times(project, number, unseen_since);
		const id = project.base + number;
		const histories = [];
		let status = 0;
		const add = (when, items) => histories.push({
			id: String(id * 1000 + histories.length + 1), when,
			author: this.user(histories.length), items });
		const move = (to) => {
			const from = status;
			status = to;
			return { field: 'status', fieldtype: 'jira', fieldId: 'status',
				from: statuses[from].id, fromString: statuses[from].name,
				to: statuses[to].id, toString: statuses[to].name };
		};
		for (let k = 1; k <= times.count; k++) {
			const when = times.created + Math.floor(times.life * k / times.count);
			add(when, [k % 2 === 1 ? move(status === 3 ? 1 : status + 1)
				: { field: 'labels', fieldtype: 'jira', fieldId: 'labels',
					from: null, fromString: '', to: null, toString: `round-${k}` }]);
		}
		for (const change of this.changes_of(project, number, unseen_since)) {
			const to = statuses.findIndex((s) => s.name === change.status);
			if (to >= 0 && to !== status)
				add(change.updated, [move(to)]);
		}
		const is_epic = number % 10 === 1;
		return { id: String(id), key: `${project.key}-${number}`, project, number,
			...times, status: statuses[status], histories, is_epic,
			parent: is_epic ? null : number - (number - 1) % 10,
			points: is_epic ? null : [1, 2, 3, 5, 8][number % 5] };
	}

	change_issue({ key, status, updated, deleted }) {
		const found = this.find_issue(String(key));
		if (!found)
			throw new Error(`there is no issue ${key}`);
		if (status !== undefined && !statuses.some((s) => s.name === status))
			throw new Error(`there is no status ${status}`);
		const when = updated === undefined ? Date.now() : Date.parse(updated);
		if (Number.isNaN(when))
			throw new Error(`updated is not a time: ${updated}`);
		const name = `${found.project.key}-${found.number}`;
		const list = this.issue_changes.get(name) ?? [];
		list.push({ at: Date.now(), updated: when, status, deleted });
		this.issue_changes.set(name, list);
		this.version++;
	}

	// -- GitHub

	repository(owner, name) {
		if (String(owner).toLowerCase() !== this.settings.github.owner.toLowerCase())
			return null;
		return this.repositories.find((r) =>
			r.name.toLowerCase() === String(name).toLowerCase() &&
			!this.settings.github.lost.includes(r.name)) ?? null;
	}

	login(index) {
		return authors[index % authors.length].toLowerCase();
	}

	pull(repository, number) {
		if (!(number >= 1 && number <= repository.prs))
			return null;
		const name = `${repository.name}#${number}`;
		const seed = [this.settings.seed, name];
		const span = 180 * DAY;
		const created = Math.floor((this.until - 10 * DAY - span + span *
			(number - 1 + chance(...seed, 'created')) / repository.prs) / 1000) * 1000;
		const life = Math.floor(3600 + 8 * 86400 * chance(...seed, 'life')) * 1000;
		const sizes = { commits: repository.commits, reviews: repository.reviews,
			comments: repository.comments, threads: repository.threads,
			...repository.long[String(number)] };
		const pull = { repository, number, created, ...sizes,
			db_id: 700000 + repository.index * 100000 + number,
			updated: created + life, author: this.login(number),
			state: ['OPEN', 'MERGED', 'CLOSED', 'MERGED'][number % 4], life };
		for (const change of this.pull_changes.get(name) ?? []) {
			pull.updated = Math.max(pull.updated, change.updated);
			pull.state = change.state ?? pull.state;
		}
		pull.closed = pull.state === 'OPEN' ? null : pull.updated;
		pull.merged = pull.state === 'MERGED' ? pull.updated : null;
		const project = this.projects[0];
		const key = project && number <= project.issues
			? `${project.key}-${number}` : null;
		pull.title = key ? `${key}: change ${number}` : `Change ${number}`;
		pull.branch = key ? `feature/${key}` : `feature/${number}`;
		return pull;
	}

	pulls(repository) {
		const list = [];
		for (let number = 1; number <= repository.prs; number++)
			list.push(this.pull(repository, number));
		return list;
	}

	// When the nth of so many parts of a pull request came.
	part_time(pull, n, of) {
		return pull.created + Math.floor(pull.life * n / (of + 1) / 1000) * 1000;
	}

	change_pull({ repository, number, state, updated }) {
		const found = this.repository(this.settings.github.owner, repository);
		if (!found || !this.pull(found, Number(number)))
			throw new Error(`there is no pull request ${repository}#${number}`);
		const when = updated === undefined ? Math.floor(Date.now() / 1000) * 1000
			: Date.parse(updated);
		if (Number.isNaN(when))
			throw new Error(`updated is not a time: ${updated}`);
		const name = `${found.name}#${Number(number)}`;
		const list = this.pull_changes.get(name) ?? [];
		list.push({ updated: when, state });
		this.pull_changes.set(name, list);
		this.version++;
	}
}

// -- times as Jira writes them

const offsets = new Map();
const formats = new Map();

// How many minutes a zone is ahead of UTC at a time.
export function zone_offset(zone, when) {
	const slot = `${zone}/${Math.floor(when / 900000)}`;
	if (!offsets.has(slot)) {
		if (!formats.has(zone))
			formats.set(zone, new Intl.DateTimeFormat('en-US', { timeZone: zone,
				hourCycle: 'h23', year: 'numeric', month: 'numeric',
				day: 'numeric', hour: 'numeric', minute: 'numeric' }));
		const part = {};
		const start = Math.floor(when / 900000) * 900000;
		for (const { type, value } of formats.get(zone).formatToParts(start))
			part[type] = Number(value);
		offsets.set(slot, Math.round((Date.UTC(part.year, part.month - 1,
			part.day, part.hour, part.minute) - start) / 60000));
	}
	return offsets.get(slot);
}

export function jira_time(zone, when) {
	const offset = zone_offset(zone, when);
	const size = Math.abs(offset);
	const two = (n) => String(n).padStart(2, '0');
	return new Date(when + offset * 60000).toISOString().replace('Z',
		`${offset < 0 ? '-' : '+'}${two(Math.floor(size / 60))}${two(size % 60)}`);
}

// A local time of a zone as milliseconds; of a repeated hour the first.
export function local_time(zone, local) {
	const before = zone_offset(zone, local - 86400000);
	const first = local - before * 60000;
	return zone_offset(zone, first) === before ? first
		: local - zone_offset(zone, first) * 60000;
}
