/* SPDX-License-Identifier: MIT */
#include "base/progress.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/cc.h"

#define COLUMNS_USUAL 80
#define BAR_LEAST 10
#define BAR_MOST 30
#define FRAME 2 /* the bar's two ends */
#define GAP 2	/* blanks between two parts */
#define PART_SIZE 96

/* What a line may say, in the order of its parts. */
enum part { PERCENT, COUNT_OF, RATE, LEFT, NOTE, PARTS };

struct parts {
	char text[PARTS][PART_SIZE];
	size_t len[PARTS];
};

/* How long it will take, as it went so far; nothing before it is known. */
static void
write_left(const struct progress *progress, char out[PART_SIZE])
{
	const double left = (double)(progress->total - progress->done) *
	    (double)progress->ms / 1000.0 / (double)progress->done;

	if (left < 100)
		(void)snprintf(out, PART_SIZE, "%.0f s left", left);
	else if (left < 100 * 60)
		(void)snprintf(out, PART_SIZE, "%.0f min left", left / 60);
	else
		(void)snprintf(out, PART_SIZE, "%.0f h left", left / 3600);
}

static void
write_parts(const struct progress *progress, struct parts *ret)
{
	memset(ret, 0, sizeof(*ret));
	if (progress->total > 0)
		(void)snprintf(ret->text[PERCENT], PART_SIZE, "%3d %%",
		    progress->done >= progress->total ?
			100 :
			(int)(100.0 * (double)progress->done /
			    (double)progress->total));
	if (progress->total >= 0)
		(void)snprintf(ret->text[COUNT_OF], PART_SIZE,
		    "%" PRId64 "/%" PRId64, progress->done, progress->total);
	else
		(void)snprintf(ret->text[COUNT_OF], PART_SIZE, "%" PRId64 " %s",
		    progress->done, progress->noun);
	if (progress->ms > 0 && progress->done > 0) {
		const double rate = (double)progress->done * 1000.0 /
		    (double)progress->ms;

		(void)snprintf(ret->text[RATE], PART_SIZE, "%.*f/s",
		    rate < 10 ? 1 : 0, rate);
		if (progress->done < progress->total)
			write_left(progress, ret->text[LEFT]);
	}
	(void)snprintf(ret->text[NOTE], PART_SIZE, "%s", progress->note);
	for (size_t i = 0; i < PARTS; i++)
		ret->len[i] = strlen(ret->text[i]);
}

void
progress_bar(const struct progress *progress, size_t columns,
    char line[PROGRESS_SIZE])
{
	/* What is left out last comes first. */
	static const enum part order[] = { COUNT_OF, PERCENT, LEFT, RATE,
		NOTE };
	bool shown[PARTS] = { false };
	size_t room, bar = 0, at = 0, filled;
	struct parts parts;

	room = columns == 0 ? COLUMNS_USUAL : columns;
	room = room > PROGRESS_SIZE ? PROGRESS_SIZE - 1 : room - 1;
	write_parts(progress, &parts);
	for (size_t i = 0; i < COUNT(order); i++) {
		const size_t len = parts.len[order[i]];

		/* The bar is worth more than all but the first two. */
		if (i == 2 && progress->total > 0 &&
		    room >= BAR_LEAST + FRAME + GAP) {
			bar = BAR_LEAST;
			room -= BAR_LEAST + FRAME + GAP;
		}
		if (len == 0)
			continue;
		if (room < len)
			break;
		shown[order[i]] = true;
		room -= len;
		room -= room < GAP ? room : GAP;
	}
	line[0] = '\0';
	if (bar > 0) {
		bar += room < BAR_MOST - BAR_LEAST ?
		    room :
		    BAR_MOST - BAR_LEAST;
		filled = progress->done >= progress->total ?
		    bar :
		    (size_t)((double)bar * (double)progress->done /
			(double)progress->total);
		at = (size_t)snprintf(line, PROGRESS_SIZE, "[%.*s%*s]",
		    (int)filled, "##############################",
		    (int)(bar - filled), "");
	}
	for (size_t i = 0; i < PARTS; i++)
		if (shown[i])
			at += (size_t)snprintf(line + at, PROGRESS_SIZE - at,
			    "%s%s", at == 0 ? "" : "  ", parts.text[i]);
}

void
progress_words(const struct progress *progress, char line[PROGRESS_SIZE])
{
	struct parts parts;
	size_t at;

	write_parts(progress, &parts);
	if (progress->total >= 0)
		at = (size_t)snprintf(line, PROGRESS_SIZE,
		    "%" PRId64 " of %" PRId64 " %s", progress->done,
		    progress->total, progress->noun);
	else
		at = (size_t)snprintf(line, PROGRESS_SIZE, "%s",
		    parts.text[COUNT_OF]);
	for (size_t i = RATE; i < PARTS; i++)
		if (parts.len[i] > 0 && at < PROGRESS_SIZE)
			at += (size_t)snprintf(line + at, PROGRESS_SIZE - at,
			    ", %s", parts.text[i]);
}
