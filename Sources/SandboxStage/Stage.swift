import Basics
import HTTP
import Pages
import Store

/// What every stand-in of the sandbox works on: one store, one clock, one address, one set of pages, one journal.
///
///     let stage = Stage(store: store, clock: .system, publicURL: "http://127.0.0.1:8080", pages: pages)
///     let routes = stage.api("discord", discordRoutes) + stage.routes(corners: [discord.corner])
public struct Stage: Sendable {
  /// The sandbox's own file; no part of Guildhall's.
  public let store: DataStore
  public let clock: WallClock
  /// Scheme, host and port a browser sees, without a slash at the end.
  public let publicURL: String
  /// With the templates of `SandboxStage` first: they hold the layout.
  public let pages: PageLibrary
  public let pace: PaceSwitch

  public init(store: DataStore, clock: WallClock, publicURL: String, pages: PageLibrary, pace: Pace = .generous) {
    self.store = store
    self.clock = clock
    self.publicURL = publicURL.hasSuffix("/") ? String(publicURL.dropLast()) : publicURL
    self.pages = pages
    self.pace = PaceSwitch(pace)
  }

  /// The routes of a stand-in's API with the journal and the fault script around each of them.
  public func api(_ service: String, _ routes: [Route]) -> [Route] {
    routes.map { route in
      Route(route.method, route.pattern) { request, path in
        try witness(request, of: service) { try route.handler(request, path) }
      }
    }
  }

  /// A test key or token: made the first time it is asked for, the same ever after.
  public func secret(_ name: String, make: () -> String) throws -> String {
    let made = make()
    return try store.write { transaction in
      try transaction.run(
        "INSERT INTO stage_secrets (name, value) VALUES (\(name), \(made)) ON CONFLICT (name) DO NOTHING")
      return try transaction.value(String.self, "SELECT value FROM stage_secrets WHERE name = \(name)") ?? made
    }
  }

  public static let migrations = [
    Migration(
      "20261121-0900-stage",
      """
      CREATE TABLE stage_secrets (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
      CREATE TABLE stage_journal (
        seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, service TEXT NOT NULL, method TEXT NOT NULL, path TEXT NOT NULL,
        query TEXT NOT NULL, headers TEXT NOT NULL, body TEXT NOT NULL, status INTEGER NOT NULL, fault TEXT,
        effect INTEGER NOT NULL, microseconds INTEGER NOT NULL) STRICT;
      CREATE INDEX stage_journal_service ON stage_journal (service, seq);
      CREATE TABLE stage_faults (
        id TEXT PRIMARY KEY, rule TEXT NOT NULL, matched INTEGER NOT NULL, applied INTEGER NOT NULL) STRICT;
      """)
  ]
}
