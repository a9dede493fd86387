/* SPDX-License-Identifier: MIT */
/*
 * Which servers an address that a tenant has written may lead to. Addresses of
 * private networks (RFC 1918, 4193, 6598, 6890) are refused unless they are
 * named, so that nobody reaches through us what only this machine can; it is
 * the address that a connection is made to that counts, not the name's.
 */
#ifndef ADAPTERS_HTTP_GUARD_H
#define ADAPTERS_HTTP_GUARD_H

#include <stdbool.h>

struct sockaddr;

struct http_guard {
	const char *ca_file; /* PEM, in place of the system's; or empty */
	const char
	    *networks;	 /* that are allowed all the same: base/address.h */
	bool plain_http; /* http as well as https */
};

/* Why nothing was asked: for the operator. */
#define HTTP_GUARD_REFUSAL \
	"its address is of a private network: name that in extract_networks"

/* May a connection be made to this address? */
bool http_guard_allows(const struct http_guard *guard,
    const struct sockaddr *address);

#endif
