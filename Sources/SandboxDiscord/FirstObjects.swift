import Basics
import SandboxStage

// The objects of the first content, each with every member the real API answers.

struct FirstMember {
  let guild: String
  let user: String
  let joined: String
  let roles: [String]
  var nick: String?

  func body(user: JSONValue) -> JSONValue {
    [
      "avatar": nil, "banner": nil, "collectibles": nil, "communication_disabled_until": nil, "deaf": false,
      "display_name_styles": nil, "flags": 0, "joined_at": .string(joined), "mute": false,
      "nick": orNull(nick), "pending": false, "premium_since": nil,
      "roles": .array(roles.map { .string($0) }), "unusual_dm_activity_until": nil, "user": user,
    ]
  }
}

func user(_ id: String, _ name: String, _ displayName: String?, isBot: Bool = false) -> JSONValue {
  var user: [String: JSONValue] = [
    "id": .string(id), "username": .string(name), "global_name": orNull(displayName),
    "avatar": nil, "avatar_decoration_data": nil, "banner": nil, "accent_color": nil, "clan": nil, "collectibles": nil,
    "discriminator": isBot ? "4207" : "0", "display_name_styles": nil, "primary_guild": nil,
    "public_flags": isBot ? 524_288 : 0, "flags": isBot ? 524_288 : 0,
  ]
  if isBot { user["bot"] = true }
  return .object(user)
}

func guild(_ id: String, _ name: String, owner: String, _ description: String?) -> JSONValue {
  [
    "id": .string(id), "name": .string(name), "owner_id": .string(owner),
    "description": orNull(description), "icon": nil, "splash": nil, "discovery_splash": nil,
    "home_header": nil, "banner": nil, "features": ["COMMUNITY", "NEWS"], "application_id": nil, "region": "deprecated",
    "afk_channel_id": nil, "afk_timeout": 300, "system_channel_id": nil, "system_channel_flags": 0,
    "widget_enabled": false, "widget_channel_id": nil, "verification_level": 1, "default_message_notifications": 1,
    "mfa_level": 0, "explicit_content_filter": 2, "max_presences": nil, "max_members": 250_000,
    "max_stage_video_channel_users": 50, "max_video_channel_users": 25, "vanity_url_code": nil, "premium_tier": 0,
    "premium_subscription_count": 0, "preferred_locale": "en-US", "rules_channel_id": nil,
    "safety_alerts_channel_id": nil, "public_updates_channel_id": nil, "premium_progress_bar_enabled": false,
    "nsfw": false, "nsfw_level": 0, "emojis": [], "stickers": [], "incidents_data": nil,
  ]
}

func role(
  _ id: String, _ name: String, _ permissions: Permissions, position: Int64, color: Int64 = 0,
  isHoisted: Bool = false, isMentionable: Bool = false, bot: String? = nil
) -> JSONValue {
  var role: [String: JSONValue] = [
    "id": .string(id), "name": .string(name), "permissions": .string(permissions.text), "position": .integer(position),
    "color": .integer(color),
    "colors": ["primary_color": .integer(color), "secondary_color": nil, "tertiary_color": nil],
    "hoist": .bool(isHoisted), "icon": nil, "unicode_emoji": nil, "managed": .bool(bot != nil),
    "mentionable": .bool(isMentionable), "flags": 0,
  ]
  if let bot { role["tags"] = ["bot_id": .string(bot)] }
  return .object(role)
}

func channel(
  _ id: String, _ name: String, type: Int64, position: Int64, guild: String = Identity.guild, parent: String? = nil,
  topic: String? = nil, overwrites: [(id: String, type: Int64, allow: Permissions, deny: Permissions)] = []
) -> JSONValue {
  var channel: [String: JSONValue] = [
    "id": .string(id), "guild_id": .string(guild), "name": .string(name), "type": .integer(type), "flags": 0,
    "position": .integer(position), "parent_id": orNull(parent),
    "permission_overwrites": .array(
      overwrites.map {
        [
          "id": .string($0.id), "type": .integer($0.type), "allow": .string($0.allow.text),
          "deny": .string($0.deny.text),
        ]
      }),
  ]
  if type == 4 { return .object(channel) }
  channel.merge(["nsfw": false, "rate_limit_per_user": 0, "last_message_id": nil]) { $1 }
  if type == 2 {
    channel.merge(["bitrate": 64_000, "user_limit": 0, "rtc_region": nil, "icon_emoji": nil, "theme_color": nil]) { $1 }
  } else {
    channel.merge(["topic": orNull(topic), "icon_emoji": nil, "theme_color": nil]) { $1 }
  }
  if type == 15 {
    channel.merge([
      "available_tags": .array(forumTags), "default_reaction_emoji": nil, "default_sort_order": nil,
      "default_forum_layout": 0,
      "default_tag_setting": "match_some", "template": "",
    ]) { $1 }
  }
  return .object(channel)
}

/// The tags of the forum: what a bug tracker calls its states and priorities.
private let forumTags: [JSONValue] = [
  "Not started", "Triaged", "In progress", "Blocked", "Fixed", "Won't fix", "P0", "P1", "P2", "P3",
].enumerated().map { index, name in
  [
    "id": .string(String(Identity.firstForumTag + Int64(index))), "name": .string(name), "moderated": false,
    "emoji_id": nil, "emoji_name": nil,
  ]
}

/// A text, or null where there is none.
func orNull(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }

/// A message of the past; its id says when.
func said(
  by author: JSONValue, in channel: String, _ time: String, _ content: String, to mentions: [JSONValue] = []
) -> MessageRecord {
  let at = Timestamp(iso8601: time) ?? Timestamp(seconds: 0)
  let id = String((at.milliseconds - Snowflakes.epoch) << 22 | 1 << 12)
  let body: JSONValue = .object(
    blankMessage(id: id, channel: channel, author: author, at: at).merging(
      ["content": .string(content), "mentions": .array(mentions)]) { $1 })
  return MessageRecord(id: id, channel: channel, author: author["id"]?.string ?? "", body: body)
}

/// A message that says nothing yet.
func blankMessage(id: String, channel: String, author: JSONValue, at: Timestamp) -> [String: JSONValue] {
  [
    "id": .string(id), "type": 0, "channel_id": .string(channel), "author": author, "content": "", "attachments": [],
    "components": [], "embeds": [], "edited_timestamp": nil, "flags": 0, "mention_everyone": false, "mention_roles": [],
    "mentions": [], "pinned": false, "timestamp": .string(at.discordText), "tts": false,
  ]
}
