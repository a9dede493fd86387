-- pulse-etl: on-request
--
-- A tenant to try things with: tenant 1 with integrations 1 (Jira) and 2
-- (GitHub) and a small catalogue. Its project, types and statuses are those of
-- a real Jira whose people speak English and Chinese.
-- It is applied only when asked for: pulse-etl-migrate --apply 3.

INSERT INTO tenants (id, name, website)
VALUES (1, 'Demo', 'https://demo.example.com');

INSERT INTO integrations (id, tenant_id, provider, type, base_url,
	logo_filename)
VALUES
	(1, 1, 'Jira', 'data_source', 'https://jira.example.com', 'jira.svg'),
	(2, 1, 'GitHub', 'data_source', 'https://api.github.com', 'github.svg');

-- Rows made from now on get the ids after these, or after larger ones.
SELECT setval('tenants_id_seq',
	GREATEST(last_value, (SELECT max(id) FROM tenants)))
FROM tenants_id_seq;
SELECT setval('integrations_id_seq',
	GREATEST(last_value, (SELECT max(id) FROM integrations)))
FROM integrations_id_seq;

INSERT INTO workflows (tenant_id, integration_id, step_name, step_number,
	step_category, is_commitment_point)
VALUES
	(1, 1, 'Backlog', 1, 'To Do', FALSE),
	(1, 1, 'Ready', 2, 'To Do', TRUE),
	(1, 1, 'In Progress', 3, 'In Progress', FALSE),
	(1, 1, 'Waiting', 4, 'In Progress', FALSE),
	(1, 1, 'In Review', 5, 'In Progress', FALSE),
	(1, 1, 'Done', 6, 'Done', FALSE),
	(1, 2, 'Open', 1, 'To Do', TRUE),
	(1, 2, 'In Review', 2, 'In Progress', FALSE),
	(1, 2, 'Merged', 3, 'Done', FALSE);

INSERT INTO statuses_mappings (tenant_id, integration_id, status_from,
	status_to, status_category, workflow_id)
SELECT w.tenant_id, w.integration_id, m.status_from, w.step_name,
	w.step_category, w.id
FROM (VALUES
	(1, 'Inbox', 'Backlog'),
	(1, 'Backlog', 'Backlog'),
	(1, 'Suggestion', 'Backlog'),
	(1, 'Open', 'Backlog'),
	(1, '打开', 'Backlog'),
	(1, '重新打开', 'Backlog'),
	(1, 'To Do', 'Ready'),
	(1, 'Ready for Dev', 'Ready'),
	(1, 'Selected for Development', 'Ready'),
	(1, 'In Progress', 'In Progress'),
	(1, 'In Development', 'In Progress'),
	(1, '设计中', 'In Progress'),
	(1, '开发中', 'In Progress'),
	(1, '技术开发中', 'In Progress'),
	(1, '处理中', 'In Progress'),
	(1, 'Blocked / On Hold', 'Waiting'),
	(1, 'QUESTION', 'Waiting'),
	(1, '挂起中', 'Waiting'),
	(1, 'Review', 'In Review'),
	(1, 'Under review', 'In Review'),
	(1, '代码评审', 'In Review'),
	(1, '测试中', 'In Review'),
	(1, 'Resolved', 'Done'),
	(1, 'Closed', 'Done'),
	(1, 'Done', 'Done'),
	(1, '已完成', 'Done'),
	(1, '已发布', 'Done'),
	(1, '已关闭', 'Done'),
	(2, 'open', 'Open'),
	(2, 'merged', 'Merged'),
	(2, 'closed', 'Merged')
) AS m (integration_id, status_from, step_name)
JOIN workflows AS w ON w.tenant_id = 1
	AND w.integration_id = m.integration_id AND w.step_name = m.step_name;

INSERT INTO statuses (tenant_id, integration_id, external_id, original_name,
	category, description, status_mapping_id)
SELECT 1, 1, s.external_id, s.name, s.category, s.description, m.id
FROM (VALUES
	('1', 'Open', 'To Do', 'Open and ready for the assignee to start'),
	('3', 'In Progress', 'In Progress', 'The assignee works on it'),
	('6', 'Closed', 'Done', 'Finished; closed issues can be reopened'),
	('10033', 'To Do', 'To Do', NULL),
	('10034', 'Done', 'Done', NULL),
	('10068', '已完成', 'Done', NULL)
) AS s (external_id, name, category, description)
JOIN statuses_mappings AS m ON m.tenant_id = 1
	AND m.integration_id = 1 AND m.status_from = s.name;

INSERT INTO wits_hierarchies (tenant_id, integration_id, level_name,
	level_number, description)
VALUES
	(1, 1, 'Epic', 1, 'A goal that takes several stories'),
	(1, 1, 'Story', 0, 'What one person or pair delivers'),
	(1, 1, 'Sub-task', -1, 'A part of a story');

INSERT INTO wits_mappings (tenant_id, integration_id, wit_from, wit_to,
	wits_hierarchy_id)
SELECT h.tenant_id, h.integration_id, m.wit_from, m.wit_to, h.id
FROM (VALUES
	('Epic', 'Epic', 1),
	('Story', 'Story', 0),
	('故事', 'Story', 0),
	('Task', 'Task', 0),
	('任务', 'Task', 0),
	('Bug', 'Bug', 0),
	('缺陷', 'Bug', 0),
	('Test Execution', 'Task', 0),
	('Sub-task', 'Sub-task', -1),
	('子任务', 'Sub-task', -1)
) AS m (wit_from, wit_to, level_number)
JOIN wits_hierarchies AS h ON h.tenant_id = 1
	AND h.integration_id = 1 AND h.level_number = m.level_number;

INSERT INTO wits (tenant_id, integration_id, external_id, original_name,
	description, hierarchy_level, wits_mapping_id)
SELECT 1, 1, t.external_id, t.name, t.description, h.level_number, m.id
FROM (VALUES
	('10000', 'Epic', 'A goal that takes several stories'),
	('10001', '故事', 'A function as its user sees it'),
	('10003', '子任务', 'A small part of a larger task'),
	('10004', '缺陷', 'A problem or mistake'),
	('10031', '任务', 'A small task')
) AS t (external_id, name, description)
JOIN wits_mappings AS m ON m.tenant_id = 1
	AND m.integration_id = 1 AND m.wit_from = t.name
JOIN wits_hierarchies AS h ON h.tenant_id = 1 AND h.id = m.wits_hierarchy_id;

INSERT INTO projects (tenant_id, integration_id, external_id, key, name,
	project_type)
VALUES (1, 1, '10003', 'EE', 'Enterprise Edition', 'software');

-- Since 0006 these tables name their tenant; it is the session's.
SELECT set_config('app.tenant_id', '1', true);

INSERT INTO projects_wits (project_id, wit_id)
SELECT p.id, w.id
FROM projects AS p JOIN wits AS w USING (tenant_id, integration_id)
WHERE p.tenant_id = 1;

INSERT INTO projects_statuses (project_id, status_id)
SELECT p.id, s.id
FROM projects AS p JOIN statuses AS s USING (tenant_id, integration_id)
WHERE p.tenant_id = 1;
