-- 100,000 issues of one server, half of them fixed, beside those that scripts/run has brought.
PRAGMA wal_autocheckpoint = 0;
PRAGMA foreign_keys = 1;
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
