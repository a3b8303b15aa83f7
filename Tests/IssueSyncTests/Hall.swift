import Accounts
import Basics
import Discord
import Foundation
import Jobs
import Notion
import Outbound
import Store
import Synchronization

@testable import IssueSync

/// A small hall for one subject: an in-memory store, a clock that is set by hand, and clients that fail unless set.
final class Hall: Sendable {
  let store: DataStore
  let queue: JobQueue
  private let box = ClockBox()
  private let clients = Mutex((discord: DiscordClient.failing, notion: NotionClient.failing))

  init() throws {
    store = try DataStore.inMemory()
    _ = try store.migrate(
      [Self.connections, AuditLog.migration, PersonalRecords.migration] + jobMigrations + issueSyncMigrations)
    queue = JobQueue(store: store, clock: WallClock { [box] in box.now })
    try store.write { try $0.run("INSERT INTO connections (id) VALUES ('workspace')") }
  }

  private static let connections = Migration(
    "20260101-0000-connections", "CREATE TABLE connections (id TEXT PRIMARY KEY) STRICT")

  final class ClockBox: Sendable {
    private let time = Mutex(Timestamp(iso8601: "2026-11-21T10:00:30Z")!)
    var now: Timestamp {
      get { time.withLock { $0 } }
      set { time.withLock { $0 = newValue } }
    }
  }

  var now: Timestamp {
    get { box.now }
    set { box.now = newValue }
  }

  var clock: WallClock { WallClock { [box] in box.now } }

  var discord: DiscordClient {
    get { clients.withLock { $0.discord } }
    set { clients.withLock { $0.discord = newValue } }
  }

  var notion: NotionClient {
    get { clients.withLock { $0.notion } }
    set { clients.withLock { $0.notion = newValue } }
  }

  /// Whose share of Discord's limits was spent, call for call.
  let shares = Mutex<[Urgency]>([])

  var personalData: [PersonalData] { desk.personalData }

  private var desk: IssueDesk {
    IssueDesk(
      store: store, queue: queue, clock: clock, notion: { [self] _, _ in notion },
      discord: { [self] urgency in
        shares.withLock { $0.append(urgency) }
        return discord
      })
  }

  var syncing: Syncing { desk.syncing }
  var mappings: Mappings { desk.mappings }
  var changing: Changing { desk.changing }
  var filing: Filing { desk.filing }
  var rereading: Rereading { desk.rereading }

  /// Works off what is due, moving the clock on to what is due within the next seconds.
  func work(for seconds: Int = 2) throws {
    for _ in 0...(seconds * 4) {
      try JobRunner(queue: queue, kinds: desk.jobKinds).drain(threads: 1, until: now + .milliseconds(1))
      now = now + .milliseconds(250)
    }
  }

  func issues() throws -> [Issue] {
    try store.read { queries in
      try queries.values(String.self, "SELECT id FROM issues ORDER BY id").compactMap {
        try IssueRecords.find($0, queries)
      }
    }
  }

  func jobs(_ state: String, kind: String? = nil) throws -> Int {
    try store.read {
      try $0.value(
        Int.self, "SELECT count(*) FROM jobs WHERE state = \(state) AND (\(kind) IS NULL OR kind = \(kind))") ?? 0
    }
  }
}

extension Hall {
  static let guild = GuildID("1000")!
  static let channel = ChannelID("2000")!
  static let source = DataSourceID("11111111-1111-4111-8111-111111111111")!
  static let database = DatabaseID("22222222-2222-4222-8222-222222222222")!

  /// A mapping of a table with the usual columns. Afterwards nothing may be called but the table's columns and people.
  func mapping(_ edit: (inout MappingWish) -> Void = { _ in }) throws -> Mapping {
    var wish = wish()
    edit(&wish)
    return try looking { try mappings.add(wish) }
  }

  /// Decides something else about the mapping.
  @discardableResult
  func change(_ edit: (inout MappingWish) -> Void) throws -> Mapping {
    let mapping = try mappings.list()[0]
    var wish = mapping.wish
    edit(&wish)
    return try looking { try mappings.change(mapping.id, to: wish) }
  }

