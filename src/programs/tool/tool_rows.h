/* SPDX-License-Identifier: MIT */
/*
 * The commands of pulse-etl: TOOL(group, command, function, what it takes,
 * sentence). A group with an empty command is itself a command.
 */
#define OUTPUT "[--output table|json|ndjson|tsv]"
TOOL("setup", "", tool_setup,
    "[--yes] [--database URL] [--broker URL] [--broker-password-file FILE]"
    " [--tenant NAME] [--role NAME] [--group NAME] [--folder DIR]"
    " [--run-folder DIR] [--migrations DIR]",
    "Make all that a first batch needs; run again, it keeps what is there")
TOOL("tenant", "create", tool_tenant_create, "NAME",
    "Make a tenant and print its id")
TOOL("tenant", "list", tool_tenant_list, OUTPUT,
    "List the tenants, their integrations, batches and quotas")
TOOL("tenant", "show", tool_tenant_show, OUTPUT " ID",
    "Print all that is known of a tenant")
TOOL("tenant", "quota", tool_tenant_quota,
    "[--batches N|none] [--bytes N|none] ID",
    "Limit what a tenant may store in a day (UTC)")
TOOL("tenant", "disable", tool_tenant_disable, "ID",
    "Refuse all requests of a tenant, within 30 seconds")
TOOL("tenant", "enable", tool_tenant_enable, "ID",
    "Take the requests of a tenant again")
TOOL("tenant", "pause", tool_tenant_pause, "ID",
    "Begin nothing of a tenant's batches and extractions; stores are accepted")
TOOL("tenant", "resume", tool_tenant_resume, "ID",
    "Go on with a tenant's batches and extractions")
TOOL("integration", "create", tool_integration_create,
    "--tenant N --provider NAME [--product WORD] [--type KIND]"
    " [--base-url URL]"
    " [--username NAME] [--password-file FILE] [--app-key-file FILE]"
    " [--settings-file FILE]",
    "Make an integration, the account of a source, and print its id")
TOOL("integration", "list", tool_integration_list,
    "--tenant N [--product WORD] " OUTPUT,
    "List the integrations of a tenant, or those of a product")
TOOL("integration", "show", tool_catalogue_show,
    "--tenant N " OUTPUT " ID",
    "Print all that is known of an integration, but for its password, and its"
    " version")
TOOL("integration", "set", tool_integration_set,
    "--tenant N [--if-match VERSION] [--provider NAME] [--product WORD]"
    " [--type KIND]"
    " [--base-url URL]"
    " [--username NAME] [--app-key-file FILE] [--settings-file FILE] ID",
    "Change an integration")
TOOL("integration", "password", tool_integration_password,
    "--tenant N [--if-match VERSION] [--file FILE] ID",
    "Set an integration's password, from the terminal or the first line of FILE")
TOOL("integration", "test", tool_integration_test,
    "--tenant N " OUTPUT " ID",
    "Ask an integration's source who its credentials are: 0 it works, 1 not")
TOOL("integration", "fields", tool_integration_fields,
    "--tenant N [--map FIELD=COLUMN [--if-match VERSION]] " OUTPUT " ID",
    "List a Jira's custom fields and the columns they go to, or map one; FIELD="
    " takes its mapping away")
TOOL("integration", "disable", tool_integration_disable,
    "--tenant N [--if-match VERSION] ID", "Deactivate an integration")
TOOL("integration", "enable", tool_integration_enable,
    "--tenant N [--if-match VERSION] ID", "Activate an integration again")
TOOL("integration", "delete", tool_catalogue_delete,
    "--tenant N [--if-match VERSION] [--dry-run] ID",
    "Delete an integration that nothing refers to; one that its catalogue uses,"
    " or that is disabled already, stays disabled")
TOOL("extract", "run", tool_extract_run,
    "--tenant N --integration N [--type JOB_TYPE] [--from TIME]"
    " [--to TIME] [--full]",
    "Start an extraction and print its run's id")
TOOL("run", "list", tool_run_list,
    "--tenant N [--integration N] [--limit N] " OUTPUT,
    "List runs of extractions, newest first")
TOOL("run", "show", tool_run_show, "--tenant N " OUTPUT " ID",
    "Print all that is known of a run, and what went wrong")
TOOL("run", "watch", tool_run_watch, "--tenant N ID",
    "Tell how far a run is until it has ended: 0 it is done, 1 not all of it")
TOOL("run", "cancel", tool_run_cancel, "--tenant N ID",
    "End a run behind the page that is being read")
TOOL("job", "create", tool_job_create,
    "--tenant N --integration N --name NAME --type JOB_TYPE [--every 1h]"
    " [--jitter 5m] [--params-file FILE]",
    "Make an extraction with a schedule and print its id")
