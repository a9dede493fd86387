/* SPDX-License-Identifier: MIT */
/*
 * Headers that sources send with their webhooks: HOOK_HEADER(code, name, what
 * nginx passes it on as).
 *
 * GitHub: docs.github.com, "Webhook events and payloads"; its X-Hub-Signature,
 * SHA-1, comes beside the one that is read. Jira: developer.atlassian.com,
 * "Webhooks", of those with a secret. GitLab: docs.gitlab.com, "Webhooks".
 */
HOOK_HEADER(HOOK_SIGNATURE_256, "X-Hub-Signature-256",
    "HTTP_X_HUB_SIGNATURE_256")
HOOK_HEADER(HOOK_SIGNATURE, "X-Hub-Signature", "HTTP_X_HUB_SIGNATURE")
HOOK_HEADER(HOOK_GITLAB_TOKEN, "X-Gitlab-Token", "HTTP_X_GITLAB_TOKEN")
HOOK_HEADER(HOOK_GITHUB_DELIVERY, "X-GitHub-Delivery", "HTTP_X_GITHUB_DELIVERY")
HOOK_HEADER(HOOK_GITHUB_EVENT, "X-GitHub-Event", "HTTP_X_GITHUB_EVENT")
HOOK_HEADER(HOOK_JIRA_DELIVERY, "X-Atlassian-Webhook-Identifier",
    "HTTP_X_ATLASSIAN_WEBHOOK_IDENTIFIER")
HOOK_HEADER(HOOK_GITLAB_DELIVERY, "X-Gitlab-Event-UUID",
    "HTTP_X_GITLAB_EVENT_UUID")
HOOK_HEADER(HOOK_GITLAB_EVENT, "X-Gitlab-Event", "HTTP_X_GITLAB_EVENT")
