/* Tenants and their people. */
#include "models/begin_table.h"

TABLE(tenants)
COLUMN(id, INTEGER, NOT_NULL)
COLUMN(name, VARCHAR, NOT_NULL)
COLUMN(website, VARCHAR, NULLABLE)
COLUMN(assets_folder, CHARS(100), NULLABLE)
COLUMN(logo_filename, CHARS(255), NULLABLE)
COLUMN(color_schema_mode, CHARS(10), NULLABLE)
COLUMN(active, BOOLEAN, NOT_NULL)
COLUMN(created_at, STAMP, NULLABLE)
COLUMN(last_updated_at, STAMP, NULLABLE)
ISOLATED(id)
KEY("PRIMARY KEY (id)")
KEY("UNIQUE (name)")
CHECK("CHECK (((color_schema_mode)::text = ANY ((ARRAY["
    "'default'::character varying, 'custom'::character varying])::text[])))")

TABLE(users)
AUDITED
COLUMN(email, CHARS(255), NOT_NULL)
COLUMN(first_name, CHARS(100), NULLABLE)
COLUMN(last_name, CHARS(100), NULLABLE)
COLUMN(role, CHARS(50), NOT_NULL)
COLUMN(is_admin, BOOLEAN, NULLABLE)
COLUMN(auth_provider, CHARS(50), NOT_NULL)
COLUMN(okta_user_id, CHARS(255), NULLABLE)
COLUMN(password_hash, CHARS(255), NULLABLE)
COLUMN(theme_mode, CHARS(10), NULLABLE)
COLUMN(high_contrast_mode, BOOLEAN, NULLABLE)
COLUMN(reduce_motion, BOOLEAN, NULLABLE)
COLUMN(colorblind_safe_palette, BOOLEAN, NULLABLE)
COLUMN(accessibility_level, CHARS(10), NULLABLE)
COLUMN(profile_image_filename, CHARS(255), NULLABLE)
COLUMN(last_login_at, STAMP, NULLABLE)
INDEX("btree (tenant_id)")
INDEX("btree (auth_provider)")

#include "models/end_table.h"
