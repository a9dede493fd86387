/* SPDX-License-Identifier: MIT */
/*
 * A network between the hosts of deploy/cluster: each is a namespace with a TUN
 * device, eth0, and every packet goes through this process, which can drop it,
 * lose it by chance or hold it back, for each direction of each pair of hosts.
 * It does what netem does, where the kernel has no netem.
 *
 *	wire FIFO
 *
 * takes these lines from the FIFO; FROM and TO are the last numbers of the
 * hosts' addresses, 0 is every host:
 *
 *	join HOST PID		HOST is the network namespace of PID from now on
 *	path FROM TO pass	nothing happens to packets
 *	path FROM TO drop	none arrives
 *	path FROM TO lose P	P percent do not arrive
 *	path FROM TO delay MS	they arrive so much later
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define HOSTS 16
#define PACKET_MAX 65536
#define BURST 64 /* packets of one host before the others have their turn */
#define HELD_MAX 100000
#define ADDRESS_END 19 /* of an IPv4 header: the last byte of where it goes */

struct path {
	double lose; /* of 1 */
	int64_t delay; /* us */
};

struct held {
	struct held *next;
	int64_t due; /* us */
	int to;
	size_t len;
	unsigned char bytes[];
};

static struct {
	int fds[HOSTS]; /* -1: not there */
	struct path paths[HOSTS][HOSTS];
	struct held *first, *last;
	size_t count;
	int own; /* our own network namespace */
	char line[256];
	size_t len;
} wire;

static int64_t
now_us(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* A host that has gone drops what it is sent, as a cable without an end. */
static void
leave(int host)
{
	if (wire.fds[host] >= 0)
		(void)close(wire.fds[host]);
	wire.fds[host] = -1;
}

/* A device that is down, or whose queue is full, drops it. */
static void
deliver(int host, const unsigned char *bytes, size_t len)
{
	if (wire.fds[host] >= 0 && write(wire.fds[host], bytes, len) < 0 &&
	    errno == EBADFD)
		leave(host);
}

/* In the order of when they are due; most are the latest. */
static void
hold(int to, const unsigned char *bytes, size_t len, int64_t due)
{
	struct held *held, **at = &wire.first;

	if (wire.count >= HELD_MAX ||
	    (held = malloc(sizeof(*held) + len)) == NULL)
		return;
	held->next = NULL;
	held->due = due;
	held->to = to;
	held->len = len;
	memcpy(held->bytes, bytes, len);
	wire.count++;
	if (wire.last != NULL && wire.last->due <= due) {
		wire.last->next = held;
		wire.last = held;
		return;
	}
	while (*at != NULL && (*at)->due <= due)
		at = &(*at)->next;
	held->next = *at;
	*at = held;
	if (held->next == NULL)
		wire.last = held;
}

/* Deliver what is due; returns the milliseconds until the next, -1: none. */
static int
release(void)
{
	int64_t now = now_us();

	while (wire.first != NULL && wire.first->due <= now) {
		struct held *held = wire.first;

		wire.first = held->next;
		if (wire.first == NULL)
			wire.last = NULL;
		wire.count--;
		deliver(held->to, held->bytes, held->len);
		free(held);
	}
	return wire.first == NULL ? -1 :
				    (int)((wire.first->due - now) / 1000) + 1;
}

/* Take the packets of a host, and send each on its way. */
static void
carry(int from)
{
	static unsigned char bytes[PACKET_MAX];

	for (int i = 0; i < BURST && wire.fds[from] >= 0; i++) {
		ssize_t len = read(wire.fds[from], bytes, sizeof(bytes));
		const struct path *path;
		int to;

		if (len < 0 && errno == EBADFD)
			leave(from);
		if (len <= 0)
			return;
		to = bytes[ADDRESS_END];
		if (len <= ADDRESS_END || bytes[0] >> 4 != 4 || to == 0 ||
		    to >= HOSTS)
			continue;
		path = &wire.paths[from][to];
		if (path->lose > 0 && drand48() < path->lose)
			continue;
		if (path->delay > 0)
			hold(to, bytes, (size_t)len, now_us() + path->delay);
		else
			deliver(to, bytes, (size_t)len);
	}
}

/* Make eth0 in the namespace, and come back from it. */
static void
join(int host, int pid)
{
	struct ifreq request;
	char name[64];
	int space, fd = -1;

	leave(host);
	(void)snprintf(name, sizeof(name), "/proc/%d/ns/net", pid);
	space = open(name, O_RDONLY | O_CLOEXEC);
	if (space < 0 || setns(space, CLONE_NEWNET) != 0) {
		fprintf(stderr, "join %d: %s: %s\n", host, name,
		    strerror(errno));
		if (space >= 0)
			(void)close(space);
		return;
	}
	(void)close(space);
	memset(&request, 0, sizeof(request));
	request.ifr_flags = IFF_TUN | IFF_NO_PI;
	memcpy(request.ifr_name, "eth0", sizeof("eth0"));
	fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0 || ioctl(fd, TUNSETIFF, &request) != 0) {
		fprintf(stderr, "join %d: /dev/net/tun: %s\n", host,
		    strerror(errno));
		if (fd >= 0)
			(void)close(fd);
		fd = -1;
	}
	if (setns(wire.own, CLONE_NEWNET) != 0) {
		perror("setns");
		exit(1);
	}
	wire.fds[host] = fd;
}

