/* SPDX-License-Identifier: MIT */
/* What a source may tell: FACT(code, name in answers, what it is). */
FACT(FACT_SOURCE, "source", "Jira Cloud, Jira Data Center or GitHub")
FACT(FACT_VERSION, "version", "The source's version")
FACT(FACT_ACCOUNT, "account", "Whose credentials these are")
FACT(FACT_TIME_ZONE, "time_zone", "The account's time zone")
FACT(FACT_SCOPES, "scopes", "What the token may do")
FACT(FACT_TOKEN_ENDS, "token_ends", "When the token expires")
FACT(FACT_QUOTA, "quota", "Requests of the current window")
FACT(FACT_QUOTA_LEFT, "quota_left", "How many of them are left")
