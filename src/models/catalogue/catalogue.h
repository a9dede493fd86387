/* SPDX-License-Identifier: MIT */
/*
 * The tables that people look after: types, statuses, workflows, integrations.
 * Each is a struct catalogue, whose columns are the rows of a *_shown_rows.h.
 * What is the same for all of them is here.
 *
 * Every writer first locks the tenant's catalogue (catalogue_begin), so that no
 * two writers meet; workers do not, and are kept apart by row locks.
 */
#ifndef MODELS_CATALOGUE_CATALOGUE_H
#define MODELS_CATALOGUE_CATALOGUE_H

#include "models/tables/column.h"

struct catalogue {
	const char *table;
	const char *noun;	 /* in answers: "There is no such NOUN" */
	const char *joins;	 /* what the columns need besides t, or "" */
	const char *listed;	 /* which rows a list has; NULL: all */
	const char *integration; /* whose rows ?integration_id= asks for */
	bool has_product;	 /* ?product= may ask for some */
	bool has_shared;	 /* rows without a tenant are shown to all */
	const char *sort;	 /* of lists, before the id; never null */
	bool sort_is_text;	 /* else a number */
	const char *writes;	 /* what clients may set; ? to NULL, too */
	const char *absent;	 /* what a foreign key refuses */
	const char *referrers;	 /* the table whose rows refer to it, or NULL */
	const char *link;	 /* their column that does */
	bool keeps_inactive;	 /* inactive referrers keep it, too */
	/* what catalogue_move() sets besides, or NULL */
	const char *moved;
	const char *target; /* what it says of a target it refuses */
	const struct catalogue *mappings; /* referrers that are mappings */
	const char *maps; /* a mapping's column: the name it is for */
	const char *best; /* the function that finds a name's mapping */
	const struct column *columns;
	size_t count;
};

/* Which rows of a list. */
struct catalogue_filter {
	int64_t tenant_id;
	int64_t integration_id; /* 0: of any */
	struct span product;	/* SPAN_NONE: of any */
	bool has_active;	/* else as `listed` says */
	bool active;
	struct span after_key; /* of a page's last row, or SPAN_NONE */
	int64_t after_id;
	int64_t limit;
};

/* The columns to write, each with its value. */
#define CATALOGUE_VALUES_MAX 12
struct catalogue_value {
	const char *column;
	enum column_kind kind;
	bool is_null;
	int64_t number;	  /* of INT and BOOL */
	struct span text; /* of TEXT and JSON, see db_add_jsonb() */
};
struct catalogue_change {
	size_t count;
	struct catalogue_value values[CATALOGUE_VALUES_MAX];
};

/* Set a column, or set it anew; `column` is ours and outlives the change. */
void catalogue_set(struct catalogue_change *change,
    struct catalogue_value value);
#define catalogue_set_int(change, name, value) \
	catalogue_set(change, \
	    (struct catalogue_value){ .column = (name), \
		.kind = COLUMN_INT, \
		.number = (value) })
#define catalogue_set_bool(change, name, value) \
	catalogue_set(change, \
	    (struct catalogue_value){ .column = (name), \
		.kind = COLUMN_BOOL, \
		.number = (value) })

/* A column's new value; NULL when it stays as it is. */
const struct catalogue_value *catalogue_new_value(
    const struct catalogue_change *change, const char *column);

/* May clients set this column? *ret_null: to NULL, too? */
bool catalogue_writes(const struct catalogue *catalogue, const char *column,
    bool *ret_null);

/*
 * List rows, or count them without regard to the page. Behind the columns
 * come the row's version and its key for the next page.
 */
enum err catalogue_list(struct db *db, const struct catalogue *catalogue,
    const struct catalogue_filter *filter, struct arena *arena,
    struct db_rows **ret_rows, struct diag *diag) MUST_CHECK;
enum err catalogue_total(struct db *db, const struct catalogue *catalogue,
    const struct catalogue_filter *filter, struct arena *arena,
    int64_t *ret_count, struct diag *diag) MUST_CHECK;

/* Get one row, listed or not. Fails: E_NO_ROW, and the client is told. */
enum err catalogue_get(struct db *db, const struct catalogue *catalogue,
    int64_t tenant_id, int64_t id, struct arena *arena,
    struct db_rows **ret_rows, struct diag *diag) MUST_CHECK;

/*
 * Get what a statement on tenant $1 and row $2 tells as one JSON document; it
 * has no row where there is none. Fails: as catalogue_get().
 */
enum err catalogue_document(struct db *db, const struct catalogue *catalogue,
    const struct db_statement *statement, int64_t tenant_id, int64_t id,
    struct arena *arena, struct span *ret_json, struct diag *diag) MUST_CHECK;

