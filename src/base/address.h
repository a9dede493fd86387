/* SPDX-License-Identifier: MIT */
/*
 * Addresses of callers (IPv4 and IPv6, RFC 4291, section 2.2) and lists of them
 * in settings: addresses and networks (ADDRESS/BITS), apart by spaces or
 * commas.
 */
#ifndef BASE_ADDRESS_H
#define BASE_ADDRESS_H

#include "base/str.h"

/*
 * Is each word of the list an address or a network?
 *
 * Gives: *ret_bad, the first word that is not.
 */
bool address_list_valid(struct span list, struct span *ret_bad) MUST_CHECK;

/*
 * Is this address in the list? ::ffff:192.0.2.1 is 192.0.2.1. What is no
 * address is in no list, and a word that is no address holds none.
 */
bool address_listed(struct span list, struct span address);

#endif
