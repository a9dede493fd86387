/* SPDX-License-Identifier: MIT */
#include "base/err.h"

#include <string.h>
#include <sysexits.h>

static const struct {
	enum err_class class;
	const char *name;
	const char *text;
} rows[] = {
#define ERR(code, class, text) [code] = { ERR_CLASS_##class, #code, text },
#include "base/err_rows.h"
#undef ERR
};

enum err_class
err_class(enum err code)
{
	return rows[code].class;
}

const char *
err_name(enum err code)
{
	return rows[code].name;
}

void
err_word(enum err code, char ret_word[ERR_WORD_SIZE])
{
	const char *name = rows[code].name + strlen("E_");
	size_t i;

	for (i = 0; i + 1 < ERR_WORD_SIZE && name[i] != '\0'; i++)
		ret_word[i] = name[i] == '_' ? '_' : (char)(name[i] | 0x20);
	ret_word[i] = '\0';
}

const char *
err_text(enum err code)
{
	return rows[code].text;
}

int
err_exit_code(enum err code)
{
	if (code == E_USAGE)
		return EX_USAGE;
	if (code == E_SETTING || code == E_NO_KEY)
		return EX_CONFIG;
	switch (err_class(code)) {
	case ERR_CLASS_OK:
		return EX_OK;
	case ERR_CLASS_INPUT:
		return EX_DATAERR;
	case ERR_CLASS_BUSY:
		return EX_UNAVAILABLE;
	case ERR_CLASS_BROKEN:
		return EX_SOFTWARE;
	case ERR_CLASS_ACCESS:
	case ERR_CLASS_ABSENT:
	case ERR_CLASS_CONFLICT:
	case ERR_CLASS_LIMIT:
		return 1;
	}
	return EX_SOFTWARE;
}
