import Basics

/// Values of a page on their way in: checked as Notion checks them, answered as they are kept.
///
/// Kept are ids where Notion keeps ids (options, people, related pages), so that a renamed option is renamed everywhere.
struct Writing {
  /// Grows when a new option of a select is used (Notion makes the option).
  var schema: Schema
  let directory: Directory

  /// What `properties` of a page asks for, by property id; nil empties the value.
  mutating func values(_ input: Input) throws -> [(property: Property, value: JSONValue?)] {
    let sent = try input.object().keys.sorted().map { ($0, Input("\(input.path).\($0)", input.value?[$0])) }
    let typed = try sent.map { (key: $0.0, content: try content(of: $0.1, named: $0.0)) }
    let faults = typed.compactMap { fault(of: $0.key, $0.content.type) }
    guard faults.isEmpty else { throw APIError.validation(faults.joined(separator: " ")) }
    return try typed.map { entry in
      guard let index = schema.index(nameOrID: entry.key) else { throw APIError.invalidURL }
      let value = try stored(entry.content.input, at: index)
      return (schema.properties[index], value)
    }
  }

  private func fault(of key: String, _ type: PropertyType) -> String? {
    guard let property = schema[nameOrID: key] else { return "\(key) is not a property that exists." }
    return property.type == type ? nil : "\(key) is expected to be \(property.type.rawValue)."
  }

  /// Which type was sent, and where its value is: `{"number": 3}`, `{"type": "number", "number": 3}`, or a bare list.
  private func content(of input: Input, named key: String) throws -> (type: PropertyType, input: Input) {
    guard let value = input.value, !input.isNull else { throw input.fault("an object") }
    if value.array != nil {
      let type = schema[nameOrID: key]?.type ?? .title
      if type.isList { return (type, input) }
    }
    let members = try input.object()
    let declared = members["type"]?.string.flatMap(PropertyType.init(rawValue:))
    let named = PropertyType.writable.first { members[$0.rawValue] != nil }
    guard let type = declared ?? named, type.isWritable, members[type.rawValue] != nil else {
      throw APIError.fixOne("body", PropertyType.writable.map { input[$0.rawValue].sentence("defined") })
    }
    return (type, input[type.rawValue])
  }

  private mutating func stored(_ input: Input, at index: Int) throws -> JSONValue? {
    let property = schema.properties[index]
    switch property.type {
    case .title, .richText: return nonEmpty(try RichText.normalised(input, directory))
    case .number: return try number(input)
    case .checkbox: return try input.bool() ? true : nil
    case .select, .status: return input.isNull ? nil : try option(input, at: index)
    case .multiSelect: return nonEmpty(try options(input, at: index))
    case .date: return input.isNull ? nil : try DateValue.normalised(input)
    case .people: return nonEmpty(try people(input))
    case .files: return nonEmpty(try FileValue.normalised(input))
    case .relation: return nonEmpty(try related(input))
    case .url: return try text(input, upTo: 2000)
    case .email, .phoneNumber: return try text(input, upTo: 200)
    case .place: return input.isNull ? nil : try place(input)
    default: throw input.fault("not present")
    }
  }

  private func nonEmpty(_ value: JSONValue) -> JSONValue? { value.array?.isEmpty == true ? nil : value }

  private func number(_ input: Input) throws -> JSONValue? {
    if input.isNull { return nil }
    guard let value = input.value, value.double != nil else { throw input.fault("a number or `null`") }
    return value
  }

  private func text(_ input: Input, upTo limit: Int) throws -> JSONValue? {
    if input.isNull { return nil }
    let text = try input.string(upTo: limit, orNull: true)
    if text.isEmpty { throw Input("\(input.path).length", nil).fault("≥ `1`", instead: 0) }
    return .string(text)
  }

