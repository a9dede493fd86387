/* Tenants, their sources, and the catalogue: rows of schema_table.h. */

TABLE("tenants")
COL("id", INTEGER, NEEDED)
COL("name", VARCHAR, NEEDED)
COL("website", VARCHAR, OPTIONAL)
COL("assets_folder", CHARS(100), OPTIONAL)
COL("logo_filename", CHARS(255), OPTIONAL)
COL("color_schema_mode", CHARS(10), OPTIONAL)
COL("active", BOOLEAN, NEEDED)
COL("created_at", STAMP, OPTIONAL)
COL("last_updated_at", STAMP, OPTIONAL)
KEY("PRIMARY KEY (id)")
KEY("UNIQUE (name)")

TABLE("users")
AUDITED
COL("email", CHARS(255), NEEDED)
COL("first_name", CHARS(100), OPTIONAL)
COL("last_name", CHARS(100), OPTIONAL)
COL("role", CHARS(50), NEEDED)
COL("is_admin", BOOLEAN, OPTIONAL)
COL("auth_provider", CHARS(50), NEEDED)
COL("okta_user_id", CHARS(255), OPTIONAL)
COL("password_hash", CHARS(255), OPTIONAL)
COL("theme_mode", CHARS(10), OPTIONAL)
COL("high_contrast_mode", BOOLEAN, OPTIONAL)
COL("reduce_motion", BOOLEAN, OPTIONAL)
COL("colorblind_safe_palette", BOOLEAN, OPTIONAL)
COL("accessibility_level", CHARS(10), OPTIONAL)
COL("profile_image_filename", CHARS(255), OPTIONAL)
COL("last_login_at", STAMP, OPTIONAL)
INDEX("btree (tenant_id)")
INDEX("btree (auth_provider)")

TABLE("integrations")
AUDITED
COL("provider", CHARS(50), NEEDED)
COL("type", CHARS(50), NEEDED)
COL("username", VARCHAR, OPTIONAL)
COL("password", VARCHAR, OPTIONAL)
COL("base_url", TEXT, OPTIONAL)
COL("base_search", VARCHAR, OPTIONAL)
COL("ai_model", CHARS(100), OPTIONAL)
COL("ai_model_config", JSONB, OPTIONAL)
COL("cost_config", JSONB, OPTIONAL)
COL("fallback_integration_id", INTEGER, OPTIONAL)
COL("logo_filename", CHARS(255), OPTIONAL)
COL("settings", JSONB, NEEDED)
KEY("UNIQUE (tenant_id, id)")
KEY("FOREIGN KEY (tenant_id, fallback_integration_id)"
    " REFERENCES integrations(tenant_id, id)")
INDEX("btree (tenant_id)")
INDEX("btree (provider)")
INDEX("btree (type)")

TABLE("projects")
AUDITED
OF_INTEGRATION
COL("external_id", VARCHAR, OPTIONAL)
COL("key", VARCHAR, NEEDED)
COL("name", VARCHAR, NEEDED)
COL("project_type", VARCHAR, OPTIONAL)
KEY("UNIQUE (tenant_id, id)")
KEY("UNIQUE (tenant_id, integration_id, external_id)")
INDEX("btree (integration_id)")
INDEX("btree (tenant_id)")
INDEX("btree (key)")

TABLE("workflows")
AUDITED
OF_INTEGRATION
COL("step_name", VARCHAR, NEEDED)
COL("step_number", INTEGER, OPTIONAL)
COL("step_category", VARCHAR, NEEDED)
COL("is_commitment_point", BOOLEAN, NEEDED)
KEY("UNIQUE (tenant_id, id)")
INDEX("btree (tenant_id)")
INDEX("btree (integration_id)")
INDEX("btree (is_commitment_point)")
INDEX("UNIQUE btree (tenant_id, integration_id) WHERE is_commitment_point")

