import Basics
import Store

/// What an empty store is filled with: a studio's workspace with a bug tracker of 300 issues, made over the last
/// ninety days. The same content every time, but for its dates.
struct FirstContent {
  let now: Timestamp

  static let issueCount = 300
  static let people = [
    UserRecord(id: ObjectID.stable("person mara"), name: "Mara Lindqvist", email: "mara@lanternkeep.example"),
    UserRecord(id: ObjectID.stable("person tomas"), name: "Tomás Herrera", email: "tomas@lanternkeep.example"),
    UserRecord(id: ObjectID.stable("person yuki"), name: "田辺 由紀", email: "yuki@lanternkeep.example"),
    UserRecord(id: ObjectID.stable("person layla"), name: "Layla Haddad", email: "layla@lanternkeep.example"),
    UserRecord(id: ObjectID.stable("person ben"), name: "Ben Okafor", email: "ben@lanternkeep.example"),
  ]
  static let bot = UserRecord(id: Constants.botID, name: "Guildhall", isBot: true)

  func fill(_ transaction: WriteTransaction) throws {
    guard try transaction.users().isEmpty else { return }
    for (position, user) in (Self.people + [Self.bot]).enumerated() {
      try transaction.run(
        """
        INSERT INTO notion_users (id, position, name, kind, email)
        VALUES (\(user.id), \(position), \(user.name), \(user.isBot ? "bot" : "person"), \(user.email))
        """)
    }
    try addHome(transaction)
    try addTable(
      "Bug tracker", Constants.databaseID, Constants.dataSourceID, TrackerColumns.schema, icon: "🐞", transaction)
    try addIssues(transaction)
    try addTable(
      "Releases", Constants.releasesDatabaseID, Constants.releasesID, ReleaseColumns.schema, icon: "🏮", transaction)
    try addReleases(transaction)
    try addPrivateTable(transaction)
  }

  private var beginning: Timestamp { Days.adding(-90, to: now).minute }
  private var owner: String { Self.people[0].id }

  private func addHome(_ transaction: WriteTransaction) throws {
    let page = PageRecord(
      id: Constants.homePageID, dataSourceID: nil, parent: ["type": "workspace", "workspace": true],
      position: try transaction.next("position"), createdTime: beginning, lastEditedTime: beginning, createdBy: owner,
      lastEditedBy: owner)
    try transaction.insert(page, title: "")
    try transaction.setValue(RichText.plain(Constants.workspaceName), of: "title", page: page.id)
  }

  private func addTable(
    _ name: String, _ databaseID: String, _ sourceID: String, _ schema: Schema, icon: String, isShared: Bool = true,
    _ transaction: WriteTransaction
  ) throws {
    let icon: JSONValue = ["type": "emoji", "emoji": .string(icon)]
    try transaction.save(
      DatabaseRecord(
        id: databaseID, title: RichText.plain(name),
        parent: ["type": "page_id", "page_id": .string(Constants.homePageID)], icon: icon, isShared: isShared,
        createdTime: beginning + .milliseconds(38_416), lastEditedTime: beginning + .milliseconds(42_223),
        createdBy: owner, lastEditedBy: owner))
    try transaction.save(
      DataSourceRecord(
        id: sourceID, databaseID: databaseID, position: try transaction.next("position"), title: RichText.plain(name),
        icon: icon, schema: schema, createdTime: beginning, lastEditedTime: beginning, createdBy: owner,
        lastEditedBy: owner))
  }

  private func addIssues(_ transaction: WriteTransaction) throws {
    var chance = Chance(seed: 20_261_121)
    var text = IssueText()
    let people = Self.people.map(\.id)
    let values = IssueValues(people: people)
    for index in 0..<Self.issueCount {
      let (created, edited) = times(index, &chance)
      var cells = values.values(index, created: created, &chance)
      cells["Name"] = RichText.plain(text.title(index, &chance))
      cells["Description"] = text.description(index, &chance)
      cells["Duplicates"] = duplicates(index, &chance)
      try add(
        Self.issueID(index), to: Constants.dataSourceID, TrackerColumns.schema, cells, created, edited,
        (chance.one(of: people), chance.one(of: people)), transaction)
    }
    try transaction.setCounter("unique \(Constants.dataSourceID)", Int64(Self.issueCount))
  }

  static func issueID(_ index: Int) -> String { ObjectID.stable("issue \(index + 1)") }

  /// In order, the last one about an hour ago; edited some time after.
  private func times(_ index: Int, _ chance: inout Chance) -> (created: Timestamp, edited: Timestamp) {
    let span = (now - beginning).milliseconds - 3_600_000
    let step = span / Int64(Self.issueCount)
    let created = beginning + .milliseconds(step * Int64(index) + Int64(chance.number(0...Int(step) - 1)))
    let rest = (now - created).milliseconds
    let share = Int64(chance.number(0...100) * chance.number(0...100))
    return (created.minute, (created + .milliseconds(rest * share / 10_500)).minute)
  }

  /// One issue has thirty, more than a page shows.
  private func duplicates(_ index: Int, _ chance: inout Chance) -> JSONValue {
    if index == 120 { return .array((60..<90).map { .string(Self.issueID($0)) }) }
    guard index > 10, chance.percent(12) else { return [] }
    return .array((0..<chance.number(1...2)).map { .string(Self.issueID(index - 1 - $0 * 3)) })
  }

  private func addReleases(_ transaction: WriteTransaction) throws {
    for (index, version) in ["1.3.0", "1.4.0", "1.4.1", "1.4.2 “Moth”", "1.5.0 beta"].enumerated() {
      let day = Days.adding(index * 20, to: beginning)
      let issues = (0..<(index * 9)).map { JSONValue.string(Self.issueID($0 * 4 + index)) }
      let cells: [String: JSONValue] = [
        "Version": RichText.plain(version), "Notes": RichText.plain("What changed in \(version)."),
        "Released": ["start": .string(String(day.description.prefix(10))), "end": .null, "time_zone": .null],
        "Issues": .array(issues),
      ]
      try add(
        ObjectID.stable("release \(version)"), to: Constants.releasesID, ReleaseColumns.schema, cells, day, day,
        (owner, owner), transaction)
    }
  }

  private func addPrivateTable(_ transaction: WriteTransaction) throws {
    let schema = Schema(properties: [Property(id: "title", name: "Name", type: .title)])
    try addTable(
      "Salaries", Constants.privateDatabaseID, Constants.privateSourceID, schema, icon: "🔒", isShared: false,
      transaction)
    try add(
      ObjectID.stable("salary"), to: Constants.privateSourceID, schema, ["Name": RichText.plain("Nobody's business")],
      beginning, beginning, (owner, owner), transaction)
  }

  private func add(
    _ id: String, to sourceID: String, _ schema: Schema, _ cells: [String: JSONValue], _ created: Timestamp,
    _ edited: Timestamp, _ people: (creator: String, editor: String), _ transaction: WriteTransaction
  ) throws {
    let page = PageRecord(
      id: id, dataSourceID: sourceID, parent: .null, position: try transaction.next("position"), createdTime: created,
      lastEditedTime: edited, createdBy: people.creator, lastEditedBy: people.editor)
    try transaction.insert(page, title: RichText.plainText(cells[schema.title?.name ?? ""]))
    for property in schema.properties {
      guard let value = cells[property.name], value != [] else { continue }
      try transaction.setValue(value, of: property.id, page: id)
    }
  }
}
