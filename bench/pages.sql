-- 100,000 issues of one server, half of them fixed, beside those that scripts/run has brought.
PRAGMA wal_autocheckpoint = 0;
PRAGMA foreign_keys = 1;
PRAGMA synchronous = OFF;
BEGIN;
INSERT INTO sync_mappings (id, guild_id, channel_id, channel_kind, connection_id, database_id, data_source_id, name, roles,
  fixed_option, status_options, rules, is_paused, created_at)
SELECT 'bench', guild_id, '1', channel_kind, connection_id, database_id, '2c0f0000-0000-4000-8000-000000000002', 'Bench',
  roles, fixed_option, status_options, rules, 1, created_at
FROM sync_mappings LIMIT 1;

WITH RECURSIVE
  n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 99999),
  -- A scattered order: 48271 is prime to 100,000.
  scattered (i, s) AS (SELECT i, i * 48271 % 100000 FROM n)
INSERT INTO issues (id, mapping_id, guild_id, page_id, title, number, status, priority, assignee, labels, due, summary,
  url, is_fixed, is_closed, is_removed, reported_at, edited_at, fixed_at, read_at)
SELECT printf('019a0000-0000-7000-8000-%012d', i), 'bench', guild_id, printf('2c0f0000-0000-4000-8000-%012d', i),
  CASE s % 7 WHEN 0 THEN 'Doors' WHEN 1 THEN 'Lanterns' WHEN 2 THEN 'Boats' WHEN 3 THEN 'Quests' WHEN 4 THEN 'Maps'
    WHEN 5 THEN 'Sounds' ELSE 'Shadows' END || ' of the harbour ' || CASE s % 5 WHEN 0 THEN 'stay closed' WHEN 1 THEN
    'flicker' WHEN 2 THEN 'vanish' WHEN 3 THEN 'cannot be reached' ELSE 'crash the game' END || ' after loading ' || s,
  'BUG-' || (i + 1), CASE WHEN s % 2 = 1 THEN 'Fixed' WHEN s % 4 = 0 THEN 'Open' ELSE 'In progress' END,
  'P' || (s % 4), CASE WHEN s % 1000 = 0 THEN 'Rare Person' ELSE 'Person ' || (s % 40) END, 'world, saving', '',
  'Save in the harbour office. Load the game. Walk to the doors slowly. They stay closed, whatever the time of day.',
  'https://www.notion.so/Issue-' || i, s % 2, s % 2, 0, 1700000000000 + i * 600000, 1790000000000 + s * 61000,
  CASE s % 2 WHEN 1 THEN 1790000000000 + s * 61000 END, 0
FROM scattered, (SELECT guild_id FROM sync_mappings LIMIT 1);

COMMIT;

-- 1,000,000 rows in the audit log, over some years and by forty people. Their digests say nothing, so the chain is none.
BEGIN;
WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 39)
INSERT INTO audit_parties (party_key, chain, kind, party_id, name, seen_at)
SELECT printf('bench%017d', i), guild_id, 'person', printf('9100000000000000%02d', i), 'Person ' || i, 1790000000000
FROM n, (SELECT guild_id FROM sync_mappings LIMIT 1);

WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000)
INSERT INTO audit_log (chain, position, at, actor_kind, actor_key, action, target_kind, target_id, outcome, request_id,
  details_digest, digest)
SELECT guild_id, i + past, 1700000000000 + i * 60000, 'person', printf('bench%017d', i * 48271 % 40),
  CASE i % 50 WHEN 0 THEN 'issue.file' WHEN 1 THEN 'mapping.change' ELSE 'issue.change' END, 'issue',
  printf('019a0000-0000-7000-8000-%012d', i * 48271 % 100000), 'done', printf('%032d', i), printf('%064d', i),
  printf('%064d', i)
FROM n, (SELECT guild_id, (SELECT coalesce(max(position), 0) FROM audit_log WHERE chain = guild_id) AS past
  FROM sync_mappings LIMIT 1);

INSERT INTO audit_details (chain, position, at, salt, target_name, before, after)
SELECT chain, position, at, substr(digest, 1, 22), 'Doors of the harbour ' || position % 1000, 'status: Open', 'status: Fixed'
FROM audit_log WHERE actor_key LIKE 'bench%';
COMMIT;
