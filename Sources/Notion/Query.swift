import Basics

/// A question to a table (Notion: query a data source). At most 100 rows an answer.
public struct RowQuery: Sendable {
  /// By which of a row's two times rows are asked for: oldest first, so that a reading can be cut into windows.
  public enum Order: String, Sendable {
    case created = "created_time"
    case edited = "last_edited_time"
  }

  public var filter: JSONValue?
  public var order: Order
  public var isNewestFirst = false
  public var cursor: String?
  public var pageSize = 100
  /// Percent-encoded column ids; empty asks for every column.
  public var columns: [String]

  public init(filter: JSONValue? = nil, order: Order, columns: [String] = []) {
    self.filter = filter
    self.order = order
    self.columns = columns
  }

  /// Rows whose time lies in that minute or later.
  public static func since(_ time: Timestamp, by order: Order) -> JSONValue {
    .object(["timestamp": .string(order.rawValue), order.rawValue: ["on_or_after": .string(time.description)]])
  }

  /// Rows whose select, status, multi-select or checkbox ("Yes", "No") column says this, or does not; "" means empty.
  public static func `where`(_ column: String, _ type: String, is value: String, isNot: Bool = false) -> JSONValue {
    let condition: JSONValue =
      switch type {
      case _ where value.isEmpty: [isNot ? "is_not_empty" : "is_empty": true]
      case "checkbox": ["equals": .bool((value == "Yes") != isNot)]
      case "multi_select": [isNot ? "does_not_contain" : "contains": .string(value)]
      default: [isNot ? "does_not_equal" : "equals": .string(value)]
      }
    return .object(["property": .string(column), type: condition])
  }

  /// All of these at once; nil when there is none. Groups may nest two levels only (Notion: filter), so groups that mean
  /// "and" themselves are taken apart.
  public static func all(_ conditions: [JSONValue]) -> JSONValue? {
    let flat = conditions.flatMap { $0["and"]?.array ?? [$0] }
    return flat.count > 1 ? ["and": .array(flat)] : flat.first
  }

  var body: JSONValue {
    var members: [String: JSONValue] = [
      "page_size": .integer(Int64(pageSize)),
      "sorts": [["timestamp": .string(order.rawValue), "direction": isNewestFirst ? "descending" : "ascending"]],
    ]
    if let filter { members["filter"] = filter }
    if let cursor { members["start_cursor"] = .string(cursor) }
    return .object(members)
  }
}

/// Some rows, and where the next ones are.
public struct RowPage: Decodable, Sendable {
  public let rows: [Page]
  public let nextCursor: String?
  /// Notion stopped early (10,000 rows a query): what is missing is not known to be gone.
  public let isIncomplete: Bool
  /// When Notion answered, by its own clock.
  public internal(set) var answeredAt: Timestamp?

  enum CodingKeys: String, CodingKey {
    case results
    case nextCursor = "next_cursor"
    case status = "request_status"
  }

  private struct Status: Decodable { let type: String }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    rows = try container.decode([Page].self, forKey: .results)
    nextCursor = try container.decodeIfPresent(String.self, forKey: .nextCursor)
    isIncomplete = try container.decodeIfPresent(Status.self, forKey: .status)?.type == "incomplete"
  }

  public init(rows: [Page], nextCursor: String? = nil, isIncomplete: Bool = false, answeredAt: Timestamp? = nil) {
    self.rows = rows
    self.nextCursor = nextCursor
    self.isIncomplete = isIncomplete
    self.answeredAt = answeredAt
  }
}

extension JSONValue {
  /// Plain text as a rich text value, for writing; in pieces of Notion's 2,000 characters.
  public static func richText(_ text: String) -> JSONValue {
    var pieces: [JSONValue] = []
    var piece = ""
    for character in text {
      if piece.utf16.count + character.utf16.count > 2000 {
        pieces.append(["type": "text", "text": ["content": .string(piece)]])
        piece = ""
      }
      piece.append(character)
    }
    if !piece.isEmpty { pieces.append(["type": "text", "text": ["content": .string(piece)]]) }
    return .array(pieces)
  }
}
