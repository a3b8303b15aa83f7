import Accounts
import Basics
import Discord
import HTTP

/// The servers the bot is in, and what is in them, for programs with an API key. A key of one server sees that one alone.
public struct ServerDoor: Sendable {
  let gate: ProgramGate
  let clock: WallClock
  let discord: @Sendable () throws -> DiscordClient

  public init(gate: ProgramGate, clock: WallClock, discord: @escaping @Sendable () throws -> DiscordClient) {
    self.gate = gate
    self.clock = clock
    self.discord = discord
  }

  public var doorways: [Doorway] {
    [
      Doorway(
        .program(.readServers), .get("/api/servers") { request, _ in try servers(request) },
        APIOperation(
          "listServers", "The servers the bot is in", query: APIListing.parameters, answers: 200, "ServerPage")),
      Doorway(
        .program(.readServers), .get("/api/servers/:server", one()),
        APIOperation("readServer", "One server", answers: 200, "Server")),
      list("channels", "Channels that the bot can see, without categories", "ChannelPage") { client, guild in
        try client.channels(guild).filter { $0.type != Self.category }.map(ServerEntries.Channel.init)
      },
      list("categories", "Categories of channels", "CategoryPage") { client, guild in
        try client.channels(guild).filter { $0.type == Self.category }.map(ServerEntries.Category.init)
      },
      list("roles", "Roles", "RolePage") { try $0.roles($1).map(ServerEntries.Role.init) },
      list("emojis", "The server's own emojis", "EmojiPage") { try $0.emojis($1).map(ServerEntries.Emoji.init) },
      members,
    ]
  }

  /// Discord: channel types.
  private static let category = 4

  // MARK: Servers

  private func servers(_ request: Request) throws -> Response {
    let program = try gate.program(.readServers, request)
    let listing = try APIListing(request.query)
    if let only = program.server {
      return try .tagged(listing.page(of: [ask { ServerEntries.Server(try $0.server(only)) }]), for: request)
    }
    let after = listing.after.flatMap { GuildID(String($0)) }
    let found = try ask { try $0.servers(after) }.map(ServerEntries.Server.init)
    let hasMore = found.count > listing.limit || found.count == Self.whole
    return try .tagged(APIListing.Page(Array(found.prefix(listing.limit)), hasMore: hasMore), for: request)
  }

  /// So many servers are a full page of Discord's.
  private static let whole = 200

  private func one() -> Route.Handler {
    let recent = Recent<GuildID, ServerEntries.Server>(clock: clock)
    return { request, path in
      let guild = try admitted(.readServers, request, path)
      let server = try recent.value(of: guild) { try ask { ServerEntries.Server(try $0.server(guild)) } }
      return try .tagged(server, for: request)
    }
  }

  // MARK: What is in them

  private func list<Entry: APIEntry>(
    _ name: String, _ summary: String, _ schema: String,
    _ entries: @escaping @Sendable (DiscordClient, GuildID) throws -> [Entry]
  ) -> Doorway {
    let recent = Recent<GuildID, [Entry]>(clock: clock)
    return Doorway(
      .program(.readServers),
      .get("/api/servers/:server/\(name)") { request, path in
        let guild = try admitted(.readServers, request, path)
        let listing = try APIListing(request.query)
        let all = try recent.value(of: guild) { try ask { try entries($0, guild) } }
        return try .tagged(listing.page(of: all), for: request)
      },
      APIOperation(
        "list" + name.prefix(1).uppercased() + name.dropFirst(), "\(summary), in the order of their ids",
        query: APIListing.parameters, answers: 200, schema))
  }

  private var members: Doorway {
    let query = APIParameter(
      "query", ["type": "string", "minLength": 1, "maxLength": 100], "How their name or nickname begins.",
      isRequired: true)
    return Doorway(
      .program(.readMembers),
      .get("/api/servers/:server/members") { request, path in
        let guild = try admitted(.readMembers, request, path)
        let listing = try APIListing(request.query)
        guard let beginning = try request.query.single("query"), (1...100).contains(beginning.unicodeScalars.count)
        else {
          throw Failure.invalid("Say in “query” how the name begins, in 1 to 100 characters.")
        }
        let found = try ask { try $0.searchMembers(guild, beginning) }.compactMap(ServerEntries.Member.init)
        return try .tagged(listing.page(of: found), for: request)
      },
      APIOperation(
        "searchMembers", "Members whose name or nickname begins with a text", query: [query] + APIListing.parameters,
        answers: 200, "MemberPage"))
  }

  // MARK: Asking

  private func admitted(_ scope: APIScope, _ request: Request, _ path: PathParameters) throws -> GuildID {
    let guild = GuildID(path["server"])
    try gate.require(scope, of: guild ?? GuildID("0")!, request)  // zero is a number
    guard let guild else { throw Failure.nothingHere }
    return guild
  }

  /// What keeps the bot from asking is no fault of the program's.
  private func ask<Value>(_ body: (DiscordClient) throws -> Value) throws -> Value {
    do {
      return try body(discord())
    } catch let refusal as DiscordRefusal {
      if refusal.status == 404 { throw Failure.nothingHere }
      let failure = refusal.failure
      if refusal.status == 403 {
        throw Failure(.denied, "Discord does not let the bot see this: \(refusal.message).", cause: failure.cause)
      }
      throw Failure(.unavailable, "Discord did not answer this.", cause: failure.cause)
    } catch let failure as Failure where failure.kind == .unauthenticated || failure.kind == .outcomeUnknown {
      throw Failure(.unavailable, "This hall cannot ask Discord at the moment.", cause: failure.description)
    }
  }
}
