/* SPDX-License-Identifier: MIT */
/* What answers show of a deployment; t is report.deployments. */
SHOWN(pull_request_id, INT, NOT_NULL, "t.pull_request_id")
SHOWN(repository_id, INT, NOT_NULL, "t.repository_id")
SHOWN(repository, TEXT, NULLABLE, "t.repository")
SHOWN(number, INT, NULLABLE, "t.number")
SHOWN(title, TEXT, NULLABLE, "t.title")
SHOWN(deployed_at, STAMP, NOT_NULL, "t.deployed_at")
SHOWN(first_commit_at, STAMP, NULLABLE, "t.first_commit_at")
SHOWN(reverted_at, STAMP, NULLABLE, "t.reverted_at")
