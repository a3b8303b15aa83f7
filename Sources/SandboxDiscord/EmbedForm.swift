import Basics

/// Embeds as they are asked for, checked against Discord's limits, and as they are answered.
struct EmbedForm {
  private static let maximumTotal = 6000
  let embeds: [JSONValue]

  /// - Parameter name: the member of the form that holds the list.
  init?(_ form: Form, ids: Snowflakes) {
    guard form.mentions("embeds") else { return nil }
    var total = 0
    embeds = (form.forms("embeds", max: 10) ?? []).map { Self.embed($0, ids, &total) }
    if total > Self.maximumTotal {
      form.complain("MAX_EMBED_SIZE_EXCEEDED", "Embed size exceeds maximum size of 6000", at: "embeds")
    }
  }

  private static func embed(_ form: Form, _ ids: Snowflakes, _ total: inout Int) -> JSONValue {
    var embed: [String: JSONValue] = ["type": "rich", "content_scan_version": 0, "id": .string(ids.next())]
    embed["title"] = text(form, "title", 256, &total)
    embed["description"] = text(form, "description", 4096, &total)
    embed["url"] = address(form, "url")
    embed["color"] = form.integer("color", in: 0...16_777_215).map { .integer($0) }
    embed["timestamp"] = timestamp(form)
    embed["footer"] = part(form, "footer", text: "text", max: 2048, icon: "icon_url", isRequired: true, &total)
    embed["author"] = part(form, "author", text: "name", max: 256, icon: "icon_url", isRequired: true, &total)
    embed["image"] = picture(form, "image")
    embed["thumbnail"] = picture(form, "thumbnail")
    let fields = (form.forms("fields", max: 25) ?? []).map { field($0, &total) }
    if !fields.isEmpty { embed["fields"] = .array(fields) }
    if embed.count == 3 { form.complain("BASE_TYPE_REQUIRED", "This field is required", at: "description") }
    return .object(embed)
  }

  /// A text without the white space around it; it counts towards the total of all embeds.
  private static func text(
    _ form: Form, _ name: String, _ max: Int, isRequired: Bool = false, _ total: inout Int
  ) -> JSONValue? {
    guard form.has(name) || isRequired else { return nil }
    let trimmed = Form(
      .object([name: form.value[name]?.string.map { .string(trimming($0)) } ?? form.value[name] ?? .null]),
      path: form.path, complaints: form.complaints)
    guard let text = trimmed.string(name, max: max, isRequired: isRequired) else { return nil }
    if isRequired, text.isEmpty { form.complain("BASE_TYPE_REQUIRED", "This field is required", at: name) }
    total += text.unicodeScalars.count
    return text.isEmpty ? nil : .string(text)
  }

  private static func field(_ form: Form, _ total: inout Int) -> JSONValue {
    [
      "name": text(form, "name", 256, isRequired: true, &total) ?? "",
      "value": text(form, "value", 1024, isRequired: true, &total) ?? "",
      "inline": .bool(form.bool("inline") ?? false),
    ]
  }

  private static func part(
    _ form: Form, _ name: String, text key: String, max: Int, icon: String, isRequired: Bool, _ total: inout Int
  ) -> JSONValue? {
    guard let inner = form.form(name) else { return nil }
    var part: [String: JSONValue] = [:]
    part[key] = text(inner, key, max, isRequired: isRequired, &total)
    part["url"] = name == "author" ? address(inner, "url") : nil
    part[icon] = address(inner, icon)
    if let address = part[icon] { part["proxy_\(icon)"] = address }
    return .object(part)
  }

  private static func picture(_ form: Form, _ name: String) -> JSONValue? {
    guard let inner = form.form(name), let url = address(inner, "url") else { return nil }
    return ["url": url, "proxy_url": url, "width": 0, "height": 0, "flags": 0, "content_type": "image/png"]
  }

  private static func timestamp(_ form: Form) -> JSONValue? {
    guard let text = form.string("timestamp") else { return nil }
    if let time = Timestamp(iso8601: text) { return .string(time.discordText) }
    form.complain("DATE_TIME_TYPE_PARSE", "Could not parse \(text). Should be ISO8601.", at: "timestamp")
    return nil
  }
}

/// An http, https or attachment address; a complaint for any other.
private func address(_ form: Form, _ name: String) -> JSONValue? {
  guard let text = form.string(name, max: 2048), !text.isEmpty else { return nil }
  let scheme = text.prefix { $0 != ":" }.lowercased()
  if ["http", "https", "attachment"].contains(scheme), text.contains("://") { return .string(text) }
  form.complain(
    "URL_TYPE_INVALID_SCHEME",
    "\"\(text.prefix(100))\" is not a valid URL scheme. Scheme must be one of ('http', 'https', 'attachment').",
    at: name)
  return nil
}

func trimming(_ text: String) -> String {
  var rest = text.unicodeScalars[...]
  while rest.first?.properties.isWhitespace == true { rest.removeFirst() }
  while rest.last?.properties.isWhitespace == true { rest.removeLast() }
  return String(rest)
}
