/* SPDX-License-Identifier: MIT */
/*
 * Sending the spans that base/trace.h keeps to a collector: OTLP/HTTP in its
 * JSON form (https://opentelemetry.io/docs/specs/otlp/), by http_client.
 *
 * It never waits: a request to the collector goes on while the program waits
 * for something else. Spans stay until the collector has taken them; what has
 * no room is dropped and counted.
 */
#ifndef ADAPTERS_OTLP_H
#define ADAPTERS_OTLP_H

#include "base/conf.h"

struct otlp;

struct otlp_settings {
#define SETTING(kind, ...) CONF_MEMBER_##kind(__VA_ARGS__)
#include "adapters/otlp_conf_rows.h"
#undef SETTING
};

extern const struct conf_row otlp_conf_rows[];
extern const size_t otlp_conf_count;

/* Are they of any use? Fails: E_SETTING. For a struct conf_set. */
enum err otlp_settings_check(const void *values, struct diag *diag) MUST_CHECK;

/*
 * Keep spans from now on, and send them. program: in each of them; lives as
 * long as the process.
 *
 * Needs: settings outlive it.
 * Gives: *ret_otlp, NULL where otlp_url is empty, which the others take.
 * Owns: you otlp_free() it, which sends what there is, for a second at most.
 * Fails: E_SETTING: the file of headers cannot be used; E_NO_MEMORY.
 */
enum err otlp_new(const struct otlp_settings *settings, const char *program,
    struct otlp **ret_otlp, struct diag *diag) MUST_CHECK;
void otlp_free(struct otlp *otlp);

/* Go on with it, without waiting. */
void otlp_turn(struct otlp *otlp);

/* In how many ms there is something to go on with; -1: when a span is kept. */
int otlp_due(const struct otlp *otlp);

#endif
