/* SPDX-License-Identifier: MIT */
/*
 * A tree of a JSON text, of which only the rows in sight are elements: a
 * payload of any size opens at once. Values are shown as they are written.
 * Keys: arrows, Home, End, Enter (WAI-ARIA's tree pattern).
 */
import { button, copy, download, fill, h, number } from './dom.js';
import { keyOf, kinds, pathOf, valueAt } from './json_text.js';

const rowHeight = 24;
/* Browsers draw no element that is much higher; beyond, the rows are scaled. */
const mostHeight = 6000000;
const shownText = 300, valueText = 200000;
const kindNames = ['object', 'array', 'string', 'number', 'word'];
let trees = 0;

/* root: the number of the value within places that the tree shows. */
export function jsonTree(text, places, root, fileName) {
	const name = `tree-${++trees}`;
	const last = places.next[root];
	const open = new Uint8Array(last - root);
	let rows = new Uint32Array(0), count = 0, chosen = root;
	let found = [], foundAt = -1;

	const isNode = (i) => places.members[i] > 0;
	const isOpen = (i) => open[i - root] === 1;

	/* The rows there are: every value whose parents are all open. */
	function layOut() {
		if (rows.length < last - root)
			rows = new Uint32Array(last - root);
		count = 0;
		for (let i = root; i < last;) {
			rows[count++] = i;
			i = isNode(i) && !isOpen(i) ? places.next[i] : i + 1;
		}
		tree.style.height = `${Math.max(5, Math.min(20, count)) * rowHeight + 18}px`;
		spacer.style.height = `${Math.min(count * rowHeight, mostHeight)}px`;
	}

	function rowOf(i) {
		let low = 0, high = count - 1;

		while (low < high) {
			const middle = (low + high + 1) >> 1;

			if (rows[middle] <= i)
				low = middle;
			else
				high = middle - 1;
		}
		return low;
	}

	const spacer = h('div', { class: 'tree-space', role: 'presentation' });
	const sight = h('div', { class: 'tree-rows', role: 'presentation' });
	const tree = h('div', { class: 'tree', role: 'tree', tabindex: '0', 'aria-label': 'Payload' }, spacer, sight);
	const whole = h('pre', { class: 'value', tabindex: '0', 'aria-label': 'The chosen value' });
	const path = h('code', { class: 'path' });

	function inSight() {
		return Math.ceil((tree.clientHeight || 480) / rowHeight);
	}

	/* The first row in sight; the end of the bar is the end of the rows. */
	function firstRow() {
		const height = count * rowHeight;

		if (height <= mostHeight)
			return Math.floor(tree.scrollTop / rowHeight);
		const most = mostHeight - tree.clientHeight;

		return Math.round(tree.scrollTop / most * Math.max(0, count - inSight() + 1));
	}

	function draw() {
		const first = Math.min(firstRow(), Math.max(0, count - 1));
		const until = Math.min(count, first + inSight() + 2);
		const drawn = [];

		for (let row = first; row < until; row++)
			drawn.push(rowElement(rows[row]));
		sight.style.transform = count * rowHeight <= mostHeight ?
			`translateY(${first * rowHeight}px)` : `translateY(${tree.scrollTop}px)`;
		fill(sight, drawn);
		if (rowOf(chosen) >= first && rowOf(chosen) < until)
			tree.setAttribute('aria-activedescendant', `${name}-${chosen}`);
		else
			tree.removeAttribute('aria-activedescendant');
	}

	function rowElement(i) {
		const depth = places.depth[i] - places.depth[root];
		const parent = i === root ? -1 : places.parent[i];
		const row = h('div', { class: 'tree-row', role: 'treeitem', id: `${name}-${i}`,
			'aria-level': depth + 1, 'aria-setsize': parent < 0 ? 1 : places.members[parent],
			'aria-posinset': parent < 0 ? 1 : places.place[i] + 1,
			'aria-selected': String(i === chosen),
			'aria-expanded': isNode(i) ? String(isOpen(i)) : null, 'data-value': i });

		row.style.paddingLeft = `${8 + Math.min(depth, 40) * 16}px`;
		row.append(h('span', { class: 'twist', 'aria-hidden': 'true' }, isNode(i) ? isOpen(i) ? '▾' : '▸' : ''));
		if (i !== root)
			row.append(h('span', { class: 'key' }, shorten(String(keyOf(text, places, i)))), h('span', { class: 'colon' }, ': '));
		row.append(valueElement(i));
		if (foundAt >= 0 && found[foundAt] === i)
			row.classList.add('hit');
		return row;
	}

	function valueElement(i) {
		const kind = places.kind[i];

		if (kind === kinds.object || kind === kinds.array) {
			const [a, b] = kind === kinds.object ? '{}' : '[]';
			const members = places.members[i];

			return h('span', { class: 'size' }, members === 0 ? a + b :
				`${a} ${number(members)} ${kind === kinds.object ? 'member' : 'element'}${members === 1 ? '' : 's'} ${b}`);
		}
		return h('span', { class: kindNames[kind] }, shorten(text.slice(places.start[i],
			Math.min(places.end[i], places.start[i] + shownText + 1))));
	}

	function shorten(written) {
		return written.length > shownText ? `${written.slice(0, shownText)}…` : written;
	}

	/* A chosen text is shown with its escapes read, anything else as it is written. */
	function readOut(i) {
		const written = text.slice(places.start[i], places.end[i]);

		if (places.kind[i] !== kinds.string)
			return written;
		try {
			return JSON.parse(written);
		} catch {
			return written;
		}
	}

	function choose(i, scroll) {
		chosen = i;
		fill(path, pathOf(text, places, i, root));
		const value = isNode(i) ? '' : readOut(i);

		fill(whole, value.length > valueText ? `${value.slice(0, valueText)}…` : value);
		whole.hidden = isNode(i);
		if (scroll) {
			const row = rowOf(i), first = firstRow();
			const fits = Math.max(1, inSight() - 1);

			if (scroll === 'middle')
				scrollToRow(Math.max(0, row - (fits >> 1)));
			else if (row < first || row >= first + fits)
				scrollToRow(row < first ? row : row - fits + 1);
		}
		draw();
	}

	function scrollToRow(row) {
		const height = count * rowHeight;

		tree.scrollTop = height <= mostHeight ? row * rowHeight :
			row / Math.max(1, count - inSight() + 1) * (mostHeight - tree.clientHeight);
	}

	function toggle(i, wanted) {
		if (!isNode(i))
			return;
		open[i - root] = (wanted ?? !isOpen(i)) ? 1 : 0;
		layOut();
		choose(i, true);
	}

	function reveal(i) {
		for (let k = places.parent[i]; k >= root; k = places.parent[k])
			open[k - root] = 1;
		layOut();
		choose(i, 'middle');
	}

	function openAll(wanted) {
		open.fill(wanted ? 1 : 0);
		if (!wanted)
			open[0] = 1;
		layOut();
		while (!wanted && chosen !== root && places.parent[chosen] !== root)
			chosen = places.parent[chosen];
		choose(chosen, true);
	}

	tree.addEventListener('scroll', () => requestAnimationFrame(draw), { passive: true });
	tree.addEventListener('click', (event) => {
		const row = event.target.closest('[data-value]');

		if (row === null || String(getSelection()) !== '')
			return;
		const i = Number(row.dataset.value);

		if (isNode(i))
			toggle(i);
		else
			choose(i);
	});
	tree.addEventListener('keydown', (event) => {
		const row = rowOf(chosen);
		const page = Math.max(1, inSight() - 2);
		const way = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page }[event.key];

		if (event.ctrlKey || event.metaKey || event.altKey)
			return;
		if (way)
			choose(rows[Math.max(0, Math.min(count - 1, row + way))], true);
		else if (event.key === 'Home')
			choose(root, true);
		else if (event.key === 'End')
			choose(rows[count - 1], true);
		else if (event.key === 'ArrowRight' && isNode(chosen))
			isOpen(chosen) ? choose(chosen + 1, true) : toggle(chosen, true);
		else if (event.key === 'ArrowLeft' && isNode(chosen) && isOpen(chosen))
			toggle(chosen, false);
		else if (event.key === 'ArrowLeft' && chosen !== root)
			choose(places.parent[chosen], true);
		else if (event.key === 'Enter' || event.key === ' ')
			toggle(chosen);
		else if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight')
			return;
		event.preventDefault();
	});

	/* -- search: in names and values as they are written, whatever the case */
	const term = h('input', { type: 'search', name: 'find', 'aria-label': 'Find in the payload', placeholder: 'Find', spellcheck: 'false' });
	const told = h('span', { class: 'fine', role: 'status' });
	const hitsMost = 10000;
	let lower = null, searched = '';

	/* Of the same length: this letter alone becomes two. */
	const lowered = (written) => written.replaceAll('\u0130', 'i').toLowerCase();

	function search() {
		const wanted = lowered(term.value);

		found = [];
		foundAt = -1;
		searched = term.value;
		if (wanted === '') {
			fill(told);
			draw();
			return;
		}
		lower ??= lowered(text);
		const from = places.start[root], to = places.end[root];

		for (let at = lower.indexOf(wanted, from); at >= 0 && at < to && found.length < hitsMost;
			at = lower.indexOf(wanted, at + wanted.length)) {
			const i = valueAt(places, at, root, last);

			if (found[found.length - 1] !== i)
				found.push(i);
		}
		step(1);
	}

	function step(way) {
		if (found.length === 0) {
			fill(told, 'Not found');
			draw();
			return;
		}
		foundAt = (foundAt + way + found.length) % found.length;
		fill(told, `${number(foundAt + 1)} of ${number(found.length)}${found.length === hitsMost ? ' or more' : ''}`);
		reveal(found[foundAt]);
	}

	function find(way) {
		if (term.value !== searched)
			search();
		else if (term.value !== '')
			step(way);
	}
	term.addEventListener('keydown', (event) => {
		if (event.key === 'Enter') {
			event.preventDefault();
			find(event.shiftKey ? -1 : 1);
		}
	});
	term.addEventListener('search', () => {
		if (term.value === '')
			search();
	});

	const bar = h('div', { class: 'tree-bar' },
		h('div', { class: 'tools' }, term, button('Next', () => find(1)), button('Previous', () => find(-1)), told),
		h('div', { class: 'tools' },
			button('Open all', () => openAll(true)), button('Close all', () => openAll(false)),
			button('Download', () => download(fileName, [text.slice(places.start[root], places.end[root])], 'application/json'))));
	const below = h('div', { class: 'tree-below' },
		h('div', { class: 'tools' }, path,
			button('Copy path', () => copy(path.textContent), { class: 'quiet' }),
			button('Copy value', () => copy(readOut(chosen)), { class: 'quiet' })), whole);

	open[0] = 1;
	layOut();
	requestAnimationFrame(() => choose(root));
	new ResizeObserver(() => requestAnimationFrame(draw)).observe(tree);
	return h('div', { class: 'tree-box' }, bar, tree, below);
}
