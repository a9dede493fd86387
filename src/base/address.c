/* SPDX-License-Identifier: MIT */
#include "base/address.h"

#include <arpa/inet.h>
#include <string.h>

#define BITS 128

/* An IPv4 address is the last 32 bits of ::ffff:0:0/96. */
struct network {
	uint8_t bytes[BITS / 8];
	int bits;
};

static bool
read_address(struct span text, struct network *ret)
{
	char word[INET6_ADDRSTRLEN];
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

	if (text.len >= sizeof(word) || text.len == 0)
		return false;
	memcpy(word, text.at, text.len);
	word[text.len] = '\0';
	ret->bits = BITS;
	if (inet_pton(AF_INET6, word, ret->bytes) == 1)
		return true;
	memcpy(ret->bytes, mapped, sizeof(mapped));
	return inet_pton(AF_INET, word, ret->bytes + sizeof(mapped)) == 1;
}

static bool
read_network(struct span word, struct network *ret)
{
	bool has_bits = memchr(word.at, '/', word.len) != NULL;
	struct span address = span_cut(&word, '/');
	int offset = memchr(address.at, ':', address.len) != NULL ? 0 : 96;
	int64_t bits;

	if (!read_address(address, ret))
		return false;
	if (!has_bits)
		return true;
	if (!span_int64(word, &bits) || bits < 0 || bits > BITS - offset)
		return false;
	ret->bits = offset + (int)bits;
	return true;
}

static bool
holds(const struct network *network, const struct network *address)
{
	int whole = network->bits / 8, rest = network->bits % 8;
	unsigned mask = 0xffU << (8 - rest) & 0xffU;

	return memcmp(network->bytes, address->bytes, (size_t)whole) == 0 &&
	    (rest == 0 ||
		((network->bytes[whole] ^ address->bytes[whole]) & mask) == 0);
}

/* The next word of a list; false at its end. */
static bool
next_word(struct span *list, struct span *ret_word)
{
	while (list->len > 0 && (list->at[0] == ' ' || list->at[0] == ',')) {
		list->at++;
		list->len--;
	}
	*ret_word = (struct span){ list->at, 0 };
	while (list->len > 0 && list->at[0] != ' ' && list->at[0] != ',') {
		list->at++;
		list->len--;
		ret_word->len++;
	}
	return ret_word->len > 0;
}

bool
address_list_valid(struct span list, struct span *ret_bad)
{
	struct network network;

	while (next_word(&list, ret_bad))
		if (!read_network(*ret_bad, &network))
			return false;
	return true;
}

bool
address_listed(struct span list, struct span address)
{
	struct network network, wanted;
	struct span word;

	if (!read_address(address, &wanted))
		return false;
	while (next_word(&list, &word))
		if (read_network(word, &network) && holds(&network, &wanted))
			return true;
	return false;
}
