/* SPDX-License-Identifier: MIT */
/*
 * An answer that is the same for everybody as long as the process lives: it is
 * written once, has a version (ETag) and is there packed as well.
 */
#ifndef HTTP_DOCUMENT_H
#define HTTP_DOCUMENT_H

#include "http/response.h"

struct document;

typedef void document_write(struct json *json, const struct service *service);

/*
 * Answer with *document, written by `write` at the first call: 304 to a client
 * that has this version; packed to one that takes gzip.
 *
 * Owns: the caller document_free()s *document, NULL at first.
 * Fails: E_NO_MEMORY; E_SYSTEM.
 */
enum err document_answer(struct document **document, document_write *write,
    struct req *rq, struct resp *rp) MUST_CHECK;
void document_free(struct document *document);

/* Does Accept-Encoding (RFC 9110, section 12.5.3) allow gzip? */
bool document_may_pack(struct span accept_encoding);

#endif
