/* SPDX-License-Identifier: MIT */
/* Extractions with a schedule. */
import { ask, session } from '../api.js';
import { confirm, fed, optionsOf, orNothing, tenant } from '../action.js';
import { ifMatch, showCatalogue } from '../catalogue.js';
import { button, duration, say, time } from '../dom.js';
import { sourceField } from '../names.js';
import { to } from '../router.js';

export const show = (place) => showCatalogue({
	title: 'Jobs', noun: 'job', path: 'jobs', command: 'job',
	about: 'Extractions with a schedule. An inactive job is paused.',
	name: (row) => row.job_name,
	columns: () => [
		{ title: 'Job', cell: (row) => row.job_name },
		{ title: 'Type', cell: (row) => row.job_type ?? '–' },
		{ title: 'Integration', cell: (row) => row.integration_name },
		{ title: 'Every', cell: (row) => row.interval_seconds === null ? 'by hand' : duration(row.interval_seconds) },
		{ title: 'Next', cell: (row) => time(row.next_at) },
		{ title: 'Last started', cell: (row) => time(row.last_run_started_at) },
		session.may('writer') && { title: 'Run', cell: (row) => button('Run now', () => run(row),
			{ class: 'quiet', 'aria-label': `Run ${row.job_name} now` }) },
	].filter(Boolean),
	fields: (lists) => [
		{ name: 'job_name', label: 'Name', required: true, most: 100 },
		{ name: 'job_type', label: 'Type', required: true, hint: 'Such as jira_sync or github_sync' },
		{ name: 'interval_seconds', label: 'Seconds between runs', kind: 'number', min: 60, hint: 'Empty: only by hand' },
		{ name: 'jitter_seconds', label: 'Begin up to so many seconds later', kind: 'number', min: 0 },
		{ name: 'job_params', label: 'Parameters', kind: 'object' },
		sourceField(lists),
	],
	tool,
}, place);

/* The state has commands of its own. */
function tool({ active, job_params: all, ...body }, row, version) {
	const params = orNothing(all, row);
	const options = optionsOf(body, { job_name: '--name', job_type: '--type',
		interval_seconds: (value) => value === null ? '--by-hand' : `--every ${value}s`,
		jitter_seconds: (value) => value === null ? '' : `--jitter ${value}s` });
	const words = [options, params && '--params-file -'].filter(Boolean).join(' ');
	const withParams = (command) => params ? fed(params, command) : command;

	if (row === null)
		return withParams(`job create ${tenant()} ${words}`);
	const match = ifMatch(version);

	return [
		words !== '' && withParams(`job set ${tenant()} ${match}${words} ${row.id}`),
		active !== undefined && `job ${active ? 'resume' : 'pause'} ${tenant()} ${words === '' ? match : ''}${row.id}`,
	].filter(Boolean);
}

function run(row) {
	const path = `jobs/${row.id}/run`;

	confirm({
		title: `Run ${row.job_name} now?`,
		text: 'It does not change when the job is due next.',
		verb: 'Start a run',
		request: { method: 'POST', path, body: {} },
		tool: `job run ${tenant()} ${row.id}`,
		run: async () => (await ask('POST', path, { body: {} })).json(),
	}, (said) => {
		say(said.message);
		location.hash = to(`runs/${said.run_id}`);
	});
}
