import Basics
import Store

/// The kinds of interactions.
enum InteractionType: Int64, SQLBindable {
  case command = 2
  case component = 3
  case autocomplete = 4
  case modalSubmit = 5
}

/// Something a person does that the application is asked about.
struct Deed {
  let type: InteractionType
  let standing: Standing
  let channel: String
  let user: String
  let data: JSONValue
  /// The message it began on.
  var message: JSONValue?
  /// What it is called in lists: a custom id, or the words of a command.
  let name: String
  /// The option that suggestions are asked for.
  var option: JSONValue?
  /// The interaction whose form this submits.
  var parent: String?
}

/// Builds the body of an interaction, with the members of a recorded one.
struct InteractionPayload {
  let id: String
  let token: String
  let deed: Deed
  let appPermissions: Permissions

  private var standing: Standing { deed.standing }

  var body: JSONValue {
    let guild = standing.guild["id"] ?? .null
    let locale = standing.guild["preferred_locale"] ?? "en-US"
    var body: [String: JSONValue] = [
      "app_permissions": .string(appPermissions.text), "application_id": .string(Identity.application),
      "attachment_size_limit": 10_485_760, "authorizing_integration_owners": ["0": guild], "channel": channel,
      "channel_id": .string(deed.channel), "context": 0, "data": deed.data, "entitlement_sku_ids": [],
      "entitlements": [], "guild": ["features": standing.guild["features"] ?? [], "id": guild, "locale": locale],
      "guild_id": guild, "guild_locale": locale, "id": .string(id), "locale": "en-US", "member": member,
      "token": .string(token), "type": .integer(deed.type.rawValue), "version": 1,
    ]
    body["message"] = deed.message.map(Self.shown)
    return .object(body)
  }

  private var channel: JSONValue {
    let names = [
      "applied_tags", "flags", "guild_id", "icon_emoji", "id", "last_message_id", "member_count",
      "member_ids_preview", "message_count", "name", "nsfw", "owner_id", "parent_id", "position",
      "rate_limit_per_user", "theme_color", "thread_metadata", "topic", "total_message_sent", "type",
    ]
    var channel = standing.channel.object?.filter { names.contains($0.key) } ?? [:]
    channel["permissions"] = .string(standing.permissions.text)
    return .object(channel)
  }

  private var member: JSONValue {
    guard case .object(var member) = standing.member else { return .null }
    member["permissions"] = .string(standing.permissions.text)
    member["user"] = Self.partial(member["user"] ?? .null)
    return .object(member)
  }

  /// A message as interactions carry it.
  static func shown(_ message: JSONValue) -> JSONValue {
    guard case .object(var message) = message else { return .null }
    message["author"] = partial(message["author"] ?? .null)
    message["mentions"] = .array((message["mentions"]?.array ?? []).map(partial))
    message["referenced_message"] = nil
    return .object(message)
  }

  /// A person as interactions carry them: without what only their own profile answers.
  static func partial(_ user: JSONValue) -> JSONValue {
    .object((user.object ?? [:]).filter { !["flags", "banner", "accent_color"].contains($0.key) })
  }
}
