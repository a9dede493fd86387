/* SPDX-License-Identifier: MIT */
#include "etl/reading.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/daemon.h"
#include "base/log.h"
#include "base/metrics.h"
#include "etl/service.h"
#include "models/standby.h"

#define PAUSE_MIN_MS 100
#define PAUSE_MAX_MS 5000
/* To be behind for a moment is usual; from this pause on it is told, ms. */
#define TELL_BEHIND_MS 800
/* A standby that is silent has so many times database_read_wait. */
#define SILENT_TIMES 10
/* How long the naps become between two looks at a standby that is behind, ms. */
#define NAP_MAX_MS 16

enum reason {
#define READING(id, ...) id,
#include "etl/reading_rows.h"
#undef READING
	READING_REASONS
};

static const struct {
	const char *name;
	enum metric metric;
	const char *text;
} reasons[] = {
#define READING(id, name, metric, text) [id] = { name, metric, text },
#include "etl/reading_rows.h"
#undef READING
};

struct reading {
	const struct db_settings *settings;
	struct db *standby;
	enum reason reason; /* of the last look */
	enum reason told;   /* what the log and health/ready say */
	int64_t retry_at;   /* of clock_ms(); not before */
	unsigned pause;	    /* ms */
};

struct reading *
reading_new(const struct db_settings *settings, const char *program)
{
	struct reading *reading;

	if (settings->database_read_url[0] == '\0')
		return NULL;
	reading = calloc(1, sizeof(*reading));
	if (reading == NULL)
		return NULL;
	reading->settings = settings;
	reading->standby = db_new_reader(settings, program);
	if (reading->standby == NULL) {
		free(reading);
		return NULL;
	}
	return reading;
}

void
reading_free(struct reading *reading)
{
	if (reading == NULL)
		return;
	db_free(reading->standby);
	free(reading);
}

void
reading_shrink_buffers(struct reading *reading)
{
	if (reading != NULL)
		db_shrink_buffers(reading->standby);
}

/* What was found. A change is told once. */
static void
note(struct reading *reading, enum reason reason, const char *text)
{
	reading->reason = reason;
	if (reason == READING_STANDBY) {
		if (reading->told != READING_STANDBY)
			log_info("standby_again",
			    LOG_TEXT("after", reasons[reading->told].name));
		reading->told = READING_STANDBY;
		reading->pause = 0;
		return;
	}
	reading->pause = reading->pause == 0 ?
	    PAUSE_MIN_MS :
	    reading->pause * 2;
	if (reading->pause > PAUSE_MAX_MS)
		reading->pause = PAUSE_MAX_MS;
	reading->retry_at = clock_ms() + reading->pause / 2 +
	    daemon_jitter(reading->pause / 2);
	if (reason == READING_BEHIND && reading->pause < TELL_BEHIND_MS)
		return;
	db_leave_reader(reading->standby); /* another host may do better */
	if (reason == reading->told)
		return;
	log_warn("standby", LOG_TEXT("reason", reasons[reason].name),
	    LOG_TEXT("text", text[0] == '\0' ? reasons[reason].text : text));
	reading->told = reason;
}

static enum reason
reason_of(enum standby_state state)
{
	switch (state) {
	case STANDBY_CURRENT:
		return READING_STANDBY;
	case STANDBY_BEHIND:
		return READING_BEHIND;
	case STANDBY_NONE:
		return READING_PROMOTED;
	case STANDBY_OTHER_TIMELINE:
		return READING_OTHER_TIMELINE;
	case STANDBY_OTHER_DATABASE:
		break;
	}
	return READING_OTHER_DATABASE;
}

/*
 * One look at the standby. A session that a pooler shares may be with another
 * standby in the next transaction, so the list is read in that of the look.
 */
static enum err
look_once(struct reading *reading, const struct standby_mark *mark,
    struct arena *arena, enum standby_state *ret_state, struct diag *diag)
{
	struct db *standby = reading->standby;
	bool is_shared;
	enum err rc = db_open(standby, diag);

	if (rc != E_OK)
		return rc;
	is_shared = db_is_shared(standby);
	if (is_shared)
		rc = db_begin(standby, diag);
	if (rc != E_OK)
		return rc;
	rc = standby_look(standby, mark, arena, ret_state, NULL, diag);
	if (is_shared && (rc != E_OK || *ret_state != STANDBY_CURRENT))
		db_rollback(standby);
	return rc;
}

