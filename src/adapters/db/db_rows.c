/* SPDX-License-Identifier: MIT */
/* The rows that a statement gave, value by value. */
#include "adapters/db/db_inside.h"

int
db_rows_count(const struct db_rows *rows)
{
	return PQntuples(rows->result);
}

int64_t
db_rows_affected(const struct db_rows *rows)
{
	int64_t count = 0;

	if (!span_int64(str_span(PQcmdTuples(rows->result)), &count))
		return 0;
	return count;
}

bool
db_is_null(const struct db_rows *rows, int row, int column)
{
	return PQgetisnull(rows->result, row, column) == 1;
}

struct span
db_text(const struct db_rows *rows, int row, int column)
{
	if (db_is_null(rows, row, column))
		return SPAN_NONE;
	return (struct span){ PQgetvalue(rows->result, row, column),
		(size_t)PQgetlength(rows->result, row, column) };
}

int64_t
db_int(const struct db_rows *rows, int row, int column)
{
	int64_t value = 0;

	if (!span_int64(db_text(rows, row, column), &value))
		return 0;
	return value;
}

bool
db_bool(const struct db_rows *rows, int row, int column)
{
	return span_is(db_text(rows, row, column), "t");
}
