import Accounts
import Basics
import HTTP
import Pages

/// What surrounds a page: who is logged in, where they are, where else they can go.
struct Frame {
  struct Section {
    let name: String
    let address: String
    let isHere: Bool
  }

  let person: String?
  let picture: String?
  let initial: String
  let formKey: String
  /// The server the page is about; nil on pages about the person.
  let server: String?
  let sections: [Section]
  let notice: String?
  /// `light` or `dark` where the visitor chose; nil follows the device.
  let theme: String?
  let isFlat: Bool
  /// The section the page belongs to.
  let here: String?

  // Mustache sees stored properties only.
  init(
    person: Person? = nil, formKey: String = "", server: String? = nil, sections: [Section] = [], _ request: Request
  ) {
    self.person = person?.name
    picture = person?.picture
    initial = String((person?.name ?? "").prefix(1))
    self.formKey = formKey
    self.server = server
    self.sections = sections
    notice = Notice(request)?.rawValue
    theme = Theme(request)?.rawValue
    isFlat = sections.isEmpty
    here = sections.first(where: \.isHere)?.name
  }
}

/// The pages of a server, in the order of the rail. A new page is a line here.
private let rail: [(name: String, page: String, action: Action)] = [
  ("Overview", "", .seeHall),
  ("Issues", "issues", .seeHall),
  ("Mappings", "mappings", .seeHall),
  ("Connections", "connections", .seeConnections),
  ("Jobs", "jobs", .seeJobs),
  ("Audit log", "audit", .seeAudit),
  ("People's data", "people", .handlePersonalData),
  ("Settings", "settings", .manageSettings),
]

extension Panel {
  /// A page of a server.
  func show(
    _ template: String, _ view: some Any, title: String, to visit: Visit, script: String? = nil, status: Int = 200
  )
    throws -> Response
  {
    try pages.page(template, data: view, title: title, frame: frame(visit), script: script, status: status)
  }

  /// A page about the visitor.
  func show(_ template: String, _ view: some Any, title: String, to visitor: Visitor, status: Int = 200) throws
    -> Response
  {
    let frame = Frame(person: visitor.person, formKey: visitor.formKey, visitor.request)
    return try pages.page(template, data: view, title: title, frame: frame, status: status)
  }

  private func frame(_ visit: Visit) -> Frame {
    let here = visit.request.path
    let open = rail.filter { visit.may($0.action) }
    let sections = open.map { entry in
      let address = visit.address(entry.page)
      let isHere = here == address || (!entry.page.isEmpty && here.hasPrefix(address + "/"))
      return Frame.Section(name: entry.name, address: address, isHere: isHere)
    }
    let server = visit.visitor.person.servers.first { $0.id == visit.guild }?.name ?? "This server"
    return Frame(
      person: visit.visitor.person, formKey: visit.visitor.formKey, server: server, sections: sections, visit.request)
  }
}