TOOL("job", "list", tool_job_list, "--tenant N " OUTPUT,
    "List the jobs of a tenant")
TOOL("job", "show", tool_catalogue_show, "--tenant N " OUTPUT " ID",
    "Print all that is known of a job, and its version")
TOOL("job", "set", tool_job_set,
    "--tenant N [--if-match VERSION] [--integration N] [--name NAME]"
    " [--type JOB_TYPE]"
    " [--every 1h|--by-hand] [--jitter 5m] [--params-file FILE] ID",
    "Change a job")
TOOL("job", "pause", tool_job_pause,
    "--tenant N [--if-match VERSION] ID",
    "Begin no more runs of a job")
TOOL("job", "resume", tool_job_resume,
    "--tenant N [--if-match VERSION] ID",
    "Begin runs of a job again")
TOOL("job", "run", tool_job_run, "--tenant N [--full] ID",
    "Start a run of a job now and print its id")
TOOL("job", "delete", tool_catalogue_delete,
    "--tenant N [--if-match VERSION] [--dry-run] ID",
    "Delete a job; its runs stay")
TOOL("hook-secret", "add", tool_hook_secret_add, "--tenant N [--file FILE] ID",
    "Let an integration take webhooks that are signed with one more secret, from"
    " the terminal or the first line of FILE, and print its id; two at most")
TOOL("hook-secret", "list", tool_hook_secret_list, "--tenant N " OUTPUT " ID",
    "List the secrets of an integration's webhooks by their ids")
TOOL("hook-secret", "remove", tool_hook_secret_remove,
    "--tenant N --secret N ID",
    "Refuse webhooks that are signed with this secret from now on")
TOOL("queue", "pause", tool_queue_pause, "QUEUE",
    "Let workers take nothing from transform, load or extract")
TOOL("queue", "resume", tool_queue_resume, "QUEUE",
    "Let workers take from a queue again")
TOOL("queues", "", tool_queues, OUTPUT,
    "List the queues: state, messages, consumers")
TOOL("status", "", tool_status, "[--tenant N] " OUTPUT,
    "Count the batches by status, and tell how long the oldest have waited")
TOOL("health", "", tool_health, "",
    "Tell whether a store would pass now: 0 it would, 1 not")
TOOL("top", "", tool_top, "[--interval SECONDS] [--count N]",
    "Rates, backlog and queues, every two seconds until it is stopped")
TOOL("doctor", "", tool_doctor, "[--user NAME] " OUTPUT,
    "Look at servers, settings and files: 0 all is well, 1 worth a look, 2 wrong")
TOOL("completion", "", tool_completion, "bash|zsh",
    "Print what a shell needs to complete these commands")
TOOL("routes", "openapi", tool_routes_openapi, "",
    "Print what GET /app/etl/openapi.json answers")
TOOL("settings", "show", tool_settings_show, OUTPUT,
    "Print all settings, secrets masked")
TOOL("secrets", "rotate", tool_secrets_rotate, "[--dry-run]",
    "Encrypt the secrets of integrations anew with the first key")
TOOL("token", "create", tool_token_create,
    "--tenant N --role reader|writer|admin [--expires 90d] [--name TEXT]",
    "Make an API token and print it, once")
TOOL("token", "list", tool_token_list, "[--tenant N] " OUTPUT,
    "List tokens: whose, what for, when last used; not their secrets")
TOOL("token", "revoke", tool_token_revoke, "ID",
    "Make a token useless, within 30 seconds")
TOOL("counts", "", tool_counts,
    "--tenant N [--bucket 1m|5m|1h|1d] [--since TIME] [--until TIME]"
    " [--integration N] [--type TYPE] [--status STATUS] " OUTPUT,
    "Count batches by the time they were stored, with a bar for each bucket")
TOOL("raw", "list", tool_raw_list,
    "--tenant N [--id ID] [--integration N] [--type TYPE] [--status STATUS]"
    " [--external-id NAME] [--after TIME] [--before TIME] [--limit N] " OUTPUT,
    "List stored batches, newest first")
TOOL("raw", "show", tool_raw_show, "--tenant N " OUTPUT " ID",
    "Print all that is known of a batch, but for its payload")
TOOL("raw", "export", tool_raw_export,
    "--tenant N [--output FILE] [--quiet] ID", "Print a batch's payload")
TOOL("raw", "delete", tool_raw_delete, "--tenant N ID",
    "Take a batch out of all lists; what was made of it stays")
TOOL("raw", "process", tool_raw_process, "--tenant N ID",
    "Transform and load a pending batch here and now, without a queue")
