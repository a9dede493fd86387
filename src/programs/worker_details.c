#include "programs/worker_details.h"

#include <string.h>

#include "base/clock.h"
#include "base/json_write.h"

/* What error_details of one attempt may take. */
#define DETAILS_MAX (4u << 20)
/* As many items are listed, see transformer_table.h. */
#define LISTED_MAX 1000

bool
worker_is_hopeless(enum err rc, const struct diag *diag)
{
	static const char *const classes[] = { "22", "23", "54" };

	for (size_t i = 0; i < COUNT(classes); i++)
		if (strncmp(diag->sqlstate, classes[i], 2) == 0)
			return true;
	switch (err_class(rc)) {
	case ERR_CLASS_INPUT:
	case ERR_CLASS_ABSENT:
	case ERR_CLASS_CONFLICT:
	case ERR_CLASS_LIMIT:
		return true;
	case ERR_CLASS_OK:
	case ERR_CLASS_ACCESS:
	case ERR_CLASS_BUSY:
	case ERR_CLASS_BROKEN:
		break;
	}
	return false;
}

/* JSON as a parameter: a byte in front of it is ours, see db_add_jsonb(). */
static struct span
as_details(struct buf *out, struct arena *arena)
{
	char *copy = buf_done(out) != E_OK ? NULL :
	    arena_get(arena, out->len + 2);

	if (copy != NULL)
		memcpy(copy + 1, out->data, out->len);
	return copy == NULL ? SPAN_NONE : (struct span){ copy + 1, out->len };
}

struct span
worker_error_details(const struct diag *diag, const char *stage,
    const char *message, int64_t item, int64_t attempt, struct arena *arena)
{
	char stamp[CLOCK_STAMP_SIZE];
	struct span details;
	struct json json;
	struct buf out;

	clock_stamp(stamp);
	buf_init(&out, DETAILS_MAX);
	json_init(&json, &out);
	json_object(&json, NULL);
	json_text(&json, "stage", stage);
	json_text(&json, "error", err_name(diag->code));
	json_text(&json, "sqlstate", diag->sqlstate[0] == '\0' ? NULL :
	    diag->sqlstate);
	json_text(&json, "message", message);
	if (item < 0)
		json_null(&json, "item");
	else
		json_int(&json, "item", item);
	json_int(&json, "attempt", attempt);
	json_text(&json, "at", stamp);
	json_end(&json);
	details = as_details(&out, arena);
	buf_free(&out);
	return details;
}

struct span
worker_skipped_details(const struct transform_outcome *outcome,
    int64_t attempt, struct arena *arena)
{
	char stamp[CLOCK_STAMP_SIZE];
	struct span details;
	struct json json;
	struct buf out;

	if (outcome->skipped == 0 && outcome->waiting_json.at == NULL)
		return SPAN_NONE;
	clock_stamp(stamp);
	buf_init(&out, DETAILS_MAX);
	json_init(&json, &out);
	json_object(&json, NULL);
	json_text(&json, "message", "some items could not be read");
	json_int(&json, "items", outcome->items);
	json_int(&json, "skipped_count", outcome->skipped);
	if (outcome->skipped > LISTED_MAX)
		json_bool(&json, "skipped_cut", true);
	json_raw(&json, "skipped", outcome->skipped_json);
	if (outcome->waiting_json.at != NULL)
		json_raw(&json, "waiting", outcome->waiting_json);
	json_int(&json, "attempt", attempt);
	json_text(&json, "at", stamp);
	json_end(&json);
	details = as_details(&out, arena);
	buf_free(&out);
	return details;
}
