import Basics
import Store

/// The stand-in's own tables. Values of pages lie in rows of their own, so that a query over ten thousand pages reads
/// only the columns it filters and sorts by.
let notionTables = Migration(
  "20261121-0920-sandbox-notion",
  """
  CREATE TABLE notion_counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;
  CREATE TABLE notion_users (
    id TEXT PRIMARY KEY, position INTEGER NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL, email TEXT) STRICT;
  CREATE TABLE notion_databases (
    id TEXT PRIMARY KEY, title TEXT NOT NULL, description TEXT NOT NULL, parent TEXT NOT NULL, icon TEXT, cover TEXT,
    is_inline INTEGER NOT NULL, is_locked INTEGER NOT NULL, is_shared INTEGER NOT NULL, in_trash INTEGER NOT NULL,
    created_time INTEGER NOT NULL, last_edited_time INTEGER NOT NULL, created_by TEXT NOT NULL,
    last_edited_by TEXT NOT NULL) STRICT;
  CREATE TABLE notion_data_sources (
    id TEXT PRIMARY KEY, database_id TEXT NOT NULL REFERENCES notion_databases (id), position INTEGER NOT NULL,
    title TEXT NOT NULL, description TEXT NOT NULL, icon TEXT, cover TEXT, schema TEXT NOT NULL,
    in_trash INTEGER NOT NULL, created_time INTEGER NOT NULL, last_edited_time INTEGER NOT NULL,
    created_by TEXT NOT NULL, last_edited_by TEXT NOT NULL) STRICT;
  CREATE INDEX notion_data_sources_database ON notion_data_sources (database_id, position);
  CREATE TABLE notion_pages (
    id TEXT PRIMARY KEY, data_source_id TEXT REFERENCES notion_data_sources (id), parent TEXT, position INTEGER NOT NULL,
    title TEXT NOT NULL, icon TEXT, cover TEXT, in_trash INTEGER NOT NULL, is_locked INTEGER NOT NULL,
    created_time INTEGER NOT NULL, last_edited_time INTEGER NOT NULL, created_by TEXT NOT NULL,
    last_edited_by TEXT NOT NULL) STRICT;
  CREATE INDEX notion_pages_source ON notion_pages (data_source_id, position);
  CREATE TABLE notion_values (
    page_id TEXT NOT NULL REFERENCES notion_pages (id), property_id TEXT NOT NULL, value TEXT NOT NULL,
    PRIMARY KEY (page_id, property_id)) STRICT;
  CREATE TABLE notion_blocks (
    id TEXT PRIMARY KEY, parent_id TEXT NOT NULL, parent_kind TEXT NOT NULL, position INTEGER NOT NULL,
    type TEXT NOT NULL, content TEXT NOT NULL, in_trash INTEGER NOT NULL, created_time INTEGER NOT NULL,
    last_edited_time INTEGER NOT NULL, created_by TEXT NOT NULL, last_edited_by TEXT NOT NULL) STRICT;
  CREATE INDEX notion_blocks_parent ON notion_blocks (parent_id, position);
  CREATE TABLE notion_comments (
    id TEXT PRIMARY KEY, parent_id TEXT NOT NULL, parent_kind TEXT NOT NULL, discussion_id TEXT NOT NULL,
    position INTEGER NOT NULL, rich_text TEXT NOT NULL, created_time INTEGER NOT NULL, created_by TEXT NOT NULL) STRICT;
  CREATE INDEX notion_comments_parent ON notion_comments (parent_id, position);
  """)

extension WriteTransaction {
  /// The next number of a series, from 1; several at once when `count` says so (the last is answered).
  func next(_ series: String, count: Int64 = 1) throws -> Int64 {
    try value(
      Int64.self,
      """
      INSERT INTO notion_counters (name, value) VALUES (\(series), \(count))
      ON CONFLICT (name) DO UPDATE SET value = notion_counters.value + \(count) RETURNING value
      """) ?? 0
  }

  func setCounter(_ name: String, _ value: Int64) throws {
    try run(
      """
      INSERT INTO notion_counters (name, value) VALUES (\(name), \(value))
      ON CONFLICT (name) DO UPDATE SET value = excluded.value
      """)
  }
}

extension Queries {
  func counter(_ name: String) throws -> Int64 {
    try value(Int64.self, "SELECT value FROM notion_counters WHERE name = \(name)") ?? 0
  }
}

/// JSON as it is kept in a column. Texts, numbers and truths, which most values are, are read without a decoder.
enum StoredJSON {
  static func text(_ value: JSONValue) throws -> String { try JSON.text(value) }

  static func textOrNull(_ value: JSONValue) throws -> String? { value.isNull ? nil : try text(value) }

  static func value(_ text: String) throws -> JSONValue {
    if text == "true" { return true }
    if text == "false" { return false }
    let bytes = text.utf8
    if bytes.first == UInt8(ascii: "\""), !bytes.contains(UInt8(ascii: "\\")) {
      return .string(String(text.dropFirst().dropLast()))
    }
    if let number = Int64(text) { return .integer(number) }
    return try JSON.decode(JSONValue.self, from: text)
  }
}

extension Row {
  func json(_ column: String) throws -> JSONValue {
    try optional(column, as: String.self).map(StoredJSON.value) ?? .null
  }
}
