// SPDX-License-Identifier: MIT
// The console in a browser, against the running service: what a person does there.
import { readFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { api, base, check, drawByChartJs, end, go, holds, is, newPage, settled, shown, signIn, sql, store, tokens, trouble, typed, until } from './browser.mjs';

const text = (page, selector) => page.locator(selector).first().innerText();
const tile = (page, name) => page.locator('.tile', { hasText: name }).locator('strong').innerText();
const dialog = (page) => page.locator('dialog[open]');
const state = (id) => sql(`SELECT processing_status FROM raw_extraction_data WHERE id = ${id}`);

// -- signing in
const page = await newPage();
let received = 0;
const session = await page.context().newCDPSession(page);

await session.send('Network.enable');
session.on('Network.loadingFinished', (event) => {
	received += event.encodedDataLength;
});
await check('a token that is none is refused, with a sentence', async () => {
	await page.goto(`${base}#/batches?processing_status=failed`);
	await page.fill('#token', 'petl_nonsense');
	await page.click('button[type=submit]');
	await page.locator('.note.bad:not([hidden])').waitFor();
	is(await text(page, '.note.bad'), 'The token is not valid: ask for a new one');
});
await check('signing in leads to the place of the address, and the token is in none', async () => {
	await signIn(page);
	is(await text(page, 'h1'), 'Batches');
	is(await page.locator('select[name=processing_status]').inputValue(), 'failed');
	holds(!page.url().includes(tokens.admin), 'the token is in the address');
	is(await page.evaluate((token) => [sessionStorage.length > 0, JSON.stringify({ ...localStorage }).includes(token), document.cookie], tokens.admin),
		[true, false, '']);
});
await check('the first view is below 150 kB, and drawn soon', async () => {
	const first = await newPage();
	const network = await first.context().newCDPSession(first);
	let bytes = 0;

	await network.send('Network.enable');
	network.on('Network.loadingFinished', (event) => {
		bytes += event.encodedDataLength;
	});
	await first.goto(base);
	await signIn(first);
	await until('the tiles', () => first.locator('.tile').count());
	await settled(first);
	const took = await first.evaluate(() => {
		performance.clearMarks();
		return performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd;
	});

	console.log(`# the first view: ${bytes} bytes, the page itself in ${Math.round(took)} ms`);
	holds(bytes > 20000 && bytes < 150000, `it has ${bytes} bytes`);
	holds(took < 5000, `it took ${took} ms`);
	await first.context().close();
});

// -- a store arrives
await check('the overview shows a store that arrives, without being asked', async () => {
	await go(page, '#/overview');
	await page.locator('.tile').first().waitFor();
	const before = Number(await tile(page, 'Completed'));

	await store('{"a":1}');
	await until('one more is completed', async () => Number(await tile(page, 'Completed')) === before + 1);
	await until('it counts in what is processed a minute', async () => Number(await tile(page, 'Processed a minute')) > 0);
});
await check('the chart and its figures show it', async () => {
	await page.locator('.chart canvas').waitFor();
	await page.click('.figures summary');
	holds(Number(await page.locator('.figures td').nth(1).innerText()) > 0, 'no figures');
});
await check('without the library of charts there are the figures', async () => {
	const plain = await newPage();

	await plain.route('**/vendor/**', (route) => route.abort());
	await signIn(plain);
	await plain.locator('.figures[open] tbody tr').first().waitFor();
	is(await plain.locator('.chart').isVisible(), false);
	await plain.context().close();
});
if (process.env.CONSOLE_CHARTS)
	await check('Chart.js draws the same chart, where a package has it instead', async () => {
		const other = await newPage();

		await drawByChartJs(other);
		await signIn(other);
		await other.locator('.chart canvas').waitFor();
		const bars = () => other.evaluate(() => {
			const [chart] = Object.values(Chart.instances);

			return [chart.data.labels.length, chart.data.datasets.map((one) => one.label),
				chart.data.datasets.reduce((all, one) => all + one.data.reduce((sum, value) => sum + value, 0), 0)];
		});
		const figures = async () => {
			const cells = await other.locator('.figures tbody td:nth-child(2)').allTextContents();

			return cells.reduce((sum, cell) => sum + Number(cell), 0);
		};
		is(await bars(), [24, ['Pending', 'Processing', 'Failed', 'Completed'], await figures()]);
		is(await other.evaluate(() => 'uPlot' in window), false);
		const green = await other.evaluate(() => {
			const canvas = document.querySelector('.chart canvas');
			const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);

			return data.some((value, i) => i % 4 === 3 && value > 0);
		});
		is(green, true, 'something is drawn:');
		await other.setViewportSize({ width: 700, height: 900 });
		await until('it is as wide as its place', () => other.evaluate(() =>
			Math.abs(document.querySelector('.chart canvas').clientWidth - document.querySelector('.chart').clientWidth) < 2));
		await other.click('[aria-label="Switch between light and dark"]');
		await other.locator('.chart canvas').waitFor();
		is(await other.locator('.chart canvas').count(), 1);
		await other.context().close();
	});
if (process.env.CONSOLE_CHARTS)
	await check('a day has its own date below it in each time zone', async () => {
		for (const timezoneId of ['America/Los_Angeles', 'Asia/Tokyo']) {
			const other = await newPage({ timezoneId });

			await drawByChartJs(other);
			await signIn(other, tokens.admin, '#/overview?range=30d');
			await other.locator('.chart canvas').waitFor();
			const [seconds, label] = await other.evaluate(() => {
				const [chart] = Object.values(Chart.instances);

				return [chart.data.labels[0], String(chart.scales.x.ticks[0].label)];
			});

			is(label, new Date(seconds * 1000).toISOString().slice(5, 10), timezoneId);
			await other.context().close();
		}
	});
await check('polling is paused by hand, and while the page is hidden', async () => {
	let asked = 0;
	const count = (request) => {
		if (request.url().includes('raw-data/states'))
			asked++;
	};
	const quiet = async (what) => {
		await page.waitForTimeout(300);
		asked = 0;
		await page.waitForTimeout(5500);
		is(asked, 0, what);
	};

	page.on('request', count);
	await page.click('.polling button');
	await quiet('paused:');
	await page.click('.polling button');
	await until('it goes on', () => asked > 0);
	await page.evaluate(() => {
		Object.defineProperty(document, 'hidden', { value: true, configurable: true });
	});
	await quiet('hidden:');
	await page.evaluate(() => {
		delete document.hidden;
		document.dispatchEvent(new Event('visibilitychange'));
	});
	await until('it goes on', () => asked > 0);
	page.off('request', count);
});

