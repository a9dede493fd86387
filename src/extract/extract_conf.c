/* SPDX-License-Identifier: MIT */
#include "extract/extract_conf.h"

#include "base/address.h"

const struct conf_row extract_conf_rows[] = {
#define SETTING(kind, ...) CONF_ROW_##kind(struct extract_settings, __VA_ARGS__)
#include "extract/extract_conf_rows.h"
#undef SETTING
};
const size_t extract_conf_count = COUNT(extract_conf_rows);

enum err
extract_settings_check(const void *values, struct diag *diag)
{
	const struct extract_settings *settings = values;
	struct span bad;

	if (!address_list_valid(str_span(settings->extract_networks), &bad))
		return diag_set(diag, E_SETTING,
		    "extract_networks: %.*s is no address or network: write"
		    " 10.0.0.0/8, fd00::/8 or the like",
		    SPAN_ARG(bad));
	return E_OK;
}
