/* SPDX-License-Identifier: MIT */
/*
 * What is sent to a collector: an ExportTraceServiceRequest of
 * opentelemetry/proto/collector/trace/v1 in JSON: ids are hexadecimal, enums
 * are numbers, 64-bit integers are texts (OTLP, "JSON Protobuf Encoding").
 */
#ifndef ADAPTERS_OTLP_BODY_H
#define ADAPTERS_OTLP_BODY_H

#include <stddef.h>

#include "base/buf.h"

/* Write the first `count` spans that base/trace.h keeps. */
void otlp_body_write(struct buf *out, const char *program, size_t count);

#endif