TOOL("raw", "partitions", tool_raw_partitions, OUTPUT,
    "List the partitions of all tenants' batches, and what is in them")
TOOL("raw", "drop-partition", tool_raw_drop_partition,
    "[--force] [--dry-run] [--yes] PARTITION",
    "Drop a partition with its batches, of every tenant")
TOOL("raw", "archive", tool_raw_archive,
    "--tenant N --folder FOLDER [--id ID] [--first ID] [--last ID]"
    " [--integration N] [--type TYPE] [--status STATUS] [--before TIME]"
    " [--file-bytes N] [--delete] [--dry-run] [--quiet] [--yes]",
    "Write completed batches, or those of STATUS, to packed files with digests"
    " and a manifest; with --delete they leave the database then")
TOOL("raw", "verify", tool_raw_verify, "MANIFEST",
    "Tell whether an archive is whole and as it was written: 0 it is")
TOOL("raw", "restore", tool_raw_restore,
    "[--tenant N] [--requeue] [--quiet] MANIFEST",
    "Bring the batches of an archive back, with their ids")
TOOL("type", "list", tool_type_list, "--tenant N " OUTPUT,
    "List a tenant's own entity types, and those that all tenants share")
TOOL("type", "show", tool_catalogue_show, "--tenant N " OUTPUT " ID",
    "Print all that is known of an entity type, and its version")
TOOL("type", "infer", tool_type_infer, "--tenant N BATCH",
    "Print a mapping that is proposed for the batch with this id")
TOOL("type", "check", tool_type_check, "FILE",
    "Tell what is wrong with a mapping: 0 nothing is")
TOOL("type", "try", tool_type_try, "--tenant N --batch BATCH [--limit N] FILE",
    "Print the rows that a mapping makes of a batch, and take them back")
TOOL("type", "apply", tool_type_apply,
    "--tenant N|--all-tenants [--if-match VERSION] [--requeue] [--quiet]"
    " [--yes] FILE",
    "Make an entity type as a mapping says, or change it, and print its id")
TOOL("type", "remove", tool_type_remove,
    "--tenant N|--all-tenants [--if-match VERSION] ID",
    "Remove an entity type; what was made of its batches stays")
/*
 * A table of the catalogue: its group, one of it and several, the options of its
 * fields for a new row and for a change, and those of disable and delete.
 */
#define CATALOGUE(group, one, many, made, changed, disabled, deleted) \
	TOOL(group, "list", tool_catalogue_list, \
	    "--tenant N [--integration N] [--active true|false] " OUTPUT, \
	    "List the " many " of a tenant") \
	TOOL(group, "show", tool_catalogue_show, "--tenant N " OUTPUT " ID", \
	    "Print all that is known of a " one ", and its version") \
	TOOL(group, "create", tool_catalogue_create, "--tenant N " made, \
	    "Make a " one " and print its id") \
	TOOL(group, "set", tool_catalogue_set, \
	    "--tenant N [--if-match VERSION] " changed " ID", \
	    "Change a " one) \
	TOOL(group, "disable", tool_catalogue_disable, \
	    "--tenant N [--if-match VERSION] " disabled "ID", \
	    "Deactivate a " one) \
	TOOL(group, "enable", tool_catalogue_enable, \
	    "--tenant N [--if-match VERSION] ID", "Activate a " one " again") \
	TOOL(group, "delete", tool_catalogue_delete, \
	    "--tenant N [--if-match VERSION] " deleted "[--dry-run] ID", \
	    "Delete a " one "; one that is still used is only deactivated, and" \
	    " that is said")
#define CATALOGUE_DEPENDENCIES(group, one) \
	TOOL(group, "dependencies", tool_catalogue_dependencies, \
	    "--tenant N " OUTPUT " ID", \
	    "List what depends on a " one ", and what may take its place")
CATALOGUE("status-mapping", "status mapping", "status mappings",
    "--status-from NAME --status-to NAME --status-category CATEGORY"
    " [--workflow N] [--integration N]",
    "[--status-from NAME] [--status-to NAME] [--status-category CATEGORY]"
    " [--workflow N] [--integration N]",
    "", "[--target-mapping N] ")
CATALOGUE_DEPENDENCIES("status-mapping", "status mapping")
CATALOGUE("wit-mapping", "work item type mapping", "work item type mappings",
    "--wit-from NAME --wit-to NAME --hierarchy-level N [--integration N]",
    "[--wit-from NAME] [--wit-to NAME] [--hierarchy-level N]"
    " [--integration N]",
    "", "")
