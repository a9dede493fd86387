/* SPDX-License-Identifier: MIT */
#include "base/diag.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void
diag_clear(struct diag *diag)
{
	memset(diag, 0, sizeof(*diag));
}

/* Format into one of the texts; the other keeps nothing of an older error. */
static void PRINTF_LIKE(3, 0)
    note(struct diag *diag, enum err code, const char *fmt, va_list args)
{
	diag_clear(diag);
	diag->code = code;
	(void)vsnprintf(diag->text, sizeof(diag->text), fmt, args);
}

enum err
diag_set(struct diag *diag, enum err code, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	note(diag, code, fmt, args);
	va_end(args);
	return code;
}

enum err
diag_tell(struct diag *diag, enum err code, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	note(diag, code, fmt, args);
	va_end(args);
	memcpy(diag->client, diag->text, sizeof(diag->client));
	return code;
}
