DROP TABLE queue_pauses;
DROP TABLE tenant_pauses;
