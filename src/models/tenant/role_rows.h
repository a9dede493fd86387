/* SPDX-License-Identifier: MIT */
/*
 * The roles that a caller may have: ROLE(code, name). Each may also do what
 * those above it may. The names are in tokens, in answers and in openapi.json;
 * the check on api_tokens.role allows these, so that a new one needs a
 * migration.
 */
ROLE(ROLE_READER, "reader")
ROLE(ROLE_WRITER, "writer")
ROLE(ROLE_ADMIN, "admin")
