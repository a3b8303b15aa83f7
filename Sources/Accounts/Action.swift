/// What may be done in a server.
public enum Action: String, Sendable, CaseIterable {
  // In Discord
  case readIssues = "issue.read"
  case changeIssue = "issue.change"
  case fileIssue = "issue.file"

  // In the panel
  case seeHall = "hall.see"
  case editIssue = "issue.edit"
  case seeJobs = "job.see"
  case replayJobs = "job.replay"
  case manageMappings = "mapping.manage"
  case runSync = "sync.run"
  case seeConnections = "connection.see"
  case manageConnections = "connection.manage"
  case seeAudit = "audit.see"
  case manageSettings = "settings.manage"
  case manageKeys = "key.manage"
  case handlePersonalData = "person.data"

  /// The one table of rights: the least standing each takes.
  public var requirement: Standing {
    switch self {
    case .readIssues, .changeIssue, .fileIssue: .member
    case .seeHall: .viewer
    case .editIssue, .seeJobs: .staff
    case .replayJobs, .manageMappings, .runSync, .seeConnections: .manager
    case .manageConnections, .seeAudit, .manageSettings, .manageKeys, .handlePersonalData: .admin
    }
  }
}
