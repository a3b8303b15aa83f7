import Basics
import Discord
import Notion
import Store

/// Making, listing and removing mappings.
public struct Mappings: Sendable {
  let desk: IssueDesk

  /// What an operator says of a new mapping; the rest is looked up and guessed.
  public struct Wish: Sendable {
    public var connection: String
    public var database: DatabaseID
    public var channel: ChannelID
    /// Needed when the database has several data sources.
    public var dataSource: DataSourceID?
    public var fixedOption: String?
    /// Columns that play a part other than the guessed one, by name.
    public var columns: [Part: String] = [:]
    public var rules = Rules()

    public init(connection: String, database: DatabaseID, channel: ChannelID) {
      self.connection = connection
      self.database = database
      self.channel = channel
    }
  }

  /// Looks at both sides first, so that a mapping which is there can work.
  public func add(_ wish: Wish, notion: NotionClient, discord: DiscordClient) throws -> Mapping {
    let channel = try discord.channel(wish.channel)
    guard let guild = channel.guildID, channel.takesMessages || channel.isForum else {
      throw Failure.invalid("Channel \(wish.channel) takes no messages. Choose a text or forum channel of a server.")
    }
    let source = try notion.dataSource(try dataSource(wish, notion))
    let roles = try Roles(guessing: source, overridden: wish.columns)
    let options = source.columns.values.first { $0.id == roles.status.id }?.options.map(\.name) ?? []
    let fixed = try fixedOption(wish, source, roles)
    let name = source.title.plainText.isEmpty ? "Issues" : source.title.plainText
    let mapping: Mapping? = try desk.store.write { transaction in
      try transaction.first(
        """
        INSERT INTO sync_mappings (id, guild_id, channel_id, channel_kind, connection_id, database_id, data_source_id,
          name, roles, fixed_option, status_options, rules, created_at)
        VALUES (\(UUIDv7.make(at: desk.clock.now())), \(guild), \(channel.id),
          \(channel.isForum ? Mapping.ChannelKind.forum : .text), \(wish.connection), \(wish.database), \(source.id),
          \(name), \(JSON.text(roles)), \(fixed), \(JSON.text(options)), \(JSON.text(wish.rules)), \(desk.clock.now()))
        ON CONFLICT (data_source_id, channel_id) DO NOTHING RETURNING *
        """)
    }
    guard let mapping else {
      throw Failure.conflict("“\(name)” is already mapped to this channel. “guildhall mapping list” shows it.")
    }
    return mapping
  }

  public func list() throws -> [Mapping] {
    try desk.store.read { try $0.all("SELECT * FROM sync_mappings ORDER BY created_at, id") }
  }

  public func health() throws -> [MappingHealth] {
    try desk.store.read { queries in
      try queries.all(Mapping.self, "SELECT * FROM sync_mappings ORDER BY created_at, id")
        .map { try MappingHealth($0, at: desk.clock.now(), queries) }
    }
  }

  /// Forgets the mapping, its issues and their messages. What stands in Discord and Notion stays there.
  public func remove(_ id: String) throws {
    let removed = try desk.store.write { try $0.run("DELETE FROM sync_mappings WHERE id = \(id)") }
    if removed == 0 { throw Failure.notFound("There is no mapping \(id). “guildhall mapping list” shows those there are.") }
  }

  /// Changes the rules of a mapping; its messages follow with their next change.
  public func set(_ rules: Rules, of id: String) throws {
    let changed = try desk.store.write { try $0.run("UPDATE sync_mappings SET rules = \(JSON.text(rules)) WHERE id = \(id)") }
    if changed == 0 { throw Failure.notFound("There is no mapping \(id). “guildhall mapping list” shows those there are.") }
  }

  private func dataSource(_ wish: Wish, _ notion: NotionClient) throws -> DataSourceID {
    if let chosen = wish.dataSource { return chosen }
    let sources = try notion.database(wish.database).dataSources
    if let only = sources.first, sources.count == 1 { return only.id }
    let names = sources.map { "\($0.name) (\($0.id))" }.joined(separator: ", ")
    throw Failure.invalid(
      sources.isEmpty
        ? "This database shows no data source to us." : "This database has several data sources; choose one: \(names).")
  }

  private func fixedOption(_ wish: Wish, _ source: DataSource, _ roles: Roles) throws -> String {
    let column = source.columns.values.first { $0.id == roles.status.id }
    let names = (column?.options ?? []).map(\.name)
    if let chosen = wish.fixedOption {
      guard names.contains(chosen) else {
        throw Failure.invalid("“\(chosen)” is no option of the status column. It has: \(names.joined(separator: ", ")).")
      }
      return chosen
    }
    guard let guess = column?.guessFixedOption() else {
      throw Failure.invalid("Which status means fixed? Name one of: \(names.joined(separator: ", ")).")
    }
    return guess
  }
}
