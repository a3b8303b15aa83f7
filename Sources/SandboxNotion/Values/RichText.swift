import Basics

/// Who and what a value may point at; looked up while a value is checked.
struct Directory {
  /// The full user, or nil.
  let user: (String) throws -> JSONValue?
  /// The plain title of a page that is shared, or nil.
  let pageTitle: (String) throws -> String?
}

/// Rich text: arrays of pieces with a text, its annotations and what it links to.
enum RichText {
  static let plainAnnotations: JSONValue = [
    "bold": false, "italic": false, "strikethrough": false, "underline": false, "code": false, "color": "default",
  ]

  /// One piece as Notion answers it.
  static func piece(_ content: String, link: String? = nil, annotations: JSONValue = plainAnnotations) -> JSONValue {
    let linkValue: JSONValue = link.map { ["url": .string($0)] } ?? .null
    return [
      "type": "text", "text": ["content": .string(content), "link": linkValue], "annotations": annotations,
      "plain_text": .string(content), "href": link.map(JSONValue.string) ?? .null,
    ]
  }

  static func plain(_ text: String) -> JSONValue { text.isEmpty ? [] : [piece(text)] }

  static func plainText(_ value: JSONValue?) -> String {
    (value?.array ?? []).compactMap { $0["plain_text"]?.string }.joined()
  }

  /// Checks what was sent and answers it as it reads back: complete, without empty pieces, equal neighbours merged.
  static func normalised(_ input: Input, _ directory: Directory) throws -> JSONValue {
    let pieces = try input.array(upTo: 100).map { try piece(from: $0, directory) }
    return .array(merged(pieces.filter { $0["plain_text"] != "" }))
  }

  private static func piece(from input: Input, _ directory: Directory) throws -> JSONValue {
    _ = try input.object()
    let annotations = try annotations(from: input["annotations"])
    if input["text"].isDefined { return try text(from: input["text"], annotations) }
    if input["mention"].isDefined { return try mention(from: input["mention"], annotations, directory) }
    if input["equation"].isDefined { return try equation(from: input["equation"], annotations) }
    throw APIError.fixOne(
      String(input.path.prefix { $0 != "." }),
      ["text", "mention", "equation"].map { input[$0].sentence("defined") })
  }

  private static func text(from input: Input, _ annotations: JSONValue) throws -> JSONValue {
    let content = try input["content"].string(upTo: 2000)
    let link = input["link"]
    guard link.isDefined, !link.isNull else { return piece(content, annotations: annotations) }
    _ = try link.object(orNull: true)
    return piece(content, link: try link["url"].string(upTo: 2000), annotations: annotations)
  }

  private static func equation(from input: Input, _ annotations: JSONValue) throws -> JSONValue {
    let expression = JSONValue.string(try input["expression"].string(upTo: 1000))
    return [
      "type": "equation", "equation": ["expression": expression], "annotations": annotations,
      "plain_text": expression, "href": .null,
    ]
  }

  private static func annotations(from input: Input) throws -> JSONValue {
    guard input.isDefined else { return plainAnnotations }
    var members = plainAnnotations.object ?? [:]
    for (name, _) in try input.object() {
      guard members[name] != nil else { throw input[name].fault("not present") }
      members[name] =
        name == "color" ? .string(try input[name].choice(Colors.text)) : .bool(try input[name].bool())
    }
    return .object(members)
  }

  private static func merged(_ pieces: [JSONValue]) -> [JSONValue] {
    var result: [JSONValue] = []
    for piece in pieces {
      guard let last = result.last, let joined = joined(last, piece) else {
        result.append(piece)
        continue
      }
      result[result.count - 1] = joined
    }
    return result
  }

  private static func joined(_ left: JSONValue, _ right: JSONValue) -> JSONValue? {
    guard left["type"] == "text", right["type"] == "text", left["annotations"] == right["annotations"],
      left["href"] == right["href"], let before = left["plain_text"]?.string, let after = right["plain_text"]?.string,
      before.utf16.count + after.utf16.count <= 2000
    else { return nil }
    return piece(before + after, link: left["href"]?.string, annotations: left["annotations"] ?? plainAnnotations)
  }
}

enum Colors {
  static let option = ["default", "gray", "brown", "orange", "yellow", "green", "blue", "purple", "pink", "red"]
  static let text = option + option.map { $0 + "_background" }
}
