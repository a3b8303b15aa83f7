import Basics
import HTTP
import SandboxStage
import Signatures
import Store

/// The page where a person connects Guildhall to the workspace and picks what it may see.
extension Workspace {
  static let consentPath = NotionSandbox.basePath + "/oauth/authorize"

  var consentRoutes: [Route] {
    [
      .get(Self.consentPath) { request, _ in try consent(request.query) { try consentPage($0) } },
      .post(Self.consentPath) { request, _ in
        let form = try request.form()
        return try consent(form) { try answered($0, form) }
      },
    ]
  }

  private func consent(_ fields: Fields, _ body: (ConsentRequest) throws -> Response) throws -> Response {
    do { return try body(ConsentRequest(fields, client: identities.clientID, redirects: redirects)) } catch {
      switch error {
      case ConsentRefusal.redirect(let location): return .seeOther(location)
      case ConsentRefusal.page(let sentence):
        return try stage.pages.page(
          "notion-refusal", data: ["sentence": sentence], title: "Connection refused", status: 400)
      default: throw error
      }
    }
  }

  private func consentPage(_ request: ConsentRequest, form: Fields = Fields(), notice: String? = nil) throws -> Response
  {
    let view = try read { try ConsentView(request, form, notice: notice, $0) }
    var page = try stage.pages.page(
      "notion-consent", data: view, title: "Connect", status: notice == nil ? 200 : 403)
    page.headers["Content-Security-Policy"] = formPolicy(leadingTo: request.redirectURI)
    return page
  }

  private func answered(_ request: ConsentRequest, _ form: Fields) throws -> Response {
    guard form["decision"] == "connect" else {
      throw ConsentRefusal.redirect(request.answer(["error": "access_denied"]))
    }
    let picked = form.all("picked")
    let problem = try read { try self.problem(form["as"], picked, $0) }
    if let problem { return try consentPage(request, form: form, notice: problem) }
    let code = try write { transaction in
      let botID = try transaction.connect(form["as"] ?? "", picked: picked, at: now)
      let code = AuthorizationCode(
        code: "03" + (try RandomToken.base62(bits: 200)), botID: botID, redirectURI: request.named,
        expiresAt: now + AuthorizationCode.lifetime)
      try transaction.insert(code)
      return code.code
    }
    return .seeOther(request.answer(["code": code]))
  }

  private func problem(_ user: String?, _ picked: [String], _ queries: some Queries) throws -> String? {
    guard let person = try queries.users().first(where: { $0.id == user && !$0.isBot }) else {
      return "Choose who you are."
    }
    guard !picked.isEmpty else { return "Pick at least one page or database." }
    let known = try queries.pickable()
    for id in picked {
      guard let item = known.first(where: { $0.id == id }) else { return "There is no such page in this workspace." }
      if let only = item.onlyFor, only != person.id { return "\(person.name) has no full access to “\(item.title)”." }
    }
    return nil
  }
}

/// What stands in an authorization address, once Notion would show its page for it.
struct ConsentRequest {
  let fields: Fields
  /// Where the person goes back to.
  let redirectURI: String
  /// The same if the address said so itself.
  let named: String?

  init(_ fields: Fields, client: String, redirects: [String]) throws {
    self.fields = fields
    guard fields["client_id"] == client else {
      throw ConsentRefusal.page("There is no connection with this client_id.")
    }
    named = fields["redirect_uri"]
    guard let target = named ?? (redirects.count == 1 ? redirects[0] : nil), redirects.contains(target) else {
      throw ConsentRefusal.page("The redirect_uri is missing or not one that is registered for this connection.")
    }
    redirectURI = target
    guard fields["response_type"] == "code" else {
      throw ConsentRefusal.redirect(
        answer(["error": fields["response_type"] == nil ? "invalid_request" : "unsupported_response_type"]))
    }
    guard fields["owner"] == "user" else { throw ConsentRefusal.redirect(answer(["error": "invalid_request"])) }
  }

  func answer(_ members: Fields) -> String {
    var members = members
    if let state = fields["state"] { members.add("state", state) }
    return returnAddress(redirectURI, adding: members)
  }

  var handedOn: [(name: String, value: String)] {
    fields.pairs.filter { ["client_id", "redirect_uri", "response_type", "owner", "state"].contains($0.name) }
  }
}

/// Why there is no page to connect on.
enum ConsentRefusal: Error {
  /// Shown to the person; nobody is sent anywhere.
  case page(String)
  case redirect(String)
}
