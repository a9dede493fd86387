/* SPDX-License-Identifier: MIT */
/*
 * The FastCGI door: requests from nginx on the listening socket that the
 * supervisor gave us as descriptor 0. No kept connections, the responder role
 * only.
 *
 * The socket's mode is the boundary: libfcgi must not be reachable for
 * strangers. Whoever connects and stays silent is cut off by daemon_watch().
 */
#ifndef ADAPTERS_FCGI_H
#define ADAPTERS_FCGI_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/str.h"

struct fcgi;

/*
 * Take over descriptor 0. Installs libfcgi's signal handlers: call
 * daemon_signals() afterwards.
 * Fails: E_USAGE when it is no listening socket. Owns: you fcgi_free().
 */
enum err fcgi_new(struct fcgi **ret_fcgi, struct diag *diag) MUST_CHECK;

/* Another request on the same socket. Needs: fcgi_new() went before. */
enum err fcgi_another(struct fcgi **ret_fcgi, struct diag *diag) MUST_CHECK;
void fcgi_free(struct fcgi *fcgi);

/* The listening socket, for poll. */
int fcgi_socket(const struct fcgi *fcgi);

/*
 * May everybody on this host connect? Then whoever does is taken for nginx.
 * A socket of TCP, which has no mode, is for the firewall.
 */
bool fcgi_socket_is_open(const struct fcgi *fcgi);

/*
 * Accept a request that waits; never blocks for one to come.
 *
 * Gives: *ret_got, false when another process was faster.
 * Fails: E_SYSTEM when the socket can no longer be used.
 */
enum err fcgi_accept(struct fcgi *fcgi, bool *ret_got, struct diag *diag)
    MUST_CHECK;

/*
 * Is it a request for a responder? libfcgi also takes those for authorizers and
 * filters (FastCGI 1.0, section 6), whose bodies mean something else.
 */
bool fcgi_is_responder(const struct fcgi *fcgi);

/* The connection of the request that was accepted, for poll. */
int fcgi_peer(const struct fcgi *fcgi);

/* Has its other end gone? Then nobody waits for an answer. */
bool fcgi_is_gone(const struct fcgi *fcgi);

/* A parameter of the request, SPAN_NONE without it. Lives: until the finish. */
struct span fcgi_param(const struct fcgi *fcgi, const char *name);

/*
 * Read the next `length` bytes of the body, to the end of a buffer.
 * Fails: E_SYNTAX when they do not come, or the peer has gone.
 */
enum err fcgi_read(struct fcgi *fcgi, struct buf *body, size_t length,
    struct diag *diag) MUST_CHECK;

/* That was all. Fails: E_SYNTAX when the body goes on. */
enum err fcgi_read_end(struct fcgi *fcgi, struct diag *diag) MUST_CHECK;

/* Add to the answer; trouble shows in fcgi_finish(). */
void fcgi_write(struct fcgi *fcgi, struct span bytes);

/* End the answer. Gives: false when the peer had gone before its end. */
bool fcgi_finish(struct fcgi *fcgi);

#endif