await check('what is drawn anew keeps the focus, and what was scrolled sideways', async () => {
	await page.setViewportSize({ width: 390, height: 844 });
	await go(page, '#/overview');
	await page.locator('.tile.completed').waitFor();
	await page.locator('.tile.completed').focus();
	await page.locator('[aria-label=Queues]').evaluate((element) => {
		element.scrollLeft = 40;
	});
	const before = await tile(page, 'Completed');

	await store('{"a":2}');
	await until('the tile is another', async () => await tile(page, 'Completed') !== before);
	const drawn = await text(page, '.polling');

	await until('it is drawn anew', async () => await text(page, '.polling') !== drawn);
	is(await page.evaluate(() => document.activeElement.className), 'tile completed');
	is(await page.locator('[aria-label=Queues]').evaluate((element) => element.scrollLeft), 40);
	await page.setViewportSize({ width: 1360, height: 900 });
});

await check('that processing is paused is told, and it goes on by hand', async () => {
	const reader = await newPage();
	const paused = (on) => until(`paused is ${on}`, async () => (await api('GET', 'raw-data/states')).paused === on);

	await api('POST', 'processing/pause');
	await signIn(reader, tokens.reader);
	await reader.locator('.paused:has-text("Processing is paused")').waitFor();
	holds(!(await text(reader, '.health')).includes('and queued'), 'it says that stores are queued');
	is(await reader.locator('.paused button').count(), 0);
	await reader.context().close();
	await go(page, '#/overview');
	await page.click('.paused button:has-text("Resume")');
	const lines = await shown(page);

	typed(lines.tool);
	await paused(false);
	await api('POST', 'processing/pause');
	is(JSON.parse(typed(lines.curl)).success, true);
	await paused(false);
	await api('POST', 'processing/pause');
	await page.click('dialog button:has-text("Resume processing")');
	await page.locator('.paused').waitFor({ state: 'detached' });
	await paused(false);
});

await check('bulk queues are among what is ready, and not among what is retried', async () => {
	await page.route('**/app/etl/queues', async (route) => {
		const answer = await route.fetch();
		const json = await answer.json();

		json.queues.find((one) => one.name === 'transform_queue.bulk.1').message_count = 7000;
		await route.fulfill({ response: answer, json });
	});
	await go(page, '#/overview');
	const cells = page.locator('tr:has(td:text-is("transform")) td');

	await until('they are there', async () => (await cells.allInnerTexts())[2] === '7,000');
	is((await cells.allInnerTexts())[3], '0');
	await page.unroute('**/app/etl/queues');
});

// -- one batch
const exact = '{"big":12345678901234567890123,"money":1.10,"text":"<script>window.hit = 1</script><img src=x onerror=\'window.hit = 1\'>","a key":{"n":[1,{"deep":"NEEDLE"}]}}';
let id = await store(exact, 'console_batch', '<b>a name</b>');

await check('a batch shows its payload with all digits, and text as text', async () => {
	await go(page, `#/batches/${id}`);
	await page.locator('.tree-row').nth(4).waitFor();
	const shown = await text(page, '.tree');

	holds(shown.includes('12345678901234567890123'), 'the number lost digits');
	holds(shown.includes('1.10'), 'the decimal lost its zero');
	holds(shown.includes('<script>window.hit = 1</script>'), 'the text is not shown');
	holds((await text(page, 'main')).includes('<b>a name</b>'), 'the name is not shown');
	is(await page.evaluate(() => [typeof window.hit, document.querySelectorAll('main script, main b, .tree img').length]), ['undefined', 0]);
});
await check('what is found in the payload is opened and shown with its path', async () => {
	await page.fill('.tree-bar input', 'needle');
	await page.keyboard.press('Enter');
	is(await text(page, '.tree-below .path'), '."a key".n[1].deep');
	is(await text(page, '.tree-below .value'), 'NEEDLE');
	is(await text(page, '.tree-bar [role=status]'), '1 of 1');
});
await check('capital letters are found beside one that is two small ones', async () => {
	await go(page, `#/batches/${await store('{"city":"İstanbul","key":"DEMO-7"}')}`);
	for (const [wanted, found] of [['DEMO-7', '.key'], ['istan', '.city']]) {
		await page.fill('.tree-bar input', wanted);
		await page.keyboard.press('Enter');
		is(await text(page, '.tree-below .path'), found);
	}
});
await check('an address without the number of a batch is the list', async () => {
	await go(page, '#/batches/');
	is(await text(page, 'h1'), 'Batches');
	await page.goBack();
	await page.locator('h1:has-text("Batch ")').waitFor();
});
await check('what is asked for in a dialogue does not outlast its place', async () => {
	await page.click('main button:has-text("Requeue")');
	await page.goBack();
	await page.locator('.tree-row').nth(4).waitFor();
	await dialog(page).waitFor({ state: 'detached' });
	await page.fill('.tree-bar input', 'needle');
	await page.keyboard.press('Enter');
});
await check('its path is copied', async () => {
	await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
	await page.click('.tree-below button:has-text("Copy path")');
	await until('the clipboard', async () => await page.evaluate(() => navigator.clipboard.readText()) === '."a key".n[1].deep');
});
await check('so is a line of a dialogue, also without TLS, and that is told there', async () => {
	await page.evaluate(() => {
		window.clipboard = navigator.clipboard;
		Object.defineProperty(navigator, 'clipboard', { value: undefined, configurable: true });
	});
	await page.click('main button:has-text("Requeue")');
	const { tool } = await shown(page);

	await page.click('dialog summary');
	await page.getByLabel('Copy the line of pulse-etl').last().click();
	await page.locator('dialog[open] [role=status]:has-text("Copied")').waitFor();
	is(await page.evaluate(() => window.clipboard.readText()), tool);
	is(await page.evaluate(() => document.activeElement.getAttribute('aria-label')), 'Copy the line of pulse-etl');
	await page.evaluate(() => delete navigator.clipboard);
	await page.keyboard.press('Escape');
});
await check('the download is the payload, digit by digit', async () => {
	const [file] = await Promise.all([page.waitForEvent('download'), page.click('.tree-bar button:has-text("Download")')]);
	const got = readFileSync(await file.path(), 'utf8');

	is(file.suggestedFilename(), `batch-${id}.json`);
	is(sql(`SELECT raw_data = $x$${got}$x$::jsonb FROM raw_extraction_data WHERE id = ${id}`), 't');
	holds(got.includes('12345678901234567890123') && got.includes('1.10'), 'digits are lost');
});
await check('a payload of 4 MB opens at once, and only rows in sight are there', async () => {
	const issues = Array.from({ length: 1000 }, (_, i) => `{"key":"DEMO-${i}","n":${i}.50,"text":"${'x'.repeat(3900)}","tags":["a","b",{"c":null}]}`);
	const large = await store(`{"issues":[${issues.join(',')}]}`);

	await go(page, `#/batches/${large}`);
	await page.locator('.tree-row').nth(1).waitFor();
	const took = await page.evaluate(async () => {
		const began = performance.now();

		[...document.querySelectorAll('.tree-bar button')].find((one) => one.textContent === 'Open all').click();
		await new Promise((resolve) => requestAnimationFrame(resolve));
		return performance.now() - began;
	});

	console.log(`# all of 4 MB opened in ${Math.round(took)} ms`);
	holds(took < 2000, `it took ${took} ms`);
	holds(await page.locator('.tree-row').count() < 60, 'rows out of sight are there');
	await page.locator('.tree').focus();
	await page.keyboard.press('End');
	is(await text(page, '.tree-below .path'), '.issues[999].text');
	await page.fill('.tree-bar input', 'DEMO-777"');
	await page.keyboard.press('Enter');
	is(await text(page, '.tree-below .path'), '.issues[777].key');
	holds((await text(page, '.tree')).includes('777.50'), 'its number lost a digit');
});

