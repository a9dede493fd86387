/* SPDX-License-Identifier: MIT */
/*
 * How fast the envelope scan is: json_scan_object() over one body, again and
 * again, with each implementation that this processor has.
 *
 *	scan [--seconds S] BODY…
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "json/json_value.h"
#include "models/entity_type.h"

#include "bench.h"

/* CPU seconds: what others do on the machine does not count. */
static double
cpu_seconds(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void
scan(const struct json_impl *impl, struct span body)
{
	struct json_member members[] = { { .name = "integration_id" },
		{ .name = "entity_type" }, { .name = "external_id" },
		{ .name = "raw_data", .items = entity_type_items },
		{ .name = "extraction_metadata" }, { .name = "tenant_id" } };
	struct json_refusal refusal;

	if (!json_scan_with(impl, body, &json_limits_default, members,
	    COUNT(members), &refusal))
		bench_die("refused at byte %zu: %s", refusal.at,
		    json_flaw_text(refusal.flaw));
}

/* The best of many short runs: the one that was disturbed least. */
static void
measure(const char *path, const struct json_impl *impl, struct span body,
    double seconds)
{
	double ends = cpu_seconds() + seconds, best = 0;

	do {
		double began = cpu_seconds(), took;
		int times = 0;

		do {
			scan(impl, body);
			times++;
			took = cpu_seconds() - began;
		} while (took < 0.01);
		if ((double)body.len * times / took > best)
			best = (double)body.len * times / took;
	} while (cpu_seconds() < ends);
	(void)printf("%-8s %6.3f GB/s %8.3f ms  %s\n", impl->name,
	    best / 1e9, (double)body.len / best * 1e3, path);
}

int
main(int argc, char **argv)
{
	struct bench bench;
	int first = bench_options(&bench, argc, argv);

	for (int i = first; i < argc; i++) {
		struct span body;
		char *text = bench_file(argv[i], &body.len);

		body.at = text;
		for (size_t j = 0; json_impl_get(j) != NULL; j++)
			measure(argv[i], json_impl_get(j), body, bench.seconds);
		free(text);
	}
	return EXIT_SUCCESS;
}
