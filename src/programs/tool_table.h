/*
 * The commands of pulse-etl: TOOL(group, command, function, what it takes,
 * sentence).
 */
TOOL("settings", "show", tool_settings_show, "",
    "Print all settings, secrets masked")
TOOL("secrets", "rotate", tool_secrets_rotate, "[--dry-run]",
    "Encrypt the secrets of integrations anew with the first key")
TOOL("token", "create", tool_token_create,
    "--tenant N --role reader|writer|admin [--expires 90d] [--name TEXT]",
    "Make an API token and print it, once")
TOOL("token", "list", tool_token_list, "[--tenant N]",
    "List tokens: whose, what for, when last used; not their secrets")
TOOL("token", "revoke", tool_token_revoke, "ID",
    "Make a token useless, within 30 seconds")
