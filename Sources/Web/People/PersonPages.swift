import Accounts
import Basics
import Discord
import HTTP

/// What is kept here of somebody: told, and erased when they ask. Whose it is goes in the form, never in the address,
/// where it would stand in the logs.
public struct PersonPages: Sendable {
  let panel: Panel
  let records: PersonalRecords

  public init(panel: Panel, records: PersonalRecords) {
    self.panel = panel
    self.records = records
  }

  public var doorways: [Doorway] {
    [
      panel.page("/people", .handlePersonalData) { try show($0) },
      panel.form("/people", .handlePersonalData) { try look($0, $1) },
      panel.form("/people/export", .handlePersonalData) { try export($0, $1) },
      panel.form("/people/erase", .handlePersonalData) { try erase($0, $1) },
    ]
  }

  private func show(_ visit: Visit, typed: String = "", fault: String? = nil) throws -> Response {
    let view = PeopleView(
      address: visit.address("people"), formKey: visit.visitor.formKey, typed: typed, fault: fault)
    return try panel.show("people", view, title: "People's data", to: visit, status: fault == nil ? 200 : 400)
  }

  private func look(_ visit: Visit, _ fields: Fields, fault: String? = nil) throws -> Response {
    let typed = String((fields["person"] ?? "").filter { !$0.isWhitespace }.prefix(100))
    guard let user = UserID(typed) else {
      return try show(visit, typed: typed, fault: "This is no Discord id: it is a number of about 19 digits.")
    }
    let found = try records.look(user, in: visit.guild)
    if found.isEmpty { return try show(visit, typed: typed, fault: "Nothing is kept of this person in this server.") }
    let view = PersonView(found, user, at: visit.address("people"), formKey: visit.visitor.formKey, fault: fault)
    return try panel.show("person", view, title: "Data of a person", to: visit, status: fault == nil ? 200 : 400)
  }

  private func export(_ visit: Visit, _ fields: Fields) throws -> Response {
    let user = try person(fields)
    let export = try records.export(user, in: visit.guild, by: AuditActor(visit.actor))
    var response = try Response.json(export)
    let name = "person-\(user)-\(panel.clock.now().description.prefix(10)).json"
    response.headers["Content-Disposition"] = "attachment; filename=\"\(name)\""
    return response
  }

  private func erase(_ visit: Visit, _ fields: Fields) throws -> Response {
    let user = try person(fields)
    guard fields["typed"]?.filter({ !$0.isWhitespace }) == user.rawValue else {
      return try look(visit, fields, fault: "Type \(user), exactly as it stands here.")
    }
    _ = try records.erase(user, in: visit.guild, by: AuditActor(visit.actor))
    return Notice.personErased.at(visit.address("people"))
  }

  private func person(_ fields: Fields) throws -> UserID {
    guard let user = UserID(fields["person"] ?? "") else { throw Failure.invalid("This is no Discord id.") }
    return user
  }
}

struct PeopleView {
  let address: String
  let formKey: String
  let typed: String
  let fault: String?
}

/// What there is of somebody, before it is exported or erased.
struct PersonView {
  struct Part {
    let what: String
    let rows: Int
  }

  let id: String
  let address: String
  let formKey: String
  let parts: [Part]
  let elsewhere: [String]
  let fault: String?

  init(_ found: PersonalRecords.Export, _ user: UserID, at address: String, formKey: String, fault: String?) {
    id = user.rawValue
    self.address = address
    self.formKey = formKey
    parts = found.parts.map { Part(what: $0.what, rows: $0.rows.count) }
    elsewhere = found.elsewhere
    self.fault = fault
  }
}
