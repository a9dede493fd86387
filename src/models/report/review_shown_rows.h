/* SPDX-License-Identifier: MIT */
/* What a pull request shows of its reviews; t is prs_reviews. */
SHOWN(id, INT, NOT_NULL, "t.id")
SHOWN(author, TEXT, NULLABLE, "t.author_login")
SHOWN(state, TEXT, NULLABLE, "t.state")
SHOWN(body, TEXT, NULLABLE, "t.body")
SHOWN(submitted_at, STAMP, NULLABLE, "t.submitted_at")
