/* SPDX-License-Identifier: MIT */
/*
 * What --help says besides tool_rows.h:
 *
 *	OPTION(text, sentence)   an option with its value, as tool_rows.h has it
 *	EXAMPLE(words, line)     a line to try, of the command of these words
 *
 * Define those that you need; both are undefined afterwards.
 */
#ifndef OPTION
#define OPTION(...)
#endif
#ifndef EXAMPLE
#define EXAMPLE(...)
#endif

OPTION("--help", "this text")
OPTION("--output table|json|ndjson|tsv",
    "as a table (80 columns), one JSON document, a JSON object in each line, or"
    " tab-separated values; members have the names of the API")
OPTION("--quiet", "no progress; errors and the last line are printed")
OPTION("--yes", "no question")
OPTION("--dry-run", "tell what would be done, and change nothing")
OPTION("--tenant N", "the tenant's id; pulse-etl tenant list has it")
OPTION("--integration N",
    "the integration's id; pulse-etl integration list has it")
OPTION("--limit N", "so many at most")
OPTION("--id ID", "one batch, by its id")
OPTION("--status STATUS", "pending, processing, completed or failed")
OPTION("--type TYPE", "batches of this entity type, such as jira_issues_batch")
OPTION("--all", "all of them")

OPTION("--database URL",
    "the database, as the role that is to own the tables; else DATABASE_URL")
OPTION("--broker URL", "the broker, without a password; else RABBITMQ_URL")
OPTION("--broker-password-file FILE", "its first line is the user's password")
OPTION("--tenant NAME", "the first tenant's name")
OPTION("--role NAME", "the role that the service logs in as; pulse_etl")
OPTION("--group NAME", "the group that may read the settings; pulse-etl")
OPTION("--folder DIR", "where settings and keys are made")
OPTION("--run-folder DIR", "where running programs keep their files")
OPTION("--migrations DIR", "other migrations than the installed ones")
EXAMPLE("setup", "sudo pulse-etl setup --yes --tenant 'First house'")

OPTION("--batches N|none", "so many batches in a day (UTC), or as many as come")
OPTION("--bytes N|none", "so many bytes of payload in a day, or all that come")
EXAMPLE("tenant create", "pulse-etl tenant create 'Second house'")
EXAMPLE("tenant list", "pulse-etl tenant list --output tsv")
EXAMPLE("tenant show", "pulse-etl tenant show --output json 1")
EXAMPLE("tenant quota", "pulse-etl tenant quota --batches 10000 --bytes none 1")
EXAMPLE("tenant disable", "pulse-etl tenant disable 2")
EXAMPLE("tenant enable", "pulse-etl tenant enable 2")
EXAMPLE("tenant pause", "pulse-etl tenant pause 2")
EXAMPLE("tenant resume", "pulse-etl tenant resume 2")

OPTION("--provider NAME", "its name, which the tenant has once")
OPTION("--product WORD",
    "what the source is, such as jira or github; without it a new one gets the"
    " one that its name tells")
OPTION("--type KIND", "what it is for; Data")
OPTION("--base-url URL", "where the source is")
OPTION("--username NAME", "the user name for the source")
OPTION("--password-file FILE",
    "its first line is the password; -: of standard input")
OPTION("--app-key-file FILE",
    "the private key (PEM) of a GitHub App, in place of a password; settings"
    " have its app_id and installation_id")
OPTION("--settings-file FILE",
    "a JSON object: custom_fields and the like; -: of standard input")
OPTION("--file FILE",
    "its first line is the password; -: of standard input; without it the"
    " terminal is asked")
EXAMPLE("integration create",
    "pulse-etl integration create --tenant 1 --provider 'Jira EU' --product jira")
EXAMPLE("integration list",
    "pulse-etl integration list --tenant 1 --product jira")
EXAMPLE("integration show", "pulse-etl integration show --tenant 1 3")
EXAMPLE("integration set",
    "pulse-etl integration set --tenant 1 --base-url https://jira.example.com 3")
