import Accounts
import Basics
import HTTP
import Store

/// What the panel writes into the audit log: forms record their entry in the transaction of their change,
///
///     try store.write { transaction in
///       try mappings.remove(id, in: transaction)
///       try audit.record(visit.entry(.mappingRemoved, on: AuditTarget("mapping", id, name: name)), in: transaction)
///     }
///
/// and the door records whom it refused.
extension Panel {
  var audit: AuditLog { AuditLog(clock: clock) }

  /// Somebody known asked for more than they may. What they asked for is named by the route, never by its ids: a person's
  /// could be among them. A stranger is written down only where there is a hall that could want to know.
  func note(_ refused: Actor, _ action: Action, at route: String) throws {
    if refused.standing == .stranger {
      let halls = try? bot.servers()  // not answered: then nobody knows, and the stranger is refused all the same
      guard halls?.contains(refused.guild) == true else { return }
    }
    let target = AuditTarget("address", route)
    try store.write { try audit.record(.denied(action, refused, in: refused.guild, on: target), in: $0) }
  }
}

extension Visit {
  /// Something the visitor did in this server.
  func entry(
    _ event: AuditEvent, on target: AuditTarget? = nil, before: String? = nil, after: String? = nil
  ) -> AuditEntry {
    AuditEntry(event, by: AuditActor(actor), in: guild, on: target, before: before, after: after)
  }
}

extension Visitor {
  /// Something the visitor did that is about no server.
  func entry(_ event: AuditEvent, on target: AuditTarget? = nil) -> AuditEntry {
    AuditEntry(event, by: .person(person.id, name: person.name), in: nil, on: target)
  }
}
