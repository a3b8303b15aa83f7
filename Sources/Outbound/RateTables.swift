import Store

/// What all our processes know of each other's calls. It lives in the volatile file: losing it costs a few refusals.
public let outboundMigrations = [
  Migration(
    "20261121-0910-outbound",
    """
    CREATE TABLE spends (
      connection TEXT NOT NULL,
      at INTEGER NOT NULL,
      id TEXT NOT NULL,
      PRIMARY KEY (connection, at, id)
    ) STRICT;
    CREATE TABLE buckets (
      connection TEXT NOT NULL,
      route TEXT NOT NULL,
      bucket TEXT NOT NULL,
      remaining INTEGER NOT NULL,
      reset_at INTEGER NOT NULL,
      PRIMARY KEY (connection, route)
    ) STRICT;
    CREATE TABLE blocks (
      connection TEXT NOT NULL,
      scope TEXT NOT NULL,
      until INTEGER NOT NULL,
      reason TEXT NOT NULL CHECK (reason IN ('rate', 'unauthorized')),
      PRIMARY KEY (connection, scope)
    ) STRICT;
    CREATE TABLE breakers (
      connection TEXT PRIMARY KEY,
      failures INTEGER NOT NULL,
      opened INTEGER NOT NULL,
      open_until INTEGER NOT NULL
    ) STRICT;
    """)
]
