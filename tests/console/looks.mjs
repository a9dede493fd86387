// SPDX-License-Identifier: MIT
// Each view of the console as axe sees it, in light and dark, and as pictures, on a phone,
// too: looks.mjs FOLDER.
import { mkdirSync } from 'node:fs';
import { axePath, base, check, drawByChartJs, end, go, is, newPage, sql, settled, signIn, tokens } from './browser.mjs';

const folder = process.argv[2];
const batch = sql(`SELECT max(id) FROM raw_extraction_data WHERE external_id = 'failing_0'`);
const type = sql(`SELECT max(id) FROM entity_types WHERE name = 'console_incidents'`);
const views = { overview: '', batches: '', batch: `batches/${batch}`, dead: '', runs: '', jobs: '', integrations: '',
	integration: 'integrations/1', types: '', type: `types/${type}`, statuses: '', 'status-mappings': '', workflows: '', wits: '', 'wit-mappings': '',
	'wits-hierarchies': '' };
const page = await newPage();

mkdirSync(folder, { recursive: true });
async function theme(name) {
	await page.evaluate((wanted) => {
		if (document.documentElement.dataset.theme !== wanted)
			document.querySelector('[aria-label="Switch between light and dark"]').click();
	}, name);
}

async function judged() {
	if (!await page.evaluate(() => 'axe' in window))
		await page.evaluate(axeSource);
	const found = await page.evaluate(() => axe.run(document, { resultTypes: ['violations'] }));

	return found.violations.filter((one) => ['serious', 'critical'].includes(one.impact))
		.map((one) => `${one.id}: ${one.nodes.slice(0, 3).map((node) => node.html.slice(0, 120)).join(' | ')}`);
}

const { readFileSync } = await import('node:fs');
const axeSource = readFileSync(axePath, 'utf8');

await page.goto(base);
await check('axe finds nothing serious where one signs in', async () => is(await judged(), []));
await signIn(page, tokens.admin);
for (const [name, path] of Object.entries(views))
	await check(`axe finds nothing serious in ${name}, in light and dark`, async () => {
		await page.setViewportSize({ width: 1360, height: 900 });
		await go(page, `#/${path || name}`);
		if (name === 'overview')
			await page.locator('.tile').first().waitFor();
		if (name === 'batch')
			await page.locator('.tree-row').first().waitFor();
		for (const way of ['light', 'dark']) {
			await theme(way);
			is(await judged(), [], way);
			await page.screenshot({ path: `${folder}/${name}-${way}.png`, animations: 'disabled' });
		}
		await theme('light');
		await page.setViewportSize({ width: 390, height: 844 });
		await settled(page);
		is(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true, 'it is not wider than a phone:');
		await page.screenshot({ path: `${folder}/${name}-phone.png`, animations: 'disabled' });
	});
await check('axe finds nothing serious in a form', async () => {
	await page.setViewportSize({ width: 1360, height: 900 });
	await go(page, '#/types');
	await page.click('button:has-text("New entity type")');
	await page.locator('dialog[open]').waitFor();
	is(await judged(), []);
	await page.keyboard.press('Escape');
	await page.locator('dialog[open]').waitFor({ state: 'detached' });
});
if (process.env.CONSOLE_CHARTS)
	await check('axe finds nothing serious in the overview as Chart.js draws it', async () => {
		await page.setViewportSize({ width: 1360, height: 900 });
		await drawByChartJs(page);
		await page.reload();
		for (const way of ['light', 'dark', 'phone']) {
			if (way === 'phone')
				await page.setViewportSize({ width: 390, height: 844 });
			else
				await theme(way);
			await go(page, '#/overview');
			await page.locator('.chart canvas').waitFor();
			is(await judged(), [], way);
			await page.screenshot({ path: `${folder}/overview-chartjs-${way}.png`, animations: 'disabled' });
		}
	});
await end();