  /// With both sides open to be looked at.
  func looking<Value>(_ body: () throws -> Value) throws -> Value {
    let clients = (discord, notion)
    defer {
      discord = clients.0
      notion = clients.1
      table(Hall.columns)
    }
    table(Hall.columns)
    discord.channel = { _ in
      try JSON.decode(Channel.self, from: #"{"id":"2000","type":0,"guild_id":"1000","name":"bugs"}"#)
    }
    discord.server = { _ in
      let roles = [("77", "Staff"), ("78", "Players")].map {
        #"{"id":"\#($0.0)","name":"\#($0.1)","position":1,"color":0,"permissions":"0","managed":false}"#
      }
      let list = roles.joined(separator: ",")
      return try JSON.decode(Server.self, from: #"{"id":"1000","name":"Hall","owner_id":"1","roles":[\#(list)]}"#)
    }
    return try body()
  }

  /// The table has these columns from now on.
  func table(_ columns: [String: Column]) {
    notion.dataSource = { id in DataSource(id: id, title: [RichText("Bugs")], columns: columns) }
    notion.people = { _ in PeoplePage(people: [Person(id: Self.nellyInNotion, name: "Nelly Brandt")]) }
  }

  static let nellyInNotion = PersonID("33333333-3333-4333-8333-333333333333")!

  func wish() -> MappingWish {
    var wish = MappingWish(connection: "workspace", database: Self.database.rawValue, channel: Self.channel.rawValue)
    wish.dataSource = Self.source.rawValue
    return wish
  }

  static let columns = Dictionary(
    uniqueKeysWithValues: [
      Column(id: "title", name: "Name", type: "title"),
      Column(
        id: "st", name: "Status", type: "status",
        options: ["Open", "Blocked", "Fixed", "Won't fix"].map { Column.Option(id: $0, name: $0) },
        groups: [
          .init(name: "To-do", options: ["Open", "Blocked"]), .init(name: "Complete", options: ["Fixed", "Won't fix"]),
        ]),
      Column(
        id: "pr", name: "Priority", type: "select", options: ["P0", "P1"].map { Column.Option(id: $0, name: $0) }),
      Column(
        id: "la", name: "Labels", type: "multi_select", options: ["ui", "net"].map { Column.Option(id: $0, name: $0) }),
      Column(id: "as", name: "Assignee", type: "people"),
      Column(id: "de", name: "Description", type: "rich_text"), Column(id: "no", name: "ID", type: "unique_id"),
    ].map { ($0.name, $0) })

  /// A row of that table.
  func row(
    _ number: Int, _ title: String = "Door stuck", status: String = "Open", labels: [String] = [],
    trashed: Bool = false,
    editedAt: Timestamp? = nil
  ) -> Page {
    Page(
      id: PageID(String(format: "00000000-0000-4000-8000-%012d", number))!, createdTime: now.minute,
      lastEditedTime: editedAt ?? now.minute, isTrashed: trashed, url: "https://notion.so/x",
      properties: [
        "Name": Property(id: "title", value: .title([RichText(title)])),
        "Status": Property(id: "st", value: .status(Column.Option(name: status))),
        "Labels": Property(id: "la", value: .multiSelect(labels.map { Column.Option(id: $0, name: $0) })),
        "ID": Property(id: "no", value: .uniqueID(prefix: "LK", number: number)),
      ])
  }
}

/// Discord with one channel: remembers messages, gives the same one back for the same nonce.
final class FakeChannel: Sendable {
  struct Posted: Sendable {
    let id: MessageID
    var draft: MessageDraft
    let at: Timestamp
  }

  private let state = Mutex<(messages: [Posted], next: Int, edits: Int)>(([], 0, 0))

  var messages: [Posted] { state.withLock { $0.messages } }
  var edits: Int { state.withLock { $0.edits } }
  func deleteAll() { state.withLock { $0.messages = [] } }
  /// Discord shows the answer to a press.
  func show(_ answer: MessageDraft) { state.withLock { $0.messages[0].draft = answer } }

  func client(clock: WallClock, losesAnswers: @escaping @Sendable () -> Bool = { false }) -> DiscordClient {
    var client = DiscordClient.failing
    client.createMessage = { [self] _, draft in
      let message = state.withLock { state -> Posted in
        if let known = state.messages.first(where: {
          $0.draft.nonce == draft.nonce && clock.now() - $0.at < .seconds(120)
        }) {
          return known
        }
        state.next += 1
        let milliseconds = UInt64(clock.now().milliseconds - 1_420_070_400_000)
        let posted = Posted(
          id: MessageID(String(milliseconds << 22 | UInt64(state.next)))!, draft: draft, at: clock.now())
        state.messages.append(posted)
        return posted
      }
      if losesAnswers() { throw Failure(.outcomeUnknown, "Discord did not answer.") }
      return Message(id: message.id)
    }
    client.editMessage = { [self] _, id, draft in
      try state.withLock { state in
        guard let index = state.messages.firstIndex(where: { $0.id == id }) else {
          throw DiscordRefusal(status: 404, code: DiscordRefusal.unknownMessage, message: "Unknown Message")
        }
        state.messages[index].draft = draft
        state.edits += 1
      }
      return Message(id: id)
    }
    client.message = { _, id in Message(id: id) }
    client.messagesAfter = { [self] _, cursor in
      state.withLock { state in
        state.messages.filter { $0.id.createdAt > cursor.createdAt }.prefix(100).map {
          Message(id: $0.id, customIDs: $0.draft.customIDs)
        }
      }
    }
    client.channel = { _ in
      try JSON.decode(Channel.self, from: #"{"id":"2000","type":0,"guild_id":"1000","last_message_id":null}"#)
    }
    return client
  }
}

extension MessageDraft {
  var customIDs: [String] {
    components.flatMap(\.customIDs).map(\.description)
  }
  var buttons: [Button] {
    components.flatMap { row -> [Button] in if case .buttons(let buttons) = row { buttons } else { [] } }
  }
  var buttonLabel: String { buttons.first?.label ?? "" }
  var text: String { embeds.map { "\($0.title)\n\($0.description)" }.joined() }
}
