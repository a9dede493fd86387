/* SPDX-License-Identifier: MIT */
#include "http/http_status.h"

#include <stddef.h>

int
http_status_of(enum err code)
{
	switch (err_class(code)) {
	case ERR_CLASS_OK:
		return 200;
	case ERR_CLASS_INPUT:
		if (code == E_INVALID || code == E_KEY_REUSED)
			return 422;
		if (code == E_MEDIA)
			return 415;
		return code == E_METHOD ? 405 : 400;
	case ERR_CLASS_ACCESS:
		return code == E_UNKNOWN_CALLER ? 401 : 403;
	case ERR_CLASS_ABSENT:
		return code == E_PAYLOAD_GONE ? 410 : 404;
	case ERR_CLASS_CONFLICT:
		return code == E_PRECONDITION ? 412 : 409;
	case ERR_CLASS_LIMIT:
		return code == E_QUOTA || code == E_CROWDED ? 429 : 413;
	case ERR_CLASS_BUSY:
		return 503;
	case ERR_CLASS_BROKEN:
		break;
	}
	return 500;
}

static const struct {
	int status;
	const char *title;
} rows[] = {
#define STATUS(number, title) { number, title },
#include "http/http_status_rows.h"
#undef STATUS
};

int
http_status_at(size_t place)
{
	return place < COUNT(rows) ? rows[place].status : 0;
}

const char *
http_status_title(int status)
{

	for (size_t i = 0; i < COUNT(rows); i++)
		if (rows[i].status == status)
			return rows[i].title;
	return "Error";
}

const char *
http_status_detail(int status)
{
	switch (status) {
	case 413:
		return "The request is larger than this service takes";
	case 503:
		return "The service cannot do this at the moment; try again";
	case 500:
		return "Internal error; the log holds the details under this"
		       " request_id";
	default:
		return http_status_title(status);
	}
}
