import Store

/// Mappings, the issues they bring, the living message of each, and what every run came to.
public let issueSyncMigrations = [
  Migration(
    "20261121-0930-issue-sync",
    """
    CREATE TABLE sync_mappings (
      id TEXT PRIMARY KEY,
      guild_id TEXT NOT NULL,
      channel_id TEXT NOT NULL,
      connection_id TEXT NOT NULL REFERENCES connections (id),
      database_id TEXT NOT NULL,
      data_source_id TEXT NOT NULL,
      name TEXT NOT NULL,
      roles TEXT NOT NULL,
      fixed_option TEXT NOT NULL,
      watermark INTEGER,
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
      summary TEXT NOT NULL,
      url TEXT NOT NULL,
      is_fixed INTEGER NOT NULL CHECK (is_fixed IN (0, 1)),
      is_trashed INTEGER NOT NULL CHECK (is_trashed IN (0, 1)),
      reported_at INTEGER NOT NULL,
      edited_at INTEGER NOT NULL,
      read_at INTEGER NOT NULL,
      fixing_by TEXT,
      fixing_since INTEGER,
      fixed_by TEXT,
      fixed_at INTEGER,
      notice TEXT,
      UNIQUE (mapping_id, page_id),
      CHECK ((fixing_by IS NULL) = (fixing_since IS NULL)),
      CHECK ((fixed_by IS NULL) = (fixed_at IS NULL))
    ) STRICT;
    CREATE INDEX issues_by_status ON issues (mapping_id, is_trashed, status);

    CREATE TABLE discord_messages (
      issue_id TEXT PRIMARY KEY REFERENCES issues (id) ON DELETE CASCADE,
      guild_id TEXT NOT NULL,
      channel_id TEXT NOT NULL,
      post_key TEXT NOT NULL UNIQUE,
      intended_at INTEGER NOT NULL,
      message_id TEXT UNIQUE,
      shown_hash TEXT,
      answered_at INTEGER NOT NULL DEFAULT 0
    ) STRICT;

    CREATE TABLE sync_logs (
      id TEXT PRIMARY KEY,
      mapping_id TEXT NOT NULL REFERENCES sync_mappings (id) ON DELETE CASCADE,
      started_at INTEGER NOT NULL,
      finished_at INTEGER NOT NULL,
      rows_read INTEGER NOT NULL,
      rows_new INTEGER NOT NULL,
      rows_changed INTEGER NOT NULL,
      calls INTEGER NOT NULL,
      error TEXT
    ) STRICT;
    CREATE INDEX sync_logs_by_mapping ON sync_logs (mapping_id, started_at);
    """)
]
