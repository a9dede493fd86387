/* SPDX-License-Identifier: MIT */
/*
 * SETTING(TEXT, name, default, environment, help)
 * SETTING(SECRET, name, default, environment, help)
 * SETTING(NUMBER, name, default, least, most, environment, help)
 */
SETTING(SECRET, rabbitmq_url, "", "RABBITMQ_URL",
    "amqp://user:password@host:port/vhost, amqps: with TLS; ?heartbeat=30 and"
    " connection_timeout, frame_max, channel_max may follow; several, comma"
    " separated, are tried in turn; empty: the five settings below")
SETTING(TEXT, rabbitmq_host, "127.0.0.1", "RABBITMQ_HOST",
    "RabbitMQ's host")
SETTING(NUMBER, rabbitmq_port, 5672, 1, 65535, "RABBITMQ_PORT",
    "RabbitMQ's AMQP port")
SETTING(TEXT, rabbitmq_user, "etl_user", "RABBITMQ_USER",
    "RabbitMQ's user")
SETTING(SECRET, rabbitmq_password, "", "RABBITMQ_PASSWORD",
    "That user's password")
SETTING(TEXT, rabbitmq_vhost, "pulse_etl", "RABBITMQ_VHOST",
    "RabbitMQ's virtual host")
SETTING(TEXT, rabbitmq_ca_file, "/etc/ssl/certs/ca-certificates.crt",
    "ETL_RABBITMQ_CA_FILE",
    "CA certificates that the broker is verified with, for amqps")
SETTING(TEXT, rabbitmq_cert_file, "", "ETL_RABBITMQ_CERT_FILE",
    "Our own certificate, where the broker asks for one")
SETTING(TEXT, rabbitmq_key_file, "", "ETL_RABBITMQ_KEY_FILE",
    "That certificate's private key")
SETTING(TEXT, rabbitmq_management, "", "RABBITMQ_MANAGEMENT",
    "RabbitMQ's management interface, http://host:15672, which tells of"
    " policies that override the queues' arguments; its user is the one above;"
    " empty: it is not asked")
SETTING(NUMBER, rabbitmq_heartbeat, 30, 5, 600, "ETL_RABBITMQ_HEARTBEAT",
    "Seconds between heartbeats on the connection")
SETTING(LIVE_NUMBER, rabbitmq_timeout, 500, 50, 60000, "ETL_RABBITMQ_TIMEOUT",
    "Milliseconds to wait for the broker's confirm, or to connect, before a"
    " store is answered with queued:false and left to the relay")
