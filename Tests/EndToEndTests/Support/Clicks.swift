import Basics
import Foundation
import HTTP
import Signatures
import Store
import Synchronization
import Testing

/// Pressing buttons, as Discord does it for people.
extension RunningHall {
  /// A message whose issue can still be fixed, another one each time.
  func openIssue() throws -> Message {
    let taken = Self.taken.withLock { $0 }
    let free = try messages().first { $0.label == "Mark as fixed" && !$0.isDisabled && !taken.contains($0.id) }
    let message = try #require(free, "no open issue is left in the channel")
    Self.taken.withLock { _ = $0.insert(message.id) }
    return message
  }

  private static let taken = Mutex<Set<String>>([])

  /// Presses through the stand-in: it signs, waits three seconds at most, and shows the answer.
  @discardableResult
  func press(_ message: Message) throws -> JSONValue {
    try call(
      "POST", "/sandbox/discord/interactions/click",
      [
        "channel_id": .string(fact("channel_id")), "message_id": .string(message.id),
        "custom_id": .string(message.customID), "user_id": .string(fact("user_id")),
      ])
  }

  /// The body of a press, made by hand.
  func body(_ message: Message, id: String = newID(), customID: String? = nil, guild: String? = nil) throws -> [UInt8] {
    try JSON.encode(
      [
        "type": 3, "id": .string(id), "token": "t", "application_id": .string(fact("application_id")), "version": 1,
        "guild_id": .string(guild ?? fact("guild_id")), "channel_id": .string(fact("channel_id")),
        "member": ["roles": [], "permissions": "0", "user": ["id": .string(fact("user_id")), "username": "nelly"]],
        "message": ["id": .string(message.id)],
        "data": ["component_type": 2, "custom_id": .string(customID ?? message.customID)],
      ] as JSONValue)
  }

  static func newID() -> String { String(Int64.random(in: 1_000_000_000_000_000_000...9_000_000_000_000_000_000)) }

  /// The two headers that Discord signs a body with.
  func signed(_ body: [UInt8], age: Int64 = 0) throws -> [(String, String)] {
    let key = try Ed25519.PrivateKey(seed: try #require(bytes(hexadecimal: fact("private_key"))))
    let stamp = String(Timestamp.now.seconds - age)
    return [
      ("X-Signature-Ed25519", hexadecimal(key.signature(for: Array(stamp.utf8) + body))),
      ("X-Signature-Timestamp", stamp),
    ]
  }

  func deliver(_ body: [UInt8], _ headers: [(String, String)]? = nil) throws -> WireClient.Answer {
    try http.send(
      "POST", "/discord/interactions", [("Content-Type", "application/json")] + (headers ?? signed(body)), body: body)
  }
}

/// What Guildhall knows and tells, looked at from the side.
extension RunningHall {
  /// The database, read beside the programs.
  func database<Value>(_ body: (ReadTransaction) throws -> Value) throws -> Value {
    try DataStore.open(path: "\(state)/guildhall.db", durability: .full, readers: 1).read(body)
  }

  /// Waits until nothing is left to do but what may wait for minutes.
  func rest() throws {
    try until("all jobs are done") {
      try database {
        try $0.value(
          Int.self,
          """
          SELECT count(*) FROM jobs WHERE state IN ('running', 'unknown')
            OR (state = 'ready' AND run_at < \(Timestamp.now + .seconds(120)))
          """)
      } == 0
    }
  }

  func changes(of message: Message) throws -> Int {
    try database { try $0.value("SELECT count(*) FROM issue_changes WHERE issue_id = \(message.issue)") ?? 0 }
  }

  /// Everything a refused request might have changed, in a line.
  func traces() throws -> String {
    try database { queries in
      let jobs = try queries.value(String.self, "SELECT count(*) || ' jobs, ' || max(updated_at) FROM jobs") ?? ""
      let inbox = try queries.value(String.self, "SELECT count(*) || ' interactions' FROM interactions") ?? ""
      let issues =
        try queries.value(
          String.self, "SELECT count(*) || ' issues, ' || sum(is_fixed) || ' fixed, ' || max(read_at) FROM issues")
        ?? ""
      let changes = try queries.value(String.self, "SELECT count(*) || ' changes' FROM issue_changes") ?? ""
      return "\(jobs); \(inbox); \(issues); \(changes)"
    }
  }

  /// The responder's log.
  func logLines() throws -> [JSONValue] {
    try String(contentsOfFile: log("responder"), encoding: .utf8).split(separator: "\n")
      .map { try JSON.decode(JSONValue.self, from: Array($0.utf8)) }
  }
}
