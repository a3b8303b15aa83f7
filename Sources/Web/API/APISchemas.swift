import Basics

/// The forms of what is answered under /api (JSON Schema 2020-12, as in OpenAPI 3.1).
enum APISchemas {
  static let all: [String: JSONValue] = [
    "Problem": object(
      [
        "type": text, "title": text, "status": ["type": "integer", "minimum": 400, "maximum": 599], "detail": text,
        "request_id": text,
      ], needs: ["type", "title", "status", "detail"]),
    "Description": ["type": "object"],
    "SyncAnswer": object(["queued": count], needs: ["queued"]),
    "InteractionAnswer": ["type": "object"],
    "Server": server, "ServerPage": page("Server"),
    "Channel": object(
      [
        "id": snowflakeSchema, "name": text, "position": ["type": "integer"], "category_id": snowflakeSchema,
        "kind": [
          "enum": .array(
            (ServerEntries.Channel.kinds.values.sorted() + ["other"]).map { .string($0) })
        ],
      ], needs: ["id", "name", "kind", "position"]),
    "ChannelPage": page("Channel"),
    "Category": object(
      ["id": snowflakeSchema, "name": text, "position": ["type": "integer"]], needs: ["id", "name", "position"]),
    "CategoryPage": page("Category"),
    "Role": object(
      [
        "id": snowflakeSchema, "name": text, "position": ["type": "integer"], "managed": ["type": "boolean"],
        "color": ["type": "string", "pattern": "^#[0-9a-f]{6}$"],
      ], needs: ["id", "name", "position", "managed"]),
    "RolePage": page("Role"),
    "Emoji": object(
      ["id": snowflakeSchema, "name": text, "animated": ["type": "boolean"], "available": ["type": "boolean"]],
      needs: ["id", "name", "animated", "available"]),
    "EmojiPage": page("Emoji"),
    "Member": object(
      [
        "id": snowflakeSchema, "name": text, "username": text, "roles": ["type": "array", "items": snowflakeSchema],
      ], needs: ["id", "name", "username", "roles"]),
    "MemberPage": page("Member"),
    "Stats": stats, "MappingHealth": mappingHealth,
  ]

  private static let server = object(
    [
      "id": snowflakeSchema, "name": text, "icon_url": ["type": "string", "format": "uri"],
      "owner_id": snowflakeSchema,
    ], needs: ["id", "name"])

  private static let stats = object(
    [
      "total": count, "open": count, "fixed": count, "closed": count, "by_status": counts, "by_priority": counts,
      "by_assignee": counts, "median_hours_to_fix": ["type": ["number", "null"]],
      "p90_hours_to_fix": ["type": ["number", "null"]],
      "days": [
        "type": "array",
        "items": object(
          ["day": ["type": "string", "format": "date"], "opened": count, "fixed": count],
          needs: ["day", "opened", "fixed"]),
      ],
      "mappings": ["type": "array", "items": ["$ref": "#/components/schemas/MappingHealth"]],
    ], needs: ["total", "open", "fixed", "closed", "by_status", "by_priority", "days", "mappings"])

  private static let mappingHealth = object(
    [
      "id": text, "name": text, "state": ["enum": ["working", "failing", "waiting", "paused"]], "issues": count,
      "last_run": ["type": ["string", "null"], "format": "date-time"], "lag_s": ["type": ["integer", "null"]],
      "failures_in_a_row": count, "last_error": ["type": ["string", "null"]],
    ], needs: ["id", "name", "state", "issues", "failures_in_a_row"])

  // MARK: Forms

  private static let text: JSONValue = ["type": "string"]
  private static let count: JSONValue = ["type": "integer", "minimum": 0]
  private static let counts: JSONValue = ["type": "object", "additionalProperties": count]

  private static func object(_ properties: [String: JSONValue], needs required: [String]) -> JSONValue {
    [
      "type": "object", "properties": .object(properties), "required": .array(required.map { .string($0) }),
      "additionalProperties": false,
    ]
  }

  private static func page(_ name: String) -> JSONValue {
    object(
      [
        "items": [
          "type": "array", "items": ["$ref": .string("#/components/schemas/\(name)")],
          "maxItems": .integer(Int64(APIListing.most)),
        ],
        "next": ["type": ["string", "null"], "description": "The cursor of the next page; null at the end."],
      ], needs: ["items", "next"])
  }
}
