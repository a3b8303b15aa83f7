import Basics

extension RichText {
  /// `@somebody`, a page, or a date inside a text.
  static func mention(from input: Input, _ annotations: JSONValue, _ directory: Directory) throws -> JSONValue {
    _ = try input.object()
    if input["user"].isDefined { return try userMention(input["user"], annotations, directory) }
    if input["page"].isDefined { return try pageMention(input["page"], annotations, directory) }
    if input["date"].isDefined {
      let date = try DateValue.normalised(input["date"])
      return piece("date", date, shown: DateValue.text(date), href: nil, annotations)
    }
    throw APIError.fixOne("body", ["user", "date", "page"].map { input[$0].sentence("defined") })
  }

  private static func userMention(
    _ input: Input, _ annotations: JSONValue, _ directory: Directory
  ) throws -> JSONValue {
    let id = try input["id"].uuid()
    guard let user = try directory.user(id) else { throw APIError.notFound("user", id) }
    return piece("user", user, shown: "@" + (user["name"]?.string ?? "Anonymous"), href: nil, annotations)
  }

  private static func pageMention(
    _ input: Input, _ annotations: JSONValue, _ directory: Directory
  ) throws -> JSONValue {
    let id = try input["id"].uuid()
    guard let title = try directory.pageTitle(id) else { throw APIError.notFound("page", id) }
    let href = "https://app.notion.com/p/" + ObjectID.compact(id)
    return piece("page", ["id": .string(id)], shown: title.isEmpty ? "Untitled" : title, href: href, annotations)
  }

  private static func piece(
    _ kind: String, _ value: JSONValue, shown: String, href: String?, _ annotations: JSONValue
  ) -> JSONValue {
    [
      "type": "mention", "mention": .object(["type": .string(kind), kind: value]), "annotations": annotations,
      "plain_text": .string(shown), "href": href.map(JSONValue.string) ?? .null,
    ]
  }
}

/// `{start, end, time_zone}`: days, or instants with an offset.
enum DateValue {
  static func normalised(_ input: Input) throws -> JSONValue {
    _ = try input.object(orNull: true)
    let start = try moment(input["start"])
    let end = input["end"].isDefined && !input["end"].isNull ? try moment(input["end"]) : .null
    let zone = input["time_zone"]
    return [
      "start": start, "end": end,
      "time_zone": zone.isDefined && !zone.isNull ? .string(try zone.string()) : .null,
    ]
  }

  static func text(_ value: JSONValue?) -> String {
    [value?["start"]?.string, value?["end"]?.string].compactMap(\.self).joined(separator: " → ")
  }

  /// A day stays as it is; an instant reads back with milliseconds and its own offset.
  private static func moment(_ input: Input) throws -> JSONValue {
    let text = try input.string()
    guard Timestamp(iso8601: text) != nil else { throw input.fault("a valid ISO 8601 date string") }
    return .string(text.count <= 10 ? text : withMilliseconds(text))
  }

  private static func withMilliseconds(_ text: String) -> String {
    let clock = text.dropFirst(11).prefix { $0.isNumber || $0 == ":" || $0 == "." }
    let offset = text.dropFirst(11 + clock.count)
    let parts = clock.split(separator: ".")
    let time = parts[0].count == 5 ? parts[0] + ":00" : parts[0]
    let fraction = parts.count > 1 ? (parts[1] + "00").prefix(3) : "000"
    let zone = offset == "Z" || offset == "z" || offset.isEmpty ? "+00:00" : String(offset)
    return "\(text.prefix(10))T\(time).\(fraction)\(zone)"
  }
}
