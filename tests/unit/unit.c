/* SPDX-License-Identifier: MIT */
#include "unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <netinet/in.h>
#include <sys/socket.h>

/*
 * A builder may be busy: a test may take a minute, not Check's four seconds,
 * unless somebody says otherwise. Check asks when a case is made.
 */
__attribute__((constructor)) static void
be_patient(void)
{
	(void)setenv("CK_DEFAULT_TIMEOUT", "60", 0);
}

int
unit_run(Suite *suite)
{
	SRunner *runner = srunner_create(suite);
	int failed;

	srunner_set_tap(runner, "-");
	srunner_run_all(runner, CK_SILENT);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

struct span
unit_copy(struct span text)
{
	char *copy = malloc(text.len + 1);

	ck_assert_ptr_nonnull(copy);
	if (text.len > 0)
		memcpy(copy, text.at, text.len);
	copy[text.len] = '\0';
	return (struct span){ copy, text.len };
}

struct span
unit_repeat(const char *head, const char *unit, size_t times, const char *tail)
{
	const size_t head_len = strlen(head), unit_len = strlen(unit);
	const size_t tail_len = strlen(tail);
	const size_t len = head_len + times * unit_len + tail_len;
	char *copy = malloc(len + 1);

	ck_assert_ptr_nonnull(copy);
	memcpy(copy, head, head_len);
	for (size_t i = 0; i < times; i++)
		memcpy(copy + head_len + i * unit_len, unit, unit_len);
	memcpy(copy + len - tail_len, tail, tail_len + 1);
	return (struct span){ copy, len };
}

void
unit_free(struct span copy)
{
	void *block;

	memcpy(&block, &copy.at, sizeof(block)); /* ours, so not const */
	free(block);
}

char *
unit_file(const char *text)
{
	const char *folder = getenv("TMPDIR");
	const size_t len = strlen(text);
	char *path = NULL;
	int fd;

	ck_assert_int_gt(asprintf(&path, "%s/etl-unit-XXXXXX",
	    folder == NULL || folder[0] == '\0' ? "/tmp" : folder), 0);
	fd = mkstemp(path);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, len), (ssize_t)len);
	ck_assert_int_eq(close(fd), 0);
	return path;
}

void
unit_unlink(char *path)
{
	(void)unlink(path);
	free(path);
}

int
unit_silent(int *ret_port)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t size = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, size), 0);
	ck_assert_int_eq(listen(fd, 8), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&address, &size),
	    0);
	*ret_port = ntohs(address.sin_port);
	return fd;
}

bool
unit_was_called(int listener)
{
	int fd, calls = 0;

	for (; (fd = accept(listener, NULL, NULL)) >= 0; calls++)
		(void)close(fd);
	return calls > 0;
}
