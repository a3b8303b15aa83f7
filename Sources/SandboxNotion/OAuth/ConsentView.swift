import Basics
import HTTP
import Store

/// The page to connect on: who, and what is shared.
struct ConsentView {
  struct Hidden {
    let field: String
    let text: String
  }

  struct Person {
    let user: String
    let name: String
    let email: String
    let isChosen: Bool
  }

  struct Item {
    let page: String
    let title: String
    let kind: String
    let isInside: Bool
    /// Nil rather than empty: to a template an empty text is there.
    let restriction: String?
    let isPicked: Bool
  }

  let workspace = Constants.workspaceName
  let hidden: [Hidden]
  let people: [Person]
  let items: [Item]
  let goesTo: String
  let notice: String?

  init(_ request: ConsentRequest, _ form: Fields, notice: String?, _ queries: some Queries) throws {
    hidden = request.handedOn.map { Hidden(field: $0.name, text: $0.value) }
    let users = try queries.users()
    let chosen = form["as"] ?? users.first?.id
    people = users.filter { !$0.isBot }.map {
      Person(user: $0.id, name: $0.name, email: $0.email ?? "", isChosen: $0.id == chosen)
    }
    let picked = form.all("picked")
    items = try queries.pickable().map { item in
      let only = users.first { $0.id == item.onlyFor }?.name
      return Item(
        page: item.id, title: item.title, kind: item.kind, isInside: item.isInside,
        restriction: only.map { "only \($0)" }, isPicked: picked.contains(item.id))
    }
    goesTo = request.redirectURI
    self.notice = notice
  }
}

/// Something that can be shared with a connection.
struct Pickable {
  let id: String
  let title: String
  let kind: String
  let isInside: Bool
  /// The one person who has full access; nil for everybody.
  let onlyFor: String?
}

extension Queries {
  /// Pages that are no rows, each with the databases in it.
  func pickable() throws -> [Pickable] {
    let databases = try databases().filter { !$0.isInTrash }
    let pages = try all(
      PageRecord.self, "SELECT * FROM notion_pages WHERE data_source_id IS NULL AND in_trash = 0 ORDER BY position")
    return try pages.flatMap { page -> [Pickable] in
      let title = Reading.title(of: try tableRow(page))
      let inside = databases.filter { $0.parent["page_id"]?.string == page.id }.map {
        Pickable(
          id: $0.id, title: $0.name, kind: "database", isInside: true, onlyFor: $0.isShared ? nil : $0.createdBy)
      }
      let isInside = page.parent["page_id"] != nil
      return [Pickable(id: page.id, title: title, kind: "page", isInside: isInside, onlyFor: nil)] + inside
    }
  }
}
