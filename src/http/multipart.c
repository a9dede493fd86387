/* SPDX-License-Identifier: MIT */
#include "http/multipart.h"

#include <string.h>

#define BOUNDARY_MAX 70

/* RFC 2046's bchars without the blank, which nobody sends. */
static bool
is_boundary(struct span text)
{
	static const char marks[] = "'()+_,-./:=?";

	for (size_t i = 0; i < text.len; i++) {
		char c = text.at[i];

		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
			(c >= 'A' && c <= 'Z') ||
			memchr(marks, c, sizeof(marks) - 1) != NULL))
			return false;
	}
	return text.len >= 1 && text.len <= BOUNDARY_MAX;
}

/* A name up to the mark; blanks around it. */
static struct span
take_word(struct span *rest, char mark)
{
	return span_trim(span_cut(rest, mark));
}

/*
 * Take one `; name=value` of a header. *rest begins behind a value or a
 * semicolon. A quoted value is kept as it stands between its quotes.
 */
static bool
take_parameter(struct span *rest, struct span *ret_name, struct span *ret_value)
{
	struct span value;
	size_t i;

	*ret_name = take_word(rest, '=');
	if (rest->at == NULL || ret_name->len == 0 ||
	    memchr(ret_name->at, ';', ret_name->len) != NULL ||
	    memchr(ret_name->at, '"', ret_name->len) != NULL)
		return false;
	*rest = span_trim(*rest);
	if (rest->len == 0 || rest->at[0] != '"') {
		*ret_value = take_word(rest, ';');
		return memchr(ret_value->at, '"', ret_value->len) == NULL;
	}
	value = (struct span){ rest->at + 1, rest->len - 1 };
	for (i = 0; i < value.len && value.at[i] != '"'; i++)
		if (value.at[i] == '\\')
			i++;
	if (i >= value.len)
		return false;
	*rest = (struct span){ value.at + i + 1, value.len - i - 1 };
	value.len = i;
	*ret_value = value;
	/* Behind the quote comes the next semicolon, or nothing. */
	if (take_word(rest, ';').len != 0)
		return false;
	return true;
}

enum err
multipart_boundary(struct span content_type, struct span *ret_boundary,
    struct diag *diag)
{
	struct span rest = content_type, name, value;
	struct span boundary = SPAN_NONE;

	if (!span_is_nocase(take_word(&rest, ';'), "multipart/form-data"))
		return diag_tell(diag, E_MEDIA,
		    "The body must be a form: send"
		    " Content-Type: multipart/form-data");
	while (rest.at != NULL && span_trim(rest).len > 0) {
		if (!take_parameter(&rest, &name, &value))
			return diag_tell(diag, E_SYNTAX,
			    "The Content-Type cannot be read");
		if (!span_is_nocase(name, "boundary"))
			continue;
		if (boundary.at != NULL)
			return diag_tell(diag, E_SYNTAX,
			    "The Content-Type has two boundaries");
		boundary = value;
	}
	if (boundary.at == NULL || !is_boundary(boundary))
		return diag_tell(diag, E_SYNTAX,
		    "The Content-Type has no proper boundary");
	*ret_boundary = boundary;
	return E_OK;
}

static enum err
refuse(struct diag *diag, const char *text)
{
	return diag_tell(diag, E_SYNTAX, "The form cannot be read: %s", text);
}

/* Text that may stand in a header: UTF-8, no control characters. */
static bool
is_clean(struct span text)
{
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.at[i] < ' ' || text.at[i] == '\x7f')
			return false;
	return span_utf8_chars(text) != SIZE_MAX;
}

static enum err
read_disposition(struct span value, struct part *part, struct diag *diag)
{
	struct span name;

	if (part->name.at != NULL)
		return refuse(diag, "a part has two Content-Dispositions");
	if (!span_is_nocase(take_word(&value, ';'), "form-data"))
		return refuse(diag, "a part is not form-data");
	while (value.at != NULL && span_trim(value).len > 0) {
		struct span *target = NULL;
		struct span text;

		if (!take_parameter(&value, &name, &text))
			return refuse(diag,
			    "a Content-Disposition is malformed");
		if (span_is_nocase(name, "name"))
			target = &part->name;
		else if (span_is_nocase(name, "filename"))
			target = &part->file_name;
		if (target == NULL)
			continue;
		if (target->at != NULL)
			return refuse(diag, "a part is named twice");
		*target = text;
	}
	return E_OK;
}

static enum err
read_header(struct span line, struct part *part, struct diag *diag)
{
	struct span name, value = line;

	if (!is_clean(line))
		return refuse(diag, "a header holds bytes that are no text");
	name = span_cut(&value, ':');
	if (value.at == NULL || name.len == 0 ||
	    span_trim(name).len != name.len)
		return refuse(diag, "a part's header is malformed");
	value = span_trim(value);
	if (span_is_nocase(name, "content-disposition"))
		return read_disposition(value, part, diag);
	if (span_is_nocase(name, "content-type")) {
		if (part->media_type.at != NULL)
			return refuse(diag, "a part has two Content-Types");
		part->media_type = value;
	}
	if (span_is_nocase(name, "content-transfer-encoding") &&
	    !span_is_nocase(value, "binary") &&
	    !span_is_nocase(value, "8bit") && !span_is_nocase(value, "7bit"))
		return refuse(diag, "a part is encoded once more");
	return E_OK;
}