EXAMPLE("integration password", "pulse-etl integration password --tenant 1 3")
OPTION("--map FIELD=COLUMN",
    "the field goes to this column of work items; FIELD= takes it away")
EXAMPLE("integration test", "pulse-etl integration test --tenant 1 3")
EXAMPLE("integration fields",
    "pulse-etl integration fields --tenant 1"
    " --map customfield_10016=story_points 3")
EXAMPLE("integration disable", "pulse-etl integration disable --tenant 1 3")
EXAMPLE("integration enable", "pulse-etl integration enable --tenant 1 3")
EXAMPLE("integration delete",
    "pulse-etl integration delete --tenant 1 --dry-run 3")

OPTION("--type JOB_TYPE",
    "what is read: jira_sync, github_sync, or one stream of these, such as"
    " jira_issues")
OPTION("--from TIME", "what has changed since then (UTC), such as 2026-01-31")
OPTION("--to TIME", "what has changed before then (UTC)")
OPTION("--full", "all there is, not only what has changed")
EXAMPLE("extract run", "pulse-etl extract run --tenant 1 --integration 3")
EXAMPLE("run list", "pulse-etl run list --tenant 1")
EXAMPLE("run show", "pulse-etl run show --tenant 1 --output json 12")
EXAMPLE("run watch", "pulse-etl run watch --tenant 1 12")
EXAMPLE("run cancel", "pulse-etl run cancel --tenant 1 12")

OPTION("--name NAME", "the job's name, which the tenant has once")
OPTION("--every 1h", "how long from one run to the next: 90d, 12h, 30m or 45s")
OPTION("--by-hand", "no schedule: it runs when somebody says so")
OPTION("--jitter 5m", "each run begins up to so much later, by chance")
OPTION("--params-file FILE",
    "a JSON object: full, projects and the like; -: of standard input")
EXAMPLE("job create",
    "pulse-etl job create --tenant 1 --integration 3 --name all"
    " --type jira_sync")
EXAMPLE("job list", "pulse-etl job list --tenant 1")
EXAMPLE("job show", "pulse-etl job show --tenant 1 4")
EXAMPLE("job set", "pulse-etl job set --tenant 1 --every 30m 4")
EXAMPLE("job pause", "pulse-etl job pause --tenant 1 4")
EXAMPLE("job resume", "pulse-etl job resume --tenant 1 4")
EXAMPLE("job run", "pulse-etl job run --tenant 1 --full 4")
EXAMPLE("job delete", "pulse-etl job delete --tenant 1 4")

OPTION("--batch BATCH", "the batch to try it on, by its id")
OPTION("--all-tenants", "it is every tenant's that has none of its name")
OPTION("--requeue",
    "process again what is restored, or what the type has from before")
EXAMPLE("type list", "pulse-etl type list --tenant 1")
EXAMPLE("type show", "pulse-etl type show --tenant 1 --output json 3")
EXAMPLE("type infer", "pulse-etl type infer --tenant 1 812 > incidents.json")
EXAMPLE("type check", "pulse-etl type check incidents.json")
EXAMPLE("type try", "pulse-etl type try --tenant 1 --batch 812 incidents.json")
EXAMPLE("type apply",
    "pulse-etl type apply --tenant 1 --requeue incidents.json")
EXAMPLE("type remove", "pulse-etl type remove --tenant 1 3")

OPTION("--if-match VERSION",
    "only if it is still of this version, which show prints; else 1")
OPTION("--active true|false", "only active ones, or only those that are not")
OPTION("--status-from NAME", "the source's name of a status, in any case")
OPTION("--status-to NAME", "the common name")
OPTION("--status-category CATEGORY", "To Do, In Progress or Done")
OPTION("--workflow N", "the active workflow step it belongs to; '': none")
OPTION("--target-mapping N", "the active mapping that takes its statuses over")
OPTION("--wit-from NAME", "the source's name of a type, in any case")
OPTION("--wit-to NAME", "the common name")
OPTION("--hierarchy-level N", "the level of an active hierarchy")
OPTION("--step-name NAME", "its name")
OPTION("--step-category CATEGORY", "To Do, In Progress or Done")
OPTION("--step-number N", "its position; '': none")
OPTION("--is-commitment-point true|false",
    "whether it is the commitment point; one step of each integration may be")
