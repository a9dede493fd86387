/* SPDX-License-Identifier: MIT */
/* The theme, before anything is drawn: the person's choice, else the system's. */
(function () {
	'use strict';
	let chosen = null;
	try {
		chosen = localStorage.getItem('pulse-etl-theme');
	} catch {
		/* Storage is forbidden: the system's theme it is. */
	}
	const dark = matchMedia('(prefers-color-scheme: dark)').matches;
	document.documentElement.dataset.theme =
		chosen === 'light' || chosen === 'dark' ? chosen : dark ? 'dark' : 'light';
})();
