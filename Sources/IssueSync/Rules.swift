import Basics
import Discord

/// What the people of a server decided about a mapping.
public struct Rules: Sendable, Hashable {
  /// Messages that somebody deleted by hand: posted again, or left alone.
  public enum LostMessages: String, Codable, Sendable, CaseIterable {
    case repost
    case forget
  }

  public var lostMessages: LostMessages = .repost
  /// Who may change issues from Discord; empty means every member.
  public var pressers: [RoleID] = []
  /// Roles to call when a new issue has this priority, by its name; under "*", whatever the priority.
  public var calls: [String: [RoleID]] = [:]
  /// Changes of other parts alone are not worth an edit of the message. Empty means every part is.
  public var watched: [Part] = []
  /// Which rows are issues.
  public var filter = RowFilter()
  /// Options of the status, beside the fixed one, that end an issue; nil means what Notion groups as complete.
  public var closed: [String]?
  /// The first line of a message.
  public var heading = Template.standardHeading
  /// What stands below it. Parts placed in neither template are shown as fields.
  public var body = Template.standardBody

  public init() {}

  func called(for priority: String) -> [RoleID] {
    let all = (calls[priority] ?? []) + (calls["*"] ?? [])
    return all.enumerated().filter { !all[..<$0.offset].contains($0.element) }.map(\.element)
  }
}

extension Rules: Codable {
  enum CodingKeys: String, CodingKey {
    case lostMessages, pressers, calls, watched, filter, closed, heading, body
  }

  /// Rules that were written down before a member existed have its default.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    lostMessages = try container.decodeIfPresent(LostMessages.self, forKey: .lostMessages) ?? lostMessages
    pressers = try container.decodeIfPresent([RoleID].self, forKey: .pressers) ?? pressers
    calls = try container.decodeIfPresent([String: [RoleID]].self, forKey: .calls) ?? calls
    watched = try container.decodeIfPresent([Part].self, forKey: .watched) ?? watched
    filter = try container.decodeIfPresent(RowFilter.self, forKey: .filter) ?? filter
    closed = try container.decodeIfPresent([String].self, forKey: .closed)
    heading = try container.decodeIfPresent(Template.self, forKey: .heading) ?? heading
    body = try container.decodeIfPresent(Template.self, forKey: .body) ?? body
  }
}

/// A part of an issue that people see.
public enum Part: String, Codable, Sendable, CaseIterable {
  case title, number, status, priority, assignee, labels, due
  case summary = "description"

  /// As it is called on pages and messages.
  public var label: String {
    switch self {
    case .due: "Due date"
    default: rawValue.prefix(1).uppercased() + rawValue.dropFirst()
    }
  }
}
