/* SPDX-License-Identifier: MIT */
#include "base/option.h"

#include <stdio.h>
#include <string.h>

#include "base/suggest.h"

/* The option that an unknown word was probably meant to be. */
static void
tell_nearest(const char *word, const struct option *options)
{
	struct suggestion near = { 0 };
	struct span name = str_span(word + 2);

	name = span_cut(&name, '=');
	for (; options->name != NULL; options++)
		suggest(&near, name, options->name);
	if (near.name != NULL && !span_is(name, near.name))
		(void)fprintf(stderr, "did you mean --%s?\n", near.name);
}

int
option_next(int argc, char **argv, const char *letters,
    const struct option *options, int *ret_index)
{
	int index = -1;
	int option = getopt_long(argc, argv, letters, options, &index);

	if (option == '?' && optind > 1 && optind <= argc &&
	    strncmp(argv[optind - 1], "--", 2) == 0)
		tell_nearest(argv[optind - 1], options);
	if (ret_index != NULL)
		*ret_index = index;
	return option;
}
