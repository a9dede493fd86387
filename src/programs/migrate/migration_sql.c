/* SPDX-License-Identifier: MIT */
#include "programs/migrate/migration_sql.h"

#include <string.h>

void
migration_sql_init(struct migration_sql *sql, struct span text)
{
	sql->at = text.at;
	sql->end = text.at + text.len;
	sql->line = 1;
}

static bool
is_word_start(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
	    ((unsigned char)c & 0x80) != 0;
}

static bool
is_word(char c)
{
	return is_word_start(c) || (c >= '0' && c <= '9') || c == '$';
}

static bool
is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* The character `ahead` of where we are; 0 beyond the end. */
static char
peek(const struct migration_sql *sql, size_t ahead)
{
	return (size_t)(sql->end - sql->at) > ahead ? sql->at[ahead] : '\0';
}

static void
skip(struct migration_sql *sql, size_t count)
{
	for (; count > 0 && sql->at < sql->end; count--, sql->at++) {
		if (*sql->at == '\n')
			sql->line++;
	}
}

/*
 * From an opening quote past the closing one; doubled, it is itself. false: it
 * never closes. With `escapes`, '\' takes the next character along; such a
 * string may go on after a line end, and its escapes then too.
 */
static bool
skip_quoted(struct migration_sql *sql, bool escapes)
{
	const char quote = peek(sql, 0);

	skip(sql, 1);
	while (sql->at < sql->end) {
		if (peek(sql, 0) == '\\' && escapes) {
			skip(sql, 2);
		} else if (peek(sql, 0) != quote) {
			skip(sql, 1);
		} else if (peek(sql, 1) == quote) {
			skip(sql, 2);
		} else {
			size_t blanks = 1;
			bool line_end = false;

			for (; is_blank(peek(sql, blanks)); blanks++)
				line_end |= peek(sql, blanks) == '\n';
			skip(sql, 1);
			if (!escapes || !line_end ||
			    peek(sql, blanks - 1) != quote)
				return true;
			skip(sql, blanks);
		}
	}
	return false;
}

/* Past a comment, if one starts here; false: it never closes. */
static bool
skip_comment(struct migration_sql *sql)
{
	unsigned depth = 0;

	if (peek(sql, 0) == '-' && peek(sql, 1) == '-') {
		while (sql->at < sql->end && *sql->at != '\n')
			skip(sql, 1);
		return true;
	}
	if (peek(sql, 0) != '/' || peek(sql, 1) != '*')
		return true;
	do {
		if (peek(sql, 0) == '/' && peek(sql, 1) == '*') {
			depth++;
			skip(sql, 2);
		} else if (peek(sql, 0) == '*' && peek(sql, 1) == '/') {
			depth--;
			skip(sql, 2);
		} else {
			skip(sql, 1);
		}
	} while (depth > 0 && sql->at < sql->end);
	return depth == 0;
}

/* Past a dollar quote, if one starts here; false: it never closes. */
static bool
skip_dollar_quoted(struct migration_sql *sql)
{
	struct span tag = { sql->at, 1 };

	if (is_word_start(peek(sql, 1))) {
		while (is_word(peek(sql, tag.len)) && peek(sql, tag.len) != '$')
			tag.len++;
	}
	if (peek(sql, tag.len) != '$') {
		skip(sql, 1); /* a parameter, or an operator's part */
		return true;
	}
	tag.len++;
	skip(sql, tag.len);
	while ((size_t)(sql->end - sql->at) >= tag.len) {
		if (memcmp(sql->at, tag.at, tag.len) == 0) {
			skip(sql, tag.len);
			return true;
		}
		skip(sql, 1);
	}
	skip(sql, tag.len);
	return false;
}

/* Blanks and comments between statements; false as in skip_comment(). */
static bool
skip_between(struct migration_sql *sql, unsigned *line)
{
	for (;;) {
		const char *before = sql->at;

		while (is_blank(peek(sql, 0)) || peek(sql, 0) == ';')
			skip(sql, 1);
		*line = sql->line;
		if (!skip_comment(sql))
			return false;
		if (sql->at == before)
			return true;
	}
}

/* How far a statement is open: a ';' ends it when nothing is. */
struct nesting {
	int parentheses;
	int blocks; /* BEGIN ATOMIC … END and CASE … END within */
};

static bool
is_routine(const struct migration_statement *statement)
{
	const struct span *word = statement->words;

	if (!span_is_nocase(word[0], "create"))
		return false;
	word += span_is_nocase(word[1], "or") ? 3 : 1;
	return span_is_nocase(*word, "function") ||
	    span_is_nocase(*word, "procedure");
}

/* Take in a word: note it, count blocks; E'' strings begin with one, too. */
static bool
take_word(struct migration_sql *sql, struct migration_statement *statement,
    struct nesting *open)
{
	struct span word = { sql->at, 0 };

