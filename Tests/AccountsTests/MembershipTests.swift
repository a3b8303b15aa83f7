import Accounts
import Basics
import Discord
import Store
import Synchronization
import TestSupport
import Testing

@Suite("Standing in a server") struct MembershipTests {
  private let clock = TestClock()
  private let guild = GuildID("1000")!
  private let user = UserID("42")!
  private let durable: DataStore
  private let memberships: Memberships
  private let discord: Discord

  /// What Discord says at the moment.
  private final class Discord: Sendable {
    struct State {
      var roles = ["5"]
      var permissions = "8"
      var isThere = true
      var isDown = false
      var calls = 0
    }
    let state = Mutex(State())

    var client: DiscordClient {
      var client = DiscordClient.failing
      client.member = { _, _ in
        try self.state.withLock { state in
          state.calls += 1
          if state.isDown { throw Failure(.unavailable, "Discord has trouble at the moment.") }
          guard state.isThere else { throw DiscordRefusal(status: 404, code: 10007, message: "Unknown Member") }
          return try JSON.decode(Member.self, from: "{\"roles\":\(JSON.text(state.roles)),\"nick\":\"Nel\"}")
        }
      }
      client.server = { guild in
        let permissions = self.state.withLock { $0.permissions }
        return try JSON.decode(
          Server.self,
          from: """
            {"id":"\(guild)","name":"Keep","icon":null,"owner_id":"7","roles":[
            {"id":"\(guild)","name":"@everyone","position":0,"color":0,"permissions":"1024","managed":false},
            {"id":"5","name":"Boss","position":2,"color":0,"permissions":"\(permissions)","managed":false},
            {"id":"6","name":"Helper","position":1,"color":0,"permissions":"0","managed":false}]}
            """)
      }
      return client
    }
  }

  init() throws {
    let (discord, clock) = (Discord(), clock)
    self.discord = discord
    durable = try DataStore.inMemory(accountMigrations)
    memberships = Memberships(
      durable: durable, volatile: try DataStore.inMemory(accountVolatileMigrations), clock: clock.wall,
      discord: { discord.client })
  }

  private func standing(_ user: UserID? = nil) throws -> Standing {
    try memberships.actor(user ?? self.user, named: "Nelly", in: guild).standing
  }

  static let cases: [(permissions: String, grant: Standing?, Standing)] = [
    ("8", nil, .admin), ("32", nil, .manager), ("0", nil, .member), ("0", .viewer, .viewer), ("0", .staff, .staff),
    ("0", .manager, .manager), ("8", .viewer, .admin), ("nonsense", nil, .member),
  ]

  @Test(arguments: cases.indices) func rightsAndRolesMakeAStanding(_ index: Int) throws {
    let (permissions, grant, expected) = Self.cases[index]
    discord.state.withLock { $0.permissions = permissions }
    try durable.write { try RoleGrants.set(grant, for: RoleID("5")!, in: guild, $0) }
    #expect(try standing() == expected)
    #expect(try standing(UserID("7")!) == .owner)
  }

  @Test func aDemotedAdminLosesTheirRightsWithinAMinute() throws {
    #expect(try standing() == .admin)
    discord.state.withLock { $0.permissions = "0" }
    clock.advance(by: .seconds(59))
    #expect(try standing() == .admin && discord.state.withLock { $0.calls } == 1)
    clock.advance(by: .seconds(1))
    #expect(try standing() == .member)
  }

  @Test func aClockSetBackKeepsNobodyInOffice() throws {
    #expect(try standing() == .admin)
    discord.state.withLock { $0.permissions = "0" }
    clock.advance(by: .seconds(-86_400))
    #expect(try standing() == .member)
  }

  @Test func whoLeftIsAStranger() throws {
    #expect(try standing() == .admin)
    discord.state.withLock { $0.isThere = false }
    clock.advance(by: .seconds(60))
    #expect(try standing() == .stranger)
  }

  @Test func nobodyHasRightsThatCannotBeChecked() throws {
    #expect(try standing() == .admin)
    discord.state.withLock { $0.isDown = true }
    clock.advance(by: .seconds(60))
    #expect(throws: Failure.self) { try standing() }
  }

  @Test(arguments: [Standing.stranger, .member, .admin, .owner]) func noRoleMakesAnAdmin(_ standing: Standing) throws {
    #expect(throws: Failure.self) {
      try durable.write { try RoleGrants.set(standing, for: RoleID("5")!, in: guild, $0) }
    }
  }
}
