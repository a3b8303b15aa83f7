import Basics
import Foundation
import Signatures
import Store

/// Puts a backup in the place of the database.
public struct Restoring: Sendable {
  let path: String
  let columns: [SealedColumn]
  let keys: SealingKeys
  /// The schema this program knows, as ids of migrations.
  let schema: [String]
  let clock: WallClock

  /// - Parameter path: the database that is replaced.
  public init(path: String, columns: [SealedColumn], keys: SealingKeys, schema: [String], clock: WallClock) {
    self.path = path
    self.columns = columns
    self.keys = keys
    self.schema = schema
    self.clock = clock
  }

  public struct Report: Sendable, Encodable {
    public let rows: [String: Int]
    /// How many secrets the keys have opened.
    public let secrets: Int
    /// Whether “guildhall migrate” is to be run afterwards.
    public let isOlder: Bool
    /// Where the database that was replaced is kept; nil when nothing was.
    public var replaced: String?

    enum CodingKeys: String, CodingKey {
      case rows, secrets, replaced
      case isOlder = "is_older"
    }
  }

  /// Whether the file can be restored here: sound, of a schema we know, and its secrets open with our keys.
  public func check(_ file: String) throws -> Report {
    let store = try DataStore.openReadOnly(path: file)
    let found = try store.examine()
    guard found.isSound else {
      throw Failure.invalid("\(file) is not sound: \(found.complaint). Take an older backup.")
    }
    guard !found.schema.isEmpty else { throw Failure.invalid("\(file) is no database of a Guildhall.") }
    guard Set(found.schema).isSubset(of: schema) else {
      throw Failure.conflict("\(file) was made by a newer Guildhall. Install that one first.")
    }
    return Report(
      rows: found.rows, secrets: try Resealing(store: store, columns: columns).prove(keys),
      isOlder: found.schema.count < schema.count, replaced: nil)
  }

  /// Replaces the database while no program uses it. The file is copied and checked first, and what it replaces stays
  /// beside it under another name.
  public func restore(_ file: String) throws -> Report {
    try DataStore.whileUnused(path) {
      let incoming = path + ".restoring"
      _ = try check(file)  // before it is copied, which would mend some faults and hide others
      try copy(file, to: incoming)
      defer { unlink(incoming) }
      var report = try check(incoming)
      report.replaced = try setAside()
      try Durably.rename(incoming, to: path)
      return report
    }
  }

  /// SQLite copies, so that a file with a write-ahead log beside it is copied whole.
  private func copy(_ file: String, to incoming: String) throws {
    for suffix in ["", "-wal", "-shm"] { unlink(incoming + suffix) }
    try DataStore.openReadOnly(path: file).copy(to: incoming)
    guard chmod(incoming, 0o660) == 0 else {
      throw Failure(.unavailable, "\(incoming) cannot be made ours.", cause: systemError())
    }
  }

  /// The old file gets a second name first, so that there is a database at every moment; its log must not be mistaken
  /// for one of the new file.
  private func setAside() throws -> String? {
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    let name = "\(path).before-\(Backups.stamp(clock.now()))"
    var (aside, count) = (name, 1)
    while link(path, aside) != 0 {
      guard errno == EEXIST else {
        throw Failure(.unavailable, "The old database cannot be kept as \(aside).", cause: systemError())
      }
      count += 1
      aside = "\(name)-\(count)"
    }
    if FileManager.default.fileExists(atPath: path + "-wal"), rename(path + "-wal", aside + "-wal") != 0 {
      throw Failure(.unavailable, "The old database's log cannot be kept as \(aside)-wal.", cause: systemError())
    }
    unlink(path + "-shm")
    return aside
  }
}
