import Basics
import Discord
import Jobs
import Notion
import Store

/// Mappings: what there is, what could be, making and changing them. The panel and the command line call the same.
///
///     let survey = try mappings.survey(database: address, connection: connection)   // columns and guesses
///     var wish = MappingWish(connection: connection, database: address, channel: channel)
///     let message = try mappings.preview(wish)     // of a real row; nothing is kept
///     let mapping = try mappings.add(wish)         // throws WishProblems: a sentence for each field
public struct Mappings: Sendable {
  let desk: IssueDesk

  /// What else is written in the transaction of a change.
  public typealias Alongside = (Mapping, WriteTransaction) throws -> Void

  public func list() throws -> [Mapping] {
    try desk.store.read { try $0.all("SELECT * FROM sync_mappings ORDER BY created_at, id") }
  }

  public func find(_ id: String) throws -> Mapping {
    guard let mapping = try desk.store.read({ try IssueRecords.mapping(id, $0) }) else { throw Self.unknown(id) }
    return mapping
  }

  /// - Parameter guild: nil for all servers.
  public func health(in guild: GuildID? = nil) throws -> [MappingHealth] {
    let mappings = try guild.map { try list(in: $0) } ?? list()
    return try desk.store.read { queries in
      try mappings.map { try MappingHealth($0, at: desk.clock.now(), queries) }
    }
  }

  public func health(of mapping: Mapping) throws -> MappingHealth {
    try desk.store.read { try MappingHealth(mapping, at: desk.clock.now(), $0) }
  }

  // MARK: Of one server

  /// A mapping of that server; another server's looks like one that does not exist.
  public func find(_ id: String, in guild: GuildID) throws -> Mapping {
    let mapping = try find(id)
    guard mapping.guild == guild else { throw Self.unknown(id) }
    return mapping
  }

  public func list(in guild: GuildID) throws -> [Mapping] {
    try desk.store.read {
      try $0.all("SELECT * FROM sync_mappings WHERE guild_id = \(guild) ORDER BY created_at, id")
    }
  }

  /// Counts what a run would do, over so many rows at most, and keeps nothing.
  public func trial(_ mapping: Mapping, limit: Int) throws -> Syncing.Report {
    try desk.syncing.run(
      mapping, notion: try desk.notion(mapping.connection, .interactive),
      options: Syncing.Options(limit: limit, isDryRun: true))
  }

  // MARK: Before there is one

  /// The data sources of a database, to choose one of.
  public func dataSources(of database: String, connection: String) throws -> [Database.Source] {
    try desk.notion(connection, .interactive).database(try Self.databaseID(database)).dataSources
  }

  /// Looks at a table: what it has, and what we would guess of it.
  /// - Parameter dataSource: may be empty while the database has only one.
  public func survey(database: String, dataSource: String = "", connection: String) throws -> TableSurvey {
    let client = try desk.notion(connection, .interactive)
    let database = try Self.databaseID(database)
    return TableSurvey(try client.dataSource(try Self.dataSourceID(dataSource, of: database, client)), of: database)
  }

  /// The message of a real row as it would stand: the row edited last among those that are open and fit the filter.
  /// Nothing is kept.
  public func preview(_ wish: MappingWish) throws -> MessageDraft {
    let check = WishCheck(wish, desk)
    let mapping = Mapping(try check.plan())
    let notion = try desk.notion(mapping.connection, .interactive)
    var query = RowQuery(filter: mapping.openRows, order: .edited, columns: mapping.columns)
    query.isNewestFirst = true
    for row in try notion.query(mapping.dataSource, query).rows {
      let content = Issue.Content(row, under: mapping)
      guard !content.isRemoved, !content.isClosed else { continue }
      return Issue(imagined: row.id, try notion.content(of: row, under: mapping), mapping).drawn(
        under: mapping, at: desk.clock.now())
    }
    throw Failure.notFound("No open row of the table fits, so there is nothing to show yet.")
  }

  // MARK: Making and changing

