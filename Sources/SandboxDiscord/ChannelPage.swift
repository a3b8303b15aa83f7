import Basics
import HTTP
import Markdown
import SandboxStage
import Store

/// Reads what the page of a channel shows.
extension DiscordSandbox {
  private static let pageSize = 50

  func channelView(_ channel: String, _ query: Fields) throws -> ChannelView {
    try read { transaction in
      guard let body = try transaction.channel(channel), let guild = body["guild_id"]?.string else {
        throw Failure.notFound("There is no channel of this id in the sandbox.")
      }
      let members = try transaction.documents(.member, of: guild).filter { $0["user"]?["bot"]?.bool != true }
      let viewer = try self.viewer(query["as"], among: members)
      let standing = try transaction.unchecked(viewer, channel)
      let mayRead = standing.permissions.contains(.viewChannel)
      let records = mayRead ? try visible(in: channel, to: viewer, before: query["before"], transaction) : []
      let builder = try self.builder(standing, channel, viewer, guild, transaction)
      let viewerName = builder.displayNames[viewer] ?? ""
      let name = body["name"]?.string ?? ""
      let forum = try forumView(standing, as: viewer, builder.displayNames, transaction)
      let commands = standing.isText ? try commandLinks(standing, channel, viewer, transaction) : []
      return ChannelView(
        id: channel, name: name, sign: sign(body), topic: body["topic"]?.string,
        guild: standing.guild["name"]?.string ?? "", viewer: viewer, viewerName: viewerName,
        servers: try servers(guild, transaction), groups: try groups(guild, standing.place, viewer, transaction),
        people: people(members, viewer, channel, standing.guild, try transaction.documents(.role, of: guild)),
        messages: records.prefix(Self.pageSize).reversed().map(builder.view),
        olderThan: records.count > Self.pageSize ? records[Self.pageSize - 1].id : nil,
        refusal: refusal(standing), mayWrite: standing.mayWrite,
        notice: query["notice"], commands: commands,
        commandForm: try openCommand(query, standing, transaction),
        modal: try query["form"].flatMap { try modalView($0, channel, viewer, transaction) },
        forum: forum, post: try postHead(standing, as: viewer, transaction), isForum: forum != nil,
        hasCommands: !commands.isEmpty, mayType: standing.mayWrite || !commands.isEmpty,
        invitation: standing.mayWrite ? "Message \(name) as \(viewerName)" : "Only commands here: type /",
        isEmpty: records.isEmpty && mayRead && standing.isText)
    }
  }

  private func openCommand(_ query: Fields, _ standing: Standing, _ transaction: ReadTransaction) throws
    -> CommandFormView?
  {
    guard let name = query["command"] else { return nil }
    do {
      return try commandForm(name, typed: query["typed"] ?? "", standing, transaction)
    } catch let refusal as Refusal {
      throw Failure.notFound("There is no command /\(name) here: \(refusal.message).")
    }
  }

  /// The person asked for if they are here, else the first moderator or member.
  private func viewer(_ asked: String?, among members: [JSONValue]) throws -> String {
    let ids = members.compactMap { $0["user"]?["id"]?.string }
    if let asked, ids.contains(asked) { return asked }
    guard let first = ids.first(where: { $0 == Identity.nelly }) ?? ids.first else {
      throw Failure.notFound("Nobody is left in this server.")
    }
    return first
  }

  private func refusal(_ standing: Standing) -> String? {
    if !standing.permissions.contains(.viewChannel) {
      return "You may not see this channel. Act as somebody else to look inside."
    }
    return standing.isText || standing.isForum ? nil : "There are no messages in a channel of this kind."
  }

  private func visible(in channel: String, to viewer: String, before: String?, _ transaction: ReadTransaction) throws
    -> [MessageRecord]
  {
    try transaction.all(
      MessageRecord.self,
      """
      SELECT * FROM discord_messages WHERE channel_id = \(channel) AND (only_for IS NULL OR only_for = \(viewer))
        AND ordinal < \(before.flatMap(Int64.init) ?? Int64.max) ORDER BY ordinal DESC LIMIT \(Self.pageSize + 1)
      """)
  }

  // MARK: Names

  private func builder(
    _ standing: Standing, _ channel: String, _ viewer: String, _ guild: String, _ transaction: ReadTransaction
  ) throws -> MessageViewBuilder {
    let names = try displayNames(of: guild, transaction)
    let roles = Dictionary(
      try transaction.documents(.role, of: guild).map { ($0["id"]?.string ?? "", $0["name"]?.string ?? "") }
    ) { $1 }
    let channels = Dictionary(
      try transaction.documents(.channel, of: guild).map { ($0["id"]?.string ?? "", $0["name"]?.string ?? "") }
    ) { $1 }
    let now = stage.clock.now()
    let markdown = MarkdownHTML(
      name: { mention in
        switch mention {
        case .user(let id): names[id]
        case .role(let id): roles[id]
        case .channel(let id): channels[id]
        default: nil
        }
      }, now: now)
    return MessageViewBuilder(
      channel: channel, viewer: viewer, markdown: markdown, displayNames: names,
      failures: try failures(in: channel, of: viewer, transaction), now: now,
      messageCommands: try messageCommands(standing, transaction))
  }

