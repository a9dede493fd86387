/*
 * The commands of pulse-etl: TOOL(group, command, function, what it takes,
 * sentence).
 */
TOOL("settings", "show", tool_settings_show, "",
    "Print all settings, secrets masked")