// -- requeueing
const failing = [];

for (let i = 0; i < 3; i++)
	failing.push(await store('{"no":"issues"}', 'jira_issues_batch', `failing_${i}`));
await until('they failed', () => failing.every((one) => state(one) === 'failed'));
await check('a failed batch says why, and is requeued; its error becomes history', async () => {
	await go(page, `#/batches/${failing[0]}`);
	holds((await text(page, 'main .error')).includes('no list of items was found'), 'it does not say why');
	await page.click('main button:has-text("Requeue")');
	is(await text(page, 'dialog h2'), `Requeue batch ${failing[0]}?`);
	await page.click('dialog summary');
	holds((await text(page, 'dialog .command pre')).includes(`-X POST ${base.replace('console/', '')}raw-data/${failing[0]}/requeue`), 'no line of curl');
	holds((await text(page, 'dialog')).includes(`pulse-etl requeue --tenant 1 --id ${failing[0]}`), 'no line of pulse-etl');
	await page.click('dialog button:has-text("Requeue 1 batch")');
	await until('the history', async () => {
		await go(page, `#/batches/${failing[0]}`);
		return (await text(page, 'main')).includes('1 earlier');
	});
});
await check('those chosen are requeued', async () => {
	await until('it failed again', () => state(failing[0]) === 'failed');
	await go(page, '#/batches?processing_status=failed');
	await page.getByLabel(`Choose batch ${failing[1]}`).check();
	await page.getByLabel(`Choose batch ${failing[2]}`).check();
	await page.click('button:has-text("Requeue 2 chosen")');
	const { curl, tool } = await shown(page);

	is([curl.match(/-X POST/g).length, tool.match(/^pulse-etl requeue --tenant 1 --id \d+$/gm).length], [2, 2], 'lines:');
	is(typed(tool).match(/1 batches are pending again/g).length, 2);
	await until('they failed again', () => failing.every((one) => state(one) === 'failed'));
	is(typed(curl).match(/"success":true/g).length, 2);
	await until('they failed again', () => failing.every((one) => state(one) === 'failed'));
	await page.click('dialog button:has-text("Requeue 2 batches")');
	await dialog(page).waitFor({ state: 'detached' });
	is(sql(`SELECT bool_and(error_details ? 'earlier' OR processing_status <> 'failed') FROM raw_extraction_data WHERE id IN (${failing[1]}, ${failing[2]})`), 't');
});
await check('those of the filter are requeued, and the confirmation names how many', async () => {
	await until('they failed again', () => failing.every((one) => state(one) === 'failed'));
	await go(page, '#/batches?processing_status=failed&entity_type=jira_issues_batch');
	await page.click('button:has-text("Requeue all found")');
	await page.locator('dialog button:has-text("Requeue 3 batches")').waitFor();
	holds((await text(page, 'dialog')).includes('entity_type = jira_issues_batch'), 'the filter is not told');
	await page.click('dialog button:has-text("Requeue 3 batches")');
	await page.locator('#said:has-text("3 batches pending again")').waitFor();
});
await check('a payload that is gone is told; the others of those chosen are requeued', async () => {
	const [gone, whole] = [await store('{"a":1}', 'gone_batch'), await store('{"a":2}', 'gone_batch')];

	sql(`UPDATE raw_extraction_data SET raw_data = 'null', payload_gone_at = now() WHERE id = ${gone}`);
	await go(page, '#/batches?entity_type=gone_batch');
	await page.getByLabel(`Choose batch ${gone}`).check();
	await page.getByLabel(`Choose batch ${whole}`).check();
	await page.click('button:has-text("Requeue 2 chosen")');
	await page.click('dialog button:has-text("Requeue 2 batches")');
	await page.locator(`#said:has-text("1 batch pending again; not ${gone}: ")`).waitFor();
	await go(page, `#/batches/${gone}`);
	holds((await text(page, '.timeline')).includes('Payload removed'), await text(page, '.timeline'));
	is(await page.locator('.tree').count(), 0, 'trees:');
	is(await page.locator('main button:has-text("Requeue")').isDisabled(), true);
	is(await page.locator('main a:has-text("Make rows of it")').count(), 0);
});
await check('what a link brings into a command is quoted', async () => {
	const awkward = "it's; rm -rf ~";

	await store('[]', awkward);
	await until('it is completed', () => sql(`SELECT count(*) FROM raw_extraction_data WHERE entity_type = $$${awkward}$$ AND processing_status = 'completed'`) === '1');
	await go(page, `#/batches?entity_type=${encodeURIComponent(awkward)}`);
	await page.click('button:has-text("Requeue all found")');
	await page.locator('dialog button:has-text("Requeue 1 batch")').waitFor();
	const { curl, tool } = await shown(page);

	is(tool, `pulse-etl requeue --tenant 1 --type 'it'\\''s; rm -rf ~' --limit 1`);
	is(curl.split(' -d ')[1], `'{"entity_type":"it'\\''s; rm -rf ~","limit":1}'`);
	holds(typed(tool).startsWith('1 batches are pending again'), 'pulse-etl finds it not');
	await until('it is completed', () => sql(`SELECT count(*) FROM raw_extraction_data WHERE entity_type = $$${awkward}$$ AND processing_status = 'completed'`) === '1');
	is(JSON.parse(typed(curl)).requeued, 1);
	await page.keyboard.press('Escape');
	await dialog(page).waitFor({ state: 'detached' });
});
await check('so are a name and times; what is found is the same', async () => {
	const named = await store('[]', 'console_named', 'a b');

	await until('it is completed', () => state(named) === 'completed');
	await go(page, '#/batches?external_id=a+b&created_after=2026-01-31T00:00:00.000Z&created_before=2126-01-31T00:00:00.000Z');
	await page.click('button:has-text("Requeue all found")');
	await page.locator('dialog button:has-text("Requeue 1 batch")').waitFor();
	const { tool } = await shown(page);

	is(tool, `pulse-etl requeue --tenant 1 --external-id 'a b' --after 2026-01-31T00:00:00.000Z --before 2126-01-31T00:00:00.000Z --limit 1`);
	holds(typed(tool).startsWith('1 batches are pending again'), 'pulse-etl finds it not');
	await page.keyboard.press('Escape');
	await dialog(page).waitFor({ state: 'detached' });
	await until('it is completed', () => state(named) === 'completed');
	await go(page, `#/batches/${named}`);
	await page.click('main button:has-text("Delete")');
	typed((await shown(page)).tool);
	is(sql(`SELECT active FROM raw_extraction_data WHERE id = ${named}`), 'f');
	await page.keyboard.press('Escape');
});
await check('a time without end is refused where it is typed', async () => {
	await go(page, '#/batches');
	await page.locator('[name=created_after]').evaluate((input) => {
		input.value = '202600-01-01T00:00:00';
	});
	await page.click('button:has-text("Filter")');
	is(await page.evaluate(() => document.activeElement.name), 'created_after');
});
await check('filters are in the address, and pages go by cursor', async () => {
	sql(`INSERT INTO raw_extraction_data (tenant_id, integration_id, entity_type, external_id, raw_data, raw_data_items,
		raw_data_bytes, raw_data_sha256, processing_status, queued_at)
		SELECT 1, 1, 'page_batch', 'page_' || n, '[]', 0, 2, sha256('[]'), 'completed', now() FROM generate_series(1, 120) AS n`);
	await go(page, '#/batches');
	await page.fill('input[name=entity_type]', 'page_batch');
	await page.keyboard.press('Enter');
	await page.locator('p:has-text("120 batches")').waitFor();
	holds(page.url().endsWith('#/batches?entity_type=page_batch'), page.url());
	const names = async () => (await page.locator('tbody small').allInnerTexts()).map((name) => Number(name.slice(5)));
	const first = await names();

	await page.click('a:has-text("Older")');
	await until('the second page', async () => (await names())[0] === first[49] - 1);
	await page.click('a:has-text("Older")');
	await until('the last page', async () => (await names()).length === 20);
	await page.click('a:has-text("Newest")');
	await until('the first page', async () => (await names())[0] === first[0]);
});