	while (is_word(peek(sql, word.len)))
		word.len++;
	skip(sql, word.len);
	if (peek(sql, 0) == '\'' && span_is_nocase(word, "e"))
		return skip_quoted(sql, true);
	if (open->parentheses > 0)
		return true;
	for (size_t i = 0; i < MIGRATION_SQL_WORDS; i++) {
		if (statement->words[i].at == NULL) {
			statement->words[i] = word;
			break;
		}
	}
	if (!is_routine(statement))
		return true;
	if (span_is_nocase(word, "begin"))
		open->blocks++;
	else if (open->blocks > 0 && span_is_nocase(word, "case"))
		open->blocks++;
	else if (open->blocks > 0 && span_is_nocase(word, "end"))
		open->blocks--;
	return true;
}

static enum err
unclosed(struct migration_statement *statement, unsigned line, const char *what,
    struct diag *diag)
{
	statement->line = line;
	return diag_set(diag, E_INVALID, "%s is never closed", what);
}

enum err
migration_sql_next(struct migration_sql *sql,
    struct migration_statement *ret_statement, struct diag *diag)
{
	struct nesting open = { 0, 0 };
	unsigned line;

	memset(ret_statement, 0, sizeof(*ret_statement));
	if (!skip_between(sql, &line))
		return unclosed(ret_statement, line, "a comment", diag);
	ret_statement->line = sql->line;
	if (sql->at == sql->end)
		return E_OK;
	ret_statement->text.at = sql->at;
	while (sql->at < sql->end) {
		const char c = *sql->at;

		line = sql->line;
		if (c == ';' && open.parentheses <= 0 && open.blocks == 0)
			break;
		if (is_word_start(c)) {
			if (!take_word(sql, ret_statement, &open))
				return unclosed(ret_statement, line, "a string",
				    diag);
		} else if (c == '\'' || c == '"') {
			if (!skip_quoted(sql, false))
				return unclosed(ret_statement, line,
				    c == '"' ? "a quoted name" : "a string",
				    diag);
		} else if (c == '$') {
			if (!skip_dollar_quoted(sql))
				return unclosed(ret_statement, line,
				    "a dollar quote", diag);
		} else if ((c == '-' && peek(sql, 1) == '-') ||
		    (c == '/' && peek(sql, 1) == '*')) {
			if (!skip_comment(sql))
				return unclosed(ret_statement, line,
				    "a comment", diag);
		} else {
			open.parentheses += (c == '(') - (c == ')');
			skip(sql, 1);
		}
	}
	ret_statement->text.len = (size_t)(sql->at - ret_statement->text.at);
	return E_OK;
}

const char *
migration_sql_refusal(const struct migration_statement *statement)
{
	static const char ends[] =
	    "a migration is one transaction, which"
	    " pulse-etl-migrate opens and ends";
	static const char outside[] =
	    "it cannot run within the transaction"
	    " that a migration is";
	static const char lasts[] =
	    "it would outlast the migration; write"
	    " SET LOCAL";
	static const struct {
		const char *words[2];
		const char *reason; /* NULL: allowed */
	} rows[] = {
		{ { "abort", NULL }, ends },
		{ { "begin", NULL }, ends },
		{ { "commit", NULL }, ends },
		{ { "end", NULL }, ends },
		{ { "prepare", "transaction" }, ends },
		{ { "release", NULL }, ends },
		{ { "rollback", NULL }, ends },
		{ { "savepoint", NULL }, ends },
		{ { "start", "transaction" }, ends },
		{ { "alter", "system" }, outside },
		{ { "create", "database" }, outside },
		{ { "create", "tablespace" }, outside },
		{ { "drop", "database" }, outside },
		{ { "drop", "tablespace" }, outside },
		{ { "reindex", "database" }, outside },
		{ { "reindex", "system" }, outside },
		{ { "vacuum", NULL }, outside },
		{ { "set", "local" }, NULL },
		{ { "set", "constraints" }, NULL },
		{ { "set", "transaction" }, NULL },
		{ { "set", NULL }, lasts },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		if (span_is_nocase(statement->words[0], rows[i].words[0]) &&
		    (rows[i].words[1] == NULL ||
			span_is_nocase(statement->words[1], rows[i].words[1])))
			return rows[i].reason;
	}
	return NULL;
}

unsigned
migration_sql_line(const struct migration_statement *statement,
    size_t character)
{
	unsigned line = statement->line;

	for (size_t i = 0; i < statement->text.len; i++) {
		const unsigned char c = (unsigned char)statement->text.at[i];

		if ((c & 0xC0) != 0x80 && character-- <= 1)
			break;
		if (c == '\n')
			line++;
	}
	return line;
}
