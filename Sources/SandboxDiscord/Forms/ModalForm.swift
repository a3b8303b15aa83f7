import Basics

/// A form as an application answers it, checked, and as the person sees it: every component with a numeric id
/// (Discord: component reference, modals).
struct ModalForm {
  private var customIDs: Set<String> = []
  private var lastNumber: Int64 = 0
  /// `custom_id`, `title` and `components`.
  private(set) var modal: JSONValue = .null

  init(_ form: Form) {
    let customID = form.string("custom_id", max: 100, min: 1, isRequired: true)
    let title = form.string("title", max: 45, min: 1, isRequired: true)
    let parts = (form.forms("components", max: 5, min: 1, isRequired: true) ?? []).map { part($0) }
    modal = ["custom_id": orNull(customID), "title": orNull(title), "components": .array(parts)]
  }

  /// A label with one child, a row (the older way), or a text to read.
  private mutating func part(_ form: Form) -> JSONValue {
    guard let type = form.integer("type", isRequired: true) else { return .null }
    lastNumber += 1
    var part: [String: JSONValue] = ["type": .integer(type), "id": .integer(form.integer("id") ?? lastNumber)]
    switch type {
    case 18:
      part["label"] = .string(form.string("label", max: 45, min: 1, isRequired: true) ?? "")
      part["description"] = form.string("description", max: 100).map { .string($0) }
      part["component"] = form.form("component").map { input($0, allowed: [3, 4], isLabelled: true) }
      if part["component"] == nil { form.complain("BASE_TYPE_REQUIRED", "This field is required", at: "component") }
    case 1:
      let inner = form.forms("components", max: 1, min: 1, isRequired: true) ?? []
      part["components"] = .array(inner.map { input($0, allowed: [4], isLabelled: false) })
    case 10:
      part["content"] = .string(form.string("content", max: 4000, min: 1, isRequired: true) ?? "")
    default:
      form.complain("UNION_TYPE_CHOICES", "Value of field \"type\" must be one of (1, 10, 18).")
    }
    return .object(part)
  }

  private mutating func input(_ form: Form, allowed: [Int64], isLabelled: Bool) -> JSONValue {
    guard let type = form.integer("type", isRequired: true) else { return .null }
    guard allowed.contains(type) else {
      let list = allowed.map(String.init).joined(separator: ", ") + (allowed.count == 1 ? "," : "")
      form.complain("UNION_TYPE_CHOICES", "Value of field \"type\" must be one of (\(list)).")
      return .null
    }
    lastNumber += 1
    var input: [String: JSONValue] = [
      "type": .integer(type), "id": .integer(form.integer("id") ?? lastNumber), "custom_id": customID(form),
      "required": .bool(form.bool("required") ?? true),
    ]
    if form.bool("disabled") == true {
      form.complain("COMPONENT_DISABLED_INVALID", "Components of a modal cannot be disabled", at: "disabled")
    }
    input.merge(type == 4 ? text(form, isLabelled: isLabelled) : select(form)) { $1 }
    return .object(input)
  }

  private mutating func customID(_ form: Form) -> JSONValue {
    guard let id = form.string("custom_id", max: 100, min: 1, isRequired: true) else { return .null }
    if !customIDs.insert(id).inserted {
      form.complain("COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated", at: "custom_id")
    }
    return .string(id)
  }

  private func text(_ form: Form, isLabelled: Bool) -> [String: JSONValue] {
    var text: [String: JSONValue] = [:]
    text["style"] = form.choice("style", of: [1, 2], isRequired: true).map { .integer($0) }
    text["label"] = form.string("label", max: 45, min: isLabelled ? 0 : 1, isRequired: !isLabelled).map { .string($0) }
    text["placeholder"] = form.string("placeholder", max: 100).map { .string($0) }
    let low = form.integer("min_length", in: 0...4000)
    let high = form.integer("max_length", in: 1...4000)
    if let low, let high, low > high {
      form.complain("BASE_TYPE_MAX", "min_length must be equal to or less than \(high).", at: "min_length")
    }
    text["min_length"] = low.map { .integer($0) }
    text["max_length"] = high.map { .integer($0) }
    text["value"] = form.string("value", max: Int(min(high ?? 4000, 4000))).map { .string($0) }
    return text
  }

  private func select(_ form: Form) -> [String: JSONValue] {
    var select: [String: JSONValue] = [:]
    select["placeholder"] = form.string("placeholder", max: 150).map { .string($0) }
    let low = form.integer("min_values", in: 0...25) ?? 1
    let high = form.integer("max_values", in: 1...25) ?? 1
    select["min_values"] = .integer(low)
    select["max_values"] = .integer(high)
    if low == 0, form.bool("required") != false {
      form.complain("BASE_TYPE_MIN", "A required select needs min_values of 1 or more.", at: "min_values")
    }
    let options = form.forms("options", max: 25, min: 1, isRequired: true) ?? []
    if low > high || (high > Int64(options.count) && !options.isEmpty) {
      form.complain("BASE_TYPE_MAX", "max_values must fit min_values and the options.", at: "max_values")
    }
    select["options"] = .array(
      options.map { option in
        [
          "label": .string(option.string("label", max: 100, min: 1, isRequired: true) ?? ""),
          "value": .string(option.string("value", max: 100, min: 1, isRequired: true) ?? ""),
          "description": orNull(option.string("description", max: 100)),
          "default": .bool(option.bool("default") ?? false),
        ]
      })
    return select
  }
}
