/* SPDX-License-Identifier: MIT */
#include "models/tenant/role.h"

static const char *const names[] = {
	[ROLE_OPEN] = "open",
	[ROLE_SIGNED] = "signed",
#define ROLE(code, name) [code] = name,
#include "models/tenant/role_rows.h"
#undef ROLE
};

static const char choices[] =
#define ROLE(code, name) "|" name
#include "models/tenant/role_rows.h"
#undef ROLE
    ;
const char *const role_choices = choices + 1;

const char *
role_name(enum role role)
{
	return names[role];
}

enum role
role_named(struct span name)
{
	for (size_t i = ROLE_SIGNED + 1; i < COUNT(names); i++)
		if (span_is(name, names[i]))
			return (enum role)i;
	return ROLE_OPEN;
}