TABLE("statuses_mappings")
AUDITED
OF_INTEGRATION
COL("status_from", VARCHAR, NEEDED)
COL("status_to", VARCHAR, NEEDED)
COL("status_category", VARCHAR, NEEDED)
COL("workflow_id", INTEGER, OPTIONAL)
KEY("UNIQUE (tenant_id, id)")
KEY("FOREIGN KEY (tenant_id, workflow_id) REFERENCES workflows(tenant_id, id)")
INDEX("btree (tenant_id)")
INDEX("btree (workflow_id)")
INDEX("btree (status_from)")

TABLE("wits_hierarchies")
AUDITED
OF_INTEGRATION
COL("level_name", VARCHAR, NEEDED)
COL("level_number", INTEGER, NEEDED)
COL("description", VARCHAR, OPTIONAL)
KEY("UNIQUE (tenant_id, id)")
INDEX("btree (tenant_id)")
INDEX("btree (level_number)")

TABLE("wits_mappings")
AUDITED
OF_INTEGRATION
COL("wit_from", VARCHAR, NEEDED)
COL("wit_to", VARCHAR, NEEDED)
COL("wits_hierarchy_id", INTEGER, NEEDED)
KEY("UNIQUE (tenant_id, id)")
KEY("FOREIGN KEY (tenant_id, wits_hierarchy_id)"
    " REFERENCES wits_hierarchies(tenant_id, id)")
INDEX("btree (tenant_id)")
INDEX("btree (wit_from)")
INDEX("btree (wits_hierarchy_id)")

TABLE("wits")
AUDITED
OF_INTEGRATION
COL("external_id", VARCHAR, OPTIONAL)
COL("original_name", VARCHAR, NEEDED)
COL("wits_mapping_id", INTEGER, OPTIONAL)
COL("description", VARCHAR, OPTIONAL)
COL("hierarchy_level", INTEGER, NEEDED)
KEY("UNIQUE (tenant_id, id)")
KEY("UNIQUE (tenant_id, integration_id, external_id)")
KEY("FOREIGN KEY (tenant_id, wits_mapping_id)"
    " REFERENCES wits_mappings(tenant_id, id)")
INDEX("btree (integration_id)")
INDEX("btree (tenant_id)")
INDEX("btree (external_id)")
INDEX("btree (original_name)")

TABLE("statuses")
AUDITED
OF_INTEGRATION
COL("external_id", VARCHAR, OPTIONAL)
COL("original_name", VARCHAR, NEEDED)
COL("status_mapping_id", INTEGER, OPTIONAL)
COL("category", VARCHAR, NEEDED)
COL("description", VARCHAR, OPTIONAL)
KEY("UNIQUE (tenant_id, id)")
KEY("UNIQUE (tenant_id, integration_id, external_id)")
KEY("FOREIGN KEY (tenant_id, status_mapping_id)"
    " REFERENCES statuses_mappings(tenant_id, id)")
INDEX("btree (integration_id)")
INDEX("btree (tenant_id)")
INDEX("btree (external_id)")
INDEX("btree (original_name)")

TABLE("projects_wits")
COL("project_id", INTEGER, NEEDED)
COL("wit_id", INTEGER, NEEDED)
COL("tenant_id", INTEGER, NEEDED)
KEY("PRIMARY KEY (project_id, wit_id)")
KEY("FOREIGN KEY (tenant_id, project_id) REFERENCES projects(tenant_id, id)")
KEY("FOREIGN KEY (tenant_id, wit_id) REFERENCES wits(tenant_id, id)")

TABLE("projects_statuses")
COL("project_id", INTEGER, NEEDED)
COL("status_id", INTEGER, NEEDED)
COL("tenant_id", INTEGER, NEEDED)
KEY("PRIMARY KEY (project_id, status_id)")
KEY("FOREIGN KEY (tenant_id, project_id) REFERENCES projects(tenant_id, id)")
KEY("FOREIGN KEY (tenant_id, status_id) REFERENCES statuses(tenant_id, id)")
