import Basics

/// The types of options.
enum OptionType: Int64, CaseIterable {
  case subcommand = 1
  case group, string, integer, boolean, user, channel, role, mentionable, number, attachment

  var isNumeric: Bool { self == .integer || self == .number }
  var mayBeSuggested: Bool { self == .string || isNumeric }
  var holdsOptions: Bool { self == .subcommand || self == .group }
}

/// Options of a command or subcommand as they are asked for.
enum CommandOptionForm {
  /// - Parameter depth: 0 within the command, 1 within a group or subcommand of it, 2 within a group's subcommand.
  static func options(of form: Form, depth: Int) -> [JSONValue] {
    let forms = form.forms("options", max: 25) ?? []
    refuseMixtures(forms)
    refuseLateRequirements(forms)
    refuseDoubles(forms, "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", "Option name already exists")
    return forms.map { option($0, depth) }
  }

  private static func option(_ form: Form, _ depth: Int) -> JSONValue {
    let type = form.choice("type", of: OptionType.allCases.map(\.rawValue), isRequired: true).flatMap(OptionType.init)
    var option: [String: JSONValue] = [
      "type": type.map { .integer($0.rawValue) } ?? .null, "name": .string(CommandForm.name(form)),
      "description": .string(form.string("description", max: 100, min: 1, isRequired: true) ?? ""),
    ]
    for name in CommandForm.localizations { option[name] = form.value[name] ?? .null }
    guard let type else { return .object(option) }
    if type.holdsOptions {
      refuseDepth(form, type, depth)
      let inner = options(of: form, depth: type == .group ? 1 : 2)
      if !inner.isEmpty { option["options"] = .array(inner) }
      return .object(option)
    }
    if form.bool("required") == true { option["required"] = true }
    option.merge(limits(form, type)) { $1 }
    option.merge(suggestions(form, type)) { $1 }
    return .object(option)
  }

  private static func limits(_ form: Form, _ type: OptionType) -> [String: JSONValue] {
    var limits: [String: JSONValue] = [:]
    if type == .string {
      limits["min_length"] = form.integer("min_length", in: 0...6000).map { .integer($0) }
      limits["max_length"] = form.integer("max_length", in: 1...6000).map { .integer($0) }
    } else if type.isNumeric {
      for name in ["min_value", "max_value"] where form.has(name) { limits[name] = form.value[name] }
    } else if type == .channel, form.has("channel_types") {
      limits["channel_types"] = form.value["channel_types"]
    }
    return limits
  }

  private static func suggestions(_ form: Form, _ type: OptionType) -> [String: JSONValue] {
    let isSuggested = form.bool("autocomplete") == true
    let choices = (form.forms("choices", max: 25) ?? []).map { choice($0, type) }
    if isSuggested, !choices.isEmpty || !type.mayBeSuggested {
      form.complain(
        "APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_INVALID",
        "Autocomplete is for strings and numbers without choices.", at: "autocomplete")
    }
    if !choices.isEmpty, !type.mayBeSuggested {
      form.complain(
        "APPLICATION_COMMAND_OPTIONS_CHOICES_INVALID", "Choices are for strings and numbers.", at: "choices")
    }
    refuseDoubles(
      form.forms("choices", max: .max) ?? [], "APPLICATION_COMMAND_OPTIONS_CHOICE_NAME_ALREADY_EXISTS",
      "Option choice name already exists")
    var suggestions: [String: JSONValue] = isSuggested ? ["autocomplete": true] : [:]
    if !choices.isEmpty { suggestions["choices"] = .array(choices) }
    return suggestions
  }

  /// A choice, of a command or suggested while somebody types.
  static func choice(_ form: Form, _ type: OptionType) -> JSONValue {
    var choice: [String: JSONValue] = [
      "name": .string(form.string("name", max: 100, min: 1, isRequired: true) ?? ""),
      "name_localizations": form.value["name_localizations"] ?? .null,
    ]
    switch type {
    case .integer: choice["value"] = form.integer("value", isRequired: true).map { .integer($0) }
    case .number: choice["value"] = form.value["value"]?.double.map { .number($0) }
    default: choice["value"] = form.string("value", max: 100, isRequired: true).map { .string($0) }
    }
    if type == .number, choice["value"] == nil {
      form.complain("NUMBER_TYPE_COERCE", "Value is not float.", at: "value")
    }
    return .object(choice)
  }

  // MARK: Rules over several options

  private static func refuseMixtures(_ forms: [Form]) {
    let kinds = forms.map { [1, 2].contains($0.value["type"]?.integer) }
    guard kinds.contains(true) else { return }
    for (form, holdsOptions) in zip(forms, kinds) where !holdsOptions {
      form.complain(
        "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID",
        "Sub-command and sub-command group option types are mutually exclusive to all other types", at: "type")
    }
  }

  private static func refuseDepth(_ form: Form, _ type: OptionType, _ depth: Int) {
    if depth == 2 || (depth == 1 && type == .group) {
      form.complain(
        "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Sub-commands and groups cannot be nested this deep", at: "type")
    }
  }

  private static func refuseLateRequirements(_ forms: [Form]) {
    var isOptional = false
    for form in forms where ![1, 2].contains(form.value["type"]?.integer) {
      let isRequired = form.value["required"]?.bool == true
      if isRequired, isOptional {
        form.complain(
          "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
          "Required options must be placed before non-required options", at: "required")
      }
      if !isRequired { isOptional = true }
    }
  }

  private static func refuseDoubles(_ forms: [Form], _ code: String, _ message: String) {
    var names: Set<String> = []
    for form in forms {
      guard let name = form.value["name"]?.string, !names.insert(name).inserted else { continue }
      form.complain(code, message, at: "name")
    }
  }
}
