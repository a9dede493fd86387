/* SETTING(name, kind, default, least, most, choices, environment, help). */
SETTING(rabbitmq_url, SECRET, "", 0, 0, NULL, "RABBITMQ_URL",
    "amqp://user:password@host:port/vhost, amqps: with TLS; ?heartbeat=30 and"
    " connection_timeout, frame_max, channel_max may follow; several, comma"
    " separated, are tried in turn; empty: the five settings below")
SETTING(rabbitmq_host, TEXT, "127.0.0.1", 0, 0, NULL, "RABBITMQ_HOST",
    "RabbitMQ's host")
SETTING(rabbitmq_port, NUMBER, "5672", 1, 65535, NULL, "RABBITMQ_PORT",
    "RabbitMQ's AMQP port")
SETTING(rabbitmq_user, TEXT, "etl_user", 0, 0, NULL, "RABBITMQ_USER",
    "RabbitMQ's user")
SETTING(rabbitmq_password, SECRET, "", 0, 0, NULL, "RABBITMQ_PASSWORD",
    "That user's password")
SETTING(rabbitmq_vhost, TEXT, "pulse_etl", 0, 0, NULL, "RABBITMQ_VHOST",
    "RabbitMQ's virtual host")
SETTING(rabbitmq_ca_file, TEXT, "/etc/ssl/certs/ca-certificates.crt", 0, 0,
    NULL, "ETL_RABBITMQ_CA_FILE",
    "CA certificates that the broker is verified with, for amqps")
SETTING(rabbitmq_cert_file, TEXT, "", 0, 0, NULL, "ETL_RABBITMQ_CERT_FILE",
    "Our own certificate, where the broker asks for one")
SETTING(rabbitmq_key_file, TEXT, "", 0, 0, NULL, "ETL_RABBITMQ_KEY_FILE",
    "That certificate's private key")
SETTING(rabbitmq_management, TEXT, "", 0, 0, NULL, "RABBITMQ_MANAGEMENT",
    "RabbitMQ's management interface, http://host:15672, which tells of policies"
    " that override the queues' arguments; its user is the one above; empty: it"
    " is not asked")
SETTING(rabbitmq_heartbeat, NUMBER, "30", 5, 600, NULL,
    "ETL_RABBITMQ_HEARTBEAT", "Seconds between heartbeats on the connection")
SETTING(rabbitmq_timeout, NUMBER, "500", 50, 60000, NULL,
    "ETL_RABBITMQ_TIMEOUT",
    "Milliseconds to wait for the broker's confirm, or to connect, before a"
    " store is answered with queued:false and left to the relay")
