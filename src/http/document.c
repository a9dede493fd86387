/* SPDX-License-Identifier: MIT */
#include "http/document.h"

#include <stdio.h>
#include <stdlib.h>

#include "adapters/crypto/digest.h"
#include "adapters/pack.h"
#include "http/etag.h"

#define MAX_BYTES (4 << 20)
#define TAG_CHARS 16
#define PACKED "-gzip"
/* Seconds for which nobody need ask again. */
#define LIFETIME "300"

struct document {
	struct buf plain, packed;
	char tag[TAG_CHARS + sizeof(PACKED)]; /* of what is packed */
};

static enum err
fill(struct document *document, document_write *write,
    const struct service *service, struct diag *diag)
{
	unsigned char digest[DIGEST_SHA256_SIZE];
	struct json json;
	enum err rc;

	buf_init(&document->plain, MAX_BYTES);
	buf_init(&document->packed, MAX_BYTES);
	json_init(&json, &document->plain);
	write(&json, service);
	buf_add_char(&document->plain, '\n');
	rc = buf_done(&document->plain);
	if (rc == E_OK)
		rc = digest_sha256(buf_span(&document->plain), digest, diag);
	if (rc != E_OK)
		return rc;
	for (size_t i = 0; i < TAG_CHARS / 2; i++)
		(void)snprintf(&document->tag[2 * i], 3, "%02x", digest[i]);
	(void)snprintf(&document->tag[TAG_CHARS], sizeof(PACKED), PACKED);
	return pack_gzip(buf_span(&document->plain), &document->packed, diag);
}

void
document_free(struct document *document)
{
	if (document == NULL)
		return;
	buf_free(&document->plain);
	buf_free(&document->packed);
	free(document);
}

/* A weight of 0, as in "gzip;q=0", refuses. */
static bool
is_refused(struct span parameters)
{
	while (parameters.at != NULL) {
		struct span value = span_trim(span_cut(&parameters, ';'));
		struct span name = span_trim(span_cut(&value, '='));

		value = span_trim(value);
		if (!span_is_nocase(name, "q") || value.len == 0)
			continue;
		for (size_t i = 0; i < value.len; i++)
			if (value.at[i] != '0' && value.at[i] != '.')
				return false;
		return true;
	}
	return false;
}

bool
document_may_pack(struct span accept_encoding)
{
	bool any = false;

	while (accept_encoding.at != NULL) {
		struct span rest = span_cut(&accept_encoding, ',');
		struct span coding = span_trim(span_cut(&rest, ';'));

		if (span_is_nocase(coding, "gzip"))
			return !is_refused(rest);
		if (span_is(coding, "*"))
			any = !is_refused(rest);
	}
	return any;
}

enum err
document_answer(struct document **document, document_write *write,
    struct req *rq, struct resp *rp)
{
	bool packs = document_may_pack(rq->accept_encoding);
	struct span tag, plain_tag;
	const struct buf *answer;
	enum err rc;

	if (*document == NULL) {
		*document = calloc(1, sizeof(**document));
		if (*document == NULL)
			return diag_set(&rq->diag, E_NO_MEMORY, "a document");
		rc = fill(*document, write, rq->service, &rq->diag);
		if (rc != E_OK) {
			document_free(*document);
			*document = NULL;
			return rc;
		}
	}
	tag = str_span((*document)->tag);
	plain_tag = (struct span){ tag.at, TAG_CHARS };
	buf_printf(rp->head, "ETag: \"%.*s\"\r\n",
	    packs ? (int)tag.len : TAG_CHARS, tag.at);
	response_header(rp, "Cache-Control", "public, max-age=" LIFETIME);
	response_header(rp, "Vary", "Accept-Encoding");
	if (etag_is_known(rq->if_none_match, plain_tag) ||
	    etag_is_known(rq->if_none_match, tag)) {
		rp->status = 304;
		return E_OK;
	}
	rp->is_packed = packs;
	if (packs)
		response_header(rp, "Content-Encoding", "gzip");
	answer = packs ? &(*document)->packed : &(*document)->plain;
	buf_add(rp->body, answer->data, answer->len);
	return E_OK;
}
