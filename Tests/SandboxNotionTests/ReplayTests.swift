import Basics
import HTTP
import Testing

@testable import SandboxNotion

/// Recorded sessions, said again to the stand-in: ids are mapped as they turn up, then statuses, result counts, titles
/// and key sets must be the recorded ones.
struct Replay {
  let bench: Bench
  private var ids: [String: String] = [:]

  init(_ bench: Bench) throws {
    self.bench = bench
    try bench.call(
      .patch, "/pages/\(Constants.homePageID)", ["properties": ["title": ["title": [["text": ["content": "Tests"]]]]]])
    ids["00000000-0000-4000-8000-000000000001"] = Constants.homePageID
    ids["00000000-0000-4000-8000-0000000000fa"] = FirstContent.people[0].id
    ids["95ba0116-6776-4c19-9e45-54e77415f03b"] = Constants.homePageID
    ids["393abc1e-edcd-80f3-813b-e205934558c6"] = Constants.homePageID
  }

  mutating func run(_ exchange: JSONValue, number: Int) throws {
    let request = try #require(exchange["request"])
    let recorded = try #require(exchange["response"]?["body"])
    let path = mapped(try #require(request["path"]?.string)).dropFirst(3)
    let answer = try bench.call(
      Method(rawValue: request["method"]?.string ?? "GET"), String(path), request["body"].map(mapped),
      version: request["notion_version"]?.string)
    let place: Comment = "step \(number): \(request["method"]?.string ?? "") \(String(path)) → \(answer.message)"
    #expect(answer.status == recorded["status"]?.integer.map(Int.init) ?? 200, place)
    learn(recorded, answer.body)
    compare(recorded, answer.body, place)
  }

  private mutating func learn(_ recorded: JSONValue, _ actual: JSONValue) {
    if let old = recorded["id"]?.string, let new = actual["id"]?.string { ids[old] = new }
    if recorded["type"] == "block" {
      for (index, block) in (recorded["results"]?.array ?? []).enumerated() {
        if let old = block["id"]?.string, let new = actual["results"]?[index]?["id"]?.string { ids[old] = new }
      }
    }
    for (index, source) in (recorded["data_sources"]?.array ?? []).enumerated() {
      if let old = source["id"]?.string, let new = actual["data_sources"]?[index]?["id"]?.string { ids[old] = new }
    }
    for (name, property) in recorded["properties"]?.object ?? [:] {
      let other = actual["properties"]?[name]
      if let old = property["id"]?.string, let new = other?["id"]?.string { ids[old] = new }
      let synced = { (value: JSONValue?) in value?["relation"]?["dual_property"]?["synced_property_id"]?.string }
      if let old = synced(property), let new = synced(other) { ids[old] = new }
    }
    if let old = recorded["next_cursor"]?.string, let new = actual["next_cursor"]?.string { ids[old] = new }
  }

  private func mapped(_ text: String) -> String {
    if let whole = ids[text] { return whole }
    var text = text
    for (old, new) in ids where old != "title" {
      text = text.replacing(old, with: new).replacing(ObjectID.compact(old), with: new)
    }
    return text
  }

  private func mapped(_ value: JSONValue) -> JSONValue {
    switch value {
    case .string(let text): .string(mapped(text))
    case .array(let elements): .array(elements.map(mapped))
    case .object(let members):
      .object(Dictionary(members.map { (ids[$0.key] ?? $0.key, mapped($0.value)) }, uniquingKeysWith: { $1 }))
    default: value
    }
  }

  private func compare(_ recorded: JSONValue, _ actual: JSONValue, _ place: Comment) {
    #expect(Set(actual.object?.keys ?? [:].keys) == Set(recorded.object?.keys ?? [:].keys), place)
    if let results = recorded["results"]?.array {
      #expect(actual["results"]?.array?.count == results.count, place)
      #expect(Self.titles(actual) == Self.titles(recorded), place)
      #expect(actual["has_more"] == recorded["has_more"], place)
    }
    for (name, property) in recorded["properties"]?.object ?? [:] {
      let other = actual["properties"]?[name]
      #expect(Set(other?.object?.keys ?? [:].keys) == Set(property.object?.keys ?? [:].keys), "\(name), \(place)")
      #expect(Self.plain(other) == Self.plain(property), "\(name), \(place)")
    }
  }

  private static func titles(_ list: JSONValue) -> [String] {
    (list["results"]?.array ?? []).map { row in
      row["properties"]?.object?.values.first { $0["type"] == "title" }.map { RichText.plainText($0["title"]) } ?? ""
    }.sorted()
  }

  /// A value without the ids in it.
  private static func plain(_ value: JSONValue?) -> JSONValue? {
    switch value {
    case .object(let members)?:
      .object(members.filter { !hidden.contains($0.key) }.mapValues { plain($0) ?? .null })
    case .array(let elements)?: .array(elements.map { plain($0) ?? .null })
    default: value
    }
  }

  private static let hidden: Set = [
    "id", "database_id", "data_source_id", "synced_property_id", "option_ids", "name", "avatar_url", "person", "bot",
    "type", "color", "expression",
  ]
}

private let sessions = [
  "scenario-ultimate-2026-03-11-": [
    "create_db", "db_add_remove_data_source", "db_inline", "delete_blocks", "files_checkbox_query", "has_children",
    "create_basic_blocks", "lock_unlock_page", "max_children_length", "modify_basic_blocks",
    "more_than_max_page_size_pages", "more_than_max_refs_per_relation_property", "nested_blocks", "new_page_comment",
    "new_task_db", "people_relation_query", "place_property", "select_query", "text_query", "title_setter",
    "two_way_prop", "update_props",
  ],
  "scenario-ramnes-2025-09-03-": [
    "blocks_children_create", "blocks_children_list", "blocks_retrieve", "comments_create", "comments_delete",
    "comments_retrieve", "data_sources_create", "data_sources_query", "data_sources_retrieve", "databases_create",
    "databases_retrieve", "is_mention_rich_text_item_response", "iterate_paginated_api", "pages_create",
    "pages_retrieve", "pages_update", "search", "users_me",
  ],
  "scenario-ramnes-2022-06-28-": [
    "blocks_children_create", "blocks_delete", "comments_create", "databases_create", "databases_query",
    "databases_retrieve", "is_full_page_or_database", "iterate_paginated_api", "pages_create", "pages_delete",
    "search", "users_me",
  ],
].flatMap { source, names in names.map { source + $0 } }.sorted()

@Test(.enabled(if: Recordings.folder != nil, Recordings.comment), arguments: sessions)
func aRecordedSessionGoesTheSameWay(_ name: String) throws {
  var replay = try Replay(Bench())
  for (number, exchange) in try Recordings.exchanges(name).enumerated() {
    // E-mail addresses were replaced in the recordings, so what was found in them cannot be found again.
    if exchange["request"]?["body"]?["filter"]?["property"] == "Email" { continue }
    try replay.run(exchange, number: number)
  }
}
