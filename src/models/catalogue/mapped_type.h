/* SPDX-License-Identifier: MIT */
/*
 * Entity types without C: a mapping says where a batch has its items, their key
 * and their columns, as jsonpath (PostgreSQL, 9.16.2), and what they become:
 * docs/types.md. A type is one tenant's or shared by all. None has the name of
 * a type of the service's own, which would win.
 *
 * A mapping in JSON, a document, has the members of mapped_type_shown_rows.h
 * that can be written.
 */
#ifndef MODELS_CATALOGUE_MAPPED_TYPE_H
#define MODELS_CATALOGUE_MAPPED_TYPE_H

#include "models/catalogue/catalogue.h"
#include "models/entity_type.h"

/* A tenant has so many of its own at most. */
#define MAPPED_TYPES_MAX 100

extern const struct catalogue mapped_type_catalogue;

/*
 * What batches of a type become: by the service's own statements, else by the
 * target of the tenant's mapping, else of the shared one.
 *
 * Needs: the connection sees the tenant's rows. Of the service's own types
 *        nothing is asked.
 * Gives: *ret_type; NULL: nothing.
 * Fails: as db_run().
 */
enum err mapped_type_find(struct db *db, int64_t tenant_id, struct span name,
    struct arena *arena, const struct entity_type **ret_type, struct diag *diag)
    MUST_CHECK;

/* Columns of rows that tell what is wrong: a member, and what. */
enum { MAPPED_TYPE_MEMBER, MAPPED_TYPE_FLAW };

/*
 * What is wrong with a mapping: with a row as it was written, or a document.
 *
 * Gives: rows as above; none: nothing is.
 * Fails: as db_run(); E_INVALID  the document cannot be read: the client is told.
 */
enum err mapped_type_flaws(struct db *db, int64_t tenant_id, int64_t id,
    struct arena *arena, struct db_rows **ret_rows, struct diag *diag)
    MUST_CHECK;
enum err mapped_type_document_flaws(struct db *db, struct span document,
    struct arena *arena, struct db_rows **ret_rows, struct diag *diag)
    MUST_CHECK;

/*
 * Make the type that a document names, or make the one that is there as it says.
 *
 * Needs: catalogue_begin(); the document has no flaw. tenant_id 0: one that all
 *        tenants share; the connection sees every tenant then.
 * Gives: *ret_id. Fails: as db_run().
 */
enum err mapped_type_put(struct db *db, int64_t tenant_id, struct span document,
    struct arena *arena, int64_t *ret_id, struct diag *diag) MUST_CHECK;

/*
 * Which type of the tenant's own (tenant_id 0: of those that all share) a
 * document names. Needs: as above. Gives: *ret_id; 0: there is none.
 * Fails: as db_run().
 */
enum err mapped_type_named(struct db *db, int64_t tenant_id,
    struct span document, struct arena *arena, int64_t *ret_id,
    struct diag *diag) MUST_CHECK;

/*
 * Remove a type; what was made of its batches stays. Needs: as above.
 * Fails: E_NO_ROW, and the client is told; as db_run().
 */
enum err mapped_type_remove(struct db *db, int64_t tenant_id, int64_t id,
    struct arena *arena, struct diag *diag) MUST_CHECK;

/*
 * Which batches are to be transformed again: those of a type's name that were
 * processed before it was changed last.
 *
 * Gives: *ret_name, and *ret_changed, a time without a zone, UTC.
 * Fails: E_NO_ROW, and the client is told; as db_run().
 */
enum err mapped_type_changed(struct db *db, int64_t tenant_id, int64_t id,
    struct arena *arena, struct span *ret_name, struct span *ret_changed,
    struct diag *diag) MUST_CHECK;

/*
 * Propose a mapping for the type of a stored batch.
 * Gives: *ret_document, JSON.
 * Fails: E_NO_ROW  there is no such batch, or it has no objects, or E_PAYLOAD_GONE
 *        its payload is gone: the client is told; as db_run().
 */
enum err mapped_type_infer(struct db *db, int64_t tenant_id,
    int64_t raw_data_id, struct arena *arena, struct span *ret_document,
    struct diag *diag) MUST_CHECK;

#endif