  private func place(_ input: Input) throws -> JSONValue {
    var members: [String: JSONValue] = [:]
    for name in ["lat", "lon"] {
      guard let number = input[name].value, number.double != nil else { throw input[name].fault("a number") }
      members[name] = number
    }
    for name in ["name", "address", "aws_place_id", "google_place_id"] {
      members[name] = input[name].isDefined && !input[name].isNull ? .string(try input[name].string()) : .null
    }
    return .object(members)
  }

  private func people(_ input: Input) throws -> JSONValue {
    .array(
      try input.array(upTo: 100).map { element in
        let id = try element["id"].uuid()
        guard try directory.user(id) != nil else { throw APIError.notFound("user", id) }
        return .string(id)
      })
  }

  private func related(_ input: Input) throws -> JSONValue {
    var ids: [JSONValue] = []
    for element in try input.array(upTo: 100) {
      let id = try element["id"].uuid()
      guard try directory.pageTitle(id) != nil else { throw APIError.notFound("page", id) }
      if !ids.contains(.string(id)) { ids.append(.string(id)) }
    }
    return .array(ids)
  }
}

extension Writing {
  private mutating func options(_ input: Input, at index: Int) throws -> JSONValue {
    var ids: [JSONValue] = []
    for element in try input.array(upTo: 100) {
      let id = try option(element, at: index)
      if !ids.contains(id) { ids.append(id) }
    }
    return .array(ids)
  }

  /// The id of the option that was named by name or id.
  private mutating func option(_ input: Input, at index: Int) throws -> JSONValue {
    _ = try input.object(orNull: true)
    guard input["name"].isDefined || input["id"].isDefined else {
      throw APIError.fixOne("body", ["id", "name"].map { input[$0].sentence("defined") })
    }
    let property = schema.properties[index]
    if input["id"].isDefined {
      let id = try input["id"].string()
      guard let option = property.option(id: id) else {
        throw APIError.validation("\(property.name) is an invalid \(property.type.rawValue) option \"\(id)\".")
      }
      return .string(option.id)
    }
    return try option(named: try input["name"].string(upTo: 100), color: input["color"], at: index)
  }

  private mutating func option(named name: String, color: Input, at index: Int) throws -> JSONValue {
    let property = schema.properties[index]
    let wanted = color.isDefined && !color.isNull ? try color.choice(Colors.option) : nil
    if let option = property.option(named: name) {
      guard wanted == nil || wanted == option.color else {
        throw APIError.validation("Select option color doesn't match existing")
      }
      return .string(option.id)
    }
    guard property.type != .status else {
      throw APIError.validation("Invalid status option. Status option \"\(name)\" does not exist\".")
    }
    guard !name.contains(",") else {
      throw APIError.validation("Invalid select option, commas not allowed: \(name)")
    }
    let added = Self.newOption(named: name, color: wanted, among: property.options.count)
    schema.properties[index].addOption(added)
    return added["id"] ?? .null
  }

  static func newOption(named name: String, color: String?, among count: Int) -> JSONValue {
    [
      "id": .string(ObjectID.stable("option \(count) \(name)")), "name": .string(name),
      "color": .string(color ?? Colors.option[(count + 1) % Colors.option.count]), "description": .null,
    ]
  }
}

/// Files and media: a name with an address outside, or one of Notion's own.
enum FileValue {
  static func normalised(_ input: Input) throws -> JSONValue {
    .array(try input.array(upTo: 100).map(file))
  }

  private static func file(_ input: Input) throws -> JSONValue {
    _ = try input.object()
    let name = JSONValue.string(try input["name"].string(upTo: 100))
    if input["external"].isDefined {
      let url = try input["external"]["url"].string(upTo: 2000)
      return ["name": name, "type": "external", "external": ["url": .string(url)]]
    }
    if input["file"].isDefined {
      let url = try input["file"]["url"].string()
      return ["name": name, "type": "file", "file": ["url": .string(url)]]
    }
    if input["file_upload"].isDefined {
      throw APIError.notFound("file_upload", try input["file_upload"]["id"].uuid())
    }
    throw APIError.fixOne("body", ["file", "external", "file_upload"].map { input[$0].sentence("defined") })
  }
}
