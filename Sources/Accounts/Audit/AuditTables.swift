import Store

/// Three tables, because the log must never change and people may ask to be forgotten: the log holds keys of chance and
/// digests, `audit_parties` says whose key it is in that chain, `audit_details` what a digest is of. The last two can be
/// erased.
enum AuditTables {
  static let migration = Migration(
    "20261121-1200-audit",
    """
    CREATE TABLE audit_log (
      chain TEXT NOT NULL,
      position INTEGER NOT NULL,
      at INTEGER NOT NULL,
      actor_kind TEXT NOT NULL CHECK (actor_kind IN ('person', 'key', 'program', 'operator')),
      actor_key TEXT NOT NULL,
      action TEXT NOT NULL,
      target_kind TEXT,
      target_id TEXT,
      outcome TEXT NOT NULL CHECK (outcome IN ('done', 'denied')),
      request_id TEXT,
      details_digest TEXT,
      digest TEXT NOT NULL,
      PRIMARY KEY (chain, position),
      CHECK ((target_kind IS NULL) = (target_id IS NULL))
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX audit_log_by_time ON audit_log (chain, at, position);
    CREATE INDEX audit_log_by_actor ON audit_log (chain, actor_key, at, position);
    CREATE INDEX audit_log_by_action ON audit_log (chain, action, at, position);
    CREATE INDEX audit_log_by_both ON audit_log (chain, actor_key, action, at, position);
    CREATE INDEX audit_log_by_target ON audit_log (chain, target_id, at, position);

    CREATE TRIGGER audit_log_is_not_updated BEFORE UPDATE ON audit_log BEGIN
      SELECT RAISE(ABORT, 'the audit log is never changed');
    END;
    CREATE TRIGGER audit_log_is_not_deleted BEFORE DELETE ON audit_log BEGIN
      SELECT RAISE(ABORT, 'the audit log is never shortened');
    END;
    -- INSERT OR REPLACE would delete without asking the trigger above.
    CREATE TRIGGER audit_log_grows_at_its_end BEFORE INSERT ON audit_log
    WHEN NEW.position <> (SELECT coalesce(max(position), 0) + 1 FROM audit_log WHERE chain = NEW.chain)
    BEGIN
      SELECT RAISE(ABORT, 'the audit log grows at its end');
    END;

    CREATE TABLE audit_parties (
      party_key TEXT PRIMARY KEY,
      chain TEXT NOT NULL,
      kind TEXT NOT NULL CHECK (kind IN ('person', 'key', 'program', 'operator')),
      party_id TEXT NOT NULL,
      name TEXT NOT NULL,
      seen_at INTEGER NOT NULL,
      UNIQUE (chain, kind, party_id)
    ) STRICT;
    CREATE INDEX audit_parties_by_name ON audit_parties (chain, name COLLATE NOCASE);
    CREATE INDEX audit_parties_by_id ON audit_parties (kind, party_id);
    CREATE INDEX audit_parties_by_age ON audit_parties (seen_at);

    CREATE TABLE audit_details (
      chain TEXT NOT NULL,
      position INTEGER NOT NULL,
      at INTEGER NOT NULL,
      salt TEXT NOT NULL,
      target_name TEXT,
      before TEXT,
      after TEXT,
      PRIMARY KEY (chain, position)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX audit_details_by_age ON audit_details (at);
    """)
}
