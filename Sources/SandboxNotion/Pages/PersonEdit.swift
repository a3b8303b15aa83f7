import Basics
import Store

/// A change made by a person at the table: simple values, such as a form sends.
struct PersonEdit {
  let transaction: WriteTransaction
  let now: Timestamp
  var person = FirstContent.people[0].id

  private var editor: PageEditor { PageEditor(transaction: transaction, actor: person, now: now) }

  /// By name of the column; null and "" empty the cell. Unlike the API, people may add options to a status too.
  func apply(_ values: [String: JSONValue], to pageID: String) throws {
    guard let id = ObjectID.parse(pageID), let page = try transaction.anyPage(id) else {
      throw Failure.notFound("There is no page with this id.")
    }
    let source = try page.dataSourceID.flatMap(transaction.anyDataSource)
    let schema = source?.schema ?? .pageOnly
    var properties: [String: JSONValue] = [:]
    for (name, value) in values {
      guard let property = schema[nameOrID: name] else { throw Failure.invalid("There is no column “\(name)”.") }
      properties[property.name] = .object([property.type.rawValue: try Self.sent(value, property)])
    }
    try asFailure { _ = try editor.update(page, properties: Input("body.properties", .object(properties))) }
  }

  func setTrash(_ isInTrash: Bool, page pageID: String) throws {
    guard let id = ObjectID.parse(pageID), var page = try transaction.anyPage(id) else {
      throw Failure.notFound("There is no page with this id.")
    }
    page.isInTrash = isInTrash
    _ = try editor.touch(page)
  }

  func create(in sourceID: String, title: String) throws -> String {
    guard let source = try transaction.anyDataSource(sourceID) else {
      throw Failure.notFound("There is no table with this id.")
    }
    let changes = source.schema.title.map { [($0, RichText.plain(title) as JSONValue?)] } ?? []
    return try editor.create(changes, in: source, parent: .null).id
  }

  /// The simple value in the shape the API takes.
  static func sent(_ value: JSONValue, _ property: Property) throws -> JSONValue {
    let text = value.string ?? value.integer.map(String.init) ?? ""
    let list = (value.array ?? text.split(separator: ",").map { .string(String($0)) }).compactMap(\.string)
      .map { $0.trimmingSpaces() }.filter { !$0.isEmpty }
    switch property.type {
    case .title, .richText: return .array(pieces(of: text))
    case .number:
      if value.double != nil { return value }
      if text.isEmpty { return .null }
      guard let number = Double(text) else { throw Failure.invalid("“\(text)” is no number.") }
      return plainNumber(number)
    case .checkbox: return .bool(value.bool ?? ["on", "true", "1", "yes"].contains(text.lowercased()))
    case .select, .status: return text.isEmpty ? .null : ["name": .string(text)]
    case .multiSelect: return .array(list.map { ["name": .string($0)] })
    case .people, .relation: return .array(list.map { ["id": .string($0)] })
    case .date:
      let days = text.split(separator: "/", maxSplits: 1).map { JSONValue.string(String($0)) }
      return days.isEmpty ? .null : ["start": days[0], "end": days.count > 1 ? days[1] : .null]
    case .files:
      return .array(list.map { ["name": .string(fileName($0)), "external": ["url": .string($0)]] })
    case .url, .email, .phoneNumber: return text.isEmpty ? .null : .string(text)
    default: throw Failure.invalid("“\(property.name)” works itself out and cannot be edited.")
    }
  }

  private static func fileName(_ url: String) -> String {
    String((url.split(separator: "/").last ?? "file").prefix(100))
  }

  /// Pieces of at most 2,000 UTF-16 units, cut between characters.
  private static func pieces(of text: String) -> [JSONValue] {
    var pieces: [String] = [""]
    for character in text {
      if pieces[pieces.count - 1].utf16.count + String(character).utf16.count > 2000 { pieces.append("") }
      pieces[pieces.count - 1].append(character)
    }
    return pieces.filter { !$0.isEmpty }.map { ["text": ["content": .string($0)]] }
  }
}

extension String {
  func trimmingSpaces() -> String {
    String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
  }
}

/// The API's refusals, said to a person.
func asFailure<Value>(_ body: () throws -> Value) throws -> Value {
  do { return try body() } catch let error as APIError {
    throw Failure(error.status == 404 ? .notFound : .invalid, error.message)
  }
}
