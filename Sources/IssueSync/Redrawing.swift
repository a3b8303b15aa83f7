import Basics
import Jobs
import Store

/// Messages that are drawn anew though no row changed: after the rules of a mapping changed, those of its open issues
/// (closed ones follow with their next change); after a full comparison, those of which it is not known that they show
/// the truth, such as ones that could not be posted while the bot was locked out. What would look the same is left alone.
struct Redrawing {
  let desk: IssueDesk

  private struct Payload: Codable {
    let mapping: String
    let onlyUnshown: Bool
  }

  static let kindName = "issue.redraw"

  static func intent(_ mapping: Mapping, onlyUnshown: Bool) throws -> Intent {
    try Intent(
      kind: kindName, uniqueKey: "issue.redraw:\(mapping.id):\(onlyUnshown)", lane: "issue.redraw:\(mapping.id)",
      gate: "discord:\(mapping.channel)", guild: mapping.guild.rawValue,
      payload: Payload(mapping: mapping.id, onlyUnshown: onlyUnshown), priority: .batch)
  }

  var kind: JobKind {
    JobKind(Self.kindName) { job in
      let wish: Payload = try job.payload()
      if let mapping = try desk.store.read({ try IssueRecords.mapping(wish.mapping, $0) }) {
        try redraw(mapping, wish.onlyUnshown)
      }
      return .done
    }
  }

  /// In small steps, so that nobody's click waits for a long write.
  private func redraw(_ mapping: Mapping, _ onlyUnshown: Bool) throws {
    let all = !onlyUnshown
    var last = ""
    while true {
      let ids = try desk.store.write { transaction in
        let ids = try transaction.values(
          String.self,
          """
          SELECT issues.id FROM issues LEFT JOIN discord_messages ON discord_messages.issue_id = issues.id
          WHERE issues.mapping_id = \(mapping.id) AND is_closed = 0 AND is_removed = 0 AND issues.id > \(last)
            AND (1 = \(all) OR message_id IS NULL OR shown_hash IS NULL) AND coalesce(is_forgotten, 0) = 0
          ORDER BY issues.id LIMIT 200
          """)
        for id in ids { try desk.queue.enqueue(Delivering.intent(id, under: mapping, .batch), in: transaction) }
        return ids
      }
      guard let end = ids.last else { return }
      last = end
    }
  }
}
