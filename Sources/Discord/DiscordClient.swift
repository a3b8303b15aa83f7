import Basics
import HTTP
import Outbound

/// What we ask of Discord's REST API. A value of closures, so that a test says exactly what may be called.
public struct DiscordClient: Sendable {
  public var application: @Sendable () throws -> Application
  public var channel: @Sendable (ChannelID) throws -> Channel
  /// The channels of a server that the bot can see.
  public var channels: @Sendable (GuildID) throws -> [Channel]
  public var roles: @Sendable (GuildID) throws -> [ServerRole]
  /// The server's own emojis.
  public var emojis: @Sendable (GuildID) throws -> [Emoji]
  /// Up to a thousand members whose name or nickname begins with a text.
  public var searchMembers: @Sendable (GuildID, _ beginning: String) throws -> [Member]
  public var createMessage: @Sendable (ChannelID, MessageDraft) throws -> Message
  public var editMessage: @Sendable (ChannelID, MessageID, MessageDraft) throws -> Message
  /// Up to a hundred messages after one, oldest first.
  public var messagesAfter: @Sendable (ChannelID, MessageID) throws -> [Message]
  public var message: @Sendable (ChannelID, MessageID) throws -> Message
  /// Starts a post in a forum; its first message has the post's own id.
  public var createPost: @Sendable (ChannelID, PostDraft) throws -> Channel
  public var editPost: @Sendable (ChannelID, PostEdit) throws -> Channel
  /// The threads of a server that are not archived.
  public var activeThreads: @Sendable (GuildID) throws -> [Channel]
  public var server: @Sendable (GuildID) throws -> Server
  /// Throws `.notFound` for somebody who is not (or no longer) there.
  public var member: @Sendable (GuildID, UserID) throws -> Member
  /// The servers the bot is in, by id, up to 200 after one.
  public var servers: @Sendable (_ after: GuildID?) throws -> [ListedServer]
  /// Up to a hundred posts of a forum that were archived before an instant, the latest archived first, and whether there
  /// are more.
  public var archivedPosts: @Sendable (ChannelID, _ before: Timestamp) throws -> (posts: [Channel], hasMore: Bool)
  /// The registered commands, of one server or (nil) of all.
  public var commands: @Sendable (ApplicationID, GuildID?) throws -> [CommandDefinition]
  /// Replaces them all.
  public var setCommands: @Sendable (ApplicationID, GuildID?, [CommandDefinition]) throws -> [CommandDefinition]

  /// Refuses every call until a member is replaced: for tests.
  public static let failing = DiscordClient(
    application: { throw Failure(.unexpected, "application was called") },
    channel: { _ in throw Failure(.unexpected, "channel was called") },
    channels: { _ in throw Failure(.unexpected, "channels was called") },
    roles: { _ in throw Failure(.unexpected, "roles was called") },
    emojis: { _ in throw Failure(.unexpected, "emojis was called") },
    searchMembers: { _, _ in throw Failure(.unexpected, "searchMembers was called") },
    createMessage: { _, _ in throw Failure(.unexpected, "createMessage was called") },
    editMessage: { _, _, _ in throw Failure(.unexpected, "editMessage was called") },
    messagesAfter: { _, _ in throw Failure(.unexpected, "messagesAfter was called") },
    message: { _, _ in throw Failure(.unexpected, "message was called") },
    createPost: { _, _ in throw Failure(.unexpected, "createPost was called") },
    editPost: { _, _ in throw Failure(.unexpected, "editPost was called") },
    activeThreads: { _ in throw Failure(.unexpected, "activeThreads was called") },
    server: { _ in throw Failure(.unexpected, "server was called") },
    member: { _, _ in throw Failure(.unexpected, "member was called") },
    servers: { _ in throw Failure(.unexpected, "servers was called") },
    archivedPosts: { _, _ in throw Failure(.unexpected, "archivedPosts was called") },
    commands: { _, _ in throw Failure(.unexpected, "commands was called") },
    setCommands: { _, _, _ in throw Failure(.unexpected, "setCommands was called") })
}

extension DiscordClient {
  /// - Parameters:
  ///   - base: the API with its version, `https://discord.com/api/v10`.
  ///   - connection: names the token in budgets, without being it.
  ///   - urgency: whether people wait for what this client does.
  ///   - patience: how long a call may wait for a limit on the calling thread.
  public static func live(
    _ outbound: Outbound, base: String, token: String, connection: String, urgency: Urgency, patience: Duration = .zero
  ) -> DiscordClient {
    let api = DiscordAPI(
      outbound: outbound, base: base, token: token, connection: connection, urgency: urgency, patience: patience)
    var client = DiscordClient.failing
    client.speakOfMessages(api)
    client.speakOfPosts(api)
    client.speakOfServers(api)
    client.speakOfTheApplication(api)
    return client
  }

