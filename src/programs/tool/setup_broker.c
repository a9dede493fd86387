/* What pulse-etl setup does with the broker. */
#include <stdio.h>
#include <string.h>

#include "programs/tool/setup.h"
#include "programs/tool/tool_broker.h"

/* How long to wait for a topology to be declared, ms. */
#define DECLARE_MS 20000

/* What somebody who may has to do first. */
static void
print_commands(const struct mq_settings *mq)
{
	(void)printf("\nWhere the broker does not know the user yet, run on its"
	    " machine, as root:\n\n"
	    "\trabbitmqctl add_vhost VHOST\n"
	    "\trabbitmqctl add_user USER    # it asks for the password\n"
	    "\trabbitmqctl set_permissions -p VHOST USER '.*' '.*' '.*'\n\n"
	    "with the VHOST and USER of %s.\n\n",
	    mq->rabbitmq_url[0] != '\0' ? "--broker" :
	    "rabbitmq_vhost and rabbitmq_user");
}

enum err
setup_broker(struct setup *setup, struct diag *diag)
{
	const struct settings *before = setup->tool->settings;
	struct queue_manager *queue;
	enum err rc;

	setup->tool->settings = &setup->settings;
	rc = tool_broker(setup->tool, &queue, diag);
	if (rc == E_OK)
		rc = queue_manager_declare(queue, DECLARE_MS, diag);
	setup->tool->settings = before;
	if (rc == E_OK) {
		setup_say("ok", "the broker, and its queues");
		return E_OK;
	}
	print_commands(&setup->settings.mq);
	return diag_set(diag, rc, "the broker: %s", diag->text);
}
