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
  /// Up to a hundred elements of a long value, and where the next ones are (Notion: retrieve a page property item).
  public var propertyItems: @Sendable (PageID, _ column: String, _ cursor: String?) throws -> PropertyItems
  /// Tables shown to us whose titles hold these words, the ones edited last first; a hundred at most. Notion's index is
  /// late and not exhaustive.
  public var findTables: @Sendable (_ words: String) throws -> [FoundTable]
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
    propertyItems: { _, _, _ in throw Failure(.unexpected, "propertyItems was called") },
    findTables: { _ in throw Failure(.unexpected, "findTables was called") },
    people: { _ in throw Failure(.unexpected, "people was called") })
}

extension NotionClient {
  /// - Parameters:
  ///   - base: the API without its version in the path, `https://api.notion.com/v1`.
  ///   - credentials: the token, and what becomes of it when Notion refuses it.
  ///   - urgency: whether people wait for what this client does.
  ///   - patience: how long a call may wait for the budget on the calling thread.
  public static func live(
    _ outbound: Outbound, base: String, credentials: NotionCredentials, urgency: Urgency, patience: Duration
  ) -> NotionClient {
    let api = NotionAPI(
      outbound: outbound, base: base, credentials: credentials, urgency: urgency, patience: patience)
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
      propertyItems: { page, column, cursor in
        let path = "/pages/\(page)/properties/\(column)?page_size=100" + (cursor.map { "&start_cursor=\($0)" } ?? "")
        return try api.call(.get, path, route: "GET /pages/properties")
      },
      findTables: { words in
        let found: FoundTables = try api.call(
          .post, "/search",
          [
            "query": .string(words), "filter": ["property": "object", "value": "data_source"], "page_size": 100,
            "sort": ["timestamp": "last_edited_time", "direction": "descending"],
          ], route: "POST /search")
        return found.tables
      },
      people: { cursor in
        try api.call(
          .get, "/users?page_size=100" + (cursor.map { "&start_cursor=\($0)" } ?? ""), route: "GET /users")
      })
  }
}

/// The token a client calls with.
public struct NotionCredentials: Sendable {
  let token: String
  /// Names a token in budgets, without telling it.
  let budgetKey: @Sendable (_ token: String) -> String
  /// The token that holds after this one was refused; nil when it was the last.
  let renewed: @Sendable (_ refused: String) throws -> String?

  public init(
    _ token: String, budgetKey: @escaping @Sendable (String) -> String,
    renewed: @escaping @Sendable (_ refused: String) throws -> String?
  ) {
    self.token = token
    self.budgetKey = budgetKey
    self.renewed = renewed
  }
}

private struct NotionAPI: Sendable {
  let outbound: Outbound
  let base: String
  let credentials: NotionCredentials
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
    request.headers = ["Notion-Version": version.rawValue, "User-Agent": "Guildhall/\(Version.current)"]
    if let body {
      request.headers["Content-Type"] = "application/json"
      request.body = try JSON.encode(body)
    }
    func attempt(_ token: String) throws -> Value {
      var request = request
      request.headers["Authorization"] = "Bearer \(token)"
      let call = OutboundCall(
        request, of: .notion, connection: credentials.budgetKey(token), route: route, urgency: urgency,
        isRepeatable: isRepeatable, patience: patience)
      return try outbound.send(call, to: .notion) { response in
        guard (200..<300).contains(response.status) else { throw NotionRefusal(response) }
        return try reading(response)
      }
    }
    do { return try attempt(credentials.token) } catch let failure as Failure where failure.kind == .unauthenticated {
      // Refused, so nothing was done with it.
      guard let token = try credentials.renewed(credentials.token) else { throw failure }
      return try attempt(token)
    }
  }
}