OPTION("--target-workflow N",
    "the active step that takes its status mappings over")
OPTION("--level-name NAME", "its name")
OPTION("--level-number N", "its level; 0 is that of a story")
OPTION("--description TEXT", "what belongs there; '': nothing is said")
OPTION("--target-hierarchy N",
    "the active hierarchy that takes its type mappings over")
EXAMPLE("status-mapping list",
    "pulse-etl status-mapping list --tenant 1 --integration 3")
EXAMPLE("status-mapping show",
    "pulse-etl status-mapping show --tenant 1 --output json 5")
EXAMPLE("status-mapping create",
    "pulse-etl status-mapping create --tenant 1 --status-from Open \\\n"
    "    --status-to Backlog --status-category 'To Do'")
EXAMPLE("status-mapping set",
    "pulse-etl status-mapping set --tenant 1 --workflow 2 5")
EXAMPLE("status-mapping disable",
    "pulse-etl status-mapping disable --tenant 1 5")
EXAMPLE("status-mapping enable", "pulse-etl status-mapping enable --tenant 1 5")
EXAMPLE("status-mapping delete",
    "pulse-etl status-mapping delete --tenant 1 --target-mapping 7 --dry-run 5")
EXAMPLE("status-mapping dependencies",
    "pulse-etl status-mapping dependencies --tenant 1 5")
EXAMPLE("wit-mapping list",
    "pulse-etl wit-mapping list --tenant 1 --integration 3")
EXAMPLE("wit-mapping show",
    "pulse-etl wit-mapping show --tenant 1 --output json 5")
EXAMPLE("wit-mapping create",
    "pulse-etl wit-mapping create --tenant 1 --wit-from Bug \\\n"
    "    --wit-to Defect --hierarchy-level 0")
EXAMPLE("wit-mapping set",
    "pulse-etl wit-mapping set --tenant 1 --wit-to Defect 5")
EXAMPLE("wit-mapping disable", "pulse-etl wit-mapping disable --tenant 1 5")
EXAMPLE("wit-mapping enable", "pulse-etl wit-mapping enable --tenant 1 5")
EXAMPLE("wit-mapping delete",
    "pulse-etl wit-mapping delete --tenant 1 --dry-run 5")
EXAMPLE("workflow list", "pulse-etl workflow list --tenant 1 --integration 3")
EXAMPLE("workflow show", "pulse-etl workflow show --tenant 1 --output json 5")
EXAMPLE("workflow create",
    "pulse-etl workflow create --tenant 1 --step-name Review \\\n"
    "    --step-category 'In Progress'")
EXAMPLE("workflow set", "pulse-etl workflow set --tenant 1 --step-number 4 5")
EXAMPLE("workflow disable", "pulse-etl workflow disable --tenant 1 5")
EXAMPLE("workflow enable", "pulse-etl workflow enable --tenant 1 5")
EXAMPLE("workflow delete",
    "pulse-etl workflow delete --tenant 1 --target-workflow 7 --dry-run 5")
EXAMPLE("workflow dependencies", "pulse-etl workflow dependencies --tenant 1 5")
EXAMPLE("hierarchy list", "pulse-etl hierarchy list --tenant 1 --integration 3")
EXAMPLE("hierarchy show", "pulse-etl hierarchy show --tenant 1 --output json 5")
EXAMPLE("hierarchy create",
    "pulse-etl hierarchy create --tenant 1 --level-name Epic --level-number 1")
EXAMPLE("hierarchy set",
    "pulse-etl hierarchy set --tenant 1 --level-name Epic 5")
