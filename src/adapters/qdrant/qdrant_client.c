/* SPDX-License-Identifier: MIT */
#include "adapters/qdrant/qdrant_client.h"

#include "adapters/qdrant/qdrant_inside.h"
#include "json/json_items.h"
#include "json/json_read.h"
#include "json/json_scan.h"

static const struct {
	const char *word;
	const char *sentence;
} states[] = {
#define STATE(id, word, sentence) [id] = { word, sentence },
#include "adapters/qdrant/qdrant_state_rows.h"
#undef STATE
};

const char *
qdrant_state_word(enum qdrant_state state)
{
	return states[state].word;
}

const char *
qdrant_state_sentence(enum qdrant_state state)
{
	return states[state].sentence;
}

/* A server that answers 200 with what no Qdrant says, or with far too much. */
static enum qdrant_state
strange(const char *path, struct arena *arena, struct diag *diag)
{
	arena_resume(arena);
	(void)diag_set(diag, E_SYNTAX, "the answer to GET %s is not Qdrant's",
	    path);
	return QDRANT_STRANGE;
}

/* One member of an object of this kind; the object may be part of a text. */
static bool
member(struct span object, const char *name, enum json_kind kind,
    struct arena *arena, struct span *ret_value)
{
	struct json_member wanted = { .name = name };
	struct json_refusal refusal;

	if (!json_scan_object(arena_span(arena, object), &json_limits_default,
		&wanted, 1, &refusal) ||
	    wanted.kind != kind)
		return false;
	*ret_value = wanted.value;
	return true;
}

static bool
member_text(struct span object, const char *name, struct arena *arena,
    struct span *ret_text)
{
	struct span value;
	struct diag diag;

	return member(object, name, JSON_STRING, arena, &value) &&
	    json_read_string(value, arena, ret_text, &diag) == E_OK;
}

enum qdrant_state
qdrant_client_server(struct qdrant_client *client, struct arena *arena,
    struct qdrant_server *ret_server, struct diag *diag)
{
	struct qdrant_server server = { SPAN_NONE, SPAN_NONE };
	struct span body, title;
	enum qdrant_state state;

	state = qdrant_http_get(client, "/", arena, &body, diag);
	if (state != QDRANT_HEALTHY)
		return state;
	if (!member_text(body, "title", arena, &title) ||
	    !member_text(body, "version", arena, &server.version))
		return strange("/", arena, diag);
	if (!member_text(body, "commit", arena, &server.commit)) {
		server.commit = SPAN_NONE;
		arena_resume(arena);
	}
	*ret_server = server;
	return QDRANT_HEALTHY;
}

enum qdrant_state
qdrant_client_health(struct qdrant_client *client, struct arena *arena,
    struct diag *diag)
{
	struct span body;

	/* The status tells; the text is not documented. */
	return qdrant_http_get(client, "/healthz", arena, &body, diag);
}

/* The member "result" of an answer, what all but GET / wrap theirs in. */
static enum qdrant_state
get_result(struct qdrant_client *client, const char *path, struct arena *arena,
    struct span *ret_result, struct diag *diag)
{
	enum qdrant_state state;
	struct span body;

	state = qdrant_http_get(client, path, arena, &body, diag);
	if (state == QDRANT_HEALTHY &&
	    !member(body, "result", JSON_OBJECT, arena, ret_result))
		return strange(path, arena, diag);
	return state;
}

enum qdrant_state
qdrant_client_telemetry(struct qdrant_client *client, struct arena *arena,
    int64_t *ret_collections, struct diag *diag)
{
	static const char path[] = "/telemetry";
	struct span result, collections, number;
	enum qdrant_state state;

	state = get_result(client, path, arena, &result, diag);
	if (state != QDRANT_HEALTHY)
		return state;
	if (!member(result, "collections", JSON_OBJECT, arena, &collections) ||
	    !member(collections, "number_of_collections", JSON_NUMBER, arena,
		&number) ||
	    !span_int64(number, ret_collections))
		return strange(path, arena, diag);
	return QDRANT_HEALTHY;
}

enum qdrant_state
qdrant_client_collections(struct qdrant_client *client, struct arena *arena,
    struct span **ret_names, size_t *ret_count, struct diag *diag)
{
	static const char path[] = "/collections";
	struct span result, collections;
	enum qdrant_state state;
	struct span *names;
	size_t count;

	state = get_result(client, path, arena, &result, diag);
	if (state != QDRANT_HEALTHY)
		return state;
	if (!member(result, "collections", JSON_ARRAY, arena, &collections))
		return strange(path, arena, diag);
	count = json_items(collections, NULL, 0);
	names = arena_ask(arena, (count + 1) * sizeof(*names));
	if (names == NULL)
		return strange(path, arena, diag);
	(void)json_items(collections, names, count);
	for (size_t i = 0; i < count; i++)
		if (!member_text(names[i], "name", arena, &names[i]))
			return strange(path, arena, diag);
	*ret_names = names;
	*ret_count = count;
	return QDRANT_HEALTHY;
}
