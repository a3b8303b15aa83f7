import Basics
import Discord
import HTTP
import IssueSync

/// The form of a mapping, as it is posted: what stands in its fields becomes a wish, whatever it is; IssueSync says what
/// is wrong with it.
extension MappingWish {
  /// Without a field `whole`, nothing but the table and the channel was chosen yet, and everything else is guessed.
  init(_ fields: Fields) {
    self.init(
      connection: fields["connection"] ?? "", database: fields["database"] ?? "", channel: fields["channel"] ?? "")
    dataSource = fields["data_source"] ?? ""
    // A choice of the first page: the database and its data source.
    if let table = fields["table"]?.split(separator: " "), table.count == 2 {
      (database, dataSource) = (String(table[0]), String(table[1]))
    }
    guard fields["whole"] != nil else { return }
    for part in Part.allCases { columns[part] = fields["column.\(part.rawValue)"] ?? "" }
    fixed = fields["fixed"] ?? ""
    closed = fields.all("closed")
    filter = Self.conditions(fields)
    watched = fields.all("watched")
    pressers = fields.all("pressers")
    calls = Self.calls(fields["calls"] ?? "")
    heading = fields["heading"] ?? ""
    body = (fields["body"] ?? "").replacing("\r\n", with: "\n")
    lost = fields["lost"] ?? ""
  }

  /// Rows of a column, "is" or "is not", and values with commas between (Notion's options hold none).
  private static func conditions(_ fields: Fields) -> [Condition] {
    zip(zip(fields.all("filter.column"), fields.all("filter.is")), fields.all("filter.values"))
      .filter { !$0.0.0.isEmpty }
      .map { head, values in
        Condition(column: head.0, isNot: head.1 == "not", values: values.split(separator: ",").map { $0.trimmed })
      }
  }

  /// Lines of "P0 = role, role".
  private static func calls(_ text: String) -> [String: [String]] {
    let lines = text.split(whereSeparator: \.isNewline).map { $0.split(separator: "=", maxSplits: 1) }
    let pairs = lines.filter { !$0.isEmpty }.map { line in
      (line[0].trimmed, line.count == 2 ? line[1].split(separator: ",").map { $0.trimmed } : [""])
    }
    return Dictionary(pairs.filter { !$0.0.isEmpty }, uniquingKeysWith: +)
  }
}

extension Substring {
  fileprivate var trimmed: String {
    String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
  }
}

/// The form, filled in: what was wished, what there is to choose from, what is wrong.
struct MappingFormView {
  struct Choice {
    let value: String
    let label: String
    let isChosen: Bool
  }

  struct PartField {
    let name: String
    let label: String
    let choices: [Choice]
    let isRequired: Bool
    let fault: String?
  }

  struct ConditionField {
    let columns: [Choice]
    let isNot: Bool
    let values: String
  }

  let formKey: String
  /// Where the form goes.
  let address: String
  let cancel: String
  let isNew: Bool
  let connection: String
  let database: String
  let dataSource: String
  let channel: String
  let table: String
  let channelName: String
  let parts: [PartField]
  let fixed: [Choice]
  let closed: [Choice]
  let conditions: [ConditionField]
  let watched: [Choice]
  let pressers: [Choice]
  let calls: String
  let roleNames: String
  let heading: String
  let body: String
  let reposts: Bool
  let faults: Faults
  let preview: PreviewView?
  let previewFault: String?

  /// A sentence for each field, under names that a template can say.
  struct Faults {
    let channel, database, fixed, closed, filter, watched, pressers, calls, heading, body, lost: String?
    let isAny: Bool

    init(_ problems: WishProblems?) {
      let sentences = problems?.sentences ?? [:]
      channel = sentences["channel"]
      database = sentences["database"] ?? sentences["data_source"] ?? sentences["connection"]
      fixed = sentences["fixed"]
      closed = sentences["closed"]
      filter = sentences["filter"]
      watched = sentences["watched"]
      pressers = sentences["pressers"]
      calls = sentences["calls"]
      heading = sentences["heading"]
      body = sentences["body"]
      lost = sentences["lost"]
      isAny = !sentences.isEmpty
    }
  }

  /// What the form is drawn from.
  struct Sources {
    let survey: TableSurvey
    let channel: Channel?
    let roles: [ServerRole]
  }

