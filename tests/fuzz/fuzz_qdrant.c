/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as an answer of a Qdrant server, to each question that we have.
 * What is taken of it is what cJSON finds in it, and what is not taken tells the
 * operator.
 *
 * The other half of the client, which asks by libcurl, is left out: this has
 * its own.
 */
#include <string.h>

#include <cjson/cJSON.h>

#include "adapters/qdrant/qdrant_inside.h"

#include "fuzz.h"

struct qdrant_client {
	struct span answer;
};

/* As qdrant_http.c gives it: in the arena, with a 0 behind it. */
enum qdrant_state
qdrant_http_get(struct qdrant_client *client, const char *path,
    struct arena *arena, struct span *ret_body, struct diag *diag)
{
	must(path[0] == '/');
	*ret_body = arena_span(arena, client->answer);
	if (!arena_failed(arena))
		return QDRANT_HEALTHY;
	arena_resume(arena);
	(void)diag_set(diag, E_TOO_LARGE, "too much");
	return QDRANT_STRANGE;
}

/* An item is the text that we have, which ends with its length. */
static void
check_text(const cJSON *item, struct span text)
{
	must(text.at != NULL);
	must(span_utf8_chars(text) != SIZE_MAX);
	must(memchr(text.at, '\0', text.len) == NULL);
	must(cJSON_IsString(item) && span_is(text, item->valuestring));
}

static const cJSON *
member(const cJSON *object, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(object, name);
}

static void
check_state(enum qdrant_state state, const struct diag *diag)
{
	must(state == QDRANT_HEALTHY || diag->text[0] != '\0');
	must(qdrant_state_word(state)[0] != '\0');
	must(qdrant_state_sentence(state)[0] != '\0');
}

static void
check_server(struct qdrant_client *client, const cJSON *answer,
    struct arena *arena)
{
	struct qdrant_server server;
	enum qdrant_state state;
	struct diag diag;

	diag_clear(&diag);
	state = qdrant_client_server(client, arena, &server, &diag);
	check_state(state, &diag);
	if (state != QDRANT_HEALTHY)
		return;
	must(cJSON_IsString(member(answer, "title")));
	check_text(member(answer, "version"), server.version);
	if (server.commit.at != NULL)
		check_text(member(answer, "commit"), server.commit);
}

static void
check_collections(struct qdrant_client *client, const cJSON *answer,
    struct arena *arena)
{
	const cJSON *list = member(member(answer, "result"), "collections");
	enum qdrant_state state;
	struct span *names;
	struct diag diag;
	size_t count;

	diag_clear(&diag);
	state = qdrant_client_collections(client, arena, &names, &count,
	    &diag);
	check_state(state, &diag);
	if (state != QDRANT_HEALTHY)
		return;
	must(cJSON_IsArray(list) &&
	    (size_t)cJSON_GetArraySize(list) == count);
	list = list->child;
	for (size_t i = 0; i < count; i++, list = list->next)
		check_text(member(list, "name"), names[i]);
}

static void
check_telemetry(struct qdrant_client *client, const cJSON *answer,
    struct arena *arena)
{
	const cJSON *number = member(member(member(answer, "result"),
	    "collections"), "number_of_collections");
	enum qdrant_state state;
	struct diag diag;
	int64_t count;

	diag_clear(&diag);
	state = qdrant_client_telemetry(client, arena, &count, &diag);
	check_state(state, &diag);
	if (state == QDRANT_HEALTHY)
		must(cJSON_IsNumber(number) &&
		    (double)count == number->valuedouble);
	diag_clear(&diag);
	check_state(qdrant_client_health(client, arena, &diag), &diag);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct qdrant_client client = { { (const char *)data, size } };
	cJSON *answer = cJSON_ParseWithLength((const char *)data, size);
	struct arena *arena = arena_new(4 << 20);

	must(arena != NULL);
	check_server(&client, answer, arena);
	arena_reset(arena);
	check_collections(&client, answer, arena);
	arena_reset(arena);
	check_telemetry(&client, answer, arena);
	arena_free(arena);
	cJSON_Delete(answer);
	return 0;
}
