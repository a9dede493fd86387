/* SPDX-License-Identifier: MIT */
#include "programs/tool/import_answer.h"

#include "json/json_read.h"

struct json_member
import_answer_raw(struct span body, const char *name)
{
	struct json_member member = { .name = name };
	struct json_refusal refusal;

	if (body.at == NULL ||
	    !json_scan_object(body, &json_limits_default, &member, 1, &refusal))
		member.kind = JSON_ABSENT;
	return member;
}

struct span
import_answer_text(struct span body, const char *name, struct arena *arena)
{
	struct json_member member = import_answer_raw(body, name);
	struct diag diag;
	struct span text;

	if (member.kind == JSON_STRING &&
	    json_read_string(member.value, arena, &text, &diag) == E_OK)
		return text;
	return member.kind == JSON_NUMBER ? member.value : SPAN_NONE;
}

struct span
import_answer_id(struct span body)
{
	struct json_member member = import_answer_raw(body, "raw_data_id");

	return member.kind == JSON_NUMBER ? member.value : SPAN_NONE;
}

bool
import_answer_may_pass(long status)
{
	return status == 0 || status == 429 || status == 502 || status == 503 ||
	    status == 504;
}
