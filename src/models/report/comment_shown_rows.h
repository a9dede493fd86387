/* SPDX-License-Identifier: MIT */
/* What a pull request shows of its comments; t is prs_comments. */
SHOWN(id, INT, NOT_NULL, "t.id")
SHOWN(author, TEXT, NULLABLE, "t.author_login")
SHOWN(comment_type, TEXT, NULLABLE, "t.comment_type")
SHOWN(path, TEXT, NULLABLE, "t.path")
SHOWN(line, INT, NULLABLE, "t.line")
SHOWN(body, TEXT, NULLABLE, "t.body")
SHOWN(created, STAMP, NULLABLE, "t.created_at_github")
SHOWN(updated, STAMP, NULLABLE, "t.updated_at_github")