  init(
    _ wish: MappingWish, _ sources: Sources, mapping: Mapping?, problems: WishProblems?,
    preview: Result<MessageDraft, Failure>?, _ visit: Visit
  ) {
    let survey = sources.survey
    formKey = visit.visitor.formKey
    isNew = mapping == nil
    cancel = visit.address(mapping.map { "mappings/\($0.id)" } ?? "mappings")
    address = visit.address(mapping.map { "mappings/\($0.id)/edit" } ?? "mappings/new")
    connection = wish.connection
    database = wish.database
    dataSource = survey.dataSource.rawValue
    channel = wish.channel
    table = survey.name
    channelName = sources.channel?.name ?? wish.channel
    parts = Part.allCases.map { PartField($0, wish, survey, problems) }
    let chosenFixed = wish.fixed.isEmpty ? survey.fixed : wish.fixed
    let options = Self.statusOptions(wish, survey)
    fixed = options.map { Choice(value: $0, label: $0, isChosen: $0 == chosenFixed) }
    let ended = wish.closed ?? survey.closed
    closed = options.map { Choice(value: $0, label: $0, isChosen: ended.contains($0)) }
    conditions = (wish.filter.map { ConditionField($0, survey) } + [ConditionField(nil, survey)])
    watched = Part.allCases.map { Choice(value: $0.rawValue, label: $0.label, isChosen: wish.watched.contains($0.rawValue)) }
    let roles = sources.roles.filter { $0.id.rawValue != visit.guild.rawValue }.sorted { $0.position > $1.position }
    pressers = roles.map {
      Choice(value: $0.id.rawValue, label: $0.name, isChosen: wish.pressers.contains($0.id.rawValue) || wish.pressers.contains($0.name))
    }
    let names = Dictionary(roles.map { ($0.id.rawValue, $0.name) }, uniquingKeysWith: { first, _ in first })
    calls = wish.calls.sorted { $0.key < $1.key }
      .map { "\($0.key) = \($0.value.map { names[$0] ?? $0 }.joined(separator: ", "))" }.joined(separator: "\n")
    roleNames = roles.prefix(12).map(\.name).joined(separator: ", ")
    heading = wish.heading
    body = wish.body
    reposts = wish.lost != "forget"
    faults = Faults(problems)
    self.preview = (try? preview?.get()).map(PreviewView.init)
    previewFault = if case .failure(let failure)? = preview { failure.sentence } else { nil }
  }

  /// The options of the column that is chosen for the status.
  private static func statusOptions(_ wish: MappingWish, _ survey: TableSurvey) -> [String] {
    guard let chosen = wish.columns[.status], !chosen.isEmpty,
      let column = survey.columns.first(where: { $0.id == chosen || $0.name == chosen })
    else { return survey.statusOptions }
    return column.options.map(\.name)
  }
}

extension MappingFormView.PartField {
  fileprivate init(_ part: Part, _ wish: MappingWish, _ survey: TableSurvey, _ problems: WishProblems?) {
    let chosen = wish.columns[part] ?? survey.columnsByPart[part] ?? ""
    name = "column.\(part.rawValue)"
    label = part.label
    isRequired = part == .title || part == .status
    let fitting = survey.columns.filter { (part == .title) == ($0.type == "title") }
    choices =
      (isRequired ? [] : [MappingFormView.Choice(value: "", label: "—", isChosen: chosen.isEmpty)])
      + fitting.map {
        MappingFormView.Choice(value: $0.id, label: $0.name, isChosen: $0.id == chosen || $0.name == chosen)
      }
    fault = problems?.sentences[name]
  }
}

extension MappingFormView.ConditionField {
  fileprivate init(_ condition: MappingWish.Condition?, _ survey: TableSurvey) {
    columns = survey.columns.map { column in
      MappingFormView.Choice(
        value: column.id, label: column.name,
        isChosen: condition.map { $0.column == column.id || $0.column == column.name } ?? false)
    }
    isNot = condition?.isNot ?? false
    values = condition?.values.joined(separator: ", ") ?? ""
  }
}

/// A message of Discord's, as a page shows it: its texts as they stand, in Discord's markdown.
struct PreviewView {
  struct Field {
    let name: String
    let value: String
  }

  struct Card {
    let title: String
    let description: String
    let fields: [Field]
    let footer: String
  }

  let content: String
  let cards: [Card]
  let buttons: [String]

  init(_ draft: MessageDraft) {
    content = draft.content
    cards = draft.embeds.map { embed in
      Card(
        title: embed.title, description: embed.description.replacing(/<t:\d+:R>/, with: "some time ago"),
        fields: embed.fields.map { Field(name: $0.name, value: $0.value) }, footer: embed.footer.text)
    }
    buttons = draft.components.flatMap { row -> [String] in
      guard case .buttons(let buttons) = row else { return [] }
      return buttons.map(\.label)
    }
  }
}
