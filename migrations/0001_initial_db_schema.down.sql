-- Drop what 0001 made, referring tables first. All data goes with it.

DROP TABLE qdrant_vectors;
DROP TABLE raw_extraction_data;
DROP TABLE wits_prs_links;
DROP TABLE etl_jobs;
DROP TABLE system_settings;
DROP TABLE prs_comments;
DROP TABLE prs_commits;
DROP TABLE prs_reviews;
DROP TABLE prs;
DROP TABLE repositories;
DROP TABLE changelogs;
DROP TABLE work_items;
DROP TABLE projects_statuses;
DROP TABLE projects_wits;
DROP TABLE statuses;
DROP TABLE wits;
DROP TABLE wits_mappings;
DROP TABLE wits_hierarchies;
DROP TABLE statuses_mappings;
DROP TABLE workflows;
DROP TABLE projects;
DROP TABLE integrations;
DROP TABLE users;
DROP TABLE tenants;
