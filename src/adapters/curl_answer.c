#include "adapters/curl_answer.h"

#include <string.h>

size_t
curl_answer_keep(char *bytes, size_t size, size_t count, void *context)
{
	struct buf *answer = context;

	buf_add(answer, bytes, size * count);
	return buf_done(answer) == E_OK ? size * count : 0;
}

const char *
curl_answer_shown(const char *url, struct arena *arena)
{
	const char *host = strstr(url, "://");
	const char *login;

	host = host == NULL ? url : host + 3;
	login = memrchr(host, '@', strcspn(host, "/?#"));
	if (login == NULL)
		return url;
	return arena_printf(arena, "%.*s%s", (int)(host - url), url, login + 1);
}
