import Basics
import HTTP
import Outbound

/// What we ask of Notion's API. A value of closures, so that a test says exactly what may be called.
public struct NotionClient: Sendable {
  public var me: @Sendable () throws -> Bot
  public var database: @Sendable (DatabaseID) throws -> Database
  public var dataSource: @Sendable (DataSourceID) throws -> DataSource
  public var query: @Sendable (DataSourceID, RowQuery) throws -> RowPage
  public var page: @Sendable (PageID) throws -> Page
  /// Sets absolute values, so it may be repeated. The keys are column names or ids.
  public var updatePage: @Sendable (PageID, [String: JSONValue]) throws -> Page
  /// Makes a row. Not to be repeated without looking: Notion has no idempotency keys.
  public var createPage: @Sendable (DataSourceID, [String: JSONValue]) throws -> Page
  /// A hundred members of the workspace, and where the next ones are.
  public var people: @Sendable (_ cursor: String?) throws -> PeoplePage

  /// Refuses every call until a member is replaced: for tests.
  public static let failing = NotionClient(
    me: { throw Failure(.unexpected, "me was called") },
    database: { _ in throw Failure(.unexpected, "database was called") },
    dataSource: { _ in throw Failure(.unexpected, "dataSource was called") },
    query: { _, _ in throw Failure(.unexpected, "query was called") },
    page: { _ in throw Failure(.unexpected, "page was called") },
    updatePage: { _, _ in throw Failure(.unexpected, "updatePage was called") },
    createPage: { _, _ in throw Failure(.unexpected, "createPage was called") },
    people: { _ in throw Failure(.unexpected, "people was called") })
}

extension NotionClient {
  /// - Parameters:
  ///   - base: the API without its version in the path, `https://api.notion.com/v1`.
  ///   - connection: names the token in budgets, without being it.
  ///   - urgency: whether people wait for what this client does.
  ///   - patience: how long a call may wait for the budget on the calling thread.
  public static func live(
    _ outbound: Outbound, base: String, token: String, connection: String, urgency: Urgency, patience: Duration
  ) -> NotionClient {
    let api = NotionAPI(
      outbound: outbound, base: base, token: token, connection: connection, urgency: urgency, patience: patience)
    return NotionClient(
      me: { try api.call(.get, "/users/me", route: "GET /users/me") },
      database: { try api.call(.get, "/databases/\($0)", route: "GET /databases") },
      dataSource: { try api.call(.get, "/data_sources/\($0)", route: "GET /data_sources") },
      query: { source, query in
        let filter = query.columns.map { "filter_properties=\($0)" }.joined(separator: "&")
        return try api.query("/data_sources/\(source)/query" + (filter.isEmpty ? "" : "?\(filter)"), query)
      },
      page: { try api.call(.get, "/pages/\($0)", route: "GET /pages") },
      updatePage: { page, properties in
        try api.call(.patch, "/pages/\(page)", ["properties": .object(properties)], route: "PATCH /pages")
      },
      createPage: { source, properties in
        let parent: JSONValue = ["type": "data_source_id", "data_source_id": .string(source.rawValue)]
        return try api.call(
          .post, "/pages", ["parent": parent, "properties": .object(properties)], route: "POST /pages",
          isRepeatable: false)
      },
      people: { cursor in
        try api.call(
          .get, "/users?page_size=100" + (cursor.map { "&start_cursor=\($0)" } ?? ""), route: "GET /users")
      })
  }
}

private struct NotionAPI: Sendable {
  let outbound: Outbound
  let base: String
  let token: String
  let connection: String
  let urgency: Urgency
  let patience: Duration

  func query(_ path: String, _ query: RowQuery) throws -> RowPage {
    try send(.post, path, query.body, route: "POST /data_sources/query", version: .v2025) { response in
      var page = try JSON.decode(RowPage.self, from: response.body)
      page.answeredAt = response.headers["Date"].flatMap { Timestamp(httpDate: $0) }
      return page
    }
  }

  /// - Parameter isRepeatable: most calls are: they read, or set absolute values.
  func call<Value: Decodable>(
    _ method: Method, _ path: String, _ body: JSONValue? = nil, route: String, version: NotionVersion = .v2025,
    isRepeatable: Bool = true
  ) throws -> Value {
    try send(method, path, body, route: route, version: version, isRepeatable: isRepeatable) {
      try JSON.decode(Value.self, from: $0.body)
    }
  }

  private func send<Value>(
    _ method: Method, _ path: String, _ body: JSONValue?, route: String, version: NotionVersion,
    isRepeatable: Bool = true, reading: (IncomingResponse) throws -> Value
  ) throws -> Value {
    var request = OutgoingRequest(method: method, url: base + path, totalDeadline: .seconds(30), maximumBytes: 32 << 20)
    request.headers = [
      "Authorization": "Bearer \(token)", "Notion-Version": version.rawValue, "User-Agent": "Guildhall/0.1",
    ]
    if let body {
      request.headers["Content-Type"] = "application/json"
      request.body = try JSON.encode(body)
    }
    let call = OutboundCall(
      request, of: .notion, connection: connection, route: route, urgency: urgency, isRepeatable: isRepeatable,
      patience: patience)
    return try outbound.send(call, to: .notion) { response in
      guard (200..<300).contains(response.status) else { throw NotionRefusal(response) }
      return try reading(response)
    }
  }
}
