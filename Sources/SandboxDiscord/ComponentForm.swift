import Basics

/// Components as they are asked for, checked, and as they are answered: every one with a numeric id.
struct ComponentForm {
  private(set) var components: [JSONValue] = []
  private var customIDs: Set<String> = []
  private var numbers: Set<Int64> = []
  private var count = 0
  private let isNewLayout: Bool

  /// - Parameter isNewLayout: whether the message carries the flag that lets it consist of components alone.
  init?(_ form: Form, isNewLayout: Bool) {
    self.isNewLayout = isNewLayout
    guard form.mentions("components") else { return nil }
    let forms = form.forms("components", max: isNewLayout ? 40 : 5) ?? []
    collectNumbers(forms.map(\.value))
    components = forms.map { component($0, allowed: isNewLayout ? [1, 9, 10, 12, 13, 14, 17] : [1]) }
    if count > 40 { form.complain("BASE_TYPE_MAX_LENGTH", "The maximum number of components is 40.", at: "components") }
  }

  private mutating func component(_ form: Form, allowed: [Int64]) -> JSONValue {
    guard let type = form.integer("type", isRequired: true) else { return .null }
    guard allowed.contains(type) else {
      let list = allowed.map(String.init).joined(separator: ", ") + (allowed.count == 1 ? "," : "")
      form.complain("UNION_TYPE_CHOICES", "Value of field \"type\" must be one of (\(list)).")
      return .null
    }
    count += 1
    var component: [String: JSONValue] = ["type": .integer(type), "id": .integer(number(form))]
    switch type {
    case 1: component.merge(row(form)) { $1 }
    case 2: component.merge(button(form)) { $1 }
    case 3, 5, 6, 7, 8: component.merge(select(form, type)) { $1 }
    default: component.merge(layout(form, type)) { $1 }
    }
    return .object(component)
  }

  // MARK: Numeric ids

  private mutating func collectNumbers(_ values: [JSONValue]) {
    for value in values {
      if let number = value["id"]?.integer, number > 0 { numbers.insert(number) }
      collectNumbers(value["components"]?.array ?? [])
    }
  }

  /// The id that was given, or the lowest that is free.
  private mutating func number(_ form: Form) -> Int64 {
    if let given = form.integer("id", in: 0...2_147_483_647), given > 0 { return given }
    var number: Int64 = 1
    while !numbers.insert(number).inserted { number += 1 }
    return number
  }

  // MARK: Rows

  private mutating func row(_ form: Form) -> [String: JSONValue] {
    let forms = form.forms("components", max: 5, min: 1, isRequired: true) ?? []
    let width = forms.reduce(0) { $0 + ($1.value["type"]?.integer == 2 ? 1 : 5) }
    if width > 5, forms.count <= 5 {
      form.complain(
        "COMPONENT_LAYOUT_WIDTH_EXCEEDED", "The specified component exceeds the maximum width", at: "components")
    }
    return ["components": .array(forms.map { component($0, allowed: [2, 3, 5, 6, 7, 8]) })]
  }

  // MARK: Buttons

  private mutating func button(_ form: Form) -> [String: JSONValue] {
    var button: [String: JSONValue] = [:]
    let style = form.choice("style", of: [1, 2, 3, 4, 5, 6], isRequired: true)
    button["style"] = style.map { .integer($0) }
    button["label"] = form.string("label", max: 80).flatMap { $0.isEmpty ? nil : .string($0) }
    button["emoji"] = emoji(form)
    if form.bool("disabled") == true { button["disabled"] = true }
    if style == 5 {
      button["url"] = linkAddress(form)
      if form.has("custom_id") {
        form.complain(
          "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE", "A custom id and url cannot both be specified")
      }
    } else if style != 6 {
      button["custom_id"] = customID(form).map { .string($0) }
      if form.has("url") {
        form.complain(
          "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE", "A custom id and url cannot both be specified")
      }
    }
    if style != 6, button["label"] == nil, button["emoji"] == nil {
      form.complain("BASE_TYPE_REQUIRED", "This field is required", at: "label")
    }
    return button
  }

  private mutating func customID(_ form: Form) -> String? {
    guard form.has("custom_id") else {
      form.complain("BUTTON_COMPONENT_CUSTOM_ID_REQUIRED", "A custom id is required")
      return nil
    }
    guard let id = form.string("custom_id", max: 100, min: 1) else { return nil }
    if !customIDs.insert(id).inserted {
      form.complain("COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated", at: "custom_id")
    }
    return id
  }

