import Accounts
import Basics
import Bootstrap
import Discord
import HTTP

/// What Discord knows of us, and how services are asked.
extension Patient {
  private var path: String { "\(environment.publicURL)/discord/interactions" }

  static var inBetween: String {
    "Something before Guildhall answers there: see the nginx site, and that no redirect or filter is on this path."
  }

  /// Discord itself sends bad signatures now and then, and takes the address away when one is not refused. A good one
  /// only Discord can make: it tries both when the address is saved.
  var signatures: Finding {
    .look("signatures", remedy: "See what “database” says.") {
      let status = try probe(
        path, Array(#"{"type":1}"#.utf8),
        [
          "X-Signature-Ed25519": String(repeating: "0", count: 128), "X-Signature-Timestamp": "\(now.seconds)",
        ])
      guard status == 401 else {
        return .trouble("\(path) answers a bad signature with \(status), not 401", remedy: Self.inBetween)
      }
      let last: Timestamp? = try environment.durable.read {
        try $0.value("SELECT max(received_at) FROM interactions")
      }
      let good = last.map { "the last good one came from Discord \(spoken(now - $0)) ago" }
      return .well(
        "a bad one is refused at \(path); " + (good ?? "a good one only Discord can make, and none has come yet"))
    }
  }

  /// Posts JSON to an address of our own, and tells the status.
  func probe(_ url: String, _ body: [UInt8], _ headers: [String: String]) throws -> Int {
    var request = OutgoingRequest(method: .post, url: url, body: body)
    request.headers["Content-Type"] = "application/json"
    for (name, value) in headers { request.headers[name] = value }
    do throws(TransportFailure) {
      return try environment.premises.ownTransport(request).status
    } catch {
      throw Trouble(
        sentence: "\(url) cannot be reached: \(error.reason)", remedy: "See what “public address” says.")
    }
  }

  /// Calls a service. What to do when that fails follows from why.
  /// - Parameter refused: what to do when the service works and does not want to.
  func call<Value>(_ connection: Connection, refused: String? = nil, _ body: () throws -> Value) throws -> Value {
    do {
      _ = try environment.connections.token(of: connection)
    } catch {
      throw Trouble(sentence: Failure(error).sentence, remedy: "See what “sealed secrets” says.")
    }
    do {
      return try body()
    } catch {
      let failure = Failure(error)
      let connect = "guildhall \(connection.service.rawValue) connect"
      let remedy =
        switch failure.kind {
        case .unauthenticated: connect
        case .busy: "Wait; it is tried again by itself."
        case .unavailable, .outcomeUnknown:
          "See whether this machine can reach the service. While it cannot, what is to be told there is kept."
        default: refused ?? connect
        }
      throw Trouble(sentence: failure.sentence + (failure.cause.map { " (\($0))" } ?? ""), remedy: remedy)
    }
  }

  /// The application, and where it sends clicks, which only an application that answers can tell.
  var discord: [Finding] {
    var found: Application?
    let finding = Finding.look("discord", remedy: "See what “database” says.") {
      guard let known = try environment.connections.discord() else {
        return .trouble("no application is connected", remedy: "guildhall discord connect")
      }
      let application = try call(known) { try environment.discord(.interactive).application() }
      found = application
      guard known.publicKey == application.verifyKey else {
        return .trouble(
          "the application's public key has changed, so every click is refused", remedy: "guildhall discord connect")
      }
      let sentence = "the token works: \(application.name) (\(application.id))"
      let intents = application.privilegedIntents
      guard intents.isEmpty else {
        return .notice(
          "\(sentence); it has privileged intents that are not needed: \(intents.joined(separator: ", "))",
          remedy: "Turn them off, unless something else uses this bot: \(page(of: application, "bot"))")
      }
      return .well("\(sentence); it has no privileged intent, and needs none")
    }
    return [finding] + (found.map { [endpoint(of: $0)] } ?? [])
  }

  private func endpoint(of application: Application) -> Finding {
    .look("interactions endpoint", remedy: "See what “discord” says.") {
      let remedy = "Set Interactions Endpoint URL to \(path) at \(page(of: application, "information"))"
      switch application.interactionsURL {
      case path?, "\(environment.publicURL)/api/sync/webhook"?:
        return .well("Discord sends clicks to \(path), and tried good and bad signatures when that was saved")
      case nil: return .trouble("Discord does not know where to send clicks", remedy: remedy)
      case let other?: return .trouble("Discord sends clicks to \(other)", remedy: remedy)
      }
    }
  }

  private func page(of application: Application, _ name: String) -> String {
    "https://discord.com/developers/applications/\(application.id)/\(name)"
  }
}
