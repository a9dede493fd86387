/* SPDX-License-Identifier: MIT */
#include "adapters/http_guard.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "base/address.h"

/*
 * Private, shared, local, multicast and reserved networks; the last three lines
 * are ways to write IPv4 addresses as IPv6 ones.
 */
static const char refused[] =
    "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16"
    " 172.16.0.0/12 192.0.0.0/24 192.168.0.0/16 198.18.0.0/15 224.0.0.0/4"
    " 240.0.0.0/4 ::1/128 fc00::/7 fe80::/10 fec0::/10 ff00::/8"
    " ::/96 64:ff9b::/96 64:ff9b:1::/48 2002::/16 2001::/32";

bool
http_guard_allows(const struct http_guard *guard,
    const struct sockaddr *address)
{
	char text[INET6_ADDRSTRLEN];
	const void *bytes;
	struct sockaddr_in6 six;
	struct sockaddr_in four;

	if (address->sa_family == AF_INET) {
		memcpy(&four, address, sizeof(four));
		bytes = &four.sin_addr;
	} else if (address->sa_family == AF_INET6) {
		memcpy(&six, address, sizeof(six));
		bytes = &six.sin6_addr;
	} else {
		return false;
	}
	if (inet_ntop(address->sa_family, bytes, text, sizeof(text)) == NULL)
		return false;
	return !address_listed(str_span(refused), str_span(text)) ||
	    address_listed(str_span(guard->networks), str_span(text));
}
