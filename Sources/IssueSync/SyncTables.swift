import Store

/// Mappings, the issues they bring, the living message of each, who changed what, and what every run came to.
public let issueSyncMigrations = [
  Migration(
    "20261121-0930-issue-sync",
    """
    CREATE TABLE sync_mappings (
      id TEXT PRIMARY KEY,
      guild_id TEXT NOT NULL,
      channel_id TEXT NOT NULL,
      channel_kind TEXT NOT NULL CHECK (channel_kind IN ('text', 'forum')),
      connection_id TEXT NOT NULL REFERENCES connections (id),
      database_id TEXT NOT NULL,
      data_source_id TEXT NOT NULL,
      name TEXT NOT NULL,
      roles TEXT NOT NULL,
      fixed_option TEXT NOT NULL,
      status_options TEXT NOT NULL,
      rules TEXT NOT NULL,
      watermark INTEGER,
      compared_at INTEGER,
      is_paused INTEGER NOT NULL DEFAULT 0 CHECK (is_paused IN (0, 1)),
      created_at INTEGER NOT NULL,
      UNIQUE (data_source_id, channel_id)
    ) STRICT;

    CREATE TABLE issues (
      id TEXT PRIMARY KEY,
      mapping_id TEXT NOT NULL REFERENCES sync_mappings (id) ON DELETE CASCADE,
      guild_id TEXT NOT NULL,
      page_id TEXT NOT NULL,
      title TEXT NOT NULL,
      number TEXT NOT NULL,
      status TEXT NOT NULL,
      priority TEXT NOT NULL,
      assignee TEXT NOT NULL,
      labels TEXT NOT NULL,
      due TEXT NOT NULL,
      summary TEXT NOT NULL,
      url TEXT NOT NULL,
      is_fixed INTEGER NOT NULL CHECK (is_fixed IN (0, 1)),
      is_removed INTEGER NOT NULL CHECK (is_removed IN (0, 1)),
      reported_at INTEGER NOT NULL,
      edited_at INTEGER NOT NULL,
      fixed_at INTEGER,
      read_at INTEGER NOT NULL,
      notice TEXT,
      UNIQUE (mapping_id, page_id),
      CHECK (is_fixed = 1 OR fixed_at IS NULL)
    ) STRICT;
    CREATE INDEX issues_by_status ON issues (mapping_id, is_removed, status);
    CREATE INDEX issues_by_guild ON issues (guild_id, is_removed, edited_at);

    CREATE TABLE issue_changes (
      id TEXT PRIMARY KEY,
      issue_id TEXT NOT NULL REFERENCES issues (id) ON DELETE CASCADE,
      guild_id TEXT NOT NULL,
      person_id TEXT NOT NULL,
      person_name TEXT NOT NULL,
      part TEXT NOT NULL CHECK (part IN ('status', 'assignee')),
      before TEXT NOT NULL,
      after TEXT NOT NULL,
      target TEXT NOT NULL,
      undoes TEXT,
      state TEXT NOT NULL CHECK (state IN ('pending', 'done', 'refused')),
      wished_at INTEGER NOT NULL,
      finished_at INTEGER,
      CHECK ((state = 'pending') = (finished_at IS NULL))
    ) STRICT;
    CREATE UNIQUE INDEX issue_changes_pending ON issue_changes (issue_id) WHERE state = 'pending';
    CREATE INDEX issue_changes_by_issue ON issue_changes (issue_id, id);

    CREATE TABLE discord_messages (
      issue_id TEXT PRIMARY KEY REFERENCES issues (id) ON DELETE CASCADE,
      guild_id TEXT NOT NULL,
      channel_id TEXT NOT NULL,
      post_key TEXT NOT NULL UNIQUE,
      intended_at INTEGER NOT NULL,
      message_id TEXT UNIQUE,
      shown_hash TEXT,
      shown_name TEXT,
      shown_tags TEXT,
      answered_at INTEGER NOT NULL DEFAULT 0,
      is_forgotten INTEGER NOT NULL DEFAULT 0 CHECK (is_forgotten IN (0, 1))
    ) STRICT;

    CREATE TABLE sync_logs (
      id TEXT PRIMARY KEY,
      mapping_id TEXT NOT NULL REFERENCES sync_mappings (id) ON DELETE CASCADE,
      scope TEXT NOT NULL CHECK (scope IN ('first', 'edits', 'full')),
      started_at INTEGER NOT NULL,
      finished_at INTEGER NOT NULL,
      rows_read INTEGER NOT NULL,
      rows_new INTEGER NOT NULL,
      rows_changed INTEGER NOT NULL,
      rows_removed INTEGER NOT NULL,
      calls INTEGER NOT NULL,
      is_complete INTEGER NOT NULL CHECK (is_complete IN (0, 1)),
      error TEXT
    ) STRICT;
    CREATE INDEX sync_logs_by_mapping ON sync_logs (mapping_id, started_at);
    """),
  People.migration,
  Migration(
    "20261122-0900-mapping-whole",
    """
    ALTER TABLE sync_mappings ADD COLUMN closed_options TEXT NOT NULL DEFAULT '[]';
    ALTER TABLE sync_mappings ADD COLUMN problem TEXT;
    ALTER TABLE sync_mappings ADD COLUMN place_problem TEXT;
    ALTER TABLE sync_mappings ADD COLUMN revision INTEGER NOT NULL DEFAULT 1;
    ALTER TABLE sync_mappings ADD COLUMN compared_revision INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE sync_logs ADD COLUMN waited_ms INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE sync_logs ADD COLUMN covers_from INTEGER;
    ALTER TABLE sync_logs ADD COLUMN covers_to INTEGER;
    UPDATE sync_mappings SET rules = replace(rules, '"summary"', '"description"');
    ALTER TABLE issues ADD COLUMN is_closed INTEGER NOT NULL DEFAULT 0 CHECK (is_closed IN (0, 1));
    UPDATE issues SET is_closed = is_fixed;
    """),
  ListTables.migration, FiledNote.migration,
]
