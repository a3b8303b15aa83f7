import Basics
import HTTP
import SandboxStage
import Store

/// A page for everybody, where rights can be given and taken by hand.
extension DiscordSandbox {
  static let peoplePath = "/sandbox/discord/people"

  var peopleRoutes: [Route] {
    [
      .get(Self.peoplePath) { _, _ in
        let view = try read { PeopleView(try $0.people()) }
        return try stage.pages.page("people", data: view, title: "People")
      },
      .get(Self.peoplePath + "/:user_id") { request, path in
        let view = try read { try PersonView(path["user_id"], notice: request.query["notice"], $0) }
        return try stage.pages.page("person", data: view, title: view.name)
      },
      .post(Self.peoplePath + "/:user_id/servers/:guild_id") { request, path in
        let form = try request.form()
        return try personAnswer(path["user_id"]) {
          try write { try change(path["user_id"], in: path["guild_id"], form, $0) }
        }
      },
      .post(Self.peoplePath + "/:user_id/deauthorize") { _, path in
        try personAnswer(path["user_id"]) { try write { try $0.forbid(by: path["user_id"]) } }
      },
    ]
  }

  private func change(_ user: String, in guild: String, _ form: Fields, _ transaction: WriteTransaction) throws {
    switch form["do"] {
    case "remove": try remove(user, from: guild, transaction)
    case "own": try setOwner(user, of: guild, transaction)
    default: try setRoles(form.all("roles"), of: user, in: guild, transaction)
    }
  }

  private func personAnswer(_ user: String, _ body: () throws -> Void) throws -> Response {
    var query = Fields()
    do { try body() } catch let failure as Failure { query.add("notice", failure.sentence) }
    let place = "\(Self.peoplePath)/\(percentEncoded(user))"
    return .seeOther(query.pairs.isEmpty ? place : returnAddress(place, adding: query))
  }
}