/* Look again and again while it is behind, as long as the settings say. */
static enum reason
look(struct reading *reading, const struct standby_mark *mark,
    struct arena *arena, struct diag *diag)
{
	const int64_t wait = reading->settings->database_read_wait;
	const int64_t ends = clock_ms() + wait;
	enum standby_state state = STANDBY_BEHIND;
	enum err rc;
	int nap = 1;

	db_answer_by(reading->standby, clock_ms() + wait * SILENT_TIMES);
	for (;;) {
		rc = look_once(reading, mark, arena, &state, diag);
		if (rc != E_OK || state != STANDBY_BEHIND ||
		    clock_left(ends) == 0 || daemon_was_asked())
			break;
		(void)daemon_poll(NULL, 0,
		    nap < clock_left(ends) ? nap : clock_left(ends));
		nap = nap < NAP_MAX_MS ? nap * 2 : nap;
	}
	db_answer_by(reading->standby, 0);
	if (rc == E_OK)
		return reason_of(state);
	return rc == E_DB_CONNECT || rc == E_DB_LOST ?
	    READING_UNREACHABLE :
	    READING_FAILED;
}

/* Is the standby to be asked, and does it have all? Its session is ready. */
static bool
begin(struct reading *reading, struct req *rq)
{
	struct standby_mark mark;
	struct diag diag;

	if (clock_left(reading->retry_at) > 0)
		return false;
	diag_clear(&diag);
	/* If that fails, the primary's own answer tells. */
	if (standby_mark(rq->db, rq->arena, &mark, &diag) != E_OK)
		return false;
	db_renew_limits(reading->standby);
	db_tenant(reading->standby, rq->who.tenant_id);
	note(reading, look(reading, &mark, rq->arena, &diag), diag.text);
	if (reading->reason == READING_STANDBY)
		return true;
	db_tenant(reading->standby, DB_NO_TENANT);
	return false;
}

static void
end(struct reading *reading)
{
	db_rollback(reading->standby); /* of a session that is shared */
	db_tenant(reading->standby, DB_NO_TENANT);
}

/*
 * Is it the standby that failed? A statement that took too long, or whose
 * client has gone, would not do better at the primary.
 */
static bool
is_its_failure(enum err rc, const struct diag *diag)
{
	return (rc == E_DB_CONNECT || rc == E_DB_LOST || rc == E_DB_UNKNOWN ||
		   rc == E_DB_BUSY || rc == E_DB) &&
	    strcmp(diag->sqlstate, "57014") != 0;
}

/* The same for the next one, with an answer that is empty again. */
static void
start_over(struct req *rq, struct resp *rp)
{
	response_init(rp, rp->head, rp->body);
	diag_clear(&rq->diag);
	rq->errors = NULL;
	rq->errors_end = &rq->errors;
}

/* Gives: false where the primary has to answer; else *ret_rc is the handler's. */
static bool
answer_by_standby(struct req *rq, struct resp *rp, enum err *ret_rc)
{
	struct reading *reading = rq->service->reading;
	struct db *primary = rq->db;
	enum err rc;

	if (!begin(reading, rq)) {
		if (reading->reason != READING_STANDBY)
			metrics_add(reasons[reading->reason].metric, 1);
		return false;
	}
	rq->db = reading->standby;
	db_wait_for_peer(rq->db, rq->fcgi == NULL ? -1 : fcgi_peer(rq->fcgi));
	rc = rq->route->handler(rq, rp);
	db_wait_for_peer(rq->db, -1);
	rq->db = primary;
	end(reading);
	if (is_its_failure(rc, &rq->diag)) {
		note(reading, READING_FAILED, rq->diag.text);
		start_over(rq, rp);
	}
	metrics_add(reasons[reading->reason].metric, 1);
	*ret_rc = rc;
	return reading->reason == READING_STANDBY;
}

enum err
reading_answer(struct req *rq, struct resp *rp)
{
	enum err rc;

	db_tenant(rq->db, rq->who.tenant_id);
	if (rq->service->reading == NULL || !rq->route->is_list ||
	    !answer_by_standby(rq, rp, &rc))
		rc = rq->route->handler(rq, rp);
	db_tenant(rq->db, DB_NO_TENANT);
	return rc;
}

const char *
reading_trouble(struct req *rq)
{
	struct reading *reading = rq->service->reading;

	if (reading == NULL)
		return NULL;
	if (begin(reading, rq))
		end(reading);
	return reading->told == READING_STANDBY ?
	    NULL :
	    reasons[reading->told].text;
}
