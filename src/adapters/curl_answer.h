/*
 * What the clients of other services' HTTP interfaces share.
 */
#ifndef ADAPTERS_CURL_ANSWER_H
#define ADAPTERS_CURL_ANSWER_H

#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"

/*
 * libcurl's write callback (CURLOPT_WRITEFUNCTION), the context being a struct
 * buf: keep what came. What is beyond its cap ends the transfer.
 */
size_t curl_answer_keep(char *bytes, size_t size, size_t count, void *context);

/*
 * An address for the log: without a name and password before its host.
 * Gives: the address itself, or a copy in the arena.
 */
const char *curl_answer_shown(const char *url, struct arena *arena);

#endif
