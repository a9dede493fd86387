/* SPDX-License-Identifier: MIT */
/*
 * The messages of the dead-letter queues, which all tenants share: a tenant sees
 * and revives those of its own.
 */
#include "queue/dead_letters.h"

#include <string.h>
#include <time.h>

#include "etl/answers.h"
#include "etl/handlers.h"
#include "etl/requeue.h"
#include "etl/service.h"
#include "http/audit.h"
#include "http/field.h"

/* A thousand ids with commas. */
#define IDS_BYTES_MAX 32768

struct dead_input {
	struct span queue;
	struct span entity_type;
	int64_t raw_data_id;
	int64_t run_id;
	int64_t limit;
	bool all;
	bool dry_run;
};

#define AT(member) .offset = offsetof(struct dead_input, member)
/* clang-format off */
#define QUEUE_ROW(place, text) \
	{ place, "queue", .kind = FIELD_TEXT, .required = place == FIELD_BODY, \
	  .choices = "transform|load|extract", AT(queue), .sentence = text }

static const struct field list_rows[] = {
	QUEUE_ROW(FIELD_QUERY, "Whose dead letters; transform"),
	{ FIELD_QUERY, "limit", .kind = FIELD_INT, .min = 1, .max = 1000,
	  AT(limit), .sentence = "How many at most, oldest first; 100" },
};
const struct field_set dead_letters_list_input = { list_rows,
	COUNT(list_rows) };

static const struct field requeue_rows[] = {
	QUEUE_ROW(FIELD_BODY, "Whose dead letters"),
	{ FIELD_BODY, "raw_data_id", .kind = FIELD_INT, .min = 1,
	  .max = INT64_MAX, AT(raw_data_id),
	  .sentence = "Only those of this batch" },
	{ FIELD_BODY, "run_id", .kind = FIELD_INT, .min = 1, .max = INT64_MAX,
	  AT(run_id), .sentence = "Only those of this run of an extraction" },
	{ FIELD_BODY, "entity_type", .kind = FIELD_TEXT, .min = 1, .max = 50,
	  AT(entity_type), .sentence = "Only those of batches of this type" },
	{ FIELD_BODY, "limit", .kind = FIELD_INT, .min = 1, .max = 1000,
	  AT(limit), .sentence = "How many at most, oldest first; 1000" },
	{ FIELD_BODY, "all", .kind = FIELD_BOOL, AT(all),
	  .sentence = "All of the queue: required unless another member selects"
	    " some" },
	{ FIELD_BODY, "dry_run", .kind = FIELD_BOOL, AT(dry_run),
	  .sentence = "Only tell how many there are; false" },
};
const struct field_set dead_letters_requeue_input = { requeue_rows,
	COUNT(requeue_rows) };
#undef AT

static const struct shape_row letter_rows[] = {
	{ "died_at", SHAPE_STAMP, SHAPE_NULLABLE,
	  "When it was put there; null: the message does not say", NULL },
	{ "integration_id", SHAPE_INT, 0, NULL, NULL },
	{ "raw_data_id", SHAPE_INT, SHAPE_NULLABLE,
	  "Its batch; null: it is of the extract queue", NULL },
	{ "type", SHAPE_TEXT, 0,
	  "The entity_type of the batch, or the job_type of the extraction",
	  NULL },
	{ "run_id", SHAPE_INT, SHAPE_NULLABLE,
	  "The run of the extraction; null: it is of a batch", NULL },
	{ "reason", SHAPE_TEXT, SHAPE_NULLABLE, "Why it died", NULL },
};
SHAPE_PART(dead_letter, "A message that is dead", letter_rows)
static const struct shape_row list_answer_rows[] = {
	{ "dead_letters", SHAPE_LIST, 0, "The tenant's own, oldest first",
	  &dead_letter },
	{ "is_whole", SHAPE_BOOL, 0, "false: there are more messages than could"
	  " be looked at, or than limit says", NULL },
};
SHAPE(answer_dead_letters, "dead_letters",
    "What a dead-letter queue has of the tenant's", list_answer_rows)
/* clang-format on */

/* The queue that was named: one of the choices. */
static enum queue
queue_of(struct req *rq, const struct dead_input *input)
{
	enum queue queue = QUEUE_TRANSFORM;

	(void)dead_letters_queue(arena_text(rq->arena, input->queue), &queue);
	return queue;
}

/* What a walk is for. */
struct dead_pass {
	struct req *rq;
	struct resp *rp; /* of a list */
	const struct dead_input *input;
	enum queue queue;
	int64_t found, revived;
	struct buf ids; /* of the batches that are to be processed again */
};

/* Is it the tenant's, and one that is asked for? */
static bool
is_found(const struct dead_pass *pass, const struct dead_letter *letter)
{
	const struct dead_input *input = pass->input;
	const struct job *job = &letter->job;

	return letter->is_job && job->tenant_id == pass->rq->who.tenant_id &&
	    (input->raw_data_id == 0 ||
		job->raw_data_id == input->raw_data_id) &&
	    (input->run_id == 0 || job->run_id == input->run_id) &&
	    (input->entity_type.at == NULL ||
		(input->entity_type.len == job->entity_type.len &&
		    memcmp(input->entity_type.at, job->entity_type.at,
			job->entity_type.len) == 0));
}