/* Cut at the next CRLF: gives the line, leaves what follows it. */
static bool
take_line(struct span *rest, struct span *ret_line)
{
	const char *end = memmem(rest->at, rest->len, "\r\n", 2);

	if (end == NULL)
		return false;
	*ret_line = (struct span){ rest->at, (size_t)(end - rest->at) };
	rest->len -= ret_line->len + 2;
	rest->at = end + 2;
	return true;
}

/* Read a part's headers and the empty line that ends them. */
static enum err
read_head(struct span *rest, struct part *part, struct diag *diag)
{
	const char *start = rest->at;
	struct span line;
	enum err rc;

	for (;;) {
		if (!take_line(rest, &line) ||
		    rest->at - start > MULTIPART_HEAD_MAX)
			return refuse(diag,
			    "a part's headers do not end, or are too long");
		if (line.len == 0)
			break;
		rc = read_header(line, part, diag);
		if (rc != E_OK)
			return rc;
	}
	if (part->name.at == NULL || part->name.len == 0)
		return refuse(diag, "a part has no name");
	return E_OK;
}

/*
 * What follows the boundary of a delimiter: the end of the form, the end of
 * the line, or neither, and then it was none.
 */
enum after { AFTER_PART, AFTER_FORM, AFTER_NOTHING };

static enum after
read_after(struct span *rest)
{
	struct span line = *rest;

	if (line.len >= 2 && memcmp(line.at, "--", 2) == 0) {
		line.at += 2;
		line.len -= 2;
		if (line.len == 0 || span_is(line, "\r\n"))
			return AFTER_FORM;
		return AFTER_NOTHING;
	}
	while (line.len > 0 && (line.at[0] == ' ' || line.at[0] == '\t')) {
		line.at++;
		line.len--;
	}
	if (line.len < 2 || memcmp(line.at, "\r\n", 2) != 0)
		return AFTER_NOTHING;
	*rest = (struct span){ line.at + 2, line.len - 2 };
	return AFTER_PART;
}

/* Find the delimiter that ends a part; *rest goes on behind it. */
static bool
take_bytes(struct span *rest, struct span delimiter, struct span *ret_bytes,
    enum after *ret_after)
{
	const char *start = rest->at;
	const char *found;

	while ((found = memmem(rest->at, rest->len, delimiter.at,
		    delimiter.len)) != NULL) {
		rest->len -= (size_t)(found - rest->at) + delimiter.len;
		rest->at = found + delimiter.len;
		*ret_after = read_after(rest);
		if (*ret_after == AFTER_NOTHING)
			continue;
		*ret_bytes = (struct span){ start, (size_t)(found - start) };
		return true;
	}
	return false;
}

enum err
multipart_read(struct span body, struct span boundary, struct parts *ret_parts,
    struct diag *diag)
{
	char text[4 + BOUNDARY_MAX] = "\r\n--";
	struct span delimiter = { text, 4 + boundary.len };
	struct span rest = body;
	enum after after;

	ret_parts->count = 0;
	memcpy(text + 4, boundary.at, boundary.len);
	/* The first one stands at the very start, without its CRLF. */
	if (body.len < delimiter.len - 2 ||
	    memcmp(body.at, text + 2, delimiter.len - 2) != 0)
		return refuse(diag, "it does not begin with its boundary");
	rest.at += delimiter.len - 2;
	rest.len -= delimiter.len - 2;
	after = read_after(&rest);
	if (after == AFTER_NOTHING)
		return refuse(diag, "it does not begin with its boundary");
	while (after != AFTER_FORM) {
		struct part *part = &ret_parts->items[ret_parts->count];
		enum err rc;

		if (ret_parts->count == MULTIPART_PARTS_MAX)
			return refuse(diag, "it has too many parts");
		memset(part, 0, sizeof(*part));
		rc = read_head(&rest, part, diag);
		if (rc != E_OK)
			return rc;
		/* An empty part's delimiter uses the CRLF of its headers. */
		rest.at -= 2;
		rest.len += 2;
		if (!take_bytes(&rest, delimiter, &part->bytes, &after))
			return refuse(diag, "it ends before its last boundary");
		if (part->bytes.len >= 2) {
			part->bytes.at += 2;
			part->bytes.len -= 2;
		}
		ret_parts->count++;
	}
	return E_OK;
}

size_t
multipart_find(const struct parts *parts, const char *name,
    const struct part **ret_part)
{
	size_t count = 0;

	for (size_t i = 0; i < parts->count; i++) {
		if (!span_is(parts->items[i].name, name))
			continue;
		if (count++ == 0)
			*ret_part = &parts->items[i];
	}
	return count;
}
