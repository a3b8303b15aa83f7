import Basics

/// A step from one schema to the next: SQL only, never edited once it has shipped. Ids sort by time.
public struct Migration: Sendable {
  public let id: String
  public let sql: String

  /// - Parameter id: `yyyymmdd-hhmm-what`, for instance `20261121-0900-jobs`.
  public init(_ id: String, _ sql: String) {
    self.id = id
    self.sql = sql
  }
}

extension DataStore {
  /// Brings the schema up to date, each step in a transaction of its own, and answers the ids of what was applied.
  public func migrate(_ migrations: [Migration], at time: Timestamp = .now) throws -> [String] {
    let ordered = migrations.sorted { $0.id < $1.id }
    if let (twin, _) = zip(ordered, ordered.dropFirst()).first(where: { $0.id == $1.id }) {
      throw Failure(.unexpected, "Two migrations are called \(twin.id), so one would never be applied.")
    }
    try write { try $0.session.script(Self.ledger) }
    var applied: [String] = []
    for migration in ordered where try apply(migration, at: time) {
      applied.append(migration.id)
    }
    return applied
  }

  private func apply(_ migration: Migration, at time: Timestamp) throws -> Bool {
    try write { transaction in
      let isNew = try transaction.run(
        "INSERT INTO schema_migrations (id, applied_at) VALUES (\(migration.id), \(time)) ON CONFLICT (id) DO NOTHING")
      if isNew == 1 { try transaction.session.script(migration.sql) }
      return isNew == 1
    }
  }

  /// Refuses to work on a schema that is not exactly the one these migrations make.
  public func requireSchema(_ migrations: [Migration]) throws {
    let known = Set(migrations.map(\.id))
    let applied = try read { transaction in
      guard try transaction.session.hasTable("schema_migrations") else { return Set<String>() }
      return Set(try transaction.values(String.self, "SELECT id FROM schema_migrations ORDER BY id"))
    }
    if !known.isSubset(of: applied) {
      throw Failure.conflict("The database is older than this program. Run “guildhall migrate”, then start it again.")
    }
    if !applied.isSubset(of: known) {
      throw Failure.conflict("The database is newer than this program. Install the Guildhall that migrated it.")
    }
  }

  /// When the database was made; nil while it has no schema.
  public func madeAt() throws -> Timestamp? {
    try read { transaction in
      guard try transaction.session.hasTable("schema_migrations") else { return nil }
      return try transaction.value("SELECT min(applied_at) FROM schema_migrations")
    }
  }

  private static let ledger =
    "CREATE TABLE IF NOT EXISTS schema_migrations (id TEXT PRIMARY KEY, applied_at INTEGER NOT NULL) STRICT"
}
