import Basics
import Discord
import IssueSync

/// The form, filled in: what was wished, what there is to choose from, what is wrong.
struct MappingFormView {
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
    watched = Part.allCases.map {
      Choice(value: $0.rawValue, label: $0.label, isChosen: wish.watched.contains($0.rawValue))
    }
    let roles = sources.roles.filter { $0.id.rawValue != visit.guild.rawValue }.sorted { $0.position > $1.position }
    pressers = roles.map {
      Choice(
        value: $0.id.rawValue, label: $0.name,
        isChosen: wish.pressers.contains($0.id.rawValue) || wish.pressers.contains($0.name))
    }
    let names = Dictionary(roles.map { ($0.id.rawValue, $0.name) }, uniquingKeysWith: { first, _ in first })
    calls = wish.calls.sorted { $0.key < $1.key }
      .map { "\($0.key) = \($0.value.map { names[$0] ?? $0 }.joined(separator: ", "))" }.joined(separator: "\n")
    roleNames = roles.prefix(12).map(\.name).joined(separator: ", ")
    heading = wish.heading
    body = wish.body
    reposts = wish.lost != "forget"
    faults = Faults(problems)
    self.preview = preview?.value.map(PreviewView.init)
    previewFault = preview?.fault
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
      (isRequired ? [] : [Choice(value: "", label: "—", isChosen: chosen.isEmpty)])
      + fitting.map {
        Choice(value: $0.id, label: $0.name, isChosen: $0.id == chosen || $0.name == chosen)
      }
    fault = problems?.sentences[name]
  }
}

extension MappingFormView.ConditionField {
  fileprivate init(_ condition: MappingWish.Condition?, _ survey: TableSurvey) {
    columns = survey.columns.map { column in
      Choice(
        value: column.id, label: column.name,
        isChosen: condition.map { $0.column == column.id || $0.column == column.name } ?? false)
    }
    isNot = condition?.isNot ?? false
    values = condition?.values.joined(separator: ", ") ?? ""
  }
}
