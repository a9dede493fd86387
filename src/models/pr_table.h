/* Pull requests with their parts, and the links between them and work items. */
#include "models/begin_table.h"

TABLE(prs)
LOADED
OF_INTEGRATION
ONCE(COLUMN(external_id, VARCHAR, NULLABLE))
GIVEN(COLUMN(external_repo_id, VARCHAR, NULLABLE))
GIVEN(COLUMN(repository_id, BIGINT, NOT_NULL))
COLUMN(work_item_id, BIGINT, NULLABLE)
GIVEN(COLUMN(number, INTEGER, NULLABLE))
GIVEN(COLUMN(name, VARCHAR, NULLABLE))
GIVEN(COLUMN(user_name, VARCHAR, NULLABLE))
GIVEN(COLUMN(body, TEXT, NULLABLE))
MEASURED(COLUMN(discussion_comment_count, INTEGER, NULLABLE))
MEASURED(COLUMN(review_comment_count, INTEGER, NULLABLE))
GIVEN(COLUMN(source, VARCHAR, NULLABLE))
GIVEN(COLUMN(destination, VARCHAR, NULLABLE))
MEASURED(COLUMN(reviewers, INTEGER, NULLABLE))
GIVEN(COLUMN(status, VARCHAR, NULLABLE))
GIVEN(COLUMN(url, VARCHAR, NULLABLE))
GIVEN(COLUMN(pr_created_at, STAMP, NULLABLE))
GIVEN(COLUMN(pr_updated_at, STAMP, NULLABLE))
GIVEN(COLUMN(closed_at, STAMP, NULLABLE))
GIVEN(COLUMN(merged_at, STAMP, NULLABLE))
GIVEN(COLUMN(merged_by, VARCHAR, NULLABLE))
MEASURED(COLUMN(commit_count, INTEGER, NULLABLE))
GIVEN(COLUMN(additions, INTEGER, NULLABLE))
GIVEN(COLUMN(deletions, INTEGER, NULLABLE))
GIVEN(COLUMN(changed_files, INTEGER, NULLABLE))
MEASURED(COLUMN(first_review_at, STAMP, NULLABLE))
MEASURED(COLUMN(rework_commit_count, INTEGER, NULLABLE))
MEASURED(COLUMN(review_cycles, INTEGER, NULLABLE))
GIVEN(COLUMN(work_item_keys, VARCHAR_ARRAY, NULLABLE))
COLUMN(work_item_place, INTEGER, NOT_NULL)
DEFAULT(work_item_place, "0")
KEY("UNIQUE (tenant_id, id)")
KEY("UNIQUE (external_id, tenant_id, integration_id)")
KEY("FOREIGN KEY (tenant_id, repository_id)"
    " REFERENCES repositories(tenant_id, id)")
KEY("FOREIGN KEY (tenant_id, work_item_id)"
    " REFERENCES work_items(tenant_id, id)")
INDEX("btree (repository_id)")
INDEX("btree (work_item_id)")
INDEX("btree (external_id)")
INDEX("btree (number)")
INDEX("btree (status)")
INDEX("btree (pr_created_at)")
INDEX("btree (tenant_id) WHERE ((work_item_keys IS NOT NULL) AND"
    " (work_item_place <> 1))")

TABLE(prs_reviews)
LOADED
OF_INTEGRATION
ONCE(COLUMN(external_id, VARCHAR, NULLABLE))
ONCE(COLUMN(pr_id, BIGINT, NOT_NULL))
GIVEN(COLUMN(author_login, VARCHAR, NULLABLE))
GIVEN(COLUMN(state, VARCHAR, NULLABLE))
GIVEN(COLUMN(body, TEXT, NULLABLE))
GIVEN(COLUMN(submitted_at, STAMP, NULLABLE))
KEY("UNIQUE (tenant_id, integration_id, external_id)")
KEY("FOREIGN KEY (tenant_id, pr_id) REFERENCES prs(tenant_id, id)")
INDEX("btree (pr_id)")

TABLE(prs_commits)
LOADED
OF_INTEGRATION
ONCE(COLUMN(external_id, VARCHAR, NULLABLE))
ONCE(COLUMN(pr_id, BIGINT, NOT_NULL))
GIVEN(COLUMN(author_name, VARCHAR, NULLABLE))
GIVEN(COLUMN(author_email, VARCHAR, NULLABLE))
GIVEN(COLUMN(committer_name, VARCHAR, NULLABLE))
GIVEN(COLUMN(committer_email, VARCHAR, NULLABLE))
GIVEN(COLUMN(message, TEXT, NULLABLE))
GIVEN(COLUMN(authored_date, STAMP, NULLABLE))
GIVEN(COLUMN(committed_date, STAMP, NULLABLE))
KEY("UNIQUE (tenant_id, integration_id, external_id)")
KEY("FOREIGN KEY (tenant_id, pr_id) REFERENCES prs(tenant_id, id)")
INDEX("btree (pr_id)")

TABLE(prs_comments)
LOADED
OF_INTEGRATION
ONCE(COLUMN(external_id, VARCHAR, NULLABLE))
ONCE(COLUMN(pr_id, BIGINT, NOT_NULL))
GIVEN(COLUMN(author_login, VARCHAR, NULLABLE))
GIVEN(COLUMN(body, TEXT, NULLABLE))
GIVEN(COLUMN(comment_type, VARCHAR, NULLABLE))
GIVEN(COLUMN(path, VARCHAR, NULLABLE))
GIVEN(COLUMN(position, INTEGER, NULLABLE))
GIVEN(COLUMN(line, INTEGER, NULLABLE))
GIVEN(COLUMN(created_at_github, STAMP, NULLABLE))
GIVEN(COLUMN(updated_at_github, STAMP, NULLABLE))
KEY("UNIQUE (tenant_id, integration_id, external_id)")
KEY("FOREIGN KEY (tenant_id, pr_id) REFERENCES prs(tenant_id, id)")
INDEX("btree (pr_id)")

TABLE(wits_prs_links)
LOADED
OF_INTEGRATION
ONCE(COLUMN(work_item_id, BIGINT, NOT_NULL))
GIVEN(COLUMN(external_repo_id, VARCHAR, NOT_NULL))
ONCE(COLUMN(repo_full_name, VARCHAR, NOT_NULL))
ONCE(COLUMN(pull_request_number, INTEGER, NOT_NULL))
GIVEN(COLUMN(branch_name, VARCHAR, NULLABLE))
GIVEN(COLUMN(commit_sha, VARCHAR, NULLABLE))
GIVEN(COLUMN(pr_status, VARCHAR, NULLABLE))
KEY("UNIQUE (tenant_id, work_item_id, repo_full_name, pull_request_number)")
KEY("FOREIGN KEY (tenant_id, work_item_id)"
    " REFERENCES work_items(tenant_id, id)")
INDEX("btree (work_item_id)")
INDEX("btree (external_repo_id, pull_request_number)")
INDEX("btree (repo_full_name)")

#include "models/end_table.h"
