import Basics
import Foundation
import HTTP
import SandboxStage
import Store

/// The stand-in at work: what all calls and pages share.
struct Workspace: Sendable {
  let stage: Stage
  let identities: NotionSandbox.Identities
  let courier: EventCourier
  /// Where people may be sent back to after they connected.
  let redirects: [String]
  let memory = QueryMemory()
  let rates = RateWindow()
  let grants = GrantSwitches()

  var now: Timestamp { stage.clock.now() }

  func read<Value>(_ body: (ReadTransaction) throws -> Value) throws -> Value { try stage.store.read(body) }

  /// Every change moves the revision, so that what was worked out before is not used again.
  func write<Value>(_ body: (WriteTransaction) throws -> Value) throws -> Value {
    try stage.store.write { transaction in
      _ = try transaction.next("revision")
      return try body(transaction)
    }
  }
}

/// One call of the API, after its token and version were checked.
struct Call {
  let workspace: Workspace
  let version: Version
  let actor: Actor
  let request: Request
  let path: PathParameters

  var now: Timestamp { workspace.now }
  var sight: Sight { actor.sight }
  var answers: Answers { Answers(version: version) }

  func id(_ name: String, as parameter: String) throws -> String {
    try Input("path.\(parameter)", .string(path[name])).uuid()
  }

  /// The body, with nothing in it but these members.
  func body(_ allowed: [String]) throws -> Input {
    guard request.body.count <= 500_000 else {
      throw APIError(413, "validation_error", "Request body too large, the maximum is 500KB.")
    }
    let value: JSONValue
    do { value = request.body.isEmpty ? [:] : try JSON.decode(JSONValue.self, from: request.body) } catch {
      throw APIError.invalidJSON
    }
    let input = Input("body", value)
    let members = try input.object()
    if let unknown = members.keys.sorted().first(where: { !allowed.contains($0) }) {
      throw input[unknown].fault("not present")
    }
    return input
  }

  /// `page_size` and `start_cursor` of a list asked for by GET.
  func page() throws -> (size: Int, cursor: String?) {
    let query = Input(
      "query",
      [
        "page_size": request.query["page_size"].map { Int64($0).map(JSONValue.integer) ?? .string($0) } ?? 100,
        "start_cursor": request.query["start_cursor"].map(JSONValue.string) ?? .null,
      ])
    return (try query["page_size"].integer(1...100), request.query["start_cursor"])
  }

  var filterProperties: [String] {
    request.query.all("filter_properties") + request.query.all("filter_properties[]")
  }
}

extension Workspace {
  /// A route that answers as Notion does: token, version, then the call; refusals in Notion's form.
  func route(_ method: Method, _ pattern: String, _ answer: @escaping @Sendable (Call) throws -> JSONValue) -> Route {
    answering(method, pattern) { request, path in
      let (actor, token) = try admitted(request)
      try rates.admit(token, at: now, stage.pace.current)
      let version = try Version.named(request.headers["Notion-Version"])
      return try answer(Call(workspace: self, version: version, actor: actor, request: request, path: path))
    }
  }

  /// Whatever is thrown becomes Notion's form of it; every answer carries its request's id.
  func answering(
    _ method: Method, _ pattern: String, _ answer: @escaping @Sendable (Request, PathParameters) throws -> JSONValue
  ) -> Route {
    Route(method, NotionSandbox.basePath + pattern) { request, path in
      let requestID = UUID().uuidString.lowercased()
      do {
        return try response(answer(request, path), status: 200, requestID)
      } catch let refusal as GrantRefusal {
        return try response(refusal.body(grants.current.errors), status: refusal.status, requestID)
      } catch {
        let error = error as? APIError ?? .internalFault(error)
        var refusal = try response(body(of: error), status: error.status, requestID)
        refusal.headers["Retry-After"] = error.retryAfter.map(String.init)
        return refusal
      }
    }
  }

  /// Who calls, by the token: the internal integration, or a connection a person made.
  private func admitted(_ request: Request) throws -> (Actor, token: String) {
    let header = request.headers["Authorization"] ?? ""
    let token = String(header.dropFirst(7))
    guard header.hasPrefix("Bearer ") else { throw APIError.badToken }
    if try isValid(token: token) { return (.integration, token) }
    guard let actor = try read({ try $0.connection(access: token).map { try Actor($0, $1) } }) else {
      throw APIError.badToken
    }
    return (actor, token)
  }

  private func body(of error: APIError) -> JSONValue {
    var members: [String: JSONValue] = [
      "object": "error", "status": .integer(Int64(error.status)), "code": .string(error.code),
      "message": .string(error.message),
    ]
    members["additional_data"] = error.additionalData
    return .object(members)
  }

  private func response(_ body: JSONValue, status: Int, _ requestID: String) throws -> Response {
    let members = (body.object ?? [:]).merging(["request_id": .string(requestID)]) { $1 }
    var response = try Response.json(members, status: status)
    response.headers["Content-Type"] = "application/json; charset=utf-8"
    response.headers["x-notion-request-id"] = requestID
    return response
  }
}