EXAMPLE("hierarchy disable",
    "pulse-etl hierarchy disable --tenant 1 --target-hierarchy 7 5")
EXAMPLE("hierarchy enable", "pulse-etl hierarchy enable --tenant 1 5")
EXAMPLE("hierarchy delete",
    "pulse-etl hierarchy delete --tenant 1 --target-hierarchy 7 --dry-run 5")
EXAMPLE("hierarchy dependencies",
    "pulse-etl hierarchy dependencies --tenant 1 5")
EXAMPLE("statuses", "pulse-etl statuses --tenant 1 --output tsv")
EXAMPLE("wits", "pulse-etl wits --tenant 1 --integration 3")

OPTION("--action delete|payload",
    "the batch goes, or its payload only: its row, digest and errors stay")
OPTION("--status WHICH",
    "pending, processing, completed, failed, or deleted: those that were"
    " deleted, in any status; completed")
OPTION("--keep-days N",
    "so many days batches stay, since they were processed or else stored")
OPTION("--keep-newest N",
    "so many of each integration and type stay, however old they are; 0")
OPTION("--off", "the rule is not applied from now on")
OPTION("--on", "the rule is applied again")
EXAMPLE("retention list", "pulse-etl retention list --tenant 1")
EXAMPLE("retention show", "pulse-etl retention show --tenant 1 2")
EXAMPLE("retention set",
    "pulse-etl retention set --tenant 1 --action payload --keep-days 30")
EXAMPLE("retention delete", "pulse-etl retention delete --tenant 1 2")
EXAMPLE("retention preview", "pulse-etl retention preview --tenant 1 2")
EXAMPLE("retention run", "pulse-etl retention run --all-tenants --dry-run")

OPTION("--secret N", "the secret's id; pulse-etl hook-secret list has it")
EXAMPLE("hook-secret add",
    "pulse-etl hook-secret add --tenant 1 --file secret 2")
EXAMPLE("hook-secret list", "pulse-etl hook-secret list --tenant 1 2")
EXAMPLE("hook-secret remove",
    "pulse-etl hook-secret remove --tenant 1 --secret 5 2")

OPTION("--interval SECONDS", "from one look to the next; 2")
OPTION("--count N", "so many looks; without it until Ctrl-C")
OPTION("--user NAME",
    "for root: the user that the service runs as, whose rights to files are"
    " looked at; pulse-etl")
EXAMPLE("queue pause", "pulse-etl queue pause transform")
EXAMPLE("queue resume", "pulse-etl queue resume transform")
EXAMPLE("queues", "pulse-etl queues --output json")
EXAMPLE("status", "pulse-etl status --tenant 1")
EXAMPLE("health", "pulse-etl health && echo ready")
EXAMPLE("top", "pulse-etl top --interval 10 | tee top.log")
EXAMPLE("doctor", "sudo pulse-etl doctor")
EXAMPLE("completion",
    "pulse-etl completion bash >/etc/bash_completion.d/pulse-etl")
EXAMPLE("routes openapi", "pulse-etl routes openapi >openapi.json")
EXAMPLE("settings show", "pulse-etl --config etl.conf settings show")
EXAMPLE("secrets rotate", "pulse-etl secrets rotate --dry-run")

OPTION("--role reader|writer|admin",
    "reads; stores batches, too; changes the catalogue, too")
OPTION("--expires 90d",
    "ends after this time: 90d, 12h, 30m or 45s; else never")
OPTION("--name TEXT", "what it is for, in words")
EXAMPLE("token create",
    "pulse-etl token create --tenant 1 --role writer --expires 90d --name loader")
EXAMPLE("token list", "pulse-etl token list --tenant 1")
EXAMPLE("token revoke", "pulse-etl token revoke 7")

OPTION("--bucket 1m|5m|1h|1d", "how long a bucket is; 1h")
OPTION("--since TIME",
    "from the bucket on that this time (UTC) lies in; else there are 60")
