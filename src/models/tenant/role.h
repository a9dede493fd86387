/* SPDX-License-Identifier: MIT */
/*
 * What a caller may do: the roles of role_rows.h, from the least to the most.
 */
#ifndef MODELS_TENANT_ROLE_H
#define MODELS_TENANT_ROLE_H

#include "base/str.h"

enum role {
	ROLE_OPEN, /* of a route: anybody; of a caller: nothing else */
	/* Of a route: whoever has signed the body (http/hook_auth.h). */
	ROLE_SIGNED,
#define ROLE(code, name) code,
#include "models/tenant/role_rows.h"
#undef ROLE
};

/* The names of all roles that a caller may have: "a|b|c". */
extern const char *const role_choices;

/* A role's name; "open" of ROLE_OPEN, "signed" of ROLE_SIGNED. */
const char *role_name(enum role role);

/* The role of this name; ROLE_OPEN when there is none. */
enum role role_named(struct span name);

#endif
