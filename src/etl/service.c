/* SPDX-License-Identifier: MIT */
#include "etl/service.h"

void
service_request(struct service *service, struct req *rq, struct arena *arena,
    struct buf *body)
{
	request_init(rq, arena, body);
	rq->service = service;
	rq->db = service->db;
	rq->settings = service->settings;
	rq->auth = service->auth;
}
