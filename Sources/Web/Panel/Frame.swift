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
  let isFlat: Bool

  /// Around a page for somebody who is not logged in.
  static func stranger(_ notice: Notice?) -> Frame {
    Frame(
      person: nil, picture: nil, initial: "", formKey: "", server: nil, sections: [], notice: notice?.sentence,
      isFlat: true)
  }
}

/// The pages of a server, in the order of the rail. A new page is a line here.
private let rail: [(name: String, page: String, action: Action)] = [
  ("Overview", "", .seeHall),
]

extension Panel {
  /// A page of a server.
  func show(_ template: String, _ view: some Any, title: String, to visit: Visit, script: String? = nil, status: Int = 200)
    throws -> Response
  {
    try pages.page(template, data: view, title: title, frame: frame(visit), script: script, status: status)
  }

  /// A page about the visitor.
  func show(_ template: String, _ view: some Any, title: String, to visitor: Visitor, status: Int = 200) throws -> Response
  {
    try pages.page(template, data: view, title: title, frame: frame(visitor, nil, []), status: status)
  }

  private func frame(_ visit: Visit) -> Frame {
    let here = visit.request.path
    let open = rail.filter { visit.actor.standing >= $0.action.requirement }
    let sections = open.map { entry in
      let address = visit.address(entry.page)
      let isHere = here == address || (!entry.page.isEmpty && here.hasPrefix(address + "/"))
      return Frame.Section(name: entry.name, address: address, isHere: isHere)
    }
    let server = visit.visitor.person.servers.first { $0.id == visit.guild }?.name ?? "This server"
    return frame(visit.visitor, server, sections)
  }

  private func frame(_ visitor: Visitor, _ server: String?, _ sections: [Frame.Section]) -> Frame {
    Frame(
      person: visitor.person.name, picture: visitor.person.picture, initial: String(visitor.person.name.prefix(1)),
      formKey: visitor.formKey, server: server, sections: sections, notice: Notice(visitor.request)?.sentence,
      isFlat: sections.isEmpty)
  }
}
