/* SPDX-License-Identifier: MIT */
/*
 * What a responder has for all its requests: their handlers reach it as
 * rq->service.
 */
#ifndef ETL_SERVICE_H
#define ETL_SERVICE_H

#include "adapters/qdrant/qdrant_client.h"
#include "extract/extract_conf.h"
#include "http/request.h"
#include "models/batch/raw_batch_marks.h"
#include "models/succession.h"
#include "queue/queue_manager.h"

struct reading;

struct service {
	struct db *db;
	struct reading *reading; /* see etl/reading.h; NULL: no standby reads */
	struct succession succession;
	struct queue_manager *queue;
	struct raw_batch_marks *marks;
	struct qdrant_client *qdrant;
	const struct http_settings *settings;
	const struct extract_settings *extract; /* how sources are asked */
	const struct route_list *routes; /* what openapi.json describes */
	struct document *openapi;	 /* see http/document.h */
	struct auth *auth;   /* see http/auth.h; NULL: nobody has a token */
	struct seats *seats; /* see http/seats.h; NULL: nothing is bounded */
};

/* Start a request of the service: request_init(), with what it needs. */
void service_request(struct service *service, struct req *rq,
    struct arena *arena, struct buf *body);

#endif
