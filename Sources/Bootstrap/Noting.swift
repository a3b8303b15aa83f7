import Accounts
import Discord
import IssueSync
import Store

/// What whoever runs this program did, written down in the transaction of what they did.
extension Environment {
  /// To the hall as a whole.
  public func noting(
    _ event: AuditEvent, _ kind: String, _ id: String, name: String? = nil, after: String? = nil
  ) -> (WriteTransaction) throws -> Void {
    noting(event, on: AuditTarget(kind, id, name: name), in: nil, after: after)
  }

  /// To a mapping, as it is now.
  public func noting(_ event: AuditEvent, _ mapping: Mapping, before: String? = nil, after: String? = nil)
    -> (WriteTransaction) throws -> Void
  {
    let target = AuditTarget("mapping", mapping.id, name: mapping.name)
    return noting(event, on: target, in: mapping.guild, before: before, after: after)
  }

  /// That a service was connected, or has a new token.
  public func noteConnection(_ connection: Connection, _ transaction: WriteTransaction) throws {
    let what = "\(connection.service.rawValue) \(connection.externalID)"
    try noting(.connected, "connection", connection.id, name: connection.label, after: what)(transaction)
  }

  /// That an API key was made or taken back; in the log of the server it is for.
  public func noteKey(_ event: AuditEvent) -> (APIKey, WriteTransaction) throws -> Void {
    { key, transaction in
      let target = AuditTarget("key", key.id, name: key.label)
      let scopes = key.scopes.map(\.rawValue).joined(separator: ", ")
      try noting(event, on: target, in: key.server, after: scopes)(transaction)
    }
  }

  private func noting(
    _ event: AuditEvent, on target: AuditTarget, in server: GuildID?, before: String? = nil, after: String? = nil
  ) -> (WriteTransaction) throws -> Void {
    { [audit, author] transaction in
      let entry = AuditEntry(event, by: author, in: server, on: target, before: before, after: after)
      try audit.record(entry, in: transaction)
    }
  }
}
