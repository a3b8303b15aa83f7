import Basics
import Store

/// A page as a form: an input that fits each column.
struct RowView {
  let id: String
  let title: String
  let heading: String
  let table: String
  let tableName: String
  let isInTrash: Bool
  let hasProblems: Bool
  let fields: [FieldView]
  let facts: [Fixed]
  let body: [String]

  /// What works itself out.
  struct Fixed {
    let name: String
    let text: String
  }

  init(_ page: PageRecord, _ queries: some Queries, now: Timestamp, form: RowForm? = nil) throws {
    let source = try page.dataSourceID.flatMap(queries.anyDataSource)
    let schema = source?.schema ?? .pageOnly
    let row = try queries.tableRow(page)
    let context = try queries.context(schema, [row], now: now)
    let text = Reading.title(of: row)
    id = page.id
    heading = text.allSatisfy(\.isWhitespace) ? "Untitled" : text
    title = String(heading.prefix(80))
    table = source.map { "/sandbox/notion/databases/\($0.databaseID)?source=\($0.id)" } ?? "/sandbox/"
    tableName = source?.name ?? "Sandbox"
    isInTrash = page.isInTrash
    hasProblems = form?.problems.isEmpty == false
    let people = try queries.users()
    fields = schema.properties.filter(\.type.isEditable).map {
      FieldView($0, row, people, sent: form?.sent[$0.id], problem: form?.problems[$0.id])
    }
    facts = schema.properties.filter { !$0.type.isEditable }.map { property in
      let cell = CellView(property, row, context)
      let pills = cell.pills.map(\.name).joined(separator: ", ")
      return Fixed(name: property.name, text: pills.isEmpty ? cell.text ?? "–" : pills)
    }
    body = try queries.blocks(under: page.id).map { RichText.plainText($0.content["rich_text"]) }
  }
}

/// One input of the form.
struct FieldView {
  struct Choice {
    let value: String
    let name: String
    let isChosen: Bool
  }

  let id: String
  let name: String
  let value: String
  let end: String
  let inputType: String
  let problem: String?
  let choices: [Choice]
  let isText: Bool
  let isNumber: Bool
  let isLongText: Bool
  let isSelect: Bool
  let isChecklist: Bool
  let isCheckbox: Bool
  let isChecked: Bool
  let isDate: Bool
  let takesMore: Bool
  let help: String?

  init(_ property: Property, _ row: TableRow, _ people: [UserRecord], sent: [String]?, problem: String?) {
    let shown = sent ?? FormValue.shown(property, row)
    let type = property.type
    id = property.encodedID
    name = property.name
    self.problem = problem
    isSelect = type == .select || type == .status
    isChecklist = type == .multiSelect || type == .people
    isCheckbox = type == .checkbox
    isDate = type == .date
    isNumber = type == .number
    isLongText = [.richText, .files, .relation].contains(type)
    isText = !isSelect && !isChecklist && !isCheckbox && !isDate && !isLongText
    isChecked = isCheckbox && shown.first == "on"
    value = shown.first ?? ""
    end = shown.count > 1 ? shown[1] : ""
    takesMore = type == .multiSelect
    inputType = FormValue.inputType(type, value)
    help = FormValue.help(type).nonEmpty
    let options = type == .people ? people.map { ($0.id, $0.name) } : property.options.map { ($0.name, $0.name) }
    choices = options.map { Choice(value: $0.0, name: $0.1, isChosen: shown.contains($0.0)) }
  }
}

extension PropertyType {
  /// What a person can type into.
  var isEditable: Bool { isWritable && self != .place }
}
