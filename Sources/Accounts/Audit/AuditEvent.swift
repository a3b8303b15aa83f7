/// A kind of thing that is written down: `subject.verb`, and its words after a name ("Nelly … added a mapping").
public struct AuditEvent: Sendable, Hashable {
  public let name: String
  public let words: String

  init(_ name: String, _ words: String) {
    self.name = name
    self.words = words
  }

  /// What somebody wanted to do and may not; it is named like the right.
  static func attempt(at action: Action) -> AuditEvent { AuditEvent(action.rawValue, "wanted more than they may") }

  /// The words of what an older or newer program wrote down are not known.
  public static func words(of name: String) -> String? { all.first { $0.name == name }?.words }
}

/// Everything there is: a line each, here and in `all`.
extension AuditEvent {
  public static let issueChanged = AuditEvent("issue.change", "changed an issue")
  public static let issueFiled = AuditEvent("issue.file", "filed an issue")
  public static let personLinked = AuditEvent("person.link", "said who they are in Notion")

  public static let loggedIn = AuditEvent("session.start", "logged in")
  public static let sessionEnded = AuditEvent("session.end", "ended a session")
  public static let allSessionsEnded = AuditEvent("session.end-all", "logged out everywhere")

  public static let mappingAdded = AuditEvent("mapping.add", "added a mapping")
  public static let mappingChanged = AuditEvent("mapping.change", "changed a mapping")
  public static let mappingPaused = AuditEvent("mapping.pause", "paused a mapping")
  public static let mappingResumed = AuditEvent("mapping.resume", "resumed a mapping")
  public static let mappingRemoved = AuditEvent("mapping.remove", "removed a mapping")
  public static let syncAsked = AuditEvent("sync.run", "asked for a sync")

  public static let connected = AuditEvent("connection.keep", "connected a service")
  public static let disconnected = AuditEvent("connection.remove", "disconnected a service")
  public static let webhookOpened = AuditEvent("webhook.open", "waited for the secret of a webhook")
  public static let commandsRegistered = AuditEvent("command.register", "told Discord of the commands")

  public static let jobReplayed = AuditEvent("job.replay", "gave jobs another chance")
  public static let jobDiscarded = AuditEvent("job.discard", "gave a job up")

  public static let keyMade = AuditEvent("key.create", "made an API key")
  public static let keyRevoked = AuditEvent("key.revoke", "took an API key back")
  public static let keysRotated = AuditEvent("key.rotate", "sealed the secrets with a new key")
  public static let restored = AuditEvent("hall.restore", "restored a backup")
  public static let settingsChanged = AuditEvent("settings.change", "changed settings")
  public static let roleGranted = AuditEvent("role.grant", "changed what a role may do")

  public static let auditExported = AuditEvent("audit.export", "exported the audit log")
  public static let personExported = AuditEvent("person.export", "exported what is kept of a person")
  public static let personErased = AuditEvent("person.erase", "erased a person")

  public static let all: [AuditEvent] = [
    issueChanged, issueFiled, personLinked, loggedIn, sessionEnded, allSessionsEnded, mappingAdded, mappingChanged,
    mappingPaused, mappingResumed, mappingRemoved, syncAsked, connected, disconnected, webhookOpened,
    commandsRegistered, jobReplayed, jobDiscarded, keyMade, keyRevoked, keysRotated, restored, settingsChanged,
    roleGranted, auditExported,
    personExported, personErased,
  ]
}
