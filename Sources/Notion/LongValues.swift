import Basics

/// Elements of a value that is too long for its row.
public struct PropertyItems: Decodable, Sendable {
  public let values: [PropertyValue]
  public let nextCursor: String?

  enum CodingKeys: String, CodingKey {
    case results
    case nextCursor = "next_cursor"
  }

  public init(_ values: [PropertyValue], nextCursor: String? = nil) {
    self.values = values
    self.nextCursor = nextCursor
  }

  /// A value that cannot be long is answered by itself, not as a list.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let isList = container.contains(.results)
    let items = isList ? try container.decode([Item].self, forKey: .results) : [try Item(from: decoder)]
    values = items.map(\.value)
    nextCursor = try container.decodeIfPresent(String.self, forKey: .nextCursor)
  }

  /// Where a row shows a list, an item shows its one element.
  private struct Item: Decodable {
    let value: PropertyValue

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: DynamicKey.self)
      let type = try container.decode(String.self, forKey: "type")
      let key = DynamicKey(type)
      value = try Self.one(in: container, key, type) ?? PropertyValue(in: container, type: type)
    }

    private static func one(
      in container: KeyedDecodingContainer<DynamicKey>, _ key: DynamicKey, _ type: String
    ) -> PropertyValue? {
      func element<Value: Decodable>(_ type: Value.Type) -> Value? { try? container.decode(type, forKey: key) }  // or a list
      return switch type {
      case "title", "rich_text": element(RichText.self).map { .richText([$0]) }
      case "people": element(Person.self).map { .people([$0]) }
      case "relation": element(Reference.self).map { .relation([$0.id], hasMore: false) }
      default: nil
      }
    }

    private struct Reference: Decodable { let id: PageID }
  }
}

extension PropertyValue {
  /// Notion: retrieve a page, limits. What refers to other things is cut at so many.
  static let shownElements = 25

  /// Whether there may be more of the value than its row shows. Only relations say so; of the others, those with exactly
  /// as many elements as are shown at most.
  var mayBeCut: Bool {
    switch self {
    case .relation(_, let hasMore): hasMore
    case .people(let people): people.count == Self.shownElements
    case .title(let pieces), .richText(let pieces): pieces.count == Self.shownElements
    case .computed(.list(let values)): values.count == Self.shownElements
    default: false
    }
  }

  /// The whole of the value, put together from its elements.
  fileprivate func whole(_ elements: [PropertyValue]) -> PropertyValue {
    switch self {
    case .title: .title(elements.flatMap(\.pieces))
    case .richText: .richText(elements.flatMap(\.pieces))
    case .people: .people(elements.flatMap(\.members))
    case .relation: .relation(elements.flatMap(\.pages), hasMore: false)
    case .computed(.list): .computed(.list(elements))
    default: self
    }
  }

  private var pieces: [RichText] {
    switch self {
    case .title(let pieces), .richText(let pieces): pieces
    default: []
    }
  }

  private var members: [Person] { if case .people(let people) = self { people } else { [] } }
  private var pages: [PageID] { if case .relation(let pages, _) = self { pages } else { [] } }
}

extension NotionClient {
  /// The row with the whole of what these columns hold, and how many calls that took: nearly always none.
  public func completed(_ page: Page, columns: [String]) throws -> (page: Page, calls: Int) {
    var (properties, calls) = (page.properties, 0)
    for (name, property) in page.properties where columns.contains(property.id) && property.value.mayBeCut {
      var elements: [PropertyValue] = []
      var cursor: String?
      repeat {
        let items = try propertyItems(page.id, property.id, cursor)
        calls += 1
        elements += items.values
        cursor = items.nextCursor
      } while cursor != nil
      properties[name] = Property(id: property.id, value: property.value.whole(elements))
    }
    return (calls == 0 ? page : page.with(properties), calls)
  }
}

extension Page {
  fileprivate func with(_ properties: [String: Property]) -> Page {
    Page(
      id: id, createdTime: createdTime, lastEditedTime: lastEditedTime, isTrashed: isTrashed, parent: parent, url: url,
      properties: properties)
  }
}
