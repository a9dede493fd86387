/* SPDX-License-Identifier: MIT */
/*
 * The routes of a catalogue's table, as far as they are the same for all:
 * lists in pages, single rows, versions (ETag), and changes in one transaction
 * each. What is special to a resource are the functions of its struct resource.
 * The handlers, resource_list() and so on, are named by resource_routes.h.
 *
 * A version is "ROW-CONTENT". ROW changes with each change of the row itself:
 * If-Match goes by it alone, so that a new name of its integration, or a batch
 * that arrives, does not keep an administrator from writing. CONTENT is the
 * digest of the answer.
 */
#ifndef ETL_RESOURCE_H
#define ETL_RESOURCE_H

#include "etl/handlers.h"
#include "models/catalogue/catalogue.h"

/* A change on its way, in its transaction. */
struct edit {
	const struct resource *of;
	int64_t id;		      /* 0 while it is being made */
	const struct db_rows *before; /* NULL while it is being made */
	void *values;		      /* of the request's fields */
	struct catalogue_change change;
	bool changed;	  /* the row was made, or is another than before */
	const char *kept; /* of a removal: why it is only deactivated */
};

/*
 * A table of the catalogue; one that has a list only needs its table only. Or a
 * report (models/report/report.h), which needs nothing else.
 */
struct resource {
	const struct catalogue *table;
	const struct report *report;
	const char *event; /* "wit_mapping", for the audit */
	bool recorded;	   /* changes go to audit_log, too */
	bool is_trial;	   /* changes are taken back in the end */
	size_t size;	   /* of the values that the input rows fill */
	const struct db_statement
	    *dependencies; /* for the route of that name */

	/* For resource_release(). */
	const char *noun;      /* "The NOUN is deactivated, not deleted: */
	const char *referrers; /* "3 REFERRERS still use it" */
	size_t target; /* offset of the id that takes them over; 0: none */

	/* Before the row is written, made or changed; may add to the change. */
	enum err (*check)(struct req *rq, struct edit *edit);
	/* When it is written. */
	enum err (*apply)(struct req *rq, struct edit *edit);
	/* Before it is removed; with `kept` set it is deactivated instead. */
	enum err (*release)(struct req *rq, struct edit *edit);
};

/*
 * Begin to change or remove the row of the request in a transaction: lock it,
 * and make sure that it is the one the client knows (If-Match).
 *
 * Gives: *edit, its id and the row before. You commit or roll back.
 * Fails: then there is no transaction. E_NO_ROW, E_PRECONDITION, and the client
 *        is told; others as db_run().
 */
enum err resource_begin_edit(struct req *rq, const struct resource *resource,
    bool is_removal, struct edit *edit) MUST_CHECK;

/*
 * For `release`: the referrers of the row go over to the target, if one is given;
 * while there are active ones, the row is kept.
 */
enum err resource_release(struct req *rq, struct edit *edit) MUST_CHECK;

/* For `apply`: a mapping is applied to what it maps. */
enum err resource_remap(struct req *rq, struct edit *edit) MUST_CHECK;

/* The change's number of a column; without one that of the row before. */
int64_t resource_number(const struct edit *edit, const char *column);

/*
 * Write an answer's version, and make it 304 when the client has it. It is that
 * of the body and of the headers before it, such as X-Next-Cursor.
 */
enum err resource_version(struct req *rq, struct resp *rp, struct span version)
    MUST_CHECK;

#endif
