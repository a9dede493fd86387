/* SPDX-License-Identifier: MIT */
#include "adapters/otlp_body.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/trace.h"
#include "json/json_write.h"

static void
write_attribute(struct json *json, const char *key, struct span text,
    int64_t number)
{
	char digits[24];

	json_object(json, NULL);
	json_text(json, "key", key);
	json_object(json, "value");
	if (text.at != NULL) {
		json_span(json, "stringValue", text);
	} else { /* 64 bits are a text in protobuf's JSON */
		(void)snprintf(digits, sizeof(digits), "%" PRId64, number);
		json_text(json, "intValue", digits);
	}
	json_end(json);
	json_end(json);
}

static void
write_time(struct json *json, const char *key, int64_t us)
{
	char digits[24];

	(void)snprintf(digits, sizeof(digits), "%" PRId64 "000", us);
	json_text(json, key, digits);
}

/* since: what the wall clock has more than the monotonic one, us. */
static void
write_span(struct json *json, const struct trace_span *span, int64_t since)
{
	json_object(json, NULL);
	json_span(json, "traceId", (struct span){ span->context + 3, 32 });
	json_span(json, "spanId", (struct span){ span->context + 36, 16 });
	if (span->parent[0] != '\0')
		json_text(json, "parentSpanId", span->parent);
	json_text(json, "name", span->name);
	json_int(json, "kind", span->kind);
	write_time(json, "startTimeUnixNano", span->began + since);
	write_time(json, "endTimeUnixNano", span->ended + since);
	json_array(json, "attributes");
	for (size_t i = 0; i < span->note_count; i++) {
		const struct trace_note *note = &span->notes[i];

		write_attribute(json, note->key,
		    note->text[0] == '\0' ? SPAN_NONE : str_span(note->text),
		    note->number);
	}
	json_end(json);
	json_object(json, "status");
	if (span->has_failed)
		json_int(json, "code", 2);
	json_end(json);
	json_end(json);
}

void
otlp_body_write(struct buf *out, const char *program, size_t count)
{
	int64_t since = clock_wall_ms() * 1000 - clock_us();
	char host[256] = "";
	struct json json;

	(void)gethostname(host, sizeof(host) - 1);
	json_init(&json, out);
	json_object(&json, NULL);
	json_array(&json, "resourceSpans");
	json_object(&json, NULL);
	json_object(&json, "resource");
	json_array(&json, "attributes");
	write_attribute(&json, "service.namespace", SPAN_LIT("pulse-etl"), 0);
	write_attribute(&json, "service.name", str_span(program), 0);
	write_attribute(&json, "service.version", SPAN_LIT(PACKAGE_VERSION), 0);
	write_attribute(&json, "host.name", str_span(host), 0);
	write_attribute(&json, "process.pid", SPAN_NONE, getpid());
	json_end(&json);
	json_end(&json);
	json_array(&json, "scopeSpans");
	json_object(&json, NULL);
	json_object(&json, "scope");
	json_text(&json, "name", "pulse-etl");
	json_text(&json, "version", PACKAGE_VERSION);
	json_end(&json);
	json_array(&json, "spans");
	for (size_t i = 0; i < count; i++)
		write_span(&json, trace_at(i), since);
	json_end(&json);
	json_end(&json);
	json_end(&json);
	json_end(&json);
	json_end(&json);
	json_end(&json);
}
