import Basics

/// A field of a command's or an application's form. Nothing of it is nil: a template would look around it instead.
struct FieldView {
  let id: String
  let field: String
  let label: String
  let hint: String
  let isRequired: Bool
  var isParagraph = false
  var isChoice = false
  var isMultiple = false
  var isNumber = false
  var isSuggested = false
  /// The option's own name.
  var option = ""
  var minimumLength: Int64 = 0
  var maximumLength: Int64 = 6000
  var prefilled = ""
  var placeholder = ""
  var choices: [RowView.Option] = []
  var isLine = true
}

/// A command somebody is about to send.
struct CommandFormView {
  let channel: String
  let user: String
  let command: String
  let summary: String
  let fields: [FieldView]
}

/// A form an application asks a person to fill in.
struct ModalView {
  let channel: String
  let user: String
  let interaction: String
  let heading: String
  let fields: [FieldView]
}

struct CommandLink {
  let command: String
  let summary: String
  let href: String
}

extension FieldView {
  /// - Parameter objects: the choices for options that name people, channels or roles.
  static func ofCommand(_ option: JSONValue, typed: String, objects: (OptionType) -> [RowView.Option]) -> FieldView {
    let name = option["name"]?.string ?? ""
    let type = option["type"]?.integer.flatMap(OptionType.init) ?? .string
    var field = FieldView(
      id: "o-\(name)", field: "option.\(name)", label: name, hint: option["description"]?.string ?? "",
      isRequired: option["required"]?.bool == true)
    field.option = name
    field.isNumber = type.isNumeric
    field.isSuggested = option["autocomplete"]?.bool == true
    field.minimumLength = option["min_length"]?.integer ?? 0
    field.maximumLength = option["max_length"]?.integer ?? 6000
    field.prefilled = typed
    field.choices = (option["choices"]?.array ?? []).map { choice in
      let value = choice["value"] ?? ""
      return RowView.Option(
        value: value.string ?? value.integer.map(String.init) ?? value.double.map { "\($0)" } ?? "",
        label: choice["name"]?.string ?? "", isChosen: false)
    }
    if field.choices.isEmpty { field.choices = objects(type) }
    field.isChoice = !field.choices.isEmpty
    field.isLine = !field.isChoice
    return field
  }

  /// The fields of a modal; a text to read is none.
  static func ofModal(_ part: JSONValue) -> [FieldView] {
    if let input = part["component"] {
      return [field(input, label: part["label"]?.string ?? "", hint: part["description"]?.string ?? "")]
    }
    return (part["components"]?.array ?? []).map { field($0, label: $0["label"]?.string ?? "", hint: "") }
  }

  private static func field(_ input: JSONValue, label: String, hint: String) -> FieldView {
    let name = input["custom_id"]?.string ?? ""
    var field = FieldView(
      id: "f-\(name)", field: "field.\(name)", label: label, hint: hint, isRequired: input["required"]?.bool != false)
    field.isParagraph = input["style"]?.integer == 2
    field.isChoice = input["type"]?.integer == 3
    field.isLine = !field.isParagraph && !field.isChoice
    field.isMultiple = (input["max_values"]?.integer ?? 1) > 1
    field.minimumLength = input["min_length"]?.integer ?? 0
    field.maximumLength = input["max_length"]?.integer ?? 4000
    field.prefilled = input["value"]?.string ?? ""
    field.placeholder = input["placeholder"]?.string ?? ""
    field.choices = (input["options"]?.array ?? []).map { option in
      RowView.Option(
        value: option["value"]?.string ?? "", label: option["label"]?.string ?? "",
        isChosen: option["default"]?.bool == true)
    }
    return field
  }
}