// -- dead letters
await check('dead messages are shown with their reason, and put back one by one', async () => {
	await until('they failed again', () => failing.every((one) => state(one) === 'failed'));
	/* Messages that are looked at are not ready: they would not be counted. */
	const order = [];
	const count = (answer) => answer.url().endsWith('/queues') && order.push('count');
	const look = (request) => request.url().includes('/dead-letters') && order.push('look');

	page.on('response', count);
	page.on('request', look);
	await go(page, '#/dead');
	page.off('response', count);
	page.off('request', look);
	is(order, ['count', 'look', 'look', 'look']);
	await page.getByLabel(`Requeue batch ${failing[0]} of transform`).click();
	is(await text(page, 'dialog h2'), 'Requeue 1 message of transform?');
	await page.click('dialog summary');
	is((await page.locator('dialog .command pre').allInnerTexts())[1], `pulse-etl dead requeue --batch ${failing[0]} transform`);
	holds((await text(page, 'main')).includes('no list of items was found'), 'the reason is not shown');
	sql(`UPDATE raw_extraction_data SET raw_data = '{"issues":[]}' WHERE id = ${failing[0]}`);
	await page.click('dialog button:has-text("Requeue 1 message")');
	await until('it is completed', () => state(failing[0]) === 'completed');
	await until('its message is gone', async () => {
		await go(page, '#/dead');
		return await page.getByLabel(`Requeue batch ${failing[0]} of transform`).count() === 0;
	});
});
await check('all of a queue are put back, and the confirmation names how many', async () => {
	const { dead_letters: letters } = await api('GET', 'dead-letters?queue=transform');

	await page.getByLabel('Requeue all that is dead in transform').click();
	await page.locator(`dialog button:has-text("Requeue ${letters.length} message")`).waitFor();
	is((await shown(page)).tool, 'pulse-etl dead requeue --all --tenant 1 transform');
	await page.locator(`dialog button:has-text("Requeue ${letters.length} message")`).click();
	await page.locator('#said p').last().waitFor();
	await dialog(page).waitFor({ state: 'detached' });
	is(sql(`SELECT bool_and(jsonb_array_length(error_details->'earlier') > 0) FROM raw_extraction_data WHERE id IN (${failing[1]}, ${failing[2]})`), 't');
});

await check('that of one run of an extraction is put back, and no other', async () => {
	const runs = async () => (await api('GET', 'dead-letters?queue=extract')).dead_letters.map((one) => one.run_id);

	await until('three are dead', async () => (await runs()).length === 3);
	await go(page, '#/dead');
	await page.getByLabel('Requeue run 424241 of extract').click();
	const { curl, tool } = await shown(page);

	is(tool, 'pulse-etl dead requeue --run 424241 extract');
	is(typed(tool), '1 of 1 messages requeued');
	await until('it is gone', async () => !(await runs()).includes(424241));
	is(JSON.parse(typed(curl)).found, 0);
	await page.keyboard.press('Escape');
	await go(page, '#/dead');
	await page.getByLabel('Requeue run 424242 of extract').click();
	await page.click('dialog button:has-text("Requeue 1 message")');
	await dialog(page).waitFor({ state: 'detached' });
	await until('it is gone', async () => JSON.stringify(await runs()) === '[424243]');
	await go(page, '#/dead');
	await page.getByLabel('Requeue all that is dead in extract').click();
	await page.locator('dialog button:has-text("Requeue 1 message")').waitFor();
	is(typed((await shown(page)).tool), '1 of 1 messages requeued');
	await page.keyboard.press('Escape');
	await dialog(page).waitFor({ state: 'detached' });
	is(await runs(), []);
});

