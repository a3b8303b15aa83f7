import Basics
import Discord
import Notion

/// Everything that people decide about a mapping, as they say it: what a form holds, before anybody looked whether it is
/// right. `Mappings.add`, `change` and `preview` look, and say everything that is wrong at once (`WishProblems`).
public struct MappingWish: Sendable, Hashable {
  /// The id of the connected workspace.
  public var connection: String
  /// The database: its id, or its address copied from Notion.
  public var database: String
  /// The data source's id; may be empty while the database has only one.
  public var dataSource = ""
  /// The channel's id in Discord.
  public var channel: String
  /// The columns that play a part, by name or id. A part that is not named is guessed; one that is named "" has none.
  public var columns: [Part: String] = [:]
  /// The option of the status that means fixed; empty to have it guessed.
  public var fixed = ""
  /// Other options that end an issue; nil for those that Notion groups as complete.
  public var closed: [String]?
  public var filter: [Condition] = []
  /// The parts whose changes are worth an edit, by name; empty for all.
  public var watched: [String] = []
  /// The roles that may change issues, by id or name; empty for every member.
  public var pressers: [String] = []
  /// The roles to call when a new issue has a priority ("*": any), by id or name.
  public var calls: [String: [String]] = [:]
  /// One line with `{title}` and the other parts (see `Part`).
  public var heading = Template.standardHeading.text
  /// Up to ten lines of the same; may be empty. A line whose parts are all empty is left out.
  public var body = Template.standardBody.text
  /// Messages deleted by hand: "repost" or "forget".
  public var lost = Rules.LostMessages.repost.rawValue

  /// "Labels is crash or UI", "Status is not Draft"; a value of "" means an empty cell.
  public struct Condition: Sendable, Hashable {
    /// The column's name or id.
    public var column: String
    public var isNot: Bool
    public var values: [String]

    public init(column: String, isNot: Bool = false, values: [String]) {
      self.column = column
      self.isNot = isNot
      self.values = values
    }
  }

  public init(connection: String, database: String, channel: String) {
    self.connection = connection
    self.database = database
    self.channel = channel
  }
}

/// What is wrong with a wish: a sentence for each field. The fields are called `connection`, `database`, `data_source`,
/// `channel`, `column.PART` (`column.title`, …), `fixed`, `closed`, `filter`, `watched`, `pressers`, `calls`, `heading`,
/// `body` and `lost`.
public struct WishProblems: FailureConvertible, Sendable, Hashable {
  public internal(set) var sentences: [String: String] = [:]

  public var failure: Failure {
    .invalid(sentences.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: "\n"))
  }
}

/// Collects problems while a wish is looked at, by one thread.
final class ProblemNotes {
  private(set) var problems = WishProblems()

  func note(_ sentence: String, on field: String) { problems.sentences[field] = sentence }

  func isNoted(_ field: String) -> Bool { problems.sentences[field] != nil }

  /// The value, unless making it fails for a reason of the wish; that is noted under the field.
  func noting<Value>(_ field: String, _ make: () throws -> Value) throws -> Value? {
    do {
      return try make()
    } catch {
      let failure = Failure(error)
      switch failure.kind {
      case .invalid, .denied, .notFound, .conflict, .unauthenticated: note(failure.sentence, on: field)
      case .busy, .unavailable, .outcomeUnknown, .unexpected: throw error
      }
      return nil
    }
  }

  func throwIfAny() throws {
    if !problems.sentences.isEmpty { throw problems }
  }
}

extension Mapping {
  /// The mapping as a wish, to be changed and given back.
  public var wish: MappingWish {
    var wish = MappingWish(connection: connection, database: database.rawValue, channel: channel.rawValue)
    wish.dataSource = dataSource.rawValue
    for part in Part.allCases { wish.columns[part] = roles[part]?.id ?? "" }
    wish.fixed = fixedOption
    wish.closed = rules.closed
    wish.filter = rules.filter.conditions.map {
      MappingWish.Condition(column: $0.column.id, isNot: $0.isNot, values: $0.values)
    }
    wish.watched = rules.watched.map(\.rawValue)
    wish.pressers = rules.pressers.map(\.rawValue)
    wish.calls = rules.calls.mapValues { $0.map(\.rawValue) }
    wish.heading = rules.heading.text
    wish.body = rules.body.text
    wish.lost = rules.lostMessages.rawValue
    return wish
  }
}
