/* SPDX-License-Identifier: MIT */
/* Where a connection string leads: to how many hosts, and of which kind. */
#include <stdlib.h>
#include <string.h>

#include "adapters/db/db_inside.h"

static const char *
option_of(const PQconninfoOption *options, const char *name)
{
	for (; options != NULL && options->keyword != NULL; options++)
		if (strcmp(options->keyword, name) == 0)
			return options->val;
	return NULL;
}

/* Of the connection string, or of the environment. */
static const char *
option_or_env(const PQconninfoOption *options, const char *name,
    const char *variable)
{
	const char *value = option_of(options, name);

	return value != NULL ? value : getenv(variable);
}

void
db_places_read(const char *url, struct db_places *ret_places)
{
	const char *list;
	struct db_places places = { .count = 1 };

	if (strchr(url, '=') != NULL || strstr(url, "://") != NULL)
		places.options = PQconninfoParse(url, NULL);
	places.host = option_or_env(places.options, "host", "PGHOST");
	places.hostaddr = option_or_env(places.options, "hostaddr",
	    "PGHOSTADDR");
	places.port = option_or_env(places.options, "port", "PGPORT");
	places.has_attrs = option_or_env(places.options, "target_session_attrs",
			       "PGTARGETSESSIONATTRS") != NULL;
	list = places.hostaddr != NULL ? places.hostaddr : places.host;
	for (; list != NULL && *list != '\0'; list++)
		places.count += *list == ',';
	*ret_places = places;
}

void
db_places_done(struct db_places *places)
{
	PQconninfoFree(places->options);
	places->options = NULL;
}
