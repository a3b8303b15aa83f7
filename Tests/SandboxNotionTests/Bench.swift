import Basics
import Foundation
import HTTP
import Pages
import SandboxStage
import Store
import Synchronization
import Testing

@testable import SandboxNotion

/// The stand-in on an empty store behind a router, with a clock that stands still until it is moved.
struct Bench: Sendable {
  let stage: Stage
  let router: Router
  let known: NotionSandbox.Identities
  let courier: EventCourier
  let mail = Mail()
  private let time: Clock

  final class Clock: Sendable {
    let now = Mutex(Timestamp(iso8601: "2026-11-21T10:20:42.500Z")!)
  }

  init() throws {
    let time = Clock()
    let store = try DataStore.inMemory()
    _ = try store.migrate(Stage.migrations + NotionSandbox.migrations)
    stage = Stage(
      store: store, clock: WallClock { time.now.withLock { $0 } }, publicURL: "http://sandbox.test",
      pages: try PageLibrary(targets: ["SandboxStage", "SandboxNotion"]))
    courier = EventCourier(stage: stage, transport: mail.transport)
    router = Router(
      try NotionSandbox.routes(stage, courier: courier) + stage.routes(corners: [NotionSandbox.corner(stage)]))
    known = try NotionSandbox.identities(stage)
    self.time = time
  }

  /// For tests that only read: filled once.
  static let shared = Result { try Bench() }

  func move(by interval: Duration) { time.now.withLock { $0 = $0 + interval } }

  @discardableResult
  func call(
    _ method: Method, _ path: String, _ body: JSONValue? = nil, version: String? = "2025-09-03", token: String? = nil
  ) throws -> Answer {
    let parts = path.split(separator: "?", maxSplits: 1)
    var request = Request(
      method: method, path: "/sandbox/notion/v1\(parts[0])",
      headers: ["Authorization": "Bearer \(token ?? known.token)", "Content-Type": "application/json"])
    if parts.count > 1 { request.query = Fields(encoded: parts[1]) }
    if let version { request.headers["Notion-Version"] = version }
    if let body { request.body = try JSON.encode(body) }
    return try Answer(router.answer(request))
  }

  func query(_ body: JSONValue = [:], source: String? = nil, version: String = "2025-09-03") throws -> Answer {
    try call(.post, "/data_sources/\(source ?? known.dataSourceID)/query", body, version: version)
  }

  /// The titles of all rows that match, in order.
  func titles(_ filter: JSONValue, sorts: JSONValue = [], source: String) throws -> [String] {
    let answer = try query(["filter": filter, "sorts": sorts], source: source)
    #expect(answer.status == 200, "\(answer.message)")
    return answer.results.map { row in
      row["properties"]?.object?.values.first { $0["type"] == "title" }.map { RichText.plainText($0["title"]) } ?? ""
    }
  }

  /// A table of its own under the home page.
  func table(_ columns: JSONValue, version: String = "2025-09-03") throws -> (database: String, source: String) {
    let answer = try call(
      .post, "/databases",
      [
        "parent": ["type": "page_id", "page_id": .string(Constants.homePageID)],
        "title": [["text": ["content": "Test table"]]], "initial_data_source": ["properties": columns],
      ], version: version)
    #expect(answer.status == 200, "\(answer.message)")
    return (answer.body["id"]?.string ?? "", answer.body["data_sources"]?[0]?["id"]?.string ?? "")
  }

  func row(_ properties: JSONValue, in source: String) throws -> Answer {
    try call(.post, "/pages", ["parent": ["data_source_id": .string(source)], "properties": properties])
  }
}

struct Answer {
  let status: Int
  let headers: Headers
  let body: JSONValue

  init(_ response: Response) throws {
    status = response.status
    headers = response.headers
    body = try JSON.decode(JSONValue.self, from: response.body)
  }

  var message: String { body["message"]?.string ?? "" }
  var code: String { body["code"]?.string ?? "" }
  var results: [JSONValue] { body["results"]?.array ?? [] }
  var id: String { body["id"]?.string ?? "" }

  /// Where the list goes on; nil at its end.
  var next: String? { body["next_cursor"]?.string }

  func value(_ property: String) -> JSONValue? {
    let member = body["properties"]?[property]
    return member?[member?["type"]?.string ?? ""]
  }
}

/// The folder of recorded traffic.
enum Recordings {
  static let folder = ProcessInfo.processInfo.environment["GUILDHALL_SHARED"].map { $0 + "/fixtures/notion/" }
  static let comment: Comment = "GUILDHALL_SHARED is unset, so recorded answers are not compared."

  static func exchanges(_ name: String) throws -> [JSONValue] {
    let path = try #require(folder) + name + ".json"
    let data = try #require(FileManager.default.contents(atPath: path), "\(path) cannot be read.")
    let value = try JSON.decode(JSONValue.self, from: Array(data))
    return value.array ?? value["steps"]?.array ?? []
  }
}
