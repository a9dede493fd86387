/*
 * The commands of pulse-etl: TOOL(group, command, function, what it takes,
 * sentence).
 */
TOOL("routes", "openapi", tool_routes_openapi, "",
    "Print what GET /app/etl/openapi.json answers")
TOOL("settings", "show", tool_settings_show, "",
    "Print all settings, secrets masked")
