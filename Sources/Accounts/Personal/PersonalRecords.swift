import Basics
import Discord
import Store

/// What is kept of people: told to them, and erased when they ask (GDPR, articles 15 and 17).
public struct PersonalRecords: Sendable {
  let durable: DataStore
  let volatile: DataStore
  let entries: [PersonalData]
  let file: TombstoneFile
  let clock: WallClock

  /// - Parameter tombstones: the path of the file that outlives the database.
  public init(
    durable: DataStore, volatile: DataStore, entries: [PersonalData], tombstones: String, clock: WallClock
  ) {
    self.durable = durable
    self.volatile = volatile
    self.entries = entries
    file = TombstoneFile(path: tombstones)
    self.clock = clock
  }

  public static let migration = Tombstone.migration

  private func store(of home: PersonalData.Home) -> DataStore { home == .durable ? durable : volatile }

  // MARK: Telling

  /// Everything that is kept of somebody.
  public struct Export: Sendable, Encodable {
    public struct Part: Sendable, Encodable {
      public let what: String
      public let table: String
      public let rows: [[String: JSONValue]]
    }

    public let person: String
    public let server: String?
    public let at: String
    public let parts: [Part]
    /// What others keep, in sentences.
    public let elsewhere: [String]
    public var isEmpty: Bool { parts.isEmpty }
  }

  /// - Parameter server: only what belongs to that server; nil is all of the hall.
  public func export(_ user: UserID, in server: GuildID?, by author: AuditActor) throws -> Export {
    let export = try look(user, in: server)
    try durable.write { transaction in
      let entry = AuditEntry(.personExported, by: author, in: server, on: .person(user))
      if !export.isEmpty { try AuditLog(clock: clock).record(entry, in: transaction) }
    }
    return export
  }

  /// The same without a word to anybody, for a page that asks whether it shall be erased.
  public func look(_ user: UserID, in server: GuildID?) throws -> Export {
    let subject = try subject(user, in: server)
    let parts = try entries.compactMap { entry -> Export.Part? in
      let rows = try store(of: entry.home).read { try entry.find(subject, $0) }
      if rows.isEmpty { return nil }
      return Export.Part(what: entry.what, table: entry.table, rows: rows.map(\.members))
    }
    return Export(
      person: user.rawValue, server: server?.rawValue, at: clock.now().description, parts: parts,
      elsewhere: Self.elsewhere)
  }

  static let elsewhere = [
    "Discord keeps the account and its messages: see Discord's own settings under “Data & Privacy”.",
    "Notion keeps its tables, with who is assigned there and who filed a row from Discord: ask the workspace's owner.",
    "Backups hold what was kept when they were taken, and go as newer ones are made; whoever was erased since "
      + "is erased again when one is restored.",
  ]

  private func subject(_ user: UserID, in server: GuildID?) throws -> DataSubject {
    let names = try entries.flatMap { entry in try store(of: entry.home).read { try entry.names(user, $0) } }
    return DataSubject(user, in: server, names: Set(names.filter { !$0.isEmpty }).sorted())
  }

  // MARK: Erasing

  public struct Report: Sendable, Encodable {
    /// Rows erased or emptied, by table.
    public let rows: [String: Int]
    public var total: Int { rows.values.reduce(0, +) }
  }

  /// Erases somebody, and remembers that it was done, not whom.
  /// - Parameter server: only what belongs to that server; nil is all of the hall.
  public func erase(_ user: UserID, in server: GuildID?, by author: AuditActor) throws -> Report {
    let rows = try erase(user, in: server) { transaction in
      // By the key that stands in the log already, so that nothing new is known of them.
      let key = try AuditLog.key(of: user, in: server, transaction) ?? "nobody"
      let entry = AuditEntry(.personErased, by: author, in: server, on: AuditTarget("person", key))
      try AuditLog(clock: clock).record(entry, in: transaction)
      try Tombstone(user, in: server, at: clock.now()).keep(transaction)
    }
    try saveTombstones()
    return Report(rows: rows)
  }

  /// The volatile file first: should this end half-way, the person is still found and erased again.
  private func erase(
    _ user: UserID, in server: GuildID?, alongside: (WriteTransaction) throws -> Void
  ) throws -> [String: Int] {
    let subject = try subject(user, in: server)
    var counts: [String: Int] = [:]
    func run(_ home: PersonalData.Home, _ transaction: WriteTransaction) throws -> [String: Int] {
      Dictionary(
        try entries.filter { $0.home == home }.map { ($0.table, try $0.erase(subject, transaction)) },
        uniquingKeysWith: +)
    }
    counts = try volatile.write { try run(.volatile, $0) }
    let durableCounts = try durable.write { transaction in
      try alongside(transaction)
      return try run(.durable, transaction)
    }
    return counts.merging(durableCounts, uniquingKeysWith: +).filter { $0.value > 0 }
  }

  // MARK: After a restore

  /// Writes the tombstones of the database and of the file into the file.
  public func saveTombstones() throws {
    let known = try durable.read { try Tombstone.all($0) }
    let written = try file.read()
    let all = written + known.filter { !written.contains($0) }
    if all.count != written.count { try file.write(all) }
  }

  /// Erases again whom the file says were erased and the database, restored from before, does not know to be. Repeating
  /// it changes nothing.
  /// - Returns: how many people were found and erased again.
  @discardableResult
  public func reapply() throws -> Int {
    let known = Set(try durable.read { try Tombstone.all($0) })
    let missing = try file.read().filter { !known.contains($0) }
    guard !missing.isEmpty else { return 0 }
    let people = Set(try entries.flatMap { entry in try store(of: entry.home).read { try entry.people($0) } })
    var count = 0
    for tombstone in missing {
      let server = tombstone.server.flatMap { GuildID($0) }
      for user in people where tombstone.isOf(user) {
        _ = try erase(user, in: server) { _ in }
        count += 1
      }
      try durable.write { try tombstone.keep($0) }
    }
    return count
  }
}

extension Row {
  /// As an object, by column.
  fileprivate var members: [String: JSONValue] {
    Dictionary(zip(columnNames, values.map(\.json)), uniquingKeysWith: { $1 })
  }
}

extension SQLValue {
  fileprivate var json: JSONValue {
    switch self {
    case .null: .null
    case .integer(let number): .integer(number)
    case .real(let number): .number(number)
    case .text(let text): .string(text)
    case .blob(let bytes): .string(hexadecimal(bytes))
    }
  }
}