/* Tell the client that there is no such row. Gives: E_NO_ROW. */
enum err catalogue_tell_absent(const struct catalogue *catalogue,
    struct diag *diag);

/* One row's members as a JSON object. */
void catalogue_write(struct json *json, const char *key,
    const struct catalogue *catalogue, const struct db_rows *rows, int row);

/* What of a row changes with every change of it; and its key in lists. */
struct span catalogue_version(const struct catalogue *catalogue,
    const struct db_rows *rows, int row);
struct span catalogue_key(const struct catalogue *catalogue,
    const struct db_rows *rows, int row);

/* The number (or 0 or 1), or the text, of the first row's member. */
int64_t catalogue_int(const struct catalogue *catalogue,
    const struct db_rows *rows, const char *member);
struct span catalogue_text(const struct catalogue *catalogue,
    const struct db_rows *rows, const char *member);

/*
 * Begin a transaction that changes a tenant's catalogue, and wait until no
 * other does. Fails: as db_begin(); then there is none.
 */
enum err catalogue_begin(struct db *db, int64_t tenant_id, struct arena *arena,
    struct diag *diag) MUST_CHECK;

/*
 * Lock a row for a change; is_removal: also against new rows that refer to it, for
 * it is about to go. A worker that gives a type its mapping waits only then.
 * Fails: as catalogue_get().
 */
enum err catalogue_lock(struct db *db, const struct catalogue *catalogue,
    int64_t tenant_id, int64_t id, bool is_removal, struct arena *arena,
    struct diag *diag) MUST_CHECK;

/*
 * Insert a row, change one, remove one. A row that is so already is left alone,
 * and *ret_changed is false.
 *
 * Needs: catalogue_begin(); an existing, locked row.
 * Fails: E_EXISTS, E_IN_USE, E_NO_INTEGRATION (`absent`), E_INVALID: clients are
 *        told.
 */
enum err catalogue_insert(struct db *db, const struct catalogue *catalogue,
    int64_t tenant_id, const struct catalogue_change *change,
    struct arena *arena, int64_t *ret_id, struct diag *diag) MUST_CHECK;
enum err catalogue_update(struct db *db, const struct catalogue *catalogue,
    int64_t tenant_id, int64_t id, const struct catalogue_change *change,
    struct arena *arena, bool *ret_changed, struct diag *diag) MUST_CHECK;
enum err catalogue_delete(struct db *db, const struct catalogue *catalogue,
    int64_t tenant_id, int64_t id, struct arena *arena, struct diag *diag)
    MUST_CHECK;

/*
 * Let go of a row that is to be removed: inactive referrers forget it, unless they
 * keep it, too. Gives: *ret_referrers, how many use it still.
 */
enum err catalogue_release(struct db *db, const struct catalogue *catalogue,
    int64_t tenant_id, int64_t id, struct arena *arena, int64_t *ret_referrers,
    struct diag *diag) MUST_CHECK;

/*
 * Give all referrers of a row to another one; or lock that one only.
 * Fails: E_SYNTAX (`target`) when that is missing, inactive or the same.
 */
enum err catalogue_target(struct db *db, const struct catalogue *catalogue,
    int64_t tenant_id, int64_t id, int64_t target_id, struct arena *arena,
    struct diag *diag) MUST_CHECK;
enum err catalogue_move(struct db *db, const struct catalogue *catalogue,
    int64_t tenant_id, int64_t id, int64_t target_id, struct arena *arena,
    struct diag *diag) MUST_CHECK;

/*
 * Apply a mapping that was made or changed, in one statement: whatever has its
 * name or had its old name (SPAN_NONE: it is new), or is linked to it, gets the
 * mapping that its own name has, or none (etl_wit_mapping and
 * etl_status_mapping of the migrations).
 */
enum err catalogue_remap(struct db *db, const struct catalogue *catalogue,
    int64_t tenant_id, int64_t id, struct span old_name, struct arena *arena,
    struct diag *diag) MUST_CHECK;

/*
 * For the models: run a statement on one tenant and one row, $1 and $2, and
 * perhaps another, $3 (0: it has none).
 */
#define CATALOGUE_INTEGRATION \
	" JOIN integrations AS i ON i.tenant_id = t.tenant_id" \
	" AND i.id = t.integration_id"
enum err catalogue_run(struct db *db, const struct db_statement *statement,
    int64_t tenant_id, int64_t id, int64_t other, struct arena *arena,
    struct db_rows **ret_rows, struct diag *diag) MUST_CHECK;

#endif
