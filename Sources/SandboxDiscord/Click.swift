import Basics
import Store

/// What somebody does to a component: presses a button, or chooses values.
struct Click: Decodable, Sendable {
  var channel: String
  var message: String
  var customID: String
  var user: String
  var values: [String]?
  /// Send it although the component is not there, is disabled or has no such values, as a forged or outdated client
  /// would.
  var force: Bool?

  enum CodingKeys: String, CodingKey {
    case channel = "channel_id"
    case message = "message_id"
    case customID = "custom_id"
    case user = "user_id"
    case values, force
  }
}

extension DiscordSandbox {
  /// Somebody uses a component of a message.
  func click(_ click: Click) throws -> Outcome { try send(read { try deed(click, $0) }) }

  private func deed(_ click: Click, _ transaction: ReadTransaction) throws -> Deed {
    let standing = try transaction.standing(of: click.user, in: click.channel)
    guard let record = try transaction.message(click.message), record.channel == click.channel,
      record.onlyFor == nil || record.onlyFor == click.user
    else { throw Refusal.unknownMessage }
    let component = Self.component(click.customID, in: record.body["components"]?.array ?? [])
    if click.force != true, component.map({ fits(click.values ?? [], $0) }) != true {
      throw Refusal.invalidForm([], "COMPONENT_VALIDATION_FAILED", "Component validation failed")
    }
    return Deed(
      type: .component, standing: standing, channel: click.channel, user: click.user,
      data: data(click, component ?? ["type": 2, "id": 1]), message: record.body, name: click.customID)
  }

  /// Whether the component can be used so: enabled, with as many of its values as it asks for.
  private func fits(_ values: [String], _ component: JSONValue) -> Bool {
    if component["disabled"]?.bool == true { return false }
    if component["type"]?.integer == 2 { return values.isEmpty }
    return areOptions(values, of: component)
  }

  private func data(_ click: Click, _ component: JSONValue) -> JSONValue {
    var data: [String: JSONValue] = [
      "component_type": component["type"] ?? 2, "custom_id": .string(click.customID), "id": component["id"] ?? 1,
    ]
    if click.values != nil || component["type"]?.integer != 2 {
      data["values"] = .array((click.values ?? []).map { .string($0) })
    }
    return .object(data)
  }

  /// The component with this id wherever it stands in a message.
  private static func component(_ customID: String, in components: [JSONValue]) -> JSONValue? {
    for component in components {
      if component["custom_id"]?.string == customID { return component }
      let inner = (component["components"]?.array ?? []) + [component["accessory"]].compactMap { $0 }
      if let found = self.component(customID, in: inner) { return found }
    }
    return nil
  }
}

/// Whether values can be chosen together in a select.
func areOptions(_ values: [String], of select: JSONValue) -> Bool {
  let low = select["min_values"]?.integer ?? 1
  let range = low...max(low, select["max_values"]?.integer ?? 1)
  guard range.contains(Int64(values.count)), Set(values).count == values.count else { return false }
  let options = select["options"]?.array?.compactMap { $0["value"]?.string }
  return options.map { values.allSatisfy($0.contains) } ?? true
}
