import Basics
import Notion

/// What a table offers a mapping, and what we would guess: for a form to begin with.
public struct TableSurvey: Sendable {
  public let name: String
  public let database: DatabaseID
  public let dataSource: DataSourceID
  /// By name.
  public let columns: [Column]
  /// The columns that seem to play a part, by id.
  public let columnsByPart: [Part: String]
  /// The options of the column that seems to hold the status, in Notion's order.
  public let statusOptions: [String]
  /// Nil when none looks like it, so that somebody has to choose.
  public let fixed: String?
  /// The options beside it that end an issue.
  public let closed: [String]

  init(_ table: DataSource, of database: DatabaseID) {
    let guess = Roles.guess(table)
    let status = guess[.status]
    name = table.displayName
    self.database = database
    dataSource = table.id
    columns = table.columns.values.sorted { $0.name < $1.name }
    columnsByPart = guess.mapValues(\.id)
    statusOptions = status?.options.map(\.name) ?? []
    let fixed = status?.guessFixedOption()
    self.fixed = fixed
    closed = (status?.guessClosedOptions() ?? []).filter { $0 != fixed }
  }
}

extension DataSource {
  var displayName: String { title.plainText.isEmpty ? "Issues" : title.plainText }
}
