import Accounts
import Store

extension Environment {
  /// Writes down what whoever runs this program did to the hall as a whole, in the transaction of what they did.
  public func noting(_ event: AuditEvent, _ kind: String, _ id: String) -> @Sendable (WriteTransaction) throws -> Void {
    { [audit, author] transaction in
      try audit.record(AuditEntry(event, by: author, in: nil, on: AuditTarget(kind, id)), in: transaction)
    }
  }
}
