import Accounts
import Basics
import Discord
import HTTP
import IssueSync
import Notion
import Store

/// Which tables appear in which channels of a server: looking, making, changing, syncing.
public struct MappingPages: Sendable {
  let panel: Panel
  let mappings: Mappings
  let rereading: Rereading
  let connections: Connections
  let notion: @Sendable (_ connection: String) throws -> NotionClient
  let discord: @Sendable () throws -> DiscordClient

  public init(
    panel: Panel, mappings: Mappings, rereading: Rereading, connections: Connections,
    notion: @escaping @Sendable (_ connection: String) throws -> NotionClient,
    discord: @escaping @Sendable () throws -> DiscordClient
  ) {
    self.panel = panel
    self.mappings = mappings
    self.rereading = rereading
    self.connections = connections
    self.notion = notion
    self.discord = discord
  }

  public var doorways: [Doorway] {
    [
      panel.page("/mappings", .seeHall) { try list($0) },
      panel.page("/mappings/new", .manageMappings) { try begin($0) },
      panel.form("/mappings/new", .manageMappings) { try make($0, $1) },
      panel.page("/mappings/:mapping", .seeHall) { try show($0) },
      panel.page("/mappings/:mapping/edit", .manageMappings) { try edit($0) },
      panel.form("/mappings/:mapping/edit", .manageMappings) { try change($0, $1) },
      panel.form("/mappings/:mapping/sync", .runSync) { try sync($0, $1) },
      panel.form("/mappings/:mapping/try", .runSync) { visit, _ in try dryRun(visit) },
      panel.form("/mappings/:mapping/pause", .manageMappings) { visit, _ in try pause(visit) },
      panel.form("/mappings/:mapping/resume", .manageMappings) { visit, _ in try resume(visit) },
      panel.page("/mappings/:mapping/remove", .manageMappings) { try confirmRemoval($0) },
      panel.form("/mappings/:mapping/remove", .manageMappings) { try remove($0, $1) },
    ]
  }

  // MARK: Looking

  private func list(_ visit: Visit) throws -> Response {
    let now = try panel.present(visit)
    let all = try mappings.health(in: visit.guild)
    let channels = Set(all.map(\.name)).count < all.count ? channelNames(of: visit.guild) : nil
    let rows = all.map { health in
      let channel = channels.map { $0[health.channel] ?? health.channel.rawValue }
      return MappingRow(health, channel: channel, now: now, at: visit.address("mappings"))
    }
    let view = MappingsView(
      rows: rows, isEmpty: rows.isEmpty, address: visit.address("mappings"),
      mayManage: visit.may(.manageMappings), hasWorkspace: try !connections.notion(of: visit.guild).isEmpty,
      connections: visit.address("connections"))
    return try panel.show("mappings", view, title: "Mappings", to: visit)
  }

  private func show(_ visit: Visit, trial: Result<Syncing.Report, Failure>? = nil) throws -> Response {
    let mapping = try find(visit)
    let view = MappingView(
      mapping, health: try mappings.health(of: mapping), runs: try mappings.runs(of: mapping.id, limit: 30),
      running: try rereading.isUnderWay(mapping), channel: channelName(of: mapping), trial: trial, visit,
      now: try panel.present(visit))
    return try panel.show("mapping", view, title: mapping.name, to: visit, script: "refresh.js")
  }

  private func channelName(of mapping: Mapping) -> String {
    (try? discord().channel(mapping.channel).name) ?? mapping.channel.rawValue  // its id will do
  }

  private func channelNames(of guild: GuildID) -> [ChannelID: String] {
    let channels = (try? discord().channels(guild)) ?? []  // their ids will do
    return Dictionary(channels.map { ($0.id, $0.name ?? $0.id.rawValue) }, uniquingKeysWith: { $1 })
  }

  private func find(_ visit: Visit) throws -> Mapping { try mappings.find(visit.path["mapping"], in: visit.guild) }

  // MARK: Making

  /// First the table and the channel are chosen, then everything is shown as guessed.
  private func begin(_ visit: Visit) throws -> Response {
    let query = visit.request.query
    let wish = MappingWish(query)
    if !wish.database.isEmpty, !wish.channel.isEmpty { return try form(wish, nil, visit, wantsPreview: true) }
    let workspaces = try connections.notion(of: visit.guild)
    let workspace = workspaces.first { $0.id == query["connection"] } ?? workspaces.first
    let words = String((query["words"] ?? "").prefix(200))
    let tables = try workspace.map { try notion($0.id).findTables(words) } ?? []
    let channels = try discord().channels(visit.guild)
    let view = ChoiceView(
      workspaces: workspaces, workspace, words: words, tables: tables, channels: channels, visit)
    return try panel.show("mapping-choice", view, title: "Map a table", to: visit)
  }

  private func make(_ visit: Visit, _ fields: Fields) throws -> Response {
    let wish = MappingWish(fields)
    _ = try connections.find(wish.connection, of: visit.guild)
    guard fields["do"] != "preview" else { return try form(wish, nil, visit, wantsPreview: true) }
    do {
      let made = try mappings.add(wish, in: visit.guild) { mapping, transaction in
        try rereading.request(mapping, isFull: false, transaction)
        try record(.mappingAdded, mapping, visit, transaction)
      }
      return Notice.mappingAdded.at(visit.address("mappings/\(made.id)"))
    } catch let problems as WishProblems {
      return try form(wish, nil, visit, problems: problems)
    }
  }

