/* SPDX-License-Identifier: MIT */
/* What a pull request shows of its commits; t is prs_commits. */
SHOWN(id, INT, NOT_NULL, "t.id")
SHOWN(sha, TEXT, NULLABLE, "t.external_id")
SHOWN(author, TEXT, NULLABLE, "t.author_name")
SHOWN(body, TEXT, NULLABLE, "t.message")
SHOWN(authored_at, STAMP, NULLABLE, "t.authored_date")
SHOWN(committed_at, STAMP, NULLABLE, "t.committed_date")
