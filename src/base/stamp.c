/* SPDX-License-Identifier: MIT */
#include "base/stamp.h"

#include <stdio.h>

/* Take `count` digits from the front. */
static bool
take_number(struct span *text, size_t count, int *ret)
{
	int value = 0;

	if (text->len < count)
		return false;
	for (size_t i = 0; i < count; i++) {
		if (text->at[i] < '0' || text->at[i] > '9')
			return false;
		value = value * 10 + (text->at[i] - '0');
	}
	text->at += count;
	text->len -= count;
	*ret = value;
	return true;
}

/* Take one of these characters from the front. */
static bool
take_mark(struct span *text, const char *marks, char *ret)
{
	if (text->len == 0)
		return false;
	for (; *marks != '\0'; marks++) {
		if (text->at[0] != *marks)
			continue;
		*ret = *marks;
		text->at++;
		text->len--;
		return true;
	}
	return false;
}

static int
days_in_month(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30,
		31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap ? 1 : 0);
}

/* Microseconds from the digits after the point; more than six are cut. */
static bool
take_fraction(struct span *text, int *ret)
{
	size_t digits = 0;
	int value = 0;
	int digit;

	while (digits < 9 && take_number(text, 1, &digit)) {
		if (digits++ < 6)
			value = value * 10 + digit;
	}
	for (size_t i = digits; i < 6; i++)
		value *= 10;
	*ret = value;
	return digits > 0;
}

static bool
take_zone(struct span *text, char *sign, int *hours, int *minutes)
{
	char mark;

	if (text->len == 0 || take_mark(text, "Zz", &mark))
		return true;
	if (!take_mark(text, "+- ", sign))
		return false;
	if (*sign == ' ')
		*sign = '+';
	return take_number(text, 2, hours) && take_mark(text, ":", &mark) &&
	    take_number(text, 2, minutes) && *hours <= 15 && *minutes <= 59;
}

bool
stamp_read(struct span text, char ret_stamp[STAMP_SIZE])
{
	int year, month, day, hour = 0, minute = 0, second = 0, fraction = 0;
	int zone_hours = 0, zone_minutes = 0;
	char sign = '+';
	char mark;

	if (!take_number(&text, 4, &year) || !take_mark(&text, "-", &mark) ||
	    !take_number(&text, 2, &month) || !take_mark(&text, "-", &mark) ||
	    !take_number(&text, 2, &day) || year < 1 || month < 1 ||
	    month > 12 || day < 1 || day > days_in_month(year, month))
		return false;
	if (take_mark(&text, "Tt ", &mark)) {
		if (!take_number(&text, 2, &hour) ||
		    !take_mark(&text, ":", &mark) ||
		    !take_number(&text, 2, &minute))
			return false;
		if (take_mark(&text, ":", &mark)) {
			if (!take_number(&text, 2, &second))
				return false;
			if (take_mark(&text, ".,", &mark) &&
			    !take_fraction(&text, &fraction))
				return false;
		}
		if (hour > 23 || minute > 59 || second > 59 ||
		    !take_zone(&text, &sign, &zone_hours, &zone_minutes))
			return false;
	}
	if (text.len != 0)
		return false;
	(void)snprintf(ret_stamp, STAMP_SIZE,
	    "%04d-%02d-%02d %02d:%02d:%02d.%06d%c%02d:%02d", year, month, day,
	    hour, minute, second, fraction, sign, zone_hours, zone_minutes);
	return true;
}
