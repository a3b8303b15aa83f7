import Store

/// What all our processes know of each other's calls. It lives in the volatile file: losing it costs a few refusals, so
/// another shape of these tables begins with empty ones.
public let outboundMigrations = [
  Migration(
    "20261122-1500-outbound",
    """
    DROP TABLE IF EXISTS spends;
    DROP TABLE IF EXISTS buckets;
    DROP TABLE IF EXISTS routes;
    DROP TABLE IF EXISTS blocks;
    DROP TABLE IF EXISTS breakers;
    CREATE TABLE spends (
      connection TEXT NOT NULL,
      at INTEGER NOT NULL,
      id TEXT NOT NULL,
      PRIMARY KEY (connection, at, id)
    ) STRICT;
    CREATE TABLE routes (
      connection TEXT NOT NULL,
      route TEXT NOT NULL,
      bucket TEXT NOT NULL,
      PRIMARY KEY (connection, route)
    ) STRICT;
    CREATE TABLE buckets (
      connection TEXT NOT NULL,
      bucket TEXT NOT NULL,
      remaining INTEGER NOT NULL,
      reset_at INTEGER NOT NULL,
      PRIMARY KEY (connection, bucket)
    ) STRICT;
    CREATE TABLE blocks (
      connection TEXT NOT NULL,
      scope TEXT NOT NULL,
      reason TEXT NOT NULL CHECK (reason IN ('rate', 'unauthorized', 'denied', 'invalid')),
      until INTEGER NOT NULL,
      PRIMARY KEY (connection, scope, reason)
    ) STRICT;
    CREATE TABLE denials (
      connection TEXT NOT NULL,
      route TEXT NOT NULL,
      number INTEGER NOT NULL,
      PRIMARY KEY (connection, route)
    ) STRICT;
    CREATE TABLE invalid_calls (
      service TEXT NOT NULL,
      minute INTEGER NOT NULL,
      number INTEGER NOT NULL,
      PRIMARY KEY (service, minute)
    ) STRICT;
    CREATE TABLE breakers (
      connection TEXT PRIMARY KEY,
      failures INTEGER NOT NULL,
      openings INTEGER NOT NULL,
      open_until INTEGER NOT NULL,
      is_probing INTEGER NOT NULL CHECK (is_probing IN (0, 1))
    ) STRICT;
    """)
]
