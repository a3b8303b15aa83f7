import Basics
import Foundation
import HTTP
import Outbound
import Store
import TestSupport
import Testing

@testable import Notion

private let shared = ProcessInfo.processInfo.environment["GUILDHALL_SHARED"]

@Suite("Ids of Notion's")
struct NotionIDTests {
  @Test(arguments: [
    "393abc1eedcd8169b5cec64d3d3f20fd", "393ABC1E-EDCD-8169-B5CE-C64D3D3F20FD",
    "https://www.notion.so/Test-2026-07-04-393abc1eedcd8169b5cec64d3d3f20fd?v=1234567890abcdef1234567890abcdef",
    "https://app.notion.com/p/A-title-393abc1eedcd8169b5cec64d3d3f20fd#block",
  ])
  func areReadFromEveryForm(text: String) {
    #expect(PageID(text)?.rawValue == "393abc1e-edcd-8169-b5ce-c64d3d3f20fd")
  }

  @Test(arguments: [
    "", "abc", "393abc1eedcd8169b5cec64d3d3f20f", "393abc1eedcd8169b5cec64d3d3f20fg",
    "hello world 393abc1eedcd8169b5cec64d3d3f20fd",
  ])
  func otherTextIsNone(text: String) { #expect(PageID(text) == nil) }
}

@Suite("Values of properties")
struct PropertyTests {
  private func value(_ json: String) throws -> PropertyValue { try JSON.decode(Property.self, from: json).value }