  private mutating func speakOfMessages(_ api: DiscordAPI) {
    createMessage = { channel, draft in
      try api.send(.post, "/channels/\(channel)/messages", draft, route: "POST /channels/\(channel)/messages")
    }
    editMessage = { channel, message, draft in
      try api.send(
        .patch, "/channels/\(channel)/messages/\(message)", draft, route: "PATCH /channels/\(channel)/messages",
        isRepeatable: true)
    }
    messagesAfter = { channel, message in
      let page: [Message] = try api.get(
        "/channels/\(channel)/messages?limit=100&after=\(message)", route: "GET /channels/\(channel)/messages")
      return page.sorted { $0.id.createdAt < $1.id.createdAt }
    }
    message = { channel, message in
      try api.get("/channels/\(channel)/messages/\(message)", route: "GET /channels/\(channel)/messages/id")
    }
  }

  private mutating func speakOfPosts(_ api: DiscordAPI) {
    createPost = { channel, draft in
      try api.send(.post, "/channels/\(channel)/threads", draft, route: "POST /channels/\(channel)/threads")
    }
    editPost = { channel, edit in
      try api.send(.patch, "/channels/\(channel)", edit, route: "PATCH /channels/\(channel)", isRepeatable: true)
    }
    activeThreads = { guild in
      let active: ThreadPage = try api.get(
        "/guilds/\(guild)/threads/active", route: "GET /guilds/\(guild)/threads/active")
      return active.threads
    }
    archivedPosts = { channel, before in
      let path = "/channels/\(channel)/threads/archived/public"
      let page: ThreadPage = try api.get("\(path)?limit=100&before=\(before)", route: "GET \(path)")
      return (page.threads, page.hasMore ?? false)
    }
  }

  private mutating func speakOfServers(_ api: DiscordAPI) {
    channel = { try api.get("/channels/\($0)", route: "GET /channels/\($0)") }
    channels = { try api.get("/guilds/\($0)/channels", route: "GET /guilds/\($0)/channels") }
    roles = { try api.get("/guilds/\($0)/roles", route: "GET /guilds/\($0)/roles") }
    emojis = { try api.get("/guilds/\($0)/emojis", route: "GET /guilds/\($0)/emojis") }
    server = { try api.get("/guilds/\($0)", route: "GET /guilds/\($0)") }
    member = { try api.get("/guilds/\($0)/members/\($1)", route: "GET /guilds/\($0)/members/id") }
    searchMembers = { guild, beginning in
      let path = "/guilds/\(guild)/members/search"
      return try api.get("\(path)?limit=1000&query=\(percentEncoded(beginning))", route: "GET \(path)")
    }
    servers = { after in
      try api.get("/users/@me/guilds?limit=200" + (after.map { "&after=\($0)" } ?? ""), route: "GET /users/@me/guilds")
    }
  }

  private mutating func speakOfTheApplication(_ api: DiscordAPI) {
    application = { try api.get("/applications/@me", route: "GET /applications/@me") }
    commands = { application, guild in
      let path = commandPath(application, guild)
      return try api.get(path, route: "GET \(path)")
    }
    setCommands = { application, guild, commands in
      let path = commandPath(application, guild)
      return try api.send(.put, path, commands, route: "PUT \(path)", isRepeatable: true)
    }
  }
}

private func commandPath(_ application: ApplicationID, _ guild: GuildID?) -> String {
  "/applications/\(application)" + (guild.map { "/guilds/\($0)" } ?? "") + "/commands"
}

private struct ThreadPage: Decodable {
  let threads: [Channel]
  let hasMore: Bool?

  enum CodingKeys: String, CodingKey {
    case threads
    case hasMore = "has_more"
  }
}

private struct DiscordAPI: Sendable {
  let outbound: Outbound
  let base: String
  let token: String
  let connection: String
  let urgency: Urgency
  let patience: Duration

  func get<Value: Decodable>(_ path: String, route: String) throws -> Value {
    try call(OutgoingRequest(method: .get, url: base + path), route: route, isRepeatable: true)
  }

  func send<Value: Decodable>(
    _ method: Method, _ path: String, _ body: some Encodable, route: String, isRepeatable: Bool = false
  ) throws -> Value {
    var request = OutgoingRequest(method: method, url: base + path, body: try JSON.encode(body))
    request.headers["Content-Type"] = "application/json"
    return try call(request, route: route, isRepeatable: isRepeatable)
  }

  private func call<Value: Decodable>(_ request: OutgoingRequest, route: String, isRepeatable: Bool) throws -> Value {
    var request = request
    request.headers["Authorization"] = "Bot \(token)"
    request.headers["User-Agent"] = userAgent
    let call = OutboundCall(
      request, of: .discord, connection: connection, route: route, resource: topResource(route), urgency: urgency,
      isRepeatable: isRepeatable, patience: patience)
    return try outbound.send(call, to: .discord) { response in
      guard (200..<300).contains(response.status) else { throw DiscordRefusal(response) }
      return try JSON.decode(Value.self, from: response.body)
    }
  }
}

/// Discord: rate limits, top-level resources. Buckets are counted apart for each of them.
private func topResource(_ route: String) -> String {
  let parts = route.split(separator: "/")
  guard parts.count > 2, ["channels", "guilds", "webhooks"].contains(parts[1]) else { return "" }
  return "/\(parts[1])/\(parts[2])"
}

/// Discord: API reference, user agent. Requests without one of this form may be blocked.
let userAgent = "DiscordBot (https://github.com/guildhall/guildhall, \(Version.current))"