static void
write_letter(struct json *json, enum queue queue,
    const struct dead_letter *letter)
{
	const char *reason = dead_letters_reason(letter->delivery);
	time_t died = (time_t)letter->delivery->timestamp;
	char stamp[40];
	struct tm parts;

	json_object(json, NULL);
	if (died > 0 && gmtime_r(&died, &parts) != NULL &&
	    strftime(stamp, sizeof(stamp), "%Y-%m-%dT%H:%M:%SZ", &parts) > 0)
		json_text(json, "died_at", stamp);
	else
		json_null(json, "died_at");
	json_int(json, "integration_id", letter->job.integration_id);
	if (queue == QUEUE_EXTRACT) {
		json_null(json, "raw_data_id");
		json_span(json, "type", letter->job.job_type);
		json_int(json, "run_id", letter->job.run_id);
	} else {
		json_int(json, "raw_data_id", letter->job.raw_data_id);
		json_span(json, "type", letter->job.entity_type);
		json_null(json, "run_id");
	}
	if (reason == NULL)
		json_null(json, "reason");
	else
		json_text(json, "reason", reason);
	json_end(json);
}

static enum err
list_one(struct dead_walk *walk, struct queue_manager *aside,
    const struct dead_letter *letter, struct diag *diag)
{
	struct dead_pass *pass = walk->context;

	(void)aside;
	(void)diag;
	if (!is_found(pass, letter))
		return E_OK;
	write_letter(pass->rp->json, pass->queue, letter);
	walk->is_enough = ++pass->found == pass->input->limit;
	return E_OK;
}

/* List what is dead of the tenant's. */
enum err
dead_letters_list(struct req *rq, struct resp *rp)
{
	struct dead_input input = { .queue = SPAN_LIT("transform"),
		.limit = 100 };
	struct dead_pass pass = { .rq = rq, .rp = rp, .input = &input };
	struct dead_walk walk = { .work = list_one, .context = &pass };
	enum err rc = fields_read(&dead_letters_list_input, rq, &input);

	if (rc != E_OK)
		return rc;
	pass.queue = queue_of(rq, &input);
	json_object(rp->json, NULL);
	json_array(rp->json, "dead_letters");
	rc = dead_letters_walk(rq->service->queue, pass.queue, &walk, rq->arena,
	    &rq->diag);
	json_end(rp->json);
	json_bool(rp->json, "is_whole", walk.left == 0);
	json_end(rp->json);
	return rc;
}

/*
 * A batch is processed from its beginning, and its message goes then. Another
 * job is put back as it is.
 */
static enum err
revive_one(struct dead_walk *walk, struct queue_manager *aside,
    const struct dead_letter *letter, struct diag *diag)
{
	struct dead_pass *pass = walk->context;
	enum err rc = E_OK;

	if (!is_found(pass, letter))
		return E_OK;
	pass->found++;
	if (pass->input->dry_run)
		return E_OK;
	if (pass->queue == QUEUE_TRANSFORM) {
		buf_printf(&pass->ids, "%s%lld", pass->ids.len == 1 ? "" : ",",
		    (long long)letter->job.raw_data_id);
	} else {
		rc = dead_letters_revive(aside, pass->queue, letter->delivery,
		    diag);
		pass->revived += rc == E_OK;
	}
	walk->is_enough = pass->found == pass->input->limit;
	return rc;
}

static void
write_outcome(struct json *json, const struct dead_pass *pass)
{
	json_object(json, NULL);
	json_bool(json, "success", true);
	json_text(json, "message",
	    pass->input->dry_run ? "Nothing was changed, as asked" :
		pass->found == 0 ? "No message matched" :
				   "Put back on the queue");
	json_int(json, "requeued", pass->revived);
	json_int(json, "queued", pass->revived);
	json_int(json, "found", pass->found);
	json_end(json);
}

/* The walk and what follows it. */
static enum err
revive(struct dead_pass *pass, struct resp *rp)
{
	struct dead_walk walk = { .work = revive_one, .context = pass };
	struct raw_batch_filter filter = {
		.tenant_id = pass->rq->who.tenant_id,
	};
	enum err rc;

	buf_add_char(&pass->ids, '{');
	rc = dead_letters_walk(pass->rq->service->queue, pass->queue, &walk,
	    pass->rq->arena, &pass->rq->diag);
	if (pass->revived > 0)
		audit_note(pass->rq, "dead.requeue", pass->input->raw_data_id);
	if (rc != E_OK)
		return rc;
	if (pass->queue != QUEUE_TRANSFORM || pass->input->dry_run) {
		write_outcome(rp->json, pass);
		return E_OK;
	}
	buf_add_char(&pass->ids, '}');
	rc = buf_done(&pass->ids);
	if (rc != E_OK)
		return diag_set(&pass->rq->diag, rc, "no memory");
	filter.ids = buf_span(&pass->ids);
	filter.limit = pass->found;
	return requeue_answer(pass->rq, rp, &filter);
}

/* Put dead messages of the tenant's back on their queue. */
enum err
dead_letters_requeue(struct req *rq, struct resp *rp)
{
	struct dead_input input = { .limit = 1000 };
	struct dead_pass pass = { .rq = rq, .input = &input };
	enum err rc = fields_read(&dead_letters_requeue_input, rq, &input);

	if (rc != E_OK)
		return rc;
	if (!input.all && input.raw_data_id == 0 && input.run_id == 0 &&
	    input.entity_type.at == NULL)
		return request_refuse(rq, FIELD_BODY, "all", "missing",
		    "is missing: without a filter all dead messages of the"
		    " queue are put back, which \"all\": true says");
	pass.queue = queue_of(rq, &input);
	buf_init(&pass.ids, IDS_BYTES_MAX);
	rc = revive(&pass, rp);
	buf_free(&pass.ids);
	return rc;
}
