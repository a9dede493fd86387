/* SPDX-License-Identifier: MIT */
/*
 * The products whose batches are transformed: PRODUCT(word, name). The word is
 * integrations.product, and what stands before the first _ of their entity types
 * (entity_type_rows.h). An integration may be of another product: what comes of
 * it is kept as it came. No guard: expanded where it is included.
 */
PRODUCT(jira, "Jira")
PRODUCT(github, "GitHub")
#undef PRODUCT
