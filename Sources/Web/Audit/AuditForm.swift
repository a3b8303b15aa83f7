import Accounts
import Basics
import HTTP

/// The filter of the audit page, as it stands in the address.
struct AuditForm {
  private static let names = ["person", "action", "target", "from", "to"]
  private static let longest = 100

  /// What was typed, by field.
  let values: [String: String]
  let filter: AuditFilter
  /// A sentence for each field that cannot be understood; nothing is looked up then.
  let faults: [String: String]
  let place: AuditLog.Place

  init(_ query: Fields) {
    var values: [String: String] = [:]
    for name in Self.names { values[name] = String((query[name] ?? "").prefix(Self.longest)) }
    self.values = values
    var faults: [String: String] = [:]
    var filter = AuditFilter()
    filter.actor = values["person"].flatMap { $0.isEmpty ? nil : $0 }
    filter.action = values["action"].flatMap { $0.isEmpty ? nil : $0 }
    filter.target = values["target"].flatMap { $0.isEmpty ? nil : $0 }
    filter.from = Self.day("from", values, &faults)
    // The last day belongs to the time that is asked for.
    filter.until = Self.day("to", values, &faults).map { $0 + .seconds(86_400) }
    if let from = filter.from, let until = filter.until, from >= until {
      faults["to"] = "This day is before the first."
    }
    self.filter = filter
    self.faults = faults
    place =
      query["older"].flatMap(AuditCursor.init).map { .olderThan($0) }
      ?? query["newer"].flatMap(AuditCursor.init).map { .newerThan($0) } ?? .newest
  }

  private static func day(_ name: String, _ values: [String: String], _ faults: inout [String: String]) -> Timestamp? {
    guard let text = values[name], !text.isEmpty else { return nil }
    let day = text.utf8.count == 10 ? Timestamp(iso8601: text) : nil
    if day == nil { faults[name] = "Write a day like 2026-11-21." }
    return day
  }

  var isEmpty: Bool { values.values.allSatisfy(\.isEmpty) }

  /// The query that asks for the same filter, and for more.
  func query(_ more: KeyValuePairs<String, String> = [:]) -> String {
    var fields = Fields()
    for name in Self.names { if let value = values[name], !value.isEmpty { fields.add(name, value) } }
    for (name, value) in more { fields.add(name, value) }
    return fields.encoded.isEmpty ? "" : "?\(fields.encoded)"
  }
}
