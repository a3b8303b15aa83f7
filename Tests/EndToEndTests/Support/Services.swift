import Basics
import Foundation
import HTTP
import Signatures
import Testing

/// What stands in Discord and Notion, asked as an outside client asks.
extension RunningHall {
  @discardableResult
  func call(_ method: String, _ path: String, _ body: JSONValue? = nil, headers: [(String, String)] = []) throws
    -> JSONValue
  {
    let type = body == nil ? [] : [("Content-Type", "application/json")]
    let answer = try http.send(method, path, headers + type, body: try body.map { try JSON.encode($0) })
    guard (200..<300).contains(answer.status) else {
      throw Failure(.unexpected, "\(method) \(path) answered \(answer.status): \(answer.text)")
    }
    return answer.json
  }

  func discord(_ method: String, _ path: String, _ body: JSONValue? = nil) throws -> JSONValue {
    try call(
      method, "/sandbox/discord/api/v10" + path, body,
      headers: [("Authorization", "Bot \(fact("bot_token"))"), ("User-Agent", "DiscordBot (https://example.org, 1.0)")])
  }

  @discardableResult
  func notion(_ method: String, _ path: String, _ body: JSONValue? = nil) throws -> JSONValue {
    try call(
      method, "/sandbox/notion/v1" + path, body,
      headers: [("Authorization", "Bearer \(fact("notion_token"))"), ("Notion-Version", "2025-09-03")])
  }

  /// Every message of the channel that carries a button of ours.
  func messages() throws -> [Message] {
    var found: [Message] = []
    var before = ""
    while true {
      let page = try discord("GET", "/channels/\(fact("channel_id"))/messages?limit=100\(before)").array ?? []
      found += page.compactMap(Message.init)
      guard let last = page.last?["id"]?.string, page.count == 100 else { return found }
      before = "&before=\(last)"
    }
  }

  func message(_ id: String) throws -> Message {
    try #require(Message(discord("GET", "/channels/\(fact("channel_id"))/messages/\(id)")))
  }

  func messages(titled title: String) throws -> [Message] { try messages().filter { $0.title.contains(title) } }

  /// The rows of the table that this filter lets through.
  func rows(where filter: JSONValue? = nil) throws -> [JSONValue] {
    var found: [JSONValue] = []
    var cursor: String?
    repeat {
      var query: [String: JSONValue] = ["page_size": 100]
      query["filter"] = filter
      query["start_cursor"] = cursor.map { .string($0) }
      let page = try notion("POST", "/data_sources/\(fact("data_source_id"))/query", .object(query))
      found += page["results"]?.array ?? []
      cursor = page["next_cursor"]?.string
    } while cursor != nil
    return found
  }

  func status(of page: String) throws -> String {
    try notion("GET", "/pages/\(page)")["properties"]?["Status"]?["status"]?["name"]?.string ?? ""
  }

  /// Makes a row as a person does.
  func addRow(_ title: String, status: String = "Triaged") throws {
    try notion(
      "POST", "/pages",
      [
        "parent": ["type": "data_source_id", "data_source_id": .string(fact("data_source_id"))],
        "properties": [
          "Name": ["title": [["text": ["content": .string(title)]]]], "Status": ["status": ["name": .string(status)]],
        ],
      ])
  }

  func edit(_ page: String, _ values: JSONValue) throws {
    try call("POST", "/sandbox/notion/pages/\(page)/edit", values)
  }

  func script(_ faults: JSONValue) throws { try call("POST", "/sandbox/faults", faults) }
  func clearFaults() throws { try call("DELETE", "/sandbox/faults") }

  /// What the stand-ins were asked after this entry.
  func journal(after seq: Int64 = 1, service: String, method: String, path: String) throws -> [JSONValue] {
    try call(
      "GET", "/sandbox/journal?service=\(service)&method=\(method)&path=\(path)&after=\(seq)&limit=1000"
    ).array ?? []
  }

  func lastJournalEntry() throws -> Int64 {
    try call("GET", "/sandbox/journal?limit=1").array?.first?["seq"]?.integer ?? 1
  }
}

/// A message of ours as it stands in the channel.
struct Message: Sendable, Hashable {
  let id: String
  let title: String
  let text: String
  let label: String
  let isDisabled: Bool
  let customID: String
  let page: String

  /// Nil when it carries no button of ours.
  init?(_ json: JSONValue) {
    guard let id = json["id"]?.string, let embed = json["embeds"]?[0],
      let button = json["components"]?[0]?["components"]?[0], let customID = button["custom_id"]?.string
    else { return nil }
    self.id = id
    self.customID = customID
    title = embed["title"]?.string ?? ""
    text = embed["description"]?.string ?? ""
    label = button["label"]?.string ?? ""
    isDisabled = button["disabled"]?.bool ?? false
    page = String((embed["url"]?.string ?? "").filter { $0 != "-" }.suffix(32))
  }

  var issue: String { String(customID.drop { $0 != ":" }.dropFirst()) }
}