CATALOGUE("workflow", "workflow step", "workflow steps",
    "--step-name NAME --step-category CATEGORY [--step-number N]"
    " [--is-commitment-point true|false] [--integration N]",
    "[--step-name NAME] [--step-category CATEGORY] [--step-number N]"
    " [--is-commitment-point true|false] [--integration N]",
    "", "[--target-workflow N] ")
CATALOGUE_DEPENDENCIES("workflow", "workflow step")
CATALOGUE("hierarchy", "hierarchy", "hierarchies",
    "--level-name NAME --level-number N [--description TEXT]"
    " [--integration N]",
    "[--level-name NAME] [--level-number N] [--description TEXT]"
    " [--integration N]",
    "[--target-hierarchy N] [--dry-run] ", "[--target-hierarchy N] ")
CATALOGUE_DEPENDENCIES("hierarchy", "hierarchy")
#undef CATALOGUE
#undef CATALOGUE_DEPENDENCIES
TOOL("statuses", "", tool_catalogue_list,
    "--tenant N [--integration N] [--active true|false] " OUTPUT,
    "List the statuses of a tenant, as its sources name them")
TOOL("wits", "", tool_catalogue_list,
    "--tenant N [--integration N] [--active true|false] " OUTPUT,
    "List the work item types of a tenant, as its sources name them")
TOOL("retention", "list", tool_retention_list, "--tenant N " OUTPUT,
    "List a tenant's retention rules, and those that all tenants share")
TOOL("retention", "show", tool_catalogue_show, "--tenant N " OUTPUT " ID",
    "Print all that is known of a retention rule, and its version")
TOOL("retention", "set", tool_retention_set,
    "--tenant N|--all-tenants [--if-match VERSION] --action delete|payload"
    " [--type TYPE] [--status WHICH] [--keep-days N] [--keep-newest N] [--off] [--on]",
    "Make a retention rule, or change the one of this type, status and action,"
    " and print its id")
TOOL("retention", "delete", tool_retention_delete,
    "--tenant N|--all-tenants [--if-match VERSION] ID",
    "Remove a retention rule; what it took stays gone")
TOOL("retention", "preview", tool_retention_preview,
    "--tenant N|--all-tenants ID",
    "Tell how many batches and bytes a retention rule would take now")
TOOL("retention", "run", tool_retention_run,
    "--tenant N|--all-tenants [--dry-run] [--quiet] [--yes]",
    "Apply the active retention rules now; the relay does it by and by")
TOOL("report", "grant", tool_report_grant,
    "--tenant N [--password-file FILE] LOGIN",
    "Let a login, which is made where there is none, read a tenant's reports by"
    " SQL")
TOOL("report", "revoke", tool_report_revoke, "LOGIN",
    "Let a login read no reports any more")
TOOL("report", "list", tool_report_list, OUTPUT,
    "List the logins that read reports, and whose")
TOOL("report", "export", tool_report_export, "--tenant N " OUTPUT " NAME",
    "Print a report: work_items, flow_daily, cycle_times, pull_requests, ...")
TOOL("requeue", "", tool_requeue,
    "--tenant N [--id ID] [--integration N] [--type TYPE] [--status STATUS]"
    " [--external-id NAME] [--after TIME] [--before TIME] [--limit N] [--all]"
    " [--dry-run] [--quiet] [--yes]",
    "Let failed and completed batches, or those of STATUS, be processed again")
TOOL("dead", "list", tool_dead_list,
    "[--tenant N] [--limit N] " OUTPUT " QUEUE",
    "List the dead messages of transform, load or extract, and why")
TOOL("dead", "show", tool_dead_show,
    "--number N|--batch ID|--run ID [--tenant N] " OUTPUT " QUEUE",
    "Print dead messages whole")
TOOL("dead", "requeue", tool_dead_requeue,
    "--number N|--batch ID|--run ID|--all [--tenant N] [--quiet] [--yes] QUEUE",
    "Put dead messages back on their queue, their batches pending again")
TOOL("dead", "drop", tool_dead_drop,
    "--number N|--batch ID|--run ID|--all [--tenant N] [--quiet] [--yes] QUEUE",
    "Forget dead messages")
TOOL("import", "", tool_import,
    "--url URL [--tenant N] [--integration N --type TYPE] [--jobs N]"
    " [--token-file FILE] [--no-queue] [--nul refuse|replace] [--strict] " OUTPUT
    " [--quiet] FILE|FOLDER...|-",
    "Store files of batches, or the lines of standard input, through HTTP; run"
    " it again to resume")
TOOL("purge", "", tool_purge,
    "--older-than AGE --status completed|failed|deleted [--tenant N]"
    " [--dry-run] [--quiet] [--yes]",
    "Remove old batches, in small transactions")
#undef OUTPUT
