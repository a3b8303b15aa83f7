import Basics
import Jobs
import Store

/// After the rules of a mapping changed: the messages of its open issues are drawn anew. Those that would look the same
/// are left alone; closed ones follow with their next change.
struct Redrawing {
  let desk: IssueDesk

  private struct Payload: Codable { let mapping: String }

  static let kindName = "issue.redraw"

  static func intent(_ mapping: Mapping) throws -> Intent {
    try Intent(
      kind: kindName, uniqueKey: "issue.redraw:\(mapping.id)", lane: "issue.redraw:\(mapping.id)",
      gate: "discord:\(mapping.channel)", guild: mapping.guild.rawValue, payload: Payload(mapping: mapping.id),
      priority: .batch)
  }

  var kind: JobKind {
    JobKind(Self.kindName) { job in
      let wish: Payload = try job.payload()
      if let mapping = try desk.store.read({ try IssueRecords.mapping(wish.mapping, $0) }) { try redraw(mapping) }
      return .done
    }
  }

  /// In small steps, so that nobody's click waits for a long write.
  private func redraw(_ mapping: Mapping) throws {
    var last = ""
    while true {
      let ids = try desk.store.write { transaction in
        let ids = try transaction.values(
          String.self,
          """
          SELECT id FROM issues WHERE mapping_id = \(mapping.id) AND is_closed = 0 AND is_removed = 0 AND id > \(last)
          ORDER BY id LIMIT 200
          """)
        for id in ids { try desk.queue.enqueue(Delivering.intent(id, in: mapping.channel, .batch), in: transaction) }
        return ids
      }
      guard let end = ids.last else { return }
      last = end
    }
  }
}
