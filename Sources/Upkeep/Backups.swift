import Basics
import Foundation
import Store

/// Copies of the database in a folder, each checked before it gets its name.
///
/// A backup holds its secrets sealed, so it is of use only together with the keys in the settings: keep those, but
/// somewhere else.
public struct Backups: Sendable {
  let store: DataStore
  let directory: String
  let clock: WallClock

  public init(store: DataStore, directory: String, clock: WallClock) {
    self.store = store
    self.directory = directory
    self.clock = clock
  }

  public struct File: Sendable, Encodable {
    public let path: String
    public let takenAt: Timestamp
    public let bytes: Int

    enum CodingKeys: String, CodingKey {
      case path, bytes
      case takenAt = "taken_at"
    }
  }

  public struct Report: Sendable, Encodable {
    public let file: File
    public let rows: Int
    public let tables: Int
    public let removed: [String]
  }

  /// Takes a backup and lets old ones go.
  /// - Parameter keep: how many there may be afterwards, this one included.
  /// - Throws: when the copy is not sound or not whole; then nothing is removed.
  public func take(keep: Int) throws -> Report {
    try Folder.make(directory)
    guard access(directory, W_OK | X_OK) == 0 else {
      throw Failure(
        .unavailable,
        """
        This user may not write into \(directory), the folder for backups (BACKUP_DIR). Make it the user's own; under \
        systemd, “scripts/install” also lets the services write there.
        """, cause: systemError())
    }
    try removePartial()
    let now = clock.now()
    let path = "\(directory)/guildhall-\(Self.stamp(now)).db"
    let partial = path + Self.partial
    let rows = try copy(to: partial)
    guard chmod(partial, 0o600) == 0 else {
      throw Failure(.unavailable, "\(partial) cannot be made private.", cause: systemError())
    }
    try Durably.rename(partial, to: path)
    let file = File(path: path, takenAt: now, bytes: try Durably.size(of: path))
    return Report(
      file: file, rows: rows.values.reduce(0, +), tables: rows.count, removed: try removeOld(keeping: max(1, keep)))
  }

  /// The newest last. Told from their names alone.
  public func list() throws -> [File] { try Self.list(in: directory) }

  public static func list(in directory: String) throws -> [File] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []  // no folder: no backups
    return try names.sorted().compactMap { name in
      guard name.hasPrefix("guildhall-"), name.hasSuffix(".db"), name.utf8.count == 29,
        let time = Timestamp(iso8601: iso(name.dropFirst(10).dropLast(3)))
      else { return nil }
      let path = "\(directory)/\(name)"
      return File(path: path, takenAt: time, bytes: try Durably.size(of: path))
    }
  }
}

extension Backups {
  private static let partial = ".partial"

  /// Copies and looks whether the copy is sound and has every row. Others write meanwhile, so the number of rows lies
  /// between what there was before and what there is after; rows that come and go in between are worth a second try.
  private func copy(to path: String) throws -> [String: Int] {
    for _ in 1...3 {
      let before = try store.read { try $0.rowCounts() }
      try store.copy(to: path)
      try Durably.sync(path)
      let after = try store.read { try $0.rowCounts() }
      let copy = try DataStore.openReadOnly(path: path).examine()
      guard copy.isSound else {
        throw Failure(
          .unexpected, "The copy is not sound, so the database is not either: \(copy.complaint). Keep older backups.")
      }
      if Self.isWhole(copy.rows, before, after) { return copy.rows }
      unlink(path)
    }
    throw Failure(
      .unexpected, "The copy had other numbers of rows than the database, three times. Try when less is written.")
  }

  static func isWhole(_ copy: [String: Int], _ before: [String: Int], _ after: [String: Int]) -> Bool {
    Set(copy.keys) == Set(before.keys)
      && copy.allSatisfy { table, count in
        let (first, last) = (before[table] ?? 0, after[table] ?? 0)
        return (min(first, last)...max(first, last)).contains(count)
      }
  }

  /// A copy that was ended half-way is of no use to anybody.
  private func removePartial() throws {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []  // none to remove
    for name in names where name.contains(".db\(Self.partial)") { unlink("\(directory)/\(name)") }
  }

  private func removeOld(keeping count: Int) throws -> [String] {
    let old = try list().dropLast(count).map(\.path)
    for path in old {
      guard unlink(path) == 0 else {
        throw Failure(.unavailable, "The old backup \(path) cannot be removed.", cause: systemError())
      }
    }
    return old
  }

  /// 20261121T103000Z
  static func stamp(_ time: Timestamp) -> String {
    String(time.description.prefix(19).filter { $0 != "-" && $0 != ":" }) + "Z"
  }

  private static func iso(_ stamp: some StringProtocol) -> String {
    let text = Array(stamp)
    guard text.count == 16 else { return "" }
    let parts = [(0, 4), (4, 2), (6, 2), (9, 2), (11, 2), (13, 2)].map { String(text[$0..<($0 + $1)]) }
    return "\(parts[0])-\(parts[1])-\(parts[2])T\(parts[3]):\(parts[4]):\(parts[5])Z"
  }
}

extension Examination {
  /// What is wrong, cut short.
  public var complaint: String { (faults + danglingReferences).prefix(3).joined(separator: "; ") }
}
