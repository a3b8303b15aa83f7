import Accounts
import Basics

/// What programs are told of an address under /api: the part of its OpenAPI description that the route and its access do
/// not say themselves.
public struct APIOperation: Sendable {
  /// Unique among all, for clients that are generated.
  let id: String
  let summary: String
  let query: [APIParameter]
  /// The status of success, and the name of its schema.
  let status: Int
  let schema: String
  /// What a body must be; nil where none is read.
  let body: JSONValue?
  /// A scope with which the answer holds more.
  let more: APIScope?

  init(
    _ id: String, _ summary: String, query: [APIParameter] = [], answers status: Int, _ schema: String,
    body: JSONValue? = nil, more: APIScope? = nil
  ) {
    self.id = id
    self.summary = summary
    self.query = query
    self.status = status
    self.schema = schema
    self.body = body
    self.more = more
  }
}

/// A field of the query.
public struct APIParameter: Sendable {
  let name: String
  let schema: JSONValue
  let description: String
  let isRequired: Bool

  init(_ name: String, _ schema: JSONValue, _ description: String, isRequired: Bool = false) {
    self.name = name
    self.schema = schema
    self.description = description
    self.isRequired = isRequired
  }
}