  // MARK: Changing

  private func edit(_ visit: Visit) throws -> Response {
    let mapping = try find(visit)
    return try form(mapping.wish, mapping, visit, wantsPreview: true)
  }

  private func change(_ visit: Visit, _ fields: Fields) throws -> Response {
    let mapping = try find(visit)
    var wish = MappingWish(fields)
    // The table and the channel stay; a form that says otherwise is not believed.
    (wish.connection, wish.database, wish.dataSource, wish.channel) = (
      mapping.connection, mapping.database.rawValue, mapping.dataSource.rawValue, mapping.channel.rawValue
    )
    guard fields["do"] != "preview" else { return try form(wish, mapping, visit, wantsPreview: true) }
    do {
      _ = try mappings.change(mapping.id, to: wish) { try record(.mappingChanged, $0, visit, $1) }
      return Notice.mappingChanged.at(visit.address("mappings/\(mapping.id)"))
    } catch let problems as WishProblems {
      return try form(wish, mapping, visit, problems: problems)
    }
  }

  private func form(
    _ wish: MappingWish, _ mapping: Mapping?, _ visit: Visit, wantsPreview: Bool = false, problems: WishProblems? = nil
  ) throws -> Response {
    if mapping == nil { _ = try connections.find(wish.connection, of: visit.guild) }
    let client = try discord()
    let channel = try ChannelID(wish.channel).map { try client.channel($0) }
    guard channel?.guildID == visit.guild else { throw Failure.notFound("There is no such channel in this server.") }
    let sources = MappingFormView.Sources(
      survey: try mappings.survey(database: wish.database, dataSource: wish.dataSource, connection: wish.connection),
      channel: channel, roles: try client.roles(visit.guild))
    var problems = problems
    var preview: Result<MessageDraft, Failure>?
    if wantsPreview {
      do { preview = .success(try mappings.preview(wish)) } catch let found as WishProblems { problems = found } catch {
        preview = .failure(Failure(error))
      }
    }
    let view = MappingFormView(wish, sources, mapping: mapping, problems: problems, preview: preview, visit)
    let title = mapping.map { "Change “\($0.name)”" } ?? "Map a table"
    return try panel.show(
      "mapping-form", view, title: title, to: visit, script: "preview.js", status: problems == nil ? 200 : 422)
  }

  // MARK: Running

  private func sync(_ visit: Visit, _ fields: Fields) throws -> Response {
    let mapping = try find(visit)
    guard !mapping.isPaused else { throw Failure.conflict("This mapping is paused. Resume it first.") }
    try panel.store.write { transaction in
      try rereading.request(mapping, isFull: fields["full"] == "1", transaction)
      try record(.syncAsked, mapping, visit, transaction)
    }
    return Notice.syncAsked.at(visit.address("mappings/\(mapping.id)"))
  }

  /// Reads and counts, and keeps nothing. Bounded, because somebody waits.
  private func dryRun(_ visit: Visit) throws -> Response {
    let mapping = try find(visit)
    let trial = Result { try mappings.trial(mapping, limit: 500) }.mapError { Failure($0) }
    return try show(visit, trial: trial)
  }

  private func pause(_ visit: Visit) throws -> Response {
    let mapping = try find(visit)
    try mappings.pause(mapping.id) { try record(.mappingPaused, $0, visit, $1) }
    return Notice.mappingPaused.at(visit.address("mappings/\(mapping.id)"))
  }

  private func resume(_ visit: Visit) throws -> Response {
    let mapping = try find(visit)
    try mappings.resume(mapping.id) { try record(.mappingResumed, $0, visit, $1) }
    return Notice.mappingResumed.at(visit.address("mappings/\(mapping.id)"))
  }

  // MARK: Removing

  private func confirmRemoval(_ visit: Visit, fault: String? = nil) throws -> Response {
    let mapping = try find(visit)
    let view = RemovalView(
      formKey: visit.visitor.formKey, name: mapping.name, channel: channelName(of: mapping),
      issues: try mappings.health(of: mapping).issues, address: visit.address("mappings/\(mapping.id)"), fault: fault)
    return try panel.show(
      "mapping-removal", view, title: "Remove “\(mapping.name)”", to: visit, status: fault == nil ? 200 : 422)
  }

  private func remove(_ visit: Visit, _ fields: Fields) throws -> Response {
    let mapping = try find(visit)
    guard fields["name"] == mapping.name else {
      return try confirmRemoval(visit, fault: "Type “\(mapping.name)”, exactly as it stands here.")
    }
    try mappings.remove(mapping.id) { try record(.mappingRemoved, $0, visit, $1) }
    return Notice.mappingRemoved.at(visit.address("mappings"))
  }

  private func record(_ event: AuditEvent, _ mapping: Mapping, _ visit: Visit, _ transaction: WriteTransaction) throws {
    let target = AuditTarget("mapping", mapping.id, name: mapping.name)
    try panel.audit.record(visit.entry(event, on: target), in: transaction)
  }
}
