/* SPDX-License-Identifier: MIT */
/*
 * Every way things fail: ERR(code, class, what it means).
 * Only the class decides what happens next; see err.h. Clients see the name as
 * the word of err_word(), so that a name which may be answered stays.
 */
ERR(E_OK, OK, "no error")

ERR(E_SYNTAX, INPUT, "the request cannot be read")
ERR(E_INVALID, INPUT, "a field of the request is invalid")
ERR(E_KEY_REUSED, INPUT, "the idempotency key came before, with another body")
ERR(E_MEDIA, INPUT, "the media type or content encoding is not supported")
ERR(E_METHOD, INPUT, "the method is not allowed here")
ERR(E_SETTING, INPUT, "a setting is invalid")
ERR(E_USAGE, INPUT, "the command line is wrong")

ERR(E_UNKNOWN_CALLER, ACCESS, "the caller is not authenticated")
ERR(E_FORBIDDEN, ACCESS, "the caller may not do this")

ERR(E_NO_ROUTE, ABSENT, "there is no such path")
ERR(E_NO_ROW, ABSENT, "there is no such row")
ERR(E_NO_INTEGRATION, ABSENT, "there is no such integration")
ERR(E_PAYLOAD_GONE, ABSENT, "the payload is gone by a retention rule")

ERR(E_CONFLICT, CONFLICT, "the row's state forbids it")
ERR(E_EXISTS, CONFLICT, "there is one already")
ERR(E_IN_USE, CONFLICT, "other rows still refer to it")
ERR(E_INACTIVE, CONFLICT, "the integration is not active")
ERR(E_PROCESSING, CONFLICT, "a worker is processing the batch")
ERR(E_PRECONDITION, CONFLICT, "the row changed since it was read")
ERR(E_KEY_TAKEN, CONFLICT, "the idempotency key was used before")
ERR(E_TOPOLOGY, CONFLICT, "a queue exists with other arguments")
ERR(E_MIGRATION, CONFLICT, "the migration history forbids it")

ERR(E_TOO_LARGE, LIMIT, "more bytes than the settings allow")
ERR(E_QUOTA, LIMIT, "the tenant's daily quota is used up")
ERR(E_CROWDED, LIMIT, "the tenant's share of the responders is at work")

ERR(E_NOT_SET_UP, BUSY, "a part of the service is not set up")
ERR(E_NO_KEY, BUSY, "there is no key to encrypt secrets with")
ERR(E_DB_CONNECT, BUSY, "PostgreSQL cannot be reached")
ERR(E_DB_LOST, BUSY, "the connection to PostgreSQL was lost")
ERR(E_DB_UNKNOWN, BUSY, "PostgreSQL was lost before it confirmed a change")
ERR(E_DB_BUSY, BUSY, "PostgreSQL cannot do this now")
ERR(E_MQ_CONNECT, BUSY, "RabbitMQ cannot be reached")
ERR(E_MQ_LOST, BUSY, "the connection to RabbitMQ was lost")
ERR(E_MQ_REFUSED, BUSY, "RabbitMQ did not take the message")
ERR(E_MQ_DENIED, BUSY, "RabbitMQ does not permit it")
ERR(E_MQ_NO_QUEUE, BUSY, "RabbitMQ had no queue for the message")
ERR(E_MQ_TIMEOUT, BUSY, "RabbitMQ did not confirm in time")
ERR(E_HTTP_AWAY, BUSY, "the service cannot be reached")

ERR(E_DB, BROKEN, "PostgreSQL refused a statement of ours")
ERR(E_SYSTEM, BROKEN, "a system call failed")
ERR(E_NO_MEMORY, BROKEN, "out of memory")
ERR(E_MISTAKE, BROKEN, "a mistake of this program")
