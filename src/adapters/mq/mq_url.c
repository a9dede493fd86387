/* SPDX-License-Identifier: MIT */
/* URLs of brokers, and what their queries may say. */
#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/mq/mq_inside.h"

/* What a URL's query may say, as other clients of RabbitMQ write it. */
static const struct {
	const char *name;
	int64_t min, max;
	size_t offset;
} parameters[] = {
	{ "heartbeat", 5, 600, offsetof(struct mq_url, heartbeat) },
	{ "connection_timeout", 1, 600000, offsetof(struct mq_url, timeout) },
	{ "frame_max", 4096, 2147483647, offsetof(struct mq_url, frame_max) },
	{ "channel_max", 3, 65535, offsetof(struct mq_url, channel_max) },
};

static enum err
read_parameter(struct span name, struct span value, struct mq_url *url,
    struct diag *diag)
{
	int64_t number;

	for (size_t i = 0; i < COUNT(parameters); i++) {
		if (!span_is(name, parameters[i].name))
			continue;
		if (!span_int64(value, &number) || number < parameters[i].min ||
		    number > parameters[i].max)
			return diag_set(diag, E_SETTING,
			    "rabbitmq_url: %s"
			    " must be a whole number from %" PRId64
			    " to %" PRId64,
			    parameters[i].name, parameters[i].min,
			    parameters[i].max);
		memcpy((char *)url + parameters[i].offset,
		    &(int){ (int)number }, sizeof(int));
		return E_OK;
	}
	return diag_set(diag, E_SETTING,
	    "rabbitmq_url: there is no parameter"
	    " %.*s after the question mark; there are heartbeat (seconds),"
	    " connection_timeout (milliseconds), frame_max and channel_max",
	    (int)(name.len > 60 ? 60 : name.len), name.at);
}

enum err
mq_url_read(struct span text, struct mq_url *ret_url, struct diag *diag)
{
	struct mq_url url;
	struct span base, query = text;
	enum err rc = E_OK;

	memset(&url, 0, sizeof(url));
	base = span_cut(&query, '?');
	while (rc == E_OK && query.at != NULL && query.len > 0) {
		struct span value = span_cut(&query, '&');
		struct span name = span_cut(&value, '=');

		rc = read_parameter(name, value, &url, diag);
	}
	if (rc != E_OK)
		return rc;
	url.text = strndup(base.at, base.len); /* the parser writes in it */
	if (url.text == NULL)
		return diag_set(diag, E_NO_MEMORY, "a URL");
	if (amqp_parse_url(url.text, &url.info) != AMQP_STATUS_OK) {
		free(url.text);
		return diag_set(diag, E_SETTING,
		    "rabbitmq_url is no"
		    " amqp://user:password@host:port/vhost; other characters"
		    " than letters and digits are written as %%40 in it");
	}
	*ret_url = url;
	return E_OK;
}

/* One broker, by five settings instead of a URL. */
static struct mq_url
url_of_parts(const struct mq_settings *settings)
{
	struct mq_url url;

	memset(&url, 0, sizeof(url));
	url.info.user = settings->rabbitmq_user;
	url.info.password = settings->rabbitmq_password;
	url.info.host = settings->rabbitmq_host;
	url.info.port = (int)settings->rabbitmq_port;
	url.info.vhost = settings->rabbitmq_vhost;
	return url;
}

enum err
mq_url_first(const struct mq_settings *settings, struct mq_url *ret_url,
    struct diag *diag)
{
	struct span rest = str_span(settings->rabbitmq_url);

	if (rest.len > 0)
		return mq_url_read(span_trim(span_cut(&rest, ',')), ret_url,
		    diag);
	*ret_url = url_of_parts(settings);
	return E_OK;
}

enum err
mq_settings_check(const void *values, struct diag *diag)
{
	const struct mq_settings *settings = values;
	struct span rest = str_span(settings->rabbitmq_url);
	struct mq_url url;
	enum err rc = E_OK;

	if (rest.len == 0)
		return E_OK;
	/* Behind a comma at the end there is a URL, too: an empty one. */
	while (rc == E_OK && rest.at != NULL) {
		rc = mq_url_read(span_trim(span_cut(&rest, ',')), &url, diag);
		if (rc == E_OK)
			free(url.text);
	}
	return rc;
}
