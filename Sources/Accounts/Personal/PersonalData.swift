import Basics
import Discord
import Store

/// Somebody whose data is asked for or erased.
public struct DataSubject: Sendable {
  public let user: UserID
  /// Only what belongs to this server; nil is all of the hall.
  public let server: GuildID?
  /// What they are called in what is kept, to find them in texts.
  public let names: [String]

  init(_ user: UserID, in server: GuildID?, names: [String] = []) {
    self.user = user
    self.server = server
    self.names = names
  }
}

/// A table that tells of people: what of it, how it is found, and how it is erased. Each subject lists its own, Bootstrap
/// puts the lists together, and a test looks through the schema for columns that no entry names.
public struct PersonalData: Sendable {
  /// The file the table is in.
  public enum Home: Sendable {
    case durable
    case volatile
  }

  public let table: String
  /// What in it is personal.
  public let columns: [String]
  /// In words, for whoever reads an export.
  public let what: String
  let home: Home
  let find: @Sendable (DataSubject, any Queries) throws -> [Row]
  let erase: @Sendable (DataSubject, WriteTransaction) throws -> Int
  let people: @Sendable (any Queries) throws -> [UserID]
  let names: @Sendable (UserID, any Queries) throws -> [String]

  /// For tables that need more than a condition.
  public init(
    _ table: String, columns: [String], what: String, home: Home = .durable,
    find: @escaping @Sendable (DataSubject, any Queries) throws -> [Row],
    erase: @escaping @Sendable (DataSubject, WriteTransaction) throws -> Int,
    people: @escaping @Sendable (any Queries) throws -> [UserID] = { _ in [] },
    names: @escaping @Sendable (UserID, any Queries) throws -> [String] = { _, _ in [] }
  ) {
    self.table = table
    self.columns = columns
    self.what = what
    self.home = home
    self.find = find
    self.erase = erase
    self.people = people
    self.names = names
  }
}

extension PersonalData {
  /// A table with a column of Discord ids.
  /// - Parameters:
  ///   - user: that column.
  ///   - server: the column of the server; nil where rows belong to none, so that no server may see or erase them.
  ///   - name: the column of the person's name.
  ///   - shown: what an export tells; nothing sealed.
  ///   - erasing: what becomes of a row, as SQL after SET; nil removes it.
  public init(
    _ table: String, columns: [String], what: String, home: Home = .durable, user: String, server: String? = nil,
    name: String? = nil, shown: [String], erasing: SQL? = nil
  ) {
    let rows: @Sendable (DataSubject) -> SQL = { subject in
      let isTheirs: SQL = "\(identifier: user) = \(subject.user)"
      guard let place = subject.server else { return isTheirs }
      return server.map { "\(isTheirs) AND \(identifier: $0) = \(place)" } ?? "1 = 0"
    }
    self.init(
      table, columns: columns, what: what, home: home,
      find: { subject, queries in
        let list = shown.dropFirst().reduce("\(identifier: shown[0])" as SQL) { "\($0), \(identifier: $1)" }
        return try queries.rows("SELECT \(list) FROM \(identifier: table) WHERE \(rows(subject))")
      },
      erase: { subject, transaction in
        if let erasing {
          return try transaction.run("UPDATE \(identifier: table) SET \(erasing) WHERE \(rows(subject))")
        }
        return try transaction.run("DELETE FROM \(identifier: table) WHERE \(rows(subject))")
      },
      people: { queries in
        try queries.values(String.self, "SELECT DISTINCT \(identifier: user) FROM \(identifier: table)")
          .compactMap { UserID($0) }
      },
      names: { user_, queries in
        guard let name else { return [] }
        return try queries.values(
          "SELECT DISTINCT \(identifier: name) FROM \(identifier: table) WHERE \(identifier: user) = \(user_)")
      })
  }
}

/// A column that looks personal and is not, with the reason.
public struct ImpersonalColumn: Sendable, Hashable {
  public let table: String
  public let column: String
  public let reason: String

  public init(_ table: String, _ column: String, because reason: String) {
    self.table = table
    self.column = column
    self.reason = reason
  }
}
