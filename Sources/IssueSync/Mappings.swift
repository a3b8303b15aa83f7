import Basics
import Discord
import Notion
import Store

/// Making, listing and removing mappings.
public struct Mappings: Sendable {
  let store: DataStore
  let clock: WallClock

  public init(store: DataStore, clock: WallClock) {
    self.store = store
    self.clock = clock
  }

  /// What an operator says of a new mapping; the rest is looked up and guessed.
  public struct Wish: Sendable {
    public let connection: String
    public let database: DatabaseID
    /// Needed when the database has several data sources.
    public let dataSource: DataSourceID?
    public let channel: ChannelID
    public let fixedOption: String?

    public init(
      connection: String, database: DatabaseID, dataSource: DataSourceID?, channel: ChannelID, fixedOption: String?
    ) {
      self.connection = connection
      self.database = database
      self.dataSource = dataSource
      self.channel = channel
      self.fixedOption = fixedOption
    }
  }

  /// Looks at both sides first, so that a mapping which is there can work.
  public func add(_ wish: Wish, notion: NotionClient, discord: DiscordClient) throws -> Mapping {
    let channel = try discord.channel(wish.channel)
    guard let guild = channel.guildID, channel.takesMessages else {
      throw Failure.invalid("Channel \(wish.channel) takes no messages. Choose a text channel of a server.")
    }
    let source = try notion.dataSource(try dataSource(wish, notion))
    let roles = try Roles(guessing: source)
    let fixed = try fixedOption(wish, source, roles)
    let name = source.title.plainText.isEmpty ? "Issues" : source.title.plainText
    return try store.write { transaction in
      let mapping: Mapping? = try transaction.first(
        """
        INSERT INTO sync_mappings (id, guild_id, channel_id, connection_id, database_id, data_source_id, name, roles,
          fixed_option, created_at)
        VALUES (\(UUIDv7.make(at: clock.now())), \(guild), \(channel.id), \(wish.connection), \(wish.database),
          \(source.id), \(name), \(JSON.text(roles)), \(fixed), \(clock.now()))
        ON CONFLICT (data_source_id, channel_id) DO NOTHING RETURNING *
        """)
      guard let mapping else {
        throw Failure.conflict("“\(name)” is already mapped to this channel. “guildhall mapping list” shows it.")
      }
      return mapping
    }
  }

  public func list() throws -> [Mapping] {
    try store.read { try $0.all("SELECT * FROM sync_mappings ORDER BY created_at, id") }
  }

  /// Forgets the mapping, its issues and their messages. What stands in Discord and Notion stays there.
  public func remove(_ id: String) throws {
    let removed = try store.write { try $0.run("DELETE FROM sync_mappings WHERE id = \(id)") }
    if removed == 0 { throw Failure.notFound("There is no mapping \(id). “guildhall mapping list” shows those there are.") }
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