// -- entity types
const incidents = '{"incidents":[{"id":"P1","number":12345678901234.5,"title":"fire","updated_at":"2026-01-06T22:38:23Z"},{"id":"P2","title":"smoke","updated_at":"2026-01-07T22:38:23Z"}]}';
await check('a type is proposed from a batch, looked at, tried, made and applied', async () => {
	const known = await store(incidents, 'console_incidents');

	await until('it is kept as it came', () => state(known) === 'completed');
	await go(page, `#/batches/${known}`);
	await page.click('main a:has-text("Make rows of it")');
	await page.locator('dialog .note:has-text("proposed")').waitFor();
	is(await page.getByLabel('Items', { exact: true }).inputValue(), '$.incidents[*]');
	is(await page.getByLabel('Key', { exact: true }).inputValue(), '$.id');
	await page.getByLabel('Key', { exact: true }).fill('$.**');
	await page.click('dialog button:has-text("Check")');
	await page.locator('dialog .problem:has-text("must not have .**")').waitFor();
	await page.getByLabel('Key', { exact: true }).fill('$.id');
	await page.click('dialog button:has-text("Try")');
	await page.locator('dialog .note:has-text("2 items, 0 without a key")').waitFor();
	await page.click('dialog .told button:has-text("Open all")');
	holds((await text(page, "dialog .tree")).includes('12345678901234.5'), `digits are lost: ${await text(page, 'dialog .tree')}`);
	is(sql('SELECT count(*) FROM records'), '0');
	holds(typed((await shown(page, 'dialog .told')).tool).includes('12345678901234.5'), 'pulse-etl tries it otherwise');
	is(sql('SELECT count(*) FROM records'), '0');
	await page.click('dialog button:has-text("Check")');
	await page.locator('dialog .told .note.good').waitFor();
	is(typed((await shown(page, 'dialog .told')).tool), 'the mapping can be stored');
	const made = typed((await shown(page, 'dialog form > div:not(.field)')).tool);

	holds((await api('GET', `types/${made}`)).name === 'console_incidents', 'pulse-etl makes another type');
	typed(`pulse-etl type remove --tenant 1 ${made}`);
	await page.click('dialog button:has-text("Create")');
	await page.locator('td:has-text("console_incidents")').waitFor();
	await page.getByLabel('Apply console_incidents').click();
	await dialog(page).waitFor();
	holds(/^printf .* \| pulse-etl type apply --tenant 1 --requeue -$/.test((await shown(page)).tool), 'no line of pulse-etl');
	await page.click('dialog button:has-text("Requeue 1 batch")');
	await until('the rows are there', () => sql('SELECT count(*) FROM records') === '2');
});
await check('its columns are shown, and changed like any row of the catalogue', async () => {
	await page.click('td a:has-text("console_incidents")');
	await page.locator('h1:has-text("console_incidents")').waitFor();
	holds((await text(page, 'main')).includes('$.updated_at'), 'its path is not shown');
	await go(page, '#/types');
	await page.getByLabel('Edit console_incidents').click();
	await page.getByLabel('Columns', { exact: true }).fill('[{"name": "title", "path": "$.title"}]');
	await page.click('dialog button:has-text("Save")');
	await dialog(page).waitFor({ state: 'detached' });
	const known = async () => (await api('GET', 'types')).find((one) => one.name === 'console_incidents');

	is((await known()).columns, [{ name: 'title', path: '$.title' }]);
	await page.getByLabel('Edit console_incidents').click();
	is(await page.getByLabel('Type', { exact: true }).count(), 0, 'another name would make another type:');
	await page.getByLabel('Columns', { exact: true }).fill('[{"name": "name", "path": "$.title"}]');
	const { tool } = await shown(page);

	holds(/^printf .* \| pulse-etl type apply --tenant 1 --if-match \w+ -$/.test(tool), tool);
	is(typed(tool), `${(await known()).id}`);
	is((await known()).columns, [{ name: 'name', path: '$.title' }]);
	await page.keyboard.press('Escape');
	await dialog(page).waitFor({ state: 'detached' });
});

