# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# The route table as the compiler sees it, for tests that compare it.

# METHOD PATH ROLE NAME, one route a line.
routes() {
	{
		echo '#define ROUTE(method, path, role, handler, ...) ROW method path role handler END'
		echo '#define ROUTE_OF(of, name, method, path, role, ...) ROW method path role name END'
		echo '#include "etl/route_rows.h"'
	} | ${CC:-cc} -E -P -I "$ETL_SOURCE/src" -x c - | tr '\n' ' ' |
		sed 's/\("\/[^"]*\)" *"/\1/g; s/ROW/\n/g; s/$/\n/' |
		sed -n 's/^ *"\([A-Z]*\)" *"\([^"]*\)" *ROLE_\([A-Z]*\) \([a-z_]*\) END.*/\1 \2 \3 \4/p'
}
