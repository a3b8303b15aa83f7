import Accounts
import Basics
import Discord
import Jobs
import Notion
import Outbound
import Store

/// What everybody in this subject works with, and everybody there is.
public struct IssueDesk: Sendable {
  let store: DataStore
  let queue: JobQueue
  let clock: WallClock
  // Who waits decides whose share of a service's limits a client spends.
  /// The client of a connected workspace.
  let notion: @Sendable (_ connection: String, Urgency) throws -> NotionClient
  let discord: @Sendable (Urgency) throws -> DiscordClient
  /// How long the thread that asks has waited for the services' limits, in all.
  let waited: @Sendable () -> Duration

  public init(
    store: DataStore, queue: JobQueue, clock: WallClock,
    notion: @escaping @Sendable (_ connection: String, Urgency) throws -> NotionClient,
    discord: @escaping @Sendable (Urgency) throws -> DiscordClient,
    waited: @escaping @Sendable () -> Duration = { .zero }
  ) {
    self.store = store
    self.queue = queue
    self.clock = clock
    self.notion = notion
    self.discord = discord
    self.waited = waited
  }

  public var mappings: Mappings { Mappings(desk: self) }
  public var syncing: Syncing { Syncing(desk: self) }
  public var rereading: Rereading { Rereading(desk: self) }
  public var changing: Changing { Changing(desk: self) }
  public var filing: Filing { Filing(desk: self) }

  var audit: AuditLog { AuditLog(clock: clock) }

  /// All the jobs of this subject.
  public var jobKinds: [JobKind] {
    [changing.kind, filing.kind, Delivering(desk: self).kind, Redrawing(desk: self).kind] + rereading.kinds
  }
}