  @Test(arguments: [
    (#"{"id":"a","type":"title","title":[{"plain_text":"Hello "},{"plain_text":"world"}]}"#, "Hello world"),
    (#"{"id":"a","type":"status","status":{"id":"x","name":"In progress","color":"blue"}}"#, "In progress"),
    (#"{"id":"a","type":"status","status":null}"#, ""), (#"{"id":"a","type":"number","number":3.0}"#, "3"),
    (#"{"id":"a","type":"number","number":1.5}"#, "1.5"), (#"{"id":"a","type":"number","number":null}"#, ""),
    (#"{"id":"a","type":"multi_select","multi_select":[{"name":"ui"},{"name":"net"}]}"#, "ui, net"),
    (
      #"{"id":"a","type":"people","people":[{"object":"user","id":"2200a911-6a96-44bb-bd38-6bfb1e01b9f6"}]}"#,
      "Somebody"
    ),
    (#"{"id":"a","type":"unique_id","unique_id":{"prefix":"LK","number":7}}"#, "LK-7"),
    (#"{"id":"a","type":"unique_id","unique_id":{"prefix":null,"number":7}}"#, "7"),
    (#"{"id":"a","type":"formula","formula":{"type":"boolean","boolean":true}}"#, "Yes"),
    (
      #"{"id":"a","type":"rollup","rollup":{"type":"array","array":[{"type":"number","number":2},{"type":"select","select":{"name":"x"}}],"function":"show_original"}}"#,
      "2, x"
    ),
    (
      #"{"id":"a","type":"date","date":{"start":"2026-01-01","end":"2026-01-02","time_zone":null}}"#,
      "2026-01-01 → 2026-01-02"
    ),
    (
      #"{"id":"a","type":"relation","relation":[{"id":"860753bb-6d1f-48de-9621-1fa6e0e31f82"}],"has_more":true}"#,
      "1+ linked"
    ),
    (#"{"id":"a","type":"button","button":{}}"#, ""), (#"{"id":"a","type":"a_type_of_tomorrow"}"#, ""),
    (#"{"id":"a","type":"formula","formula":{"type":"unsupported"}}"#, ""),
  ])
  func readAsPeopleReadThem(json: String, text: String) throws { #expect(try value(json).text == text) }
}

@Suite(
  "Recorded answers of Notion",
  .enabled(if: shared != nil, "GUILDHALL_SHARED is not set: recorded answers are not decoded"))
struct RecordedTests {
  /// Every answered body in every recording, by where it stands; read once.
  private static let bodies: [String: JSONValue] = {
    guard let folder = shared.map({ $0 + "/fixtures/notion" }) else { return [:] }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []  // none: the count below fails
    return names.filter { $0.hasPrefix("cases-") || $0.hasPrefix("scenario-") }.reduce(into: [:]) { bodies, name in
      let data = FileManager.default.contents(atPath: "\(folder)/\(name)") ?? Data()
      guard let file = try? JSON.decode(JSONValue.self, from: data) else { return }  // as above
      for (number, step) in ((file["steps"] ?? file).array ?? []).enumerated() {
        if let body = step["response"]?["body"] { bodies["\(name) \(number)"] = body }
      }
    }
  }()

  /// Everything in a body that is an object of this kind, however deep.
  private func objects(_ kind: String, in value: JSONValue) -> [JSONValue] {
    switch value {
    case .object(let members):
      (members["object"]?.string == kind ? [value] : []) + members.values.flatMap { objects(kind, in: $0) }
    case .array(let elements): elements.flatMap { objects(kind, in: $0) }
    default: []
    }
  }

  @Test func thereAreRecordings() { #expect(Self.bodies.count > 300) }

  @Test(arguments: bodies.keys.sorted()) func everyPageDataSourceAndDatabaseDecodes(_ name: String) throws {
    let body = try #require(Self.bodies[name])
    for page in objects("page", in: body) where page["properties"] != nil && page["created_time"] != nil {
      #expect(throws: Never.self) { try JSON.decode(Page.self, from: JSON.encode(page)) }
    }
    for source in objects("data_source", in: body) where source["properties"] != nil {
      #expect(throws: Never.self) { try JSON.decode(DataSource.self, from: JSON.encode(source)) }
    }
    for database in objects("database", in: body) {
      #expect(throws: Never.self) { try JSON.decode(Database.self, from: JSON.encode(database)) }
    }
    guard body["object"] == "error" else { return }
    let status = Int(body["status"]?.integer ?? 0)
    let refusal = NotionRefusal(IncomingResponse(status: status, body: try JSON.encode(body)))
    #expect(refusal.status == status && !refusal.code.isEmpty && !refusal.failure.sentence.isEmpty)
  }

  @Test(arguments: bodies.keys.sorted()) func noValueWeNameIsLost(_ name: String) throws {
    for page in objects("page", in: try #require(Self.bodies[name])) where page["created_time"] != nil {
      for (column, property) in page["properties"]?.object ?? [:] where property["type"]?.string != nil {
        let value = try JSON.decode(Property.self, from: JSON.encode(property)).value
        guard case .unsupported(let type) = value else { continue }
        #expect(["button", "verification", "place"].contains(type), "\(column) is \(type)")
      }
    }
  }
}

@Suite("Values longer than their row shows")
struct LongValueTests {
  private static let list = #"{"object":"list","type":"property_item","has_more":false,"next_cursor":null,"results":["#

  @Test(arguments: [
    (
      #"{"object":"property_item","id":"a","type":"people","people":{"object":"user","id":"2200a911-6a96-44bb-bd38-6bfb1e01b9f6","name":"Nelly"}}"#,
      "Nelly"
    ),
    (#"{"object":"property_item","id":"a","type":"rich_text","rich_text":{"plain_text":"Hello"}}"#, "Hello"),
    (#"{"object":"property_item","id":"title","type":"title","title":{"plain_text":"Hello"}}"#, "Hello"),
    (
      #"{"object":"property_item","id":"a","type":"relation","relation":{"id":"860753bb-6d1f-48de-9621-1fa6e0e31f82"}}"#,
      "1 linked"
    ),
    (#"{"object":"property_item","id":"a","type":"select","select":{"name":"P0"}}"#, "P0"),
  ])
  func anElementIsReadByItself(json: String, text: String) throws {
    #expect(try JSON.decode(PropertyItems.self, from: Self.list + json + "]}").values.map(\.text) == [text])
    #expect(try JSON.decode(PropertyItems.self, from: json).values.map(\.text) == [text])
  }

  @Test func onlyWhatMayBeCutAndIsShownIsAskedFor() throws {
    let ids = (0..<25).map { PageID("860753bb-6d1f-48de-9621-1fa6e0e3\(1000 + $0)")! }
    let pieces = (0..<25).map { RichText("\($0) ") }
    let page = Page(
      id: ids[0], createdTime: Timestamp(milliseconds: 0), lastEditedTime: Timestamp(milliseconds: 0),
      properties: [
        "Links": Property(id: "l", value: .relation(ids, hasMore: true)),
        "Full": Property(id: "f", value: .relation(ids, hasMore: false)),
        "Text": Property(id: "t", value: .richText(pieces)),
        "Short": Property(id: "s", value: .richText([RichText("x")])),
        "Hidden": Property(id: "h", value: .relation(ids, hasMore: true)),
      ])
    var client = NotionClient.failing
    client.propertyItems = { _, column, cursor in
      switch (column, cursor) {
      case ("l", nil): PropertyItems(ids.map { .relation([$0], hasMore: false) }, nextCursor: "2")
      case ("l", "2"): PropertyItems(ids.prefix(6).map { .relation([$0], hasMore: false) })
      case ("t", nil): PropertyItems((pieces + [RichText("end")]).map { .richText([$0]) })
      default: throw Failure(.unexpected, "\(column) was asked for")
      }
    }
    let (whole, calls) = try client.completed(page, columns: ["l", "f", "t", "s"])
    #expect(calls == 3 && whole["l"]?.text == "31 linked" && whole["t"]?.text.hasSuffix("24 end") == true)
    #expect(whole["h"]?.text == "25+ linked" && whole["f"] == page["f"])
  }

  @Test func groupsNestNoDeeperThanNotionTakes() {
    let either: JSONValue = ["or": [["a": 1], ["b": 2]]]
    #expect(RowQuery.all([]) == nil && RowQuery.all([either]) == either)
    #expect(RowQuery.all([["and": [either, ["c": 3]]], ["d": 4]]) == ["and": [either, ["c": 3], ["d": 4]]])
  }

  @Test func theOptionsOfAStatusAreGrouped() throws {
    let json =
      #"{"id":"s","name":"S","type":"status","status":{"options":[{"id":"1","name":"A"}],"groups":[{"id":"g","name":"Complete","color":"green","option_ids":["1"]}]}}"#
    #expect(try JSON.decode(Column.self, from: json).groups == [.init(name: "Complete", options: ["1"])])
  }
}

@Suite(
  "Documented answers of Notion",
  .enabled(if: shared != nil, "GUILDHALL_SHARED is not set: documented answers are not read"))
struct DocumentedTests {
  private func answers() throws -> [String: IncomingResponse] {
    let body = FileManager.default.contents(atPath: shared! + "/fixtures/notion/documented-shapes.json") ?? Data()
    return try Dictionary(
      uniqueKeysWithValues: JSON.decode([JSONValue].self, from: body).map { told in
        var answer = IncomingResponse(status: Int(told["response"]?["status"]?.integer ?? 0))
        let value = told["response"]?["body"] ?? .null
        answer.body = try value.string.map { Array($0.utf8) } ?? JSON.encode(value)
        for (name, header) in told["response"]?["headers"]?.object ?? [:] { answer.headers[name] = header.string }
        return (told["name"]?.string ?? "", answer)
      })
  }

  private static let refusals: [(String, Failure.Kind)] = [
    ("conflict_error", .unavailable), ("row_limit_exceeded", .denied), ("restricted_resource", .denied),
    ("restricted_resource_block_limit", .denied), ("missing_version", .invalid), ("multiple_data_sources", .invalid),
    ("text_too_long", .invalid), ("page_size_too_big", .invalid), ("bad_cursor", .invalid),
    ("archived_edit_refused", .invalid),
  ]

  @Test(arguments: refusals) func aRefusalHasTheRightKind(_ name: String, _ kind: Failure.Kind) throws {
    let refusal = NotionRefusal(try #require(try answers()[name]))
    #expect(refusal.failure.kind == kind)
    #expect(!refusal.code.isEmpty && refusal.failure.cause?.contains(refusal.message) == true)
  }

  private static let limits: [(String, Int64)] = [
    ("rate_limited_public_api_request_rate_limit", 7), ("rate_limited_public_api_space_request_rate_limit", 7),
    ("rate_limited_public_api_endpoint_rate_limit", 7), ("rate_limited_public_api_request_blocked", 3600),
    ("service_overload", 3),
  ]

  /// With the header, and without it: the body says it too.
  @Test(arguments: limits, [true, false])
  func aLimitIsRead(_ limit: (name: String, seconds: Int64), _ hasHeader: Bool) throws {
    var answer = try #require(try answers()[limit.name])
    if !hasHeader { answer.headers["Retry-After"] = nil }
    let now = Timestamp(seconds: 1_795_262_400)
    let refusal = try #require(Provider.notion.read(answer, at: now).refusal)
    #expect(refusal.isWholeConnection && refusal.until == now + .seconds(limit.seconds))
  }

  @Test func aCappedListIsIncomplete() throws {
    let page = try JSON.decode(RowPage.self, from: try #require(try answers()["query_capped_last_page"]).body)
    #expect(page.isIncomplete && page.rows.isEmpty && page.nextCursor == nil)
  }

  /// A write that was saved and answered 503 is looked for, not repeated; a page of the edge's tells nothing of rights.
  @Test(
    arguments: [
      ("write_saved_but_503", false, .outcomeUnknown), ("write_saved_but_503", true, .unavailable),
      ("edge_block_html", false, .unavailable),
    ] as [(String, Bool, Failure.Kind)])
  func whatIsNoAnswerIsNotTakenForOne(_ name: String, _ isRepeatable: Bool, _ kind: Failure.Kind) throws {
    let answer = try #require(try answers()[name])
    let outbound = Outbound(
      transport: { _ throws(TransportFailure) in answer }, volatile: try .inMemory(outboundMigrations), clock: .system)
    let client = NotionClient.live(
      outbound, base: "https://notion.example/v1",
      credentials: NotionCredentials("t", budgetKey: { _ in "c" }, renewed: { _ in nil }),
      urgency: .interactive, patience: .zero)
    let page = try #require(PageID("393abc1eedcd8169b5cec64d3d3f20fd"))
    let source = try #require(DataSourceID("393abc1eedcd8169b5cec64d3d3f20fd"))
    let told = #expect(throws: Failure.self) {
      _ = isRepeatable ? try client.updatePage(page, [:]) : try client.createPage(source, [:])
    }
    #expect(told?.kind == kind)
  }

  /// Connecting by OAuth, the introspection of tokens and webhooks' handshake are read elsewhere, if at all.
  @Test func noShapeIsForgotten() throws {
    let elsewhere = ["query_capped_last_page", "write_saved_but_503", "edge_block_html", "webhook_handshake"]
    let known = Set(Self.refusals.map(\.0) + Self.limits.map(\.0) + elsewhere)
    #expect(try answers().keys.filter { !known.contains($0) && !$0.hasPrefix("oauth_") } == [])
  }
}