  private func displayNames(of guild: String, _ transaction: ReadTransaction) throws -> [String: String] {
    let members = try transaction.documents(.member, of: guild)
    return Dictionary(members.map { ($0["user"]?["id"]?.string ?? "", Self.displayName($0)) }) { $1 }
  }

  private static func displayName(_ member: JSONValue) -> String {
    member["nick"]?.string ?? member["user"]?["global_name"]?.string ?? member["user"]?["username"]?.string ?? ""
  }

  /// What this person's last try on each message came to, if it failed lately.
  private func failures(in channel: String, of viewer: String, _ transaction: ReadTransaction) throws -> [String:
    String]
  {
    let recent = stage.clock.now() - .seconds(600)
    let records = try transaction.all(
      InteractionRecord.self,
      """
      SELECT * FROM discord_interactions
      WHERE channel_id = \(channel) AND user_id = \(viewer) AND sent_at > \(recent) ORDER BY sent_at, id
      """)
    var failures: [String: String] = [:]
    for record in records where record.message != nil {
      failures[record.message ?? ""] = record.state == .failed ? record.reason ?? "" : nil
    }
    return failures
  }

  // MARK: The rail

  private func servers(_ current: String, _ transaction: ReadTransaction) throws -> [ChannelView.Link] {
    try transaction.documents(.guild).compactMap { guild in
      let id = guild["id"]?.string ?? ""
      let text = try transaction.documents(.channel, of: id).filter { $0["type"]?.integer == 0 }
      guard let first = text.first(where: { $0["id"]?.string == Identity.bugTracker }) ?? text.first else { return nil }
      return ChannelView.Link(
        title: guild["name"]?.string ?? "", href: "/sandbox/discord/channels/\(first["id"]?.string ?? "")",
        isCurrent: id == current)
    }
  }

  private func groups(_ guild: String, _ current: String, _ viewer: String, _ transaction: ReadTransaction) throws
    -> [ChannelView.Group]
  {
    let all = try transaction.documents(.channel, of: guild).sorted { position($0) < position($1) }
    let categories = all.filter { $0["type"]?.integer == 4 }
    return try ([JSONValue?.none] + categories.map(JSONValue?.some)).compactMap { category in
      let inside = all.filter { $0["type"]?.integer != 4 && ($0["parent_id"]?.string == category?["id"]?.string) }
      guard !inside.isEmpty else { return nil }
      return ChannelView.Group(
        title: category?["name"]?.string,
        channels: try inside.map { channel in
          let id = channel["id"]?.string ?? ""
          return ChannelView.Channel(
            title: channel["name"]?.string ?? "", sign: sign(channel),
            href: "/sandbox/discord/channels/\(id)?as=\(viewer)", isCurrent: id == current,
            isClosed: try !transaction.unchecked(viewer, id).permissions.contains(.viewChannel))
        })
    }
  }

  private func position(_ channel: JSONValue) -> Int64 { channel["position"]?.integer ?? 0 }

  private func sign(_ channel: JSONValue) -> String {
    switch channel["type"]?.integer {
    case 2: "♪"
    case 5: "!"
    case 15, 16: "≡"
    case 10, 11, 12: "›"
    default: "#"
    }
  }

  private func people(
    _ members: [JSONValue], _ viewer: String, _ channel: String, _ guild: JSONValue, _ roles: [JSONValue]
  ) -> [ChannelView.Person] {
    let ranked = members.map { ($0, top: topRole(of: $0, roles), isOwner: $0["user"]?["id"] == guild["owner_id"]) }
      .sorted { ($0.isOwner ? 1 : 0, position($0.top)) > ($1.isOwner ? 1 : 0, position($1.top)) }
    return ranked.map { member, top, isOwner in
      let id = member["user"]?["id"]?.string ?? ""
      let name = Self.displayName(member)
      return ChannelView.Person(
        name: name, note: isOwner ? "Owner" : top["name"]?.string ?? "",
        href: "/sandbox/discord/channels/\(channel)?as=\(id)", isCurrent: id == viewer,
        initial: String(name.first ?? "?").uppercased(), hue: hue(of: id))
    }
  }

  private func topRole(of member: JSONValue, _ roles: [JSONValue]) -> JSONValue {
    let held = Set(member["roles"]?.array?.compactMap(\.string) ?? [])
    return roles.filter { held.contains($0["id"]?.string ?? "") }.max { position($0) < position($1) } ?? .null
  }
}
