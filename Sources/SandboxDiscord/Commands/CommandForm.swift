import Basics

/// A command as it is asked for, checked, and as it is answered (Discord: application commands).
struct CommandForm {
  enum CommandType: Int64, CaseIterable {
    case slash = 1
    case user = 2
    case message = 3

    /// How many of them one scope holds.
    var limit: Int { self == .slash ? 100 : 15 }
  }

  static let maximumSize = 8000
  static let localizations = ["name_localizations", "description_localizations"]

  let type: CommandType
  let name: String
  /// Every member but the ids and the version.
  let body: [String: JSONValue]

  init(_ form: Form, isOfGuild: Bool) {
    type = form.choice("type", of: CommandType.allCases.map(\.rawValue)).flatMap(CommandType.init) ?? .slash
    name = Self.name(form, isFree: type != .slash)
    var body: [String: JSONValue] = [
      "type": .integer(type.rawValue), "name": .string(name), "description": Self.description(form, type),
      "default_member_permissions": Self.permissions(form), "nsfw": .bool(form.bool("nsfw") ?? false),
      "contexts": form.value["contexts"] ?? .null, "integration_types": form.value["integration_types"] ?? [0],
    ]
    for name in Self.localizations { body[name] = form.value[name] ?? .null }
    if !isOfGuild { body["dm_permission"] = form.value["dm_permission"] ?? true }
    let options = Self.options(form, type)
    if !options.isEmpty { body["options"] = .array(options) }
    self.body = body
    Self.check(form.value, form)
  }

  private static func options(_ form: Form, _ type: CommandType) -> [JSONValue] {
    guard form.has("options") else { return [] }
    if type != .slash, form.value["options"]?.array?.isEmpty == false {
      form.complain(
        "APPLICATION_COMMAND_CONTEXT_MENU_OPTIONS_INVALID", "Context menu commands cannot have options", at: "options")
      return []
    }
    return CommandOptionForm.options(of: form, depth: 0)
  }

  // MARK: Names and descriptions

  /// A name of a slash command or option: letters, digits, hyphens; nothing that has a lower case but stands in upper.
  static func name(_ form: Form, isFree: Bool = false) -> String {
    guard let name = form.string("name", max: 32, min: 1, isRequired: true) else { return "" }
    if !name.isEmpty, !isFree, !name.unicodeScalars.allSatisfy(isNameScalar) {
      form.complain("APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid", at: "name")
    }
    return name
  }

  private static func isNameScalar(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
      return scalar.properties.lowercaseMapping == String(scalar)
    case .decimalNumber, .letterNumber, .otherNumber: return true
    default: return "-_'".unicodeScalars.contains(scalar) || isOfDevanagariOrThai(scalar)
    }
  }

  private static func isOfDevanagariOrThai(_ scalar: Unicode.Scalar) -> Bool {
    (0x0900...0x097F).contains(scalar.value) || (0x0E00...0x0E3A).contains(scalar.value)
      || (0x0E40...0x0E5B).contains(scalar.value)
  }

  private static func description(_ form: Form, _ type: CommandType) -> JSONValue {
    if type == .slash { return .string(form.string("description", max: 100, min: 1, isRequired: true) ?? "") }
    if form.has("description"), form.value["description"]?.string?.isEmpty != true {
      form.complain(
        "APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION_INVALID", "Context menu commands cannot have description",
        at: "description")
    }
    return ""
  }

  /// The bits as a text; the specification also takes a number.
  private static func permissions(_ form: Form) -> JSONValue {
    guard form.has("default_member_permissions"), let text = form.string("default_member_permissions") else {
      return .null
    }
    if UInt64(text) == nil {
      form.complain(
        "BITFIELD_TYPE_COERCE", "Value \"\(text.prefix(100))\" is not int.", at: "default_member_permissions")
    }
    return .string(text)
  }

  // MARK: Size

  /// Names, descriptions and values together; of a text in several languages the longest counts.
  private static func check(_ command: JSONValue, _ form: Form) {
    if size(command) > maximumSize {
      form.complain("APPLICATION_COMMAND_TOO_LARGE", "Command exceeds maximum size (\(maximumSize))")
    }
  }

  private static func size(_ value: JSONValue) -> Int {
    let own = ["name", "description"].reduce(0) { sum, name in
      let texts =
        [value[name]?.string].compactMap { $0 }
        + (value[name + "_localizations"]?.object?.values.compactMap(\.string) ?? [])
      return sum + (texts.map(\.unicodeScalars.count).max() ?? 0)
    }
    let inner = (value["options"]?.array ?? []) + (value["choices"]?.array ?? [])
    return own + (value["value"]?.string?.unicodeScalars.count ?? 0) + inner.reduce(0) { $0 + size($1) }
  }
}
