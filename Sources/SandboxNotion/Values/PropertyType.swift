/// The kinds of column a data source can have.
enum PropertyType: String, CaseIterable, Sendable, Codable {
  case title, number, select, status, date, people, files, checkbox, url, email, formula, relation, rollup
  case verification, button, place
  case richText = "rich_text"
  case multiSelect = "multi_select"
  case phoneNumber = "phone_number"
  case createdTime = "created_time"
  case createdBy = "created_by"
  case lastEditedTime = "last_edited_time"
  case lastEditedBy = "last_edited_by"
  case uniqueID = "unique_id"

  /// In the order in which Notion lists them when a value names none of them (seen in public reports).
  static let writable: [PropertyType] = [
    .title, .richText, .number, .url, .select, .multiSelect, .people, .email, .phoneNumber, .date, .checkbox,
    .relation, .files, .status, .place,
  ]

  var isWritable: Bool { Self.writable.contains(self) }

  /// Whether `pages/{id}/properties/{prop}` answers with a list of one-element items.
  var isPaged: Bool { [.title, .richText, .people, .relation, .rollup].contains(self) }

  var isText: Bool { [.title, .richText, .url, .email, .phoneNumber].contains(self) }

  var hasOptions: Bool { [.select, .status, .multiSelect].contains(self) }

  /// Types whose value is a list, so that a bare array stands for the value.
  var isList: Bool { [.title, .richText, .multiSelect, .people, .files, .relation].contains(self) }
}