OPTION("--until TIME", "up to this time (UTC); now")
EXAMPLE("counts", "pulse-etl counts --tenant 1 --bucket 1d --since 2026-01-01")

OPTION("--output FILE", "a file for the payload; else standard output")
EXAMPLE("raw list", "pulse-etl raw list --tenant 1 --status failed")
EXAMPLE("raw show", "pulse-etl raw show --tenant 1 --output json 4711")
EXAMPLE("raw export",
    "pulse-etl raw export --tenant 1 --output batch.json 4711")
OPTION("--external-id NAME", "batches of this name")
OPTION("--after TIME", "batches that were stored after this time (UTC)")
EXAMPLE("raw delete", "pulse-etl raw delete --tenant 1 4711")
EXAMPLE("raw process", "pulse-etl raw process --tenant 1 4711")
OPTION("--force", "also with batches that are pending, processing or failed")
EXAMPLE("raw partitions", "pulse-etl raw partitions")
EXAMPLE("raw drop-partition",
    "pulse-etl raw drop-partition --dry-run raw_extraction_data_p0")
OPTION("--folder FOLDER",
    "where the files go; it is made if it is not there")
OPTION("--first ID", "batches from this id on")
OPTION("--last ID", "batches up to this id")
OPTION("--before TIME", "batches that were stored before this time (UTC)")
OPTION("--file-bytes N",
    "how much a file holds before it is packed; 268435456")
OPTION("--delete",
    "remove what was archived, once the files were read back from the disk;"
    " what is still needed stays")
EXAMPLE("raw archive",
    "pulse-etl raw archive --tenant 1 --before 2026-01-01 \\\n"
    "    --folder /srv/archive/2025 --delete")
EXAMPLE("raw verify",
    "pulse-etl raw verify /srv/archive/2025/manifest.ndjson")
EXAMPLE("raw restore",
    "pulse-etl raw restore /srv/archive/2025/manifest.ndjson")
EXAMPLE("report grant",
    "pulse-etl report grant --tenant 1 --password-file secret.txt bi")
EXAMPLE("report revoke", "pulse-etl report revoke bi")
EXAMPLE("report list", "pulse-etl report list --output json")
EXAMPLE("report export",
    "pulse-etl report export --tenant 1 --output tsv cycle_times")
EXAMPLE("requeue", "pulse-etl requeue --tenant 1 --status failed --dry-run")

OPTION("--number N", "one message, by its number in dead list")
OPTION("--batch ID", "the messages of a batch")
OPTION("--run ID", "the messages of a run of an extraction")
EXAMPLE("dead list", "pulse-etl dead list transform")
EXAMPLE("dead show", "pulse-etl dead show --batch 4711 transform")
EXAMPLE("dead requeue", "pulse-etl dead requeue --all --tenant 1 transform")
EXAMPLE("dead drop", "pulse-etl dead drop --number 2 transform")

OPTION("--url URL", "the service: http://HOST[:PORT] or https://HOST[:PORT]")
OPTION("--jobs N", "so many requests at once; 4")
OPTION("--token-file FILE", "holds the API token; else ETL_TOKEN does")
OPTION("--no-queue", "store only: nothing processes the batches for now")
OPTION("--strict", "exit status 65 if the service warned of anything")
OPTION("--nul refuse|replace",
    "what becomes of \\u0000, which PostgreSQL cannot hold")
EXAMPLE("import",
    "pulse-etl import --url http://127.0.0.1 --integration 1 \\\n"
    "    --type jira_issues_batch answers/")
EXAMPLE("import",
    "zcat batches.ndjson.gz | pulse-etl import --url http://127.0.0.1 -")

OPTION("--older-than AGE", "of this age or more: 90d, 12h, 30m or 45s")
OPTION("--status completed|failed|deleted", "which of the old ones")
EXAMPLE("purge",
    "pulse-etl purge --older-than 90d --status completed --dry-run")

#undef OPTION
#undef EXAMPLE
