import Basics
import Discord
import Testing

@Suite("Rights in channels") struct ChannelRightsTests {
  private let bot = UserID("7")!
  private let view = 1 << 10
  private let send = 1 << 11

  private func server(everyone: Int, helpers: Int = 0, owner: String = "1") throws -> Server {
    func role(_ id: String, _ permissions: Int) -> JSONValue {
      [
        "id": .string(id), "name": "r", "position": 0, "color": 0, "permissions": .string("\(permissions)"),
        "managed": false,
      ]
    }
    return try JSON.decode(
      Server.self,
      from: JSON.encode(
        [
          "id": "100", "name": "Keep", "icon": nil, "owner_id": .string(owner),
          "roles": [role("100", everyone), role("200", helpers)],
        ] as JSONValue))
  }

  private func channel(type: Int = 0, _ overwrites: (id: String, type: Int, allow: Int, deny: Int)...) throws -> Channel
  {
    let list = overwrites.map { entry -> JSONValue in
      [
        "id": .string(entry.id), "type": .integer(Int64(entry.type)), "allow": .string("\(entry.allow)"),
        "deny": .string("\(entry.deny)"),
      ]
    }
    return try JSON.decode(
      Channel.self,
      from: JSON.encode(["id": "5", "type": .integer(Int64(type)), "permission_overwrites": .array(list)] as JSONValue))
  }

  private func missing(_ server: Server, _ channel: Channel, _ roles: [String] = []) -> [String] {
    server.rights(of: bot, with: roles.compactMap { RoleID(rawValue: $0) }, in: channel).missing(of: [
      .viewChannel, .sendMessages,
    ])
  }

  @Test func rolesGrant() throws {
    #expect(missing(try server(everyone: view | send), try channel()) == [])
    #expect(missing(try server(everyone: view), try channel()) == ["Send Messages"])
    #expect(missing(try server(everyone: view, helpers: send), try channel(), ["200"]) == [])
    #expect(missing(try server(everyone: view, helpers: send), try channel(), ["300"]) == ["Send Messages"])
  }

  @Test func aChannelTakesAndGivesInTheOrderOfDiscord() throws {
    let server = try server(everyone: view | send)
    #expect(missing(server, try channel(("100", 0, 0, send))) == ["Send Messages"])
    #expect(missing(server, try channel(("100", 0, 0, send), ("200", 0, send, 0)), ["200"]) == [])
    #expect(missing(server, try channel(("100", 0, 0, send), ("200", 0, send, 0))) == ["Send Messages"])
    #expect(missing(server, try channel(("200", 0, send, 0), ("7", 1, 0, send)), ["200"]) == ["Send Messages"])
    #expect(missing(server, try channel(("7", 0, 0, send))) == [])
  }

  @Test func whatCannotBeSeenAllowsNothing() throws {
    #expect(
      missing(try server(everyone: send | view), try channel(("100", 0, 0, view))) == ["View Channel", "Send Messages"])
  }

  @Test func administratorsAndOwnersMayEverything() throws {
    #expect(missing(try server(everyone: 1 << 3), try channel(("100", 0, 0, view | send))) == [])
    #expect(missing(try server(everyone: 0, owner: "7"), try channel(("100", 0, 0, view))) == [])
  }

  @Test func forumsTakeMore() throws {
    #expect(Rights().missing(of: .needed(in: try channel())).count == 4)
    #expect(Rights().missing(of: .needed(in: try channel(type: 15))).contains("Send Messages in Threads"))
  }
}
