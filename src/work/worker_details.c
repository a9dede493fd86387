/* SPDX-License-Identifier: MIT */
#include "work/worker_details.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "json/json_write.h"

/* What error_details of one attempt may take. */
#define DETAILS_MAX (4u << 20)
/* As many items are listed, see transformer.h. */
#define LISTED_MAX 1000

const char *
worker_fate_name(enum worker_fate_kind kind)
{
	switch (kind) {
	case WORKER_DONE:
		return "done";
	case WORKER_LOAD:
		return "transformed";
	case WORKER_RETRY:
		return "retry";
	case WORKER_WAIT:
		return "wait";
	case WORKER_PARK:
		return "parked";
	case WORKER_BURY:
		break;
	}
	return "dead";
}

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

bool
worker_is_outage(const struct diag *diag)
{
	/* Connections, read-only, disk, shutdown, I/O; tables, rights. */
	static const char *const states[] = { "08", "25006", "26000", "53100",
		"53300", "57P", "58", "3F000", "42501", "42703", "42704",
		"42883", "42P01" };

	for (size_t i = 0; i < COUNT(states); i++)
		if (strncmp(diag->sqlstate, states[i], strlen(states[i])) == 0)
			return true;
	return diag->code == E_DB_CONNECT || diag->code == E_DB_LOST ||
	    diag->code == E_DB_UNKNOWN;
}

/* JSON as a parameter: a byte in front of it is ours, see db_add_jsonb(). */
static struct span
as_details(struct buf *out, struct arena *arena)
{
	char *copy = buf_done(out) != E_OK ?
	    NULL :
	    arena_ask(arena, out->len + 2);

	if (copy != NULL)
		memcpy(copy + 1, out->data, out->len);
	return copy == NULL ? SPAN_NONE : (struct span){ copy + 1, out->len };
}

/*
 * What clients may read of it: PostgreSQL's words on data that it would not
 * take, and ours; of all else its SQLSTATE. The log has every word.
 */
static const char *
words(const struct diag *diag, const char *message, char *room, size_t size)
{
	static const char *const data[] = { "22", "23", "54", "P0" };

	if (message != diag->text)
		return message;
	if (diag->code == E_DB_CONNECT || diag->code == E_DB_LOST ||
	    diag->code == E_DB_UNKNOWN)
		return "the database was unreachable";
	if (diag->sqlstate[0] == '\0')
		return message;
	for (size_t i = 0; i < COUNT(data); i++)
		if (strncmp(diag->sqlstate, data[i], 2) == 0)
			return message;
	if (strcmp(diag->sqlstate, "57014") == 0)
		return "it took longer than worker_statement_timeout allows";
	(void)snprintf(room, size, "the database could not do it (SQLSTATE %s)",
	    diag->sqlstate);
	return room;
}

struct span
worker_error_details(const struct diag *diag, const char *stage,
    const char *message, int64_t item, int64_t attempt, struct arena *arena)
{
	char stamp[CLOCK_STAMP_SIZE], room[64];
	struct span details;
	struct json json;
	struct buf out;

	clock_stamp(stamp);
	buf_init(&out, DETAILS_MAX);
	json_init(&json, &out);
	json_object(&json, NULL);
	json_text(&json, "stage", stage);
	json_text(&json, "error", err_name(diag->code));
	json_text(&json, "sqlstate",
	    diag->sqlstate[0] == '\0' ? NULL : diag->sqlstate);
	json_text(&json, "message", words(diag, message, room, sizeof(room)));
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

static bool
has_notes(const struct transform_outcome *outcome)
{
	return outcome->skipped > 0 || outcome->incomplete > 0 ||
	    outcome->waiting_json.at != NULL;
}

/* A list, how many it would have, and whether it is cut. */
static void
write_list(struct json *json, const char *name, int64_t count, struct span list)
{
	char member[32];

	(void)snprintf(member, sizeof(member), "%s_count", name);
	json_int(json, member, count);
	(void)snprintf(member, sizeof(member), "%s_cut", name);
	if (count > LISTED_MAX)
		json_bool(json, member, true);
	json_raw(json, name, list);
}

enum err
worker_notes(const struct transform_outcome *outcome, int64_t attempt,
    struct arena *arena, struct span *ret_details, struct diag *diag)
{
	char stamp[CLOCK_STAMP_SIZE];
	struct json json;
	struct buf out;

	*ret_details = SPAN_NONE;
	if (!has_notes(outcome))
		return E_OK;
	clock_stamp(stamp);
	buf_init(&out, DETAILS_MAX);
	json_init(&json, &out);
	json_object(&json, NULL);
	json_text(&json, "message",
	    outcome->incomplete == 0 ?
		"some items could not be read" :
		outcome->skipped == 0 ?
		"the answer is incomplete" :
		"the answer is incomplete, and some items could not be read");
	json_int(&json, "items", outcome->items - outcome->unreadable);
	if (outcome->skipped > 0)
		write_list(&json, "skipped", outcome->skipped,
		    outcome->skipped_json);
	if (outcome->incomplete > 0)
		write_list(&json, "incomplete", outcome->incomplete,
		    outcome->incomplete_json);
	if (outcome->waiting_json.at != NULL)
		json_raw(&json, "waiting", outcome->waiting_json);
	json_int(&json, "attempt", attempt);
	json_text(&json, "at", stamp);
	json_end(&json);
	*ret_details = as_details(&out, arena);
	buf_free(&out);
	return ret_details->at != NULL ?
	    E_OK :
	    diag_set(diag, E_NO_MEMORY,
		"no memory for the list of skipped items");
}
