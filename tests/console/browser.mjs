// SPDX-License-Identifier: MIT
// For the tests of the console: Debian's Chromium, a page that tells what it refuses or
// fails at, cases that say "ok NAME" and "not ok NAME", and the service beside it.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const tools = createRequire(`${process.env.CONSOLE_TOOLS}/`);
const { chromium } = tools('playwright-core');
export const axePath = tools.resolve('axe-core/axe.min.js');
export const base = `${process.env.ETL_URL}/app/etl/console/`;
export const tokens = Object.fromEntries(process.env.CONSOLE_TOKENS.split(' ').map((one) => one.split('=')));

const browser = await chromium.launch({
	executablePath: process.env.CHROMIUM,
	args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking',
		'--disable-component-update', '--disable-sync'],
});

// What no page may do: break the policy, throw, or write an error.
export const trouble = [];

export async function newPage(options = {}) {
	const context = await browser.newContext({ viewport: { width: 1360, height: 900 },
		acceptDownloads: true, timezoneId: 'UTC', reducedMotion: 'reduce', ...options });
	const page = await context.newPage();

	page.setDefaultTimeout(20000);
	page.on('pageerror', (error) => trouble.push(`thrown: ${error.message}`));
	page.on('console', (message) => {
		// A refusal that a test provokes is told there, too.
		if (message.type() === 'error' && !/Failed to load resource/.test(message.text()))
			trouble.push(message.text());
	});
	await page.addInitScript(() => addEventListener('securitypolicyviolation', (event) =>
		console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`)));
	return page;
}

// As make install has it where configure was told --with-chartjs: in the folder
// CONSOLE_CHARTS.
export async function drawByChartJs(page) {
	for (const file of ['plot.js', 'vendor/chart.min.js'])
		await page.route(`**/console/${file}`, (route) => route.fulfill({ contentType: 'text/javascript',
			body: readFileSync(`${process.env.CONSOLE_CHARTS}/${file}`) }));
	await page.route('**/vendor/uPlot*', (route) => route.abort());
}

export async function signIn(page, token = tokens.admin, hash = '') {
	if (hash !== '' || page.url() === 'about:blank')
		await page.goto(base + hash);
	await page.fill('#token', token);
	await page.keyboard.press('Enter');
	await page.locator('main .page').waitFor();
}

export async function go(page, hash) {
	await page.evaluate((to) => {
		document.querySelector('main .page')?.setAttribute('data-old', '');
		for (const left of document.querySelectorAll('dialog[open]')) // by a case that failed
			left.close();
		if (location.hash === to)
			dispatchEvent(new Event('hashchange'));
		else
			location.hash = to;
	}, hash);
	await page.locator('main .page:not([data-old])').waitFor();
	await settled(page);
}

// The view is drawn, and nothing is being asked for it.
export async function settled(page) {
	await page.locator('main .page:not([aria-busy])').waitFor();
	await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0))));
}

export async function check(name, work) {
	try {
		await work();
		console.log(`ok ${name}`);
	} catch (error) {
		console.log(`not ok ${name}`);
		for (const line of String(error.message ?? error).split('\n').slice(0, 12))
			console.log(`# ${line}`);
	}
}

export function is(got, want, what = '') {
	if (JSON.stringify(got) !== JSON.stringify(want))
		throw new Error(`${what} got ${JSON.stringify(got)}, want ${JSON.stringify(want)}`);
}

export function holds(condition, what) {
	if (!condition)
		throw new Error(what);
}

export async function until(what, condition, seconds = 60) {
	const ends = Date.now() + seconds * 1000;

	while (!await condition()) {
		if (Date.now() > ends)
			throw new Error(`${what}: not within ${seconds} s`);
		await new Promise((resolve) => setTimeout(resolve, 100));
	}
}

// The lines of curl and of pulse-etl that a place shows.
export async function shown(page, place = 'dialog[open]') {
	const [curl, tool] = await page.locator(`${place} .command pre`).allTextContents();

	return { curl, tool };
}

// What such a line prints, typed into a shell as it is.
export function typed(line) {
	return execFileSync('bash', ['-c', line], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
}

export function sql(statement) {
	return execFileSync('psql', ['-qAtX', '-v', 'ON_ERROR_STOP=1', '-c', statement], { encoding: 'utf8' }).trim();
}

export async function api(method, path, body, token = tokens.admin) {
	const answer = await fetch(`${process.env.ETL_URL}/app/etl/${path}`, {
		method, headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
		body: typeof body === 'string' ? body : JSON.stringify(body),
	});
	const text = await answer.text();

	if (!answer.ok)
		throw new Error(`${method} ${path}: ${answer.status} ${text}`);
	return JSON.parse(text);
}

export async function store(raw, type = 'console_batch', name = null) {
	return (await api('POST', 'raw-data/store', `{"integration_id":1,"entity_type":"${type}",` +
		`"external_id":${JSON.stringify(name)},"raw_data":${raw}}`)).raw_data_id;
}

export const end = () => browser.close();
