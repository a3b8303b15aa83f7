import Basics
import HTTP
import Store

/// What a server's owner does with its people: roles given and taken, people let in and sent away, the crown handed on.
extension DiscordSandbox {
  func setRoles(_ roles: [String], of user: String, in guild: String, _ transaction: WriteTransaction) throws {
    let (home, person) = try found(guild, user, transaction)
    let known = Set(try transaction.documents(.role, of: guild).compactMap { $0["id"]?.string })
    guard known.isSuperset(of: roles) else { throw Failure.notFound("This server has no such role.") }
    let id = "\(guild)/\(user)"
    if try transaction.document(.member, id) == nil {
      let member = FirstMember(guild: guild, user: user, joined: stage.clock.now().discordText, roles: [])
      try transaction.put(.member, id, parent: home["id"]?.string ?? "", member.body(user: person))
    }
    guard case .object(var member)? = try transaction.document(.member, id) else { return }
    member["roles"] = .array(roles.sorted().map { .string($0) })
    try transaction.put(.member, id, parent: guild, .object(member))
  }

  func remove(_ user: String, from guild: String, _ transaction: WriteTransaction) throws {
    let (home, _) = try found(guild, user, transaction)
    guard home["owner_id"]?.string != user else {
      throw Failure.conflict("The owner cannot be removed. Make somebody else the owner first.")
    }
    try transaction.remove(.member, "\(guild)/\(user)")
    try countServers(transaction)
  }

  func setOwner(_ user: String, of guild: String, _ transaction: WriteTransaction) throws {
    guard try transaction.member(user, of: guild) != nil else {
      throw Failure.notFound("This person is not in the server.")
    }
    try change(.guild, guild, transaction) { $0["owner_id"] = .string(user) }
  }

  private func found(_ guild: String, _ user: String, _ queries: some Queries) throws -> (JSONValue, JSONValue) {
    guard let home = try queries.document(.guild, guild) else {
      throw Failure.notFound("There is no server of this id in the sandbox.")
    }
    guard let person = try queries.document(.user, user) else {
      throw Failure.notFound("There is nobody of this id in the sandbox.")
    }
    return (home, person)
  }
}

/// The same for scripts.
extension DiscordSandbox {
  private static let member = "/sandbox/discord/guilds/:guild_id/members/:user_id"

  var membershipLevers: [Route] {
    [
      .put(Self.member) { request, path in
        let order: [String: [String]] = try request.json()
        try write { try setRoles(order["roles"] ?? [], of: path["user_id"], in: path["guild_id"], $0) }
        return try .json(read { try $0.member(path["user_id"], of: path["guild_id"]) } ?? .null)
      },
      .delete(Self.member) { _, path in
        try write { try remove(path["user_id"], from: path["guild_id"], $0) }
        return .empty()
      },
      .put("/sandbox/discord/guilds/:guild_id/owner") { request, path in
        let order: [String: String] = try request.json()
        try write { try setOwner(order["user_id"] ?? "", of: path["guild_id"], $0) }
        return .empty()
      },
      .put("/sandbox/discord/guilds/:guild_id/roles/:role_id") { request, path in
        let order: [String: String] = try request.json()
        guard let bits = order["permissions"].flatMap(UInt64.init) else {
          throw Failure.invalid(#"Send {"permissions": "…"} with the bits as a decimal number in a text."#)
        }
        try write { transaction in
          guard var role = try transaction.document(.role, path["role_id"])?.object,
            try transaction.documents(.role, of: path["guild_id"]).contains(.object(role))
          else { throw Failure.notFound("This server has no such role.") }
          role["permissions"] = .string(String(bits))
          try transaction.put(.role, path["role_id"], parent: path["guild_id"], .object(role))
        }
        return .empty()
      },
    ]
  }
}
