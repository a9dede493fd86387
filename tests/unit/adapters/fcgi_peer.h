/* SPDX-License-Identifier: MIT */
/*
 * A FastCGI connection whose other end is the test, which asks as nginx does
 * and reads the answer.
 */
#ifndef TESTS_UNIT_FCGI_PEER_H
#define TESTS_UNIT_FCGI_PEER_H

#include "adapters/fcgi.h"

/* Listen as descriptor 0, and give it back. */
struct fcgi *fcgi_peer_open(void);
void fcgi_peer_close(struct fcgi *fcgi);

/*
 * Ask: "NAME=value" parameters, NULL at the end, and a body. The request is
 * accepted when this returns.
 */
void fcgi_peer_ask(struct fcgi *fcgi, const char *const *params,
    struct span body);

/*
 * What was answered, once it is finished. Lives: until the next one. Gives:
 * SPAN_NONE when there was no end of the request.
 */
struct span fcgi_peer_answer(void);

#endif