  private func linkAddress(_ form: Form) -> JSONValue? {
    guard let url = form.string("url", max: 512, isRequired: true) else { return nil }
    if ["http://", "https://", "discord://"].contains(where: { url.lowercased().hasPrefix($0) }) {
      return .string(url)
    }
    form.complain(
      "URL_TYPE_INVALID_SCHEME",
      "\"\(url.prefix(100))\" is not a valid URL scheme. Scheme must be one of ('http', 'https', 'discord').", at: "url"
    )
    return nil
  }

  /// A custom emoji by its id, or one of Unicode by itself.
  private func emoji(_ form: Form) -> JSONValue? {
    guard let inner = form.form("emoji") else { return nil }
    let name = inner.string("name") ?? ""
    if let id = inner.snowflake("id") {
      return ["id": .string(id), "name": .string(name), "animated": .bool(inner.bool("animated") ?? false)]
    }
    let isEmoji = name.unicodeScalars.contains {
      $0.properties.isEmoji && ($0.value > 127 || name.contains("\u{20E3}"))
    }
    if isEmoji && name.count == 1 { return ["name": .string(name)] }
    inner.complain("BUTTON_COMPONENT_INVALID_EMOJI", "Invalid emoji", at: "name")
    return nil
  }

  // MARK: Selects

  private mutating func select(_ form: Form, _ type: Int64) -> [String: JSONValue] {
    var select: [String: JSONValue] = [:]
    select["custom_id"] = customID(form).map { .string($0) }
    select["placeholder"] = form.string("placeholder", max: 150).map { .string($0) }
    let low = form.integer("min_values", in: 0...25) ?? 1
    let high = form.integer("max_values", in: 1...25) ?? 1
    select["min_values"] = .integer(low)
    select["max_values"] = .integer(high)
    if low > high {
      form.complain("BASE_TYPE_MAX", "min_values must be equal to or less than \(high).", at: "min_values")
    }
    if form.bool("disabled") == true { select["disabled"] = true }
    if type == 3 {
      let options = options(form)
      if high > Int64(options.count), !options.isEmpty {
        form.complain("BASE_TYPE_MAX", "max_values must be equal to or less than \(options.count).", at: "max_values")
      }
      select["options"] = .array(options)
    } else if let types = form.value["channel_types"], type == 8 {
      select["channel_types"] = types
    }
    return select
  }

  private func options(_ form: Form) -> [JSONValue] {
    var values: Set<String> = []
    return (form.forms("options", max: 25, min: 1, isRequired: true) ?? []).map { form in
      var option: [String: JSONValue] = [:]
      option["label"] = form.string("label", max: 100, min: 1, isRequired: true).map { .string($0) }
      let value = form.string("value", max: 100, min: 1, isRequired: true)
      option["value"] = value.map { .string($0) }
      option["description"] = form.string("description", max: 100).map { .string($0) }
      option["emoji"] = emoji(form)
      if form.bool("default") == true { option["default"] = true }
      if let value, !values.insert(value).inserted {
        form.complain("SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", "The specified option value is already used")
      }
      return .object(option)
    }
  }

  // MARK: Components that lay out a message

  /// What an answer holds where the request was silent.
  private static let layoutDefaults: [Int64: [String: JSONValue]] = [
    11: ["description": nil, "spoiler": false], 13: ["spoiler": false], 14: ["divider": true, "spacing": 1],
    17: ["accent_color": nil, "spoiler": false],
  ]

  private mutating func layout(_ form: Form, _ type: Int64) -> [String: JSONValue] {
    var layout = (Self.layoutDefaults[type] ?? [:]).merging(form.value.object ?? [:]) { $1 }
    layout["id"] = nil
    switch type {
    case 10:
      _ = form.string("content", max: 4000, min: 1, isRequired: true)
    case 9:
      let texts = form.forms("components", max: 3, min: 1, isRequired: true) ?? []
      layout["components"] = .array(texts.map { component($0, allowed: [10]) })
      if let accessory = form.form("accessory") {
        layout["accessory"] = component(accessory, allowed: [2, 11])
      } else {
        form.complain("BASE_TYPE_REQUIRED", "This field is required", at: "accessory")
      }
    case 17:
      let children = form.forms("components", max: 40, min: 1, isRequired: true) ?? []
      layout["components"] = .array(children.map { component($0, allowed: [1, 9, 10, 12, 13, 14]) })
    default:
      break
    }
    layout["type"] = nil
    return layout
  }
}
