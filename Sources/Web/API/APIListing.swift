import Basics
import Discord
import HTTP
import Signatures

/// Which part of a list a program wants: `limit` entries behind the `cursor` of the page before.
struct APIListing: Sendable {
  static let most = 200
  let limit: Int
  let after: UInt64?

  init(_ query: Fields) throws {
    let limit = try query.single("limit")
    guard let number = limit.map(Int.init) ?? 50, (1...Self.most).contains(number) else {
      throw Failure.invalid("“limit” is a number from 1 to \(Self.most).")
    }
    self.limit = number
    let cursor = try query.single("cursor")
    after = cursor.flatMap { Snowflake<Self>($0) }.flatMap { Int64($0.rawValue) }.map { UInt64($0) }
    if cursor != nil && after == nil { throw Failure.invalid("This “cursor” is not one that a page here ends with.") }
  }

  static let parameters = [
    APIParameter(
      "limit", ["type": "integer", "minimum": 1, "maximum": .integer(Int64(most)), "default": 50],
      "How many entries at most."),
    APIParameter("cursor", snowflakeSchema, "The “next” of the page before."),
  ]

  /// The part of all entries, in the order of their ids.
  func page<Entry: APIEntry>(of entries: [Entry]) -> Page<Entry> {
    let behind = entries.filter { $0.place > (after ?? 0) || after == nil }.sorted { $0.place < $1.place }
    return Page(Array(behind.prefix(limit)), hasMore: behind.count > limit)
  }

  struct Page<Entry: APIEntry>: Encodable {
    let items: [Entry]
    let next: String?

    init(_ items: [Entry], hasMore: Bool) {
      self.items = items
      next = hasMore ? items.last?.id : nil
    }

    enum CodingKeys: String, CodingKey { case items, next }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(items, forKey: .items)
      try container.encode(next, forKey: .next)
    }
  }
}

/// Something with an id of Discord's, as programs read it.
protocol APIEntry: Encodable, Sendable {
  var id: String { get }
}

extension APIEntry {
  fileprivate var place: UInt64 { UInt64(id) ?? 0 }
}

/// An id of Discord's, in decimal; the schema takes what fits into 63 bits.
let snowflakeSchema: JSONValue = ["type": "string", "pattern": "^([0-9]{1,18}|[1-8][0-9]{18})$"]

extension Response {
  /// JSON with a tag of its content, and 304 for a program that has it already (RFC 9110, 13.1.2).
  static func tagged(_ value: some Encodable, for request: Request) throws -> Response {
    var response = try Response.json(value)
    let tag = "\"\(SHA256.hexadecimalDigest(response.body).prefix(32))\""
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = "private, no-cache"
    let known = request.headers.all("If-None-Match").flatMap { $0.split(separator: ",") }.map { word in
      let bare = word.drop { $0 == " " }
      return String(bare.hasPrefix("W/") ? bare.dropFirst(2) : bare).filter { $0 != " " }
    }
    guard known.contains(tag) || known.contains("*") else { return response }
    response.status = 304
    response.body = []
    response.headers["Content-Type"] = nil
    return response
  }
}
