import Basics
import HTTP
import Store

/// A request to the API, as the handler of an endpoint sees it.
struct Call {
  let request: Request
  let path: PathParameters
  /// For whom it is made; nil for the bot or nobody.
  var bearer: TokenPair?

  /// An id of the path; what is no snowflake is complained of as Discord does.
  func snowflake(_ name: String) throws -> String {
    let text = path[name]
    guard isSnowflake(text) else {
      throw Refusal.invalidForm([name], "NUMBER_TYPE_COERCE", "Value \"\(text.prefix(100))\" is not snowflake.")
    }
    return text
  }

  /// A number of the query within its range.
  func number(_ name: String, in range: ClosedRange<Int64>, default standard: Int64) throws -> Int64 {
    guard let text = request.query[name] else { return standard }
    let form = Form([name: .string(text)])
    let number = form.integer(name, in: range)
    try form.complaints.throwIfAny()
    return number ?? standard
  }

  func flag(_ name: String) -> Bool { ["true", "1", "True"].contains(request.query[name] ?? "") }

  /// The body and the files that came with it: JSON, or a multipart form whose `payload_json` is the JSON.
  func payload() throws -> (json: JSONValue, files: [FormPart]) {
    switch request.mediaType {
    case "application/json"?: return (try parsed(request.body), [])
    case "multipart/form-data"?:
      guard let parts = try? request.parts() else {
        throw Refusal.invalidForm([], "MULTIPART", "Malformed multipart body")
      }  // whatever is wrong, it is malformed
      let json = try parts.first { $0.name == "payload_json" }.map { try parsed($0.bytes) } ?? fields(of: parts)
      return (json, parts.filter { $0.fileName != nil })
    case "application/x-www-form-urlencoded"?:
      let fields = Fields(encoded: String(decoding: request.body, as: UTF8.self))
      return (.object(Dictionary(fields.pairs.map { ($0.name, .string($0.value)) }) { $1 }), [])
    default: throw Refusal.contentType
    }
  }

  private func fields(of parts: [FormPart]) -> JSONValue {
    .object(
      Dictionary(
        parts.filter { $0.fileName == nil }.map { ($0.name, .string(String(decoding: $0.bytes, as: UTF8.self))) }
      ) { $1 })
  }

  private func parsed(_ bytes: [UInt8]) throws -> JSONValue {
    guard String(validating: bytes, as: UTF8.self) != nil,
      let value = try? JSON.decode(JSONValue.self, from: bytes)  // whatever is wrong with it, it is no JSON
    else { throw Refusal.invalidJSON }
    return value
  }
}

extension DiscordSandbox {
  enum Access: Equatable {
    /// Only with the bot's token.
    case bot
    /// Only for a person who allowed it: with a bearer token of this scope, or of any.
    case person(scope: String?)
    /// With the bot's token, or a bearer token of this scope.
    case botOrPerson(scope: String)
    /// For everybody: the token of an interaction stands in the path.
    case open
  }

  /// An endpoint: version, User-Agent, token, rate limit, then the handler; what it throws becomes Discord's envelope.
  func endpoint(
    _ method: HTTP.Method, _ pattern: String, _ access: Access = .bot, _ bucket: Bucket, major: String = "",
    _ handler: @escaping @Sendable (Call) throws -> Response
  ) -> Route {
    Route(method, "/sandbox/discord/api/:version" + pattern) { request, path in
      do {
        let bearer = try admit(request, version: path["version"], access)
        let state = try limits.count(
          bucket, major: path[major] + (bearer?.user ?? ""), isGlobal: access != .open && bearer == nil)
        var response = try answered { try handler(Call(request: request, path: path, bearer: bearer)) }
        for (name, value) in state.headers { response.headers[name] = value }
        return response
      } catch let refusal as Refusal {
        return refusal.response
      } catch let limited as RateLimited {
        return limited.response
      }
    }
  }

  private func answered(_ body: () throws -> Response) throws -> Response {
    do { return try body() } catch let refusal as Refusal { return refusal.response }
  }

  /// - Returns: the bearer token of a person, where one is given and will do.
  private func admit(_ request: Request, version: String, _ access: Access) throws -> TokenPair? {
    guard ["v10", "v9", ""].contains(version) else { throw version.hasPrefix("v") ? Refusal.invalidVersion : .notFound }
    try admitUserAgent(request.headers["User-Agent"] ?? "")
    let given = request.headers["Authorization"] ?? ""
    switch access {
    case .open: return nil
    case .person(let scope): return try bearer(given, scope)
    case .botOrPerson(let scope) where given.hasPrefix("Bearer "): return try bearer(given, scope)
    case .bot, .botOrPerson:
      guard given == "Bot \(token)" else { throw Refusal.unauthorized }
      return nil
    }
  }

  /// One that has ended, or lacks the scope, is no token at all: 401 either way.
  private func bearer(_ header: String, _ scope: String?) throws -> TokenPair {
    guard header.hasPrefix("Bearer "), let pair = try read({ try $0.pair(access: String(header.dropFirst(7))) }),
      pair.expiresAt > stage.clock.now(), scope.map({ pair.scopes.split(separator: " ").contains($0[...]) }) ?? true
    else { throw Refusal.unauthorized }
    return pair
  }

  /// Discord asks for `DiscordBot ($url, $version)` and may block others; none at all it always blocks. At the real
  /// pace both are blocked here.
  private func admitUserAgent(_ agent: String) throws {
    if agent.isEmpty || (stage.pace.current == .real && !agent.hasPrefix("DiscordBot (")) { throw Refusal.network }
  }

  func read<Value>(_ body: (ReadTransaction) throws -> Value) throws -> Value { try stage.store.read(body) }
  func write<Value>(_ body: (WriteTransaction) throws -> Value) throws -> Value { try stage.store.write(body) }
}
