import Basics
import HTTP
import Store

/// A rule as it stands: how often it matched and how often it was applied.
struct ScriptedFault: RowDecodable, Encodable {
  let id: String
  let rule: FaultRule
  let matched: Int
  let applied: Int

  init(row: Row) throws {
    id = try row.get("id")
    rule = try JSON.decode(FaultRule.self, from: row.get("rule", as: String.self))
    matched = try row.get("matched")
    applied = try row.get("applied")
  }
}

extension Stage {
  func faults() throws -> [ScriptedFault] {
    try store.read { try $0.all(ScriptedFault.self, "SELECT * FROM stage_faults ORDER BY id") }
  }

  /// Adds rules behind those that are there.
  func addFaults(_ body: [UInt8]) throws -> [ScriptedFault] {
    let rules = try Self.rules(in: body)
    try store.write { transaction in
      for rule in rules {
        try transaction.run(
          "INSERT INTO stage_faults (id, rule, matched, applied) VALUES (\(UUIDv7.make()), \(JSON.text(rule)), 0, 0)")
      }
    }
    return try faults()
  }

  func clearFaults() throws { try store.write { _ = try $0.run("DELETE FROM stage_faults") } }

  /// Counts the request on every rule it matches, up to the first that is applied to it.
  func matchingFault(of service: String, _ request: Request) throws -> Fault? {
    guard try faults().contains(where: { $0.rule.matches(service, request) }) else { return nil }
    return try store.write { transaction in
      for fault in try transaction.all(ScriptedFault.self, "SELECT * FROM stage_faults ORDER BY id")
      where fault.rule.matches(service, request) {
        let isHit = fault.rule.hits(match: fault.matched + 1, applied: fault.applied)
        try transaction.run(
          "UPDATE stage_faults SET matched = matched + 1, applied = applied + \(isHit ? 1 : 0) WHERE id = \(fault.id)")
        if isHit { return Fault(action: fault.rule.action(forMatch: fault.matched + 1)) }
      }
      return nil
    }
  }

  private static func rules(in body: [UInt8]) throws -> [FaultRule] {
    guard let value = try? JSON.decode(JSONValue.self, from: body) else {  // whatever is wrong with it, it is no JSON
      throw Failure.invalid("Send the fault rules as a JSON array.")
    }
    let rules = value.array ?? [value]
    for rule in rules {
      let actions = rule["action"]?.array ?? [rule["action"] ?? .null]
      let unknown =
        (rule.object ?? [:]).keys.filter { !FaultRule.isKnown($0) }
        + actions.flatMap { ($0.object ?? [:]).keys.filter { !Fault.verbs.contains($0) } }
      guard unknown.isEmpty, !actions.isEmpty, actions.allSatisfy({ $0.object?.isEmpty == false }) else {
        throw Failure.invalid(
          unknown.isEmpty
            ? "A fault rule needs an “action” with one of: \(Fault.verbs.sorted().joined(separator: ", "))."
            : "A fault rule does not know: \(unknown.sorted().joined(separator: ", ")).")
      }
    }
    do { return try JSON.decode([FaultRule].self, from: JSON.encode(rules)) } catch {
      throw Failure(.invalid, "A fault rule has a value of the wrong kind.", cause: String(describing: error))
    }
  }
}
