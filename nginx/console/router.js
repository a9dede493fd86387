/* SPDX-License-Identifier: MIT */
/*
 * Where one is: #/batches/7?processing_status=failed. What is behind # does not
 * leave the browser; filters are in it, so that a view can be kept and shared.
 */
export function here() {
	const [path, query] = location.hash.replace(/^#\/?/, '').split('?');
	const parts = path.split('/').map((part) => {
		try {
			return decodeURIComponent(part);
		} catch {
			return part;
		}
	});

	return { parts, query: Object.fromEntries(new URLSearchParams(query ?? '')) };
}

export function to(path, query) {
	const parameters = new URLSearchParams();

	for (const [name, value] of Object.entries(query ?? {}))
		if (value !== '' && value !== null && value !== undefined)
			parameters.set(name, value);
	const text = parameters.toString();

	return `#/${path}${text === '' ? '' : `?${text}`}`;
}

export function go(path, query) {
	location.hash = to(path, query);
}
