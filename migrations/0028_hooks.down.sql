DROP TABLE integration_hook_secrets;
