import Basics
import Store

/// What somebody does to a component: presses a button, or chooses values.
struct Click: Decodable, Sendable {
  var channel: String
  var message: String
  var customID: String
  var user: String
  var values: [String]?
  /// Send it although the component is not there or is disabled, as a forged or outdated client would.
  var force: Bool?

  enum CodingKeys: String, CodingKey {
    case channel = "channel_id"
    case message = "message_id"
    case customID = "custom_id"
    case user = "user_id"
    case values, force
  }
}

/// Builds the body of a component interaction, with the members of a recorded one.
struct InteractionPayload {
  let id: String
  let token: String
  let click: Click
  let standing: Standing
  let appPermissions: Permissions
  let message: JSONValue
  let component: JSONValue

  var body: JSONValue {
    let guild = standing.guild["id"] ?? .null
    let locale = standing.guild["preferred_locale"] ?? "en-US"
    return [
      "app_permissions": .string(appPermissions.text), "application_id": .string(Identity.application),
      "attachment_size_limit": 10_485_760, "authorizing_integration_owners": ["0": guild], "channel": channel,
      "channel_id": .string(click.channel), "context": 0, "data": data, "entitlement_sku_ids": [], "entitlements": [],
      "guild": ["features": standing.guild["features"] ?? [], "id": guild, "locale": locale], "guild_id": guild,
      "guild_locale": locale, "id": .string(id), "locale": "en-US", "member": member, "message": shown(message),
      "token": .string(token), "type": 3, "version": 1,
    ]
  }

  private var data: JSONValue {
    var data: [String: JSONValue] = [
      "component_type": component["type"] ?? 2, "custom_id": .string(click.customID), "id": component["id"] ?? 1,
    ]
    if let values = click.values { data["values"] = .array(values.map { .string($0) }) }
    return .object(data)
  }

  private var channel: JSONValue {
    let names = [
      "flags", "guild_id", "icon_emoji", "id", "last_message_id", "name", "nsfw", "parent_id", "position",
      "rate_limit_per_user", "theme_color", "topic", "type",
    ]
    var channel = standing.channel.object?.filter { names.contains($0.key) } ?? [:]
    channel["permissions"] = .string(standing.permissions.text)
    return .object(channel)
  }

  private var member: JSONValue {
    guard case .object(var member) = standing.member else { return .null }
    member["permissions"] = .string(standing.permissions.text)
    member["user"] = partial(member["user"] ?? .null)
    return .object(member)
  }

  private func shown(_ message: JSONValue) -> JSONValue {
    guard case .object(var message) = message else { return .null }
    message["author"] = partial(message["author"] ?? .null)
    message["mentions"] = .array((message["mentions"]?.array ?? []).map(partial))
    message["referenced_message"] = nil
    return .object(message)
  }

  /// A person as interactions carry them: without what only their own profile answers.
  private func partial(_ user: JSONValue) -> JSONValue {
    .object((user.object ?? [:]).filter { !["flags", "banner", "accent_color"].contains($0.key) })
  }
}

extension InteractionPayload {
  /// The component with this id wherever it stands in a message.
  static func component(_ customID: String, in components: [JSONValue]) -> JSONValue? {
    for component in components {
      if component["custom_id"]?.string == customID { return component }
      let inner = (component["components"]?.array ?? []) + [component["accessory"]].compactMap { $0 }
      if let found = self.component(customID, in: inner) { return found }
    }
    return nil
  }
}