  /// Makes a mapping. Its issues come with the next sync.
  /// - Parameter guild: the only server whose channel will do; nil for any the bot is in.
  public func add(
    _ wish: MappingWish, in guild: GuildID? = nil, alongside: Alongside = { _, _ in }
  ) throws -> Mapping {
    let check = WishCheck(wish, desk)
    let plan = try check.plan()
    guard guild == nil || plan.guild == guild else {
      throw WishProblems(sentences: ["channel": "There is no such channel in this server."])
    }
    let mapping: Mapping? = try desk.store.write { transaction in
      let made: Mapping? = try transaction.first(
        """
        INSERT INTO sync_mappings (id, guild_id, channel_id, channel_kind, connection_id, database_id, data_source_id,
          name, roles, fixed_option, closed_options, status_options, rules, revision, created_at)
        VALUES (\(UUIDv7.make(at: desk.clock.now())), \(plan.guild), \(plan.channel.id), \(plan.kind),
          \(plan.connection), \(plan.database), \(plan.table.id), \(plan.table.displayName), \(JSON.text(plan.roles)),
          \(plan.fixed), \(JSON.text(plan.closedOptions)), \(JSON.text(plan.statusOptions)), \(JSON.text(plan.rules)), 0,
          \(desk.clock.now()))
        ON CONFLICT (data_source_id, channel_id) DO NOTHING RETURNING *
        """)
      if let made { try alongside(made, transaction) }
      return made
    }
    guard let mapping else {
      throw WishProblems(sentences: ["channel": "“\(plan.table.displayName)” is already mapped to this channel."])
    }
    return mapping
  }

  /// Changes what was decided about a mapping; which table and which channel it joins stays. The messages of open issues
  /// follow at once, and the next sync compares every row. A wish for what holds already changes nothing.
  public func change(
    _ id: String, to wish: MappingWish, alongside: Alongside = { _, _ in }
  ) throws -> Mapping {
    let old = try find(id)
    guard wish.database == old.wish.database, wish.dataSource == old.wish.dataSource, wish.channel == old.wish.channel
    else {
      throw WishProblems(sentences: ["channel": "A mapping keeps its table and channel. Make another one instead."])
    }
    let check = WishCheck(wish, desk)
    let plan = try check.plan()
    return try desk.store.write { transaction in
      guard let standing = try IssueRecords.mapping(id, transaction) else { throw Self.unknown(id) }
      if plan.holds(of: standing) { return standing }
      let changed: Mapping? = try transaction.first(
        """
        UPDATE sync_mappings SET roles = \(JSON.text(plan.roles)), fixed_option = \(plan.fixed),
          closed_options = \(JSON.text(plan.closedOptions)), status_options = \(JSON.text(plan.statusOptions)),
          rules = \(JSON.text(plan.rules)), name = \(plan.table.displayName), problem = NULL, revision = revision + 1
        WHERE id = \(id) RETURNING *
        """)
      guard let changed else { throw Self.unknown(id) }
      try desk.queue.enqueue(Redrawing.intent(changed, onlyUnshown: false), in: transaction)
      try alongside(changed, transaction)
      return changed
    }
  }

  /// Stops reading the table. What people press is still carried out.
  public func pause(_ id: String, alongside: Alongside = { _, _ in }) throws {
    try update("UPDATE sync_mappings SET is_paused = 1 WHERE id = \(id) RETURNING *", id, alongside)
  }

  /// Goes on where it was paused: edits made meanwhile are read with the next sync.
  public func resume(_ id: String, alongside: Alongside = { _, _ in }) throws {
    try update("UPDATE sync_mappings SET is_paused = 0 WHERE id = \(id) RETURNING *", id, alongside)
  }

  /// Forgets the mapping, its issues and their messages. What stands in Discord and Notion stays there.
  public func remove(_ id: String, alongside: Alongside = { _, _ in }) throws {
    try update("DELETE FROM sync_mappings WHERE id = \(id) RETURNING *", id, alongside)
  }

  private func update(_ sql: SQL, _ id: String, _ alongside: Alongside) throws {
    try desk.store.write { transaction in
      guard let mapping = try transaction.first(Mapping.self, sql) else { throw Self.unknown(id) }
      try alongside(mapping, transaction)
    }
  }

  private static func unknown(_ id: String) -> Failure {
    .notFound("There is no mapping \(id.cut(to: 60)). “guildhall mapping list” shows those there are.")
  }
}

extension Mappings {
  static func databaseID(_ text: String) throws -> DatabaseID {
    guard let id = DatabaseID(text) else {
      throw Failure.invalid("“\(text.cut(to: 60))” is no id or address of a Notion database.")
    }
    return id
  }

  /// The data source that is named, or the only one there is.
  static func dataSourceID(_ text: String, of database: DatabaseID, _ client: NotionClient) throws -> DataSourceID {
    if !text.isEmpty {
      guard let id = DataSourceID(text) else {
        throw Failure.invalid("“\(text.cut(to: 60))” is no id of a data source.")
      }
      return id
    }
    let sources = try client.database(database).dataSources
    if let only = sources.first, sources.count == 1 { return only.id }
    let names = sources.map { "\($0.name) (\($0.id))" }.joined(separator: ", ")
    throw Failure.invalid(
      sources.isEmpty
        ? "This database shows no data source to us." : "This database has several data sources; choose one: \(names).")
  }
}
