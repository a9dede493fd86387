/* SPDX-License-Identifier: MIT */
/*
 * The statements of an SQL text, one after the other, each with its line. A
 * scanner, not a parser: it knows strings, quoted names, dollar quotes,
 * comments, parentheses and BEGIN ATOMIC bodies, since a ';' within these ends
 * nothing. Backslashes are ordinary except in E'' strings. What the statements
 * mean is the server's business.
 */
#ifndef PROGRAMS_MIGRATE_MIGRATION_SQL_H
#define PROGRAMS_MIGRATE_MIGRATION_SQL_H

#include "base/diag.h"
#include "base/str.h"

#define MIGRATION_SQL_WORDS 4

struct migration_sql {
	const char *at;
	const char *end;
	unsigned line; /* of `at`, from 1 */
};

struct migration_statement {
	struct span text; /* without leading comments and the ';' */
	unsigned line;	  /* where it starts */
	/* Its first words outside parentheses, for migration_sql_refusal(). */
	struct span words[MIGRATION_SQL_WORDS];
};

/* Begin with a text. Lives: what statements show is in the text. */
void migration_sql_init(struct migration_sql *sql, struct span text);

/*
 * Go to the next statement.
 *
 * Gives: *ret_statement; at the end its text is SPAN_NONE.
 * Fails: E_INVALID: something that was opened is not closed; diag->text says
 *        what, ret_statement->line where it was opened.
 */
enum err migration_sql_next(struct migration_sql *sql,
    struct migration_statement *ret_statement, struct diag *diag) MUST_CHECK;

/*
 * Why a statement may not be part of a migration, which is one transaction
 * that the program opens and ends: half a sentence, or NULL when it may.
 */
const char *migration_sql_refusal(const struct migration_statement *statement);

/* The line of a statement's n-th character (not byte), from 1. */
unsigned migration_sql_line(const struct migration_statement *statement,
    size_t character);

#endif