static bool
is_host(int number, int least)
{
	return number >= least && number < HOSTS;
}

static void
set_path(int from, int to, const char *what, double amount)
{
	struct path *path;

	for (int i = 1; i < HOSTS; i++) {
		for (int j = 1; j < HOSTS; j++) {
			if ((from != 0 && i != from) || (to != 0 && j != to))
				continue;
			path = &wire.paths[i][j];
			if (strcmp(what, "pass") == 0)
				*path = (struct path){ 0 };
			else if (strcmp(what, "drop") == 0)
				path->lose = 1;
			else if (strcmp(what, "lose") == 0)
				path->lose = amount / 100;
			else if (strcmp(what, "delay") == 0)
				path->delay = (int64_t)(amount * 1000);
		}
	}
}

static void
obey(const char *line)
{
	char what[8];
	double amount = 0;
	int host, pid, to;

	if (sscanf(line, "join %d %d", &host, &pid) == 2 && is_host(host, 1))
		join(host, pid);
	else if (sscanf(line, "path %d %d %7s %lf", &host, &to, what,
		     &amount) >= 3 &&
	    is_host(host, 0) && is_host(to, 0))
		set_path(host, to, what, amount);
	else
		fprintf(stderr, "not understood: %s\n", line);
}

/* Lines of the FIFO; of one that is too long, the beginning. */
static void
listen_to(int fd)
{
	char got[128];
	ssize_t len = read(fd, got, sizeof(got));

	for (ssize_t i = 0; i < len; i++) {
		if (got[i] == '\n') {
			wire.line[wire.len] = '\0';
			obey(wire.line);
			wire.len = 0;
		} else if (wire.len < sizeof(wire.line) - 1) {
			wire.line[wire.len++] = got[i];
		}
	}
}

int
main(int argc, char **argv)
{
	struct pollfd fds[HOSTS + 1];
	int fifo;

	if (argc != 2) {
		fprintf(stderr, "usage: wire FIFO\n");
		return 64;
	}
	for (int i = 0; i < HOSTS; i++)
		wire.fds[i] = -1;
	srand48(1);
	fifo = open(argv[1], O_RDWR | O_NONBLOCK | O_CLOEXEC);
	wire.own = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	if (fifo < 0 || wire.own < 0) {
		perror(argv[1]);
		return 1;
	}
	for (;;) {
		int left = release();

		for (int i = 0; i < HOSTS; i++)
			fds[i] = (struct pollfd){ wire.fds[i], POLLIN, 0 };
		fds[HOSTS] = (struct pollfd){ fifo, POLLIN, 0 };
		if (poll(fds, HOSTS + 1, left) < 0 && errno != EINTR) {
			perror("poll");
			return 1;
		}
		for (int i = 0; i < HOSTS; i++)
			if (fds[i].fd >= 0 && fds[i].revents != 0)
				carry(i);
		if (fds[HOSTS].revents != 0)
			listen_to(fifo);
	}
}
