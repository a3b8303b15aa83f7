-- What a Guildhall of some months holds: one mapping, :count issues with their messages, :count answered interactions,
-- :count changes that were refused and :count jobs that are done. Run on a migrated, empty database, with :count bound and each statement by itself.
INSERT INTO connections (id, service, external_id, label, public_key, sealed_token, created_at, updated_at) VALUES
  ('019a0000-0000-7000-9000-000000000001', 'discord', '900000000000000003', 'Guildhall',
    'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a', 'none', 1790000000000, 1790000000000);

INSERT INTO connections (id, service, external_id, label, sealed_token, created_at, updated_at) VALUES
  ('019a0000-0000-7000-9000-000000000002', 'notion', '900000000000000004', 'Workspace', 'none', 1790000000000,
    1790000000000);

INSERT INTO sync_mappings (id, guild_id, channel_id, channel_kind, connection_id, database_id, data_source_id, name, roles,
  fixed_option, status_options, rules, created_at) VALUES
  ('019a0000-0000-7000-9000-000000000003', '900000000000000001', '900000000000000002', 'text',
    '019a0000-0000-7000-9000-000000000002', '2c0f0000-0000-4000-8000-000000000001',
    '2c0f0000-0000-4000-8000-000000000002', 'Bugs',
    '{"assignee":{"id":"a","type":"people"},"labels":{"id":"l","type":"multi_select"},"number":{"id":"n","type":'
      || '"unique_id"},"priority":{"id":"p","type":"select"},"status":{"id":"s","type":"status"},"summary":{"id":"u",'
      || '"type":"rich_text"},"title":{"id":"t","type":"title"}}',
    'Fixed', '["Open","In progress","Waiting","Fixed"]',
    '{"calls":{},"heading":"{number} · {title}","lostMessages":"repost","pressers":[],"watched":[]}', 1790000000000);

WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :count)
INSERT INTO issues (id, mapping_id, guild_id, page_id, title, number, status, priority, assignee, labels, due, summary,
  url, is_fixed, is_removed, reported_at, edited_at, read_at)
SELECT printf('019a0000-0000-7000-8000-%012d', i), '019a0000-0000-7000-9000-000000000003', '900000000000000001',
  printf('2c0f0000-0000-4000-8000-%012d', i), 'Doors of the harbour do not open after loading (' || i % 97 || ')',
  'BUG-' || (i + 1), CASE i % 3 WHEN 0 THEN 'Open' WHEN 1 THEN 'In progress' ELSE 'Waiting' END,
  CASE i % 4 WHEN 0 THEN 'Urgent' WHEN 1 THEN 'High' WHEN 2 THEN 'Medium' ELSE 'Low' END, 'Ada Example', 'world, saving', '',
  printf('1. Save in the harbour office%c2. Load the game%c3. Walk to the doors *slowly*%c%cThey stay closed, whatever'
    || ' the time of day. Seen on version 0.9.%d, with and without mods.', 10, 10, 10, 10, i % 10),
  printf('https://www.notion.so/Issue-%012d-2c0f00000000400080000000%012d', i, i), 0, 0, 1790000000000 + i * 61000,
  1790000000000 + i * 61000, 1790000000000 + i * 61000
FROM n;

INSERT INTO discord_messages (issue_id, guild_id, channel_id, post_key, intended_at, message_id, shown_hash)
SELECT id, guild_id, '900000000000000002', 'key-' || id, reported_at, '91000' || substr(id, -12),
  printf('%064d', reported_at)
FROM issues;

INSERT INTO issue_changes (id, issue_id, guild_id, person_id, person_name, part, before, after, target, state, wished_at,
  finished_at)
SELECT '019a0000-0000-7000-b000-' || substr(id, -12), id, guild_id, '900000000000000031', 'Nelly Example', 'status',
  'Open', 'Fixed', 'Fixed', 'refused', reported_at, reported_at + 900
FROM issues;

WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :count)
INSERT INTO interactions (id, received_at, guild_id, body_hash, answer, correlation_id)
SELECT printf('13%017d', i), 1790000000000 + i * 61000, '900000000000000001',
  printf('2c0f0000000040008000000000000000000000000000000000000%011d', i),
  printf('{"data":{"content":"%.*c"},"type":7}', 900 + i % 200, 'x'), printf('%032d', i)
FROM n;

WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :count)
INSERT INTO jobs (id, kind, unique_key, lane, gate, guild_id, payload, priority, state, run_at, attempts, correlation_id,
  created_at, updated_at)
SELECT printf('019a0000-0000-7000-a000-%012d', i), 'issue.change',
  printf('issue.change:019a0000-0000-7000-b000-%012d', i), printf('issue:019a0000-0000-7000-8000-%012d', i),
  'notion:019a0000-0000-7000-9000-000000000002', '900000000000000001',
  printf('{"change":"019a0000-0000-7000-b000-%012d"}', i),
  0, 'done', 1790000000000 + i * 61000, 1, printf('%032d', i), 1790000000000 + i * 61000, 1790000000000 + i * 61000
FROM n;
