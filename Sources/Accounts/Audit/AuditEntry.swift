import Basics
import Discord
import Store

/// Who did something.
public enum AuditActor: Sendable, Hashable {
  case person(UserID, name: String)
  /// A program that shows an API key.
  case key(id: String, label: String)
  /// A program of ours, or a scheduler, by name.
  case program(String)
  /// Whoever runs this hall, at its command line: their name on that machine.
  case `operator`(String)

  public init(_ actor: Actor) { self = .person(actor.user, name: actor.name) }
}

/// What something was done to.
public struct AuditTarget: Sendable, Hashable {
  /// The subject's word for it: `mapping`, `issue`, `job`, `person`, …
  public let kind: String
  /// Never an id of a person: those go in by `person`, and are written as a key of chance.
  public let id: String
  public let name: String?
  let person: UserID?

  public init(_ kind: String, _ id: String, name: String? = nil) {
    self.init(kind: kind, id: String(id.prefix(200)), name: name, person: nil)
  }

  public static func person(_ user: UserID, name: String? = nil) -> AuditTarget {
    AuditTarget(kind: "person", id: user.rawValue, name: name, person: user)
  }

  private init(kind: String, id: String, name: String?, person: UserID?) {
    self.kind = kind
    self.id = id
    self.name = name
    self.person = person
  }
}

/// One thing that somebody with a right did, or was refused.
public struct AuditEntry: Sendable {
  public enum Outcome: String, Sendable, SQLConvertible {
    case done
    case denied
  }

  public var event: AuditEvent
  public var actor: AuditActor
  /// Nil is the hall as a whole.
  public var server: GuildID?
  public var target: AuditTarget?
  /// What it was and what it became, as people read it; kept apart from the log, where it can be erased. At most 4,000
  /// characters each; no secrets.
  public var before: String?
  public var after: String?
  public var outcome: Outcome
  /// The request or run it belongs to, as in the log files.
  public var request: String?

  public init(
    _ event: AuditEvent, by actor: AuditActor, in server: GuildID?, on target: AuditTarget? = nil,
    before: String? = nil, after: String? = nil, outcome: Outcome = .done, request: String? = LogContext.request
  ) {
    self.event = event
    self.actor = actor
    self.server = server
    self.target = target
    self.before = before
    self.after = after
    self.outcome = outcome
    self.request = request
  }

  /// Somebody known was refused.
  public static func denied(_ action: Action, _ actor: Actor, in server: GuildID, on target: AuditTarget) -> AuditEntry
  {
    AuditEntry(.attempt(at: action), by: AuditActor(actor), in: server, on: target, outcome: .denied)
  }
}