// -- the catalogue
await check('a change shows its line of pulse-etl where it has one', async () => {
	await go(page, '#/integrations');
	await page.getByLabel('Edit Jira', { exact: true }).first().click();
	await page.getByLabel('User (optional)').fill("o'brien");
	await page.getByLabel('Active', { exact: true }).uncheck();
	await page.click('dialog summary');
	const tool = (await page.locator('dialog .command pre').allInnerTexts())[1];

	holds(/^pulse-etl integration set --tenant 1 --if-match \w+ --username 'o'\\''brien' 1\npulse-etl integration disable --tenant 1 1$/.test(tool), tool);
	await page.keyboard.press('Escape');
	await dialog(page).waitFor({ state: 'detached' });
});
const dialogues = {
	'status-mappings': { noun: 'status mapping', values: { 'Status of the source': "Shown's", 'Common name': 'Line' },
		name: (row) => `${row.status_from} → ${row.status_to}`, change: 'Common name', member: 'status_to' },
	'wit-mappings': { noun: 'type mapping', values: { 'Type of the source': 'Shown', 'Common name': 'Line' },
		name: (row) => `${row.wit_from} → ${row.wit_to}`, change: 'Common name', member: 'wit_to' },
	workflows: { noun: 'workflow step', values: { Step: 'Shown', 'Number (optional)': '-3' },
		name: (row) => row.step_name, change: 'Number (optional)', member: 'step_number', changes: [17, 18] },
	'wits-hierarchies': { noun: 'hierarchy', values: { Name: 'Shown', Level: '-77', 'Description (optional)': '-- all' },
		name: (row) => `${row.level_number} ${row.level_name}`, change: 'Description (optional)', member: 'description' },
	integrations: { noun: 'integration', values: { Name: 'Shown', 'Product (optional)': 'jira', 'Settings (optional)': '{"projects": ["It\'s"]}' },
		name: (row) => row.name, change: 'User (optional)', member: 'username' },
	jobs: { noun: 'job', values: { Name: 'Shown', Type: 'jira_projects', 'Parameters (optional)': '{"full": true}' },
		name: (row) => row.job_name, change: 'Name', member: 'job_name' },
};
for (const [path, one] of Object.entries(dialogues))
	await check(`the lines that ${path} show run as they are shown`, async () => {
		const [first, second] = one.changes ?? ["it's", 'by curl'];
		const of = async (id) => {
			const { id: own, ...rest } = await api('GET', `${path}/${id}`);

			return rest;
		};
		const open = async (verb, id) => {
			await go(page, `#/${path}`);
			await page.getByLabel(`${verb} ${one.name(await of(id))}`, { exact: true }).first().click();
			await dialog(page).waitFor();
		};
		const change = async (id, value) => {
			await open('Edit', id);
			await page.getByLabel(one.change, { exact: true }).fill(String(value));
			return shown(page);
		};
		const close = async () => {
			await page.keyboard.press('Escape');
			await dialog(page).waitFor({ state: 'detached' });
		};
		const refusal = (line) => {
			try {
				return typed(line);
			} catch (error) {
				return String(error.stderr);
			}
		};

		await go(page, `#/${path}`);
		await page.click(`main button:has-text("New ${one.noun}")`);
		for (const [label, value] of Object.entries(one.values))
			await page.getByLabel(label, { exact: true }).fill(value);
		let lines = await shown(page);
		const made = typed(lines.tool);
		const row = await of(made);

		await close();
		await open('Delete', made);
		typed((await shown(page)).tool);
		is(await of(made).catch((error) => error.message.includes('404')), true, 'it is deleted:');
		await close();
		const { id: again } = JSON.parse(typed(lines.curl));

		is(await of(again), row, 'curl and pulse-etl make the same:');
		lines = await change(again, first);
		is(typed(lines.tool), '');
		is((await of(again))[one.member], first);
		is(JSON.parse(typed(lines.curl)).status, 412, 'curl names the version that was opened:');
		await close();
		lines = await change(again, second);
		is(JSON.parse(typed(lines.curl))[one.member], second);
		holds(refusal(lines.tool).includes('read it again'), 'pulse-etl takes any version');
		await close();
		await open('Edit', again);
		await page.getByLabel('Active', { exact: true }).uncheck();
		typed((await shown(page)).tool);
		is((await of(again)).active, false);
		await close();
		await api('DELETE', `${path}/${again}`);
	});
await check('a source that refuses its credentials is told', async () => {
	sql('UPDATE integrations SET refused_at = now() WHERE id = 1');
	await go(page, '#/integrations');
	is(await text(page, 'tr:has(a[href="#/integrations/1"]) .pill.bad'), 'refused');
	await go(page, '#/integrations/1');
	holds((await text(page, '.facts')).includes('Credentials refused'), await text(page, '.facts'));
	sql('UPDATE integrations SET refused_at = NULL WHERE id = 1');
});
await check('settings keep digits that a browser would round', async () => {
	const settings = () => sql(`SELECT settings->>'board' FROM integrations WHERE id = 1`);
	const before = sql('SELECT settings FROM integrations WHERE id = 1');
	const field = page.getByLabel('Settings (optional)');

	sql(`UPDATE integrations SET settings = '{"board": 12345678901234567890}' WHERE id = 1`);
	await go(page, '#/integrations/1');
	is(await text(page, '.settings'), '{"board": 12345678901234567890}');
	await go(page, '#/integrations');
	await page.getByLabel('Edit Jira', { exact: true }).first().click();
	is(await field.inputValue(), '{"board": 12345678901234567890}');
	await field.fill('{"board": 12345678901234567890, "projects": ["A"]}');
	await page.click('dialog button:has-text("Save")');
	await page.locator('dialog .note.bad:has-text("more digits than a browser keeps")').waitFor();
	await field.fill('{"board": 12345678901234567890}');
	await page.getByLabel('User (optional)').fill('somebody');
	await page.click('dialog button:has-text("Save")');
	await dialog(page).waitFor({ state: 'detached' });
	is(settings(), '12345678901234567890');
	sql(`UPDATE integrations SET settings = '${before}', username = NULL WHERE id = 1`);
});
await check('what takes the place of another is in both lines', async () => {
	const rows = await api('GET', 'workflows?limit=200');
	const depends = await Promise.all(rows.map((row) => api('GET', `workflows/${row.id}/dependencies`)));
	const at = depends.findIndex((one) => one.dependency_count > 0);
	const target = depends[at].reassignment_targets[0];

	await go(page, '#/workflows');
	await page.getByLabel(`Delete ${rows[at].step_name}`, { exact: true }).first().click();
	await page.getByLabel('They move to').selectOption(String(target.id));
	is((await shown(page)).tool, `pulse-etl workflow delete --tenant 1 --target-workflow ${target.id} ${rows[at].id}`);
	typed((await shown(page)).tool);
	is((await api('GET', `workflows/${target.id}/dependencies`)).dependent_mappings.some((one) =>
		one.id === depends[at].dependent_mappings[0].id), true);
	await page.keyboard.press('Escape');
	await dialog(page).waitFor({ state: 'detached' });
});
await check('a hierarchy is deactivated once another one takes its mappings over', async () => {
	const rows = await api('GET', 'wits-hierarchies?limit=200');
	const depends = await Promise.all(rows.map((row) => api('GET', `wits-hierarchies/${row.id}/dependencies`)));
	const at = depends.findIndex((one) => one.dependency_count > 0);
	const { id: target } = depends[at].reassignment_targets.find((one) => rows.find((row) => row.id === one.id));

	await go(page, '#/wits-hierarchies');
	await page.getByLabel(`Edit ${rows[at].level_number} ${rows[at].level_name}`, { exact: true }).first().click();
	await page.getByLabel('Active', { exact: true }).uncheck();
	await page.getByLabel('Deactivated, its type mappings move to').selectOption(String(target));
	const { tool } = await shown(page);

	holds(new RegExp(`^pulse-etl hierarchy disable --tenant 1 --if-match \\w+ --target-hierarchy ${target} ${rows[at].id}$`).test(tool), tool);
	typed(tool.replace(' --target', ' --dry-run --target'));
	await page.click('dialog button:has-text("Save")');
	await dialog(page).waitFor({ state: 'detached' });
	is([(await api('GET', `wits-hierarchies/${rows[at].id}`)).active, (await api('GET', `wits-hierarchies/${target}/dependencies`))
		.dependent_mappings.some((one) => one.id === depends[at].dependent_mappings[0].id)], [false, true]);
});
await check('a mapping is edited', async () => {
	const [row] = await api('GET', 'status-mappings?limit=1');

	await go(page, '#/status-mappings');
	await page.getByLabel(`Edit ${row.status_from} → ${row.status_to}`, { exact: true }).click();
	await page.getByLabel('Common name').fill('Made in the console');
	await page.click('dialog button:has-text("Save")');
	await page.locator('td:has-text("Made in the console")').waitFor();
	is((await api('GET', `status-mappings/${row.id}`)).status_to, 'Made in the console');
});
await check('what a row has stays, however many others there are to choose from', async () => {
	const { id: step } = await api('POST', 'workflows', { integration_id: 1, step_name: 'Behind', step_category: 'Done', step_number: 9000 });
	const { id } = await api('POST', 'status-mappings', { integration_id: 1, status_from: 'Behind', status_to: 'Behind',
		status_category: 'Done', workflow_id: step });
	const renamed = async (name) => {
		await go(page, '#/status-mappings');
		await page.getByLabel('Edit Behind →').click();
		await page.getByLabel('Common name').fill(name);
		await page.click('dialog button:has-text("Save")');
		await dialog(page).waitFor({ state: 'detached' });
		const row = await api('GET', `status-mappings/${id}`);

		is([row.status_to, row.workflow_id], [name, step]);
	};

	for (const [count, name] of [[300, 'One'], [2100, 'Two']]) {
		sql(`INSERT INTO workflows (tenant_id, integration_id, step_name, step_number, step_category)
			SELECT 1, 1, 'Before ' || n, n, 'Done' FROM generate_series(100, ${count} + 100) AS n
			ON CONFLICT DO NOTHING`);
		await renamed(name);
	}
	sql(`DELETE FROM workflows WHERE step_name LIKE 'Before %'`);
	await api('DELETE', `status-mappings/${id}`);
	await api('DELETE', `workflows/${step}`);
});
await check('a list says whether it has inactive rows', async () => {
	const { id } = await api('POST', 'workflows', { integration_id: 1, step_name: 'Asleep', step_category: 'Done' });
	const rows = page.locator('td:text-is("Asleep")');

	await api('PUT', `workflows/${id}`, { active: false });
	await go(page, '#/workflows');
	for (const [state, count] of [['Active or not', 1], ['Active', 0], ['Inactive', 1]]) {
		await page.getByLabel('Active or inactive').selectOption({ label: state });
		await until(state, async () => await rows.count() === count && await page.locator('main .page:not([aria-busy])').count() === 1);
	}
	await api('DELETE', `workflows/${id}`);
});
await check('somebody else has changed it meanwhile: that is explained, and nothing is lost', async () => {
	const row = (await api('GET', 'status-mappings?limit=200')).find((one) => one.status_to === 'Made in the console');

	await go(page, '#/status-mappings');
	await page.getByLabel(`Edit ${row.status_from} → ${row.status_to}`, { exact: true }).click();
	await page.getByLabel('Common name').fill('Mine');
	await api('PUT', `status-mappings/${row.id}`, { status_to: 'Theirs' });
	await page.click('dialog button:has-text("Save")');
	await page.locator('dialog .problem').waitFor();
	is(await text(page, 'dialog .problem li'), 'Common name: it was Made in the console, is now Theirs; yours is Mine');
	is((await api('GET', `status-mappings/${row.id}`)).status_to, 'Theirs');
	await page.click('dialog button:has-text("Save mine over it")');
	await page.locator('td:has-text("Mine")').waitFor();
});
await check('what is wrong with a field is told beside it', async () => {
	await go(page, '#/workflows');
	await page.click('button:has-text("New workflow step")');
	await page.getByLabel('Step', { exact: true }).fill('Taken');
	await page.getByLabel('Number (optional)').fill('99999999999');
	await page.click('dialog button:has-text("Create")');
	await page.locator('dialog .problem').waitFor();
	is(await page.getByLabel('Number (optional)').getAttribute('aria-invalid'), 'true');
	await page.keyboard.press('Escape');
	await dialog(page).waitFor({ state: 'detached' });
});
await check('a workflow step that is used is deleted once others take its mappings over', async () => {
	const rows = await api('GET', 'workflows?limit=200');
	const depends = await Promise.all(rows.map((row) => api('GET', `workflows/${row.id}/dependencies`)));
	const at = depends.findIndex((one) => one.dependency_count > 0);
	const target = depends[at].reassignment_targets[0];

	await page.getByLabel(`Delete ${rows[at].step_name}`, { exact: true }).first().click();
	holds((await text(page, 'dialog .dependents')).includes(depends[at].dependent_mappings[0].status_from), 'what depends is not told');
	await page.getByLabel('They move to').selectOption(String(target.id));
	await page.click('dialog button:has-text("Delete")');
	await dialog(page).waitFor({ state: 'detached' });
	is((await api('GET', `workflows/${target.id}/dependencies`)).dependent_mappings.some((one) =>
		one.id === depends[at].dependent_mappings[0].id), true);
});

// -- trouble
await check('an unavailable service is told, and asked again after its pause', async () => {
	let refused = 0;

	await page.route('**/app/etl/runs*', (route) => ++refused > 1 ? route.continue() : route.fulfill({ status: 503,
		headers: { 'Retry-After': '2' }, contentType: 'application/problem+json',
		body: JSON.stringify({ title: 'Service Unavailable', status: 503, detail: 'The database is unreachable' }) }));
	await go(page, '#/runs');
	await page.locator('.problem:has-text("The database is unreachable")').waitFor();
	await page.locator('h1:has-text("Runs")').waitFor();
	is(refused, 2);
	await page.unroute('**/app/etl/runs*');
});
await check('a token that expires leads to signing in again, and then back', async () => {
	const other = await newPage();

	sql(`UPDATE api_tokens SET expires_at = now() + interval '20 seconds' WHERE name = 'short'`);
	await signIn(other, tokens.short, '#/batches?entity_type=page_batch');
	await other.locator('p:has-text("120 batches")').waitFor();
	await until('it expires', async () => {
		await other.evaluate(() => [...document.querySelectorAll('main button')].find((one) => one.textContent === 'Refresh')?.click());
		return other.locator('#token').count();
	});
	holds((await text(other, '.note.bad')).startsWith('The token has expired or was revoked'), 'it does not say why');
	holds(other.url().endsWith('#/batches?entity_type=page_batch'), other.url());
	is(await other.evaluate(() => sessionStorage.length), 0);
	await signIn(other);
	await other.locator('p:has-text("120 batches")').waitFor();
	await other.context().close();
});

await check('what else an answer may be is told by its name', async () => {
	const told = {
		'a failure': [{ status: 500, contentType: 'application/problem+json', body: '{"status":500,"detail":"It is broken"}' },
			'The service has failed: It is broken'],
		'a failure that tells nothing': [{ status: 500, contentType: 'application/json', body: 'null' },
			"The service has failed: The answer was 500, and none of the service's: something else on the way has made it"],
		'a page of something between': [{ status: 200, contentType: 'text/html', body: '<html>Sign in</html>' },
			"Something else has answered: The answer was 200, and none of the service's: something else on the way has made it"],
	};

	for (const [what, [answer, want]] of Object.entries(told)) {
		await page.route('**/app/etl/statuses*', (route) => route.fulfill(answer));
		await go(page, '#/statuses');
		is(`${await text(page, '.problem h2')}: ${await text(page, '.problem p')}`, want, what);
		await page.unroute('**/app/etl/statuses*');
	}
});
await check('what does not answer is waited for in sight, and given up', async () => {
	const patient = await newPage();

	await signIn(patient);
	await patient.evaluate(() => {
		const later = setTimeout;

		window.setTimeout = (work, pause, ...more) => later(work, pause > 60000 ? 1500 : pause, ...more);
	});
	await patient.route('**/app/etl/statuses*', () => {});
	await patient.evaluate(() => {
		location.hash = '#/statuses';
	});
	await patient.locator('main .page[aria-busy]:has-text("The service is asked…")').waitFor();
	await patient.locator('.problem:has-text("The service is unreachable")').waitFor();
	await patient.context().close();
});
await check('polling tells that the network is gone, how old the figures are, and when it is back', async () => {
	const polled = await newPage();

	await signIn(polled);
	await polled.locator('.tile.completed').waitFor();
	await polled.context().setOffline(true);
	await polled.locator('.polling .trouble:has-text("cannot be reached")').waitFor();
	holds(/Below is what was at .*\d\d:\d\d:\d\d$/.test(await text(polled, '.polling .trouble')), await text(polled, '.polling'));
	await polled.route('**/raw-data/states', (route) => route.fulfill({ status: 503, headers: { 'Retry-After': '300' },
		contentType: 'application/problem+json', body: '{"status":503,"detail":"The database is unreachable"}' }));
	await polled.context().setOffline(false);
	await polled.locator('.polling .trouble:has-text("The database is unreachable. Again in 300 s")').waitFor();
	await polled.unroute('**/raw-data/states');
	await polled.evaluate(() => dispatchEvent(new Event('online')));
	await polled.locator('.polling:has-text("As of")').waitFor();
	await polled.context().close();
});
await check('ages are those of the service, whatever time this machine has', async () => {
	sql(`UPDATE raw_extraction_data SET created_at = now() - interval '3 hours 20 minutes', processing_status = 'failed'
		WHERE id = ${id} OR processing_status = 'failed'`);
	for (const off of [-7200, 200000]) {
		const wrong = await newPage();

		await wrong.addInitScript((seconds) => {
			const Right = Date;

			window.Date = class extends Right {
				constructor(...given) {
					super(...given.length > 0 ? given : [Right.now() + seconds * 1000]);
				}
				static now() {
					return Right.now() + seconds * 1000;
				}
			};
		}, off);
		await signIn(wrong, tokens.admin, '#/overview?range=1h');
		is(await text(wrong, '.tile.failed .fine'), 'oldest 3 h 20 min');
		await wrong.locator('.uplot').waitFor();
		holds(!(await text(wrong, 'section > p.fine')).startsWith('0 batches'), `${off}: the last hour is another`);
		await wrong.context().close();
	}
});

await check('an answer that comes slowly does not set that clock back', async () => {
	const slow = await newPage();
	const between = createServer((asked, answer) => asked.pipe(request(new URL(asked.url, base),
		{ method: asked.method, headers: asked.headers }, (told) => {
			answer.writeHead(told.statusCode, told.headers).flushHeaders();
			setTimeout(() => told.pipe(answer), asked.url.includes('/statuses') ? 7000 : 0);
		}))).listen(0, '127.0.0.1');

	await until('it listens', () => between.listening);
	await slow.goto(base.replace(/:\d+/, `:${between.address().port}`));
	await signIn(slow);
	await slow.evaluate(() => {
		location.hash = '#/statuses';
	});
	await slow.locator('h1:has-text("Statuses")').waitFor();
	is(await slow.evaluate(async () => Math.abs((await import('./api.js')).now() - Date.now()) < 1000), true);
	await slow.context().close();
	between.closeAllConnections();
	between.close();
});

// -- roles and keys
await check('a reader sees no button that changes anything', async () => {
	const reader = await newPage();
	const seen = new Set();

	await signIn(reader, tokens.reader);
	for (const hash of ['overview', 'batches', `batches/${id}`, 'dead', 'runs', 'jobs', 'integrations', 'integrations/1',
		'types', 'statuses', 'status-mappings', 'workflows', 'wits', 'wit-mappings', 'wits-hierarchies']) {
		await go(reader, `#/${hash}`);
		for (const name of await reader.locator('main button').allTextContents())
			seen.add(name);
		is(await reader.locator('main .problem').count(), 0, hash);
		is(await reader.locator('main table input').count(), 0, hash);
	}
	for (const harmless of ['Pause', 'Refresh', 'Filter', 'Next', 'Previous', 'Open all', 'Close all', 'Download', 'Copy path', 'Copy value', 'Copy', 'Next page'])
		seen.delete(harmless);
	is([...seen], []);
	await reader.context().close();
});
await check('all of it goes by keys alone', async () => {
	const keys = await newPage();
	const press = async (key, times = 1) => {
		for (let i = 0; i < times; i++)
			await keys.keyboard.press(key);
	};
	const tabTo = async (selector) => {
		for (let i = 0; i < 80; i++) {
			await press('Tab');
			if (await keys.evaluate((wanted) => document.activeElement?.matches(wanted), selector))
				return;
		}
		throw new Error(`no Tab leads to ${selector}`);
	};

	await signIn(keys);
	await tabTo('#nav a[data-path=batches]');
	await press('Enter');
	await keys.locator('h1:has-text("Batches")').waitFor();
	await settled(keys);
	await tabTo('tbody a');
	await press('Enter');
	await keys.locator('.tree-row').first().waitFor();
	await tabTo('main button');
	await press('Enter');
	await dialog(keys).waitFor();
	await press('Escape');
	await dialog(keys).waitFor({ state: 'detached' });
	is(await keys.evaluate(() => document.activeElement.textContent), 'Requeue');
	await go(keys, `#/batches/${id}`);
	await keys.locator('.tree-row').nth(4).waitFor();
	await tabTo('.tree');
	await press('ArrowDown', 3);
	await press('ArrowRight', 2);
	is(await text(keys, '.tree-below .path'), '."a key".n');
	await press('ArrowLeft', 3);
	is(await text(keys, '.tree-below .path'), '.');
	await keys.context().close();
});
await check('a list of choices keeps the focus, so that arrow keys go on in it', async () => {
	const focused = () => page.evaluate(() => document.activeElement.name ?? document.activeElement.id);

	for (const [hash, name, presses] of [['batches', 'processing_status', 3], ['overview', 'range', 2],
		['status-mappings', 'active', 2]]) {
		await go(page, `#/${hash}`);
		await page.focus(`main [name=${name}]`);
		for (let i = 1; i <= presses; i++) {
			const before = page.url();

			await page.keyboard.press('ArrowDown');
			await until('the address follows', () => page.url() !== before);
			await settled(page);
			is(await focused(), name, `${hash} after ${i}:`);
		}
	}
	is(await page.evaluate(() => document.querySelector('[name=active]').value), 'false');
});
await check('no page has thrown, nor broken the policy', async () => is(trouble, []));
await end();
