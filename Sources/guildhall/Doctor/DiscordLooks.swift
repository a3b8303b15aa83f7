import Basics
import Bootstrap
import Discord
import HTTP
import IssueSync

/// The public address, and what Discord knows of us.
extension Patient {
  private var path: String { "\(environment.publicURL)/discord/interactions" }

  var publicAddress: Finding {
    .look("public address", remedy: "See that nginx and the responder run: systemctl status nginx guildhall") {
      let answer = try ask(OutgoingRequest(url: "\(environment.publicURL)/health"))
      guard answer.status == 200 else {
        return .trouble(
          "\(environment.publicURL)/health answers \(answer.status)",
          remedy:
            "See that nginx passes it to the responder, and that the responder runs: journalctl -t guildhall -n 20")
      }
      return .well("\(environment.publicURL) answers")
    }
  }

  /// Discord itself sends bad signatures now and then, and takes the address away when one is not refused.
  var interactions: Finding {
    .look("signatures", remedy: "See what “public address” says.") {
      var request = OutgoingRequest(method: .post, url: path, body: Array(#"{"type":1}"#.utf8))
      request.headers["Content-Type"] = "application/json"
      request.headers["X-Signature-Ed25519"] = String(repeating: "0", count: 128)
      request.headers["X-Signature-Timestamp"] = "\(now.seconds)"
      let status = try ask(request).status
      guard status == 401 else {
        return .trouble(
          "\(path) answers a bad signature with \(status), not 401",
          remedy:
            "Something before Guildhall answers there: see the nginx site, and that no redirect or filter is on this path."
        )
      }
      return .well("a bad one is refused at \(path)")
    }
  }

  private func ask(_ request: OutgoingRequest) throws -> IncomingResponse {
    do throws(TransportFailure) {
      return try environment.transport(request)
    } catch {
      throw Failure(.unavailable, "\(request.url) cannot be reached: \(error.reason)")
    }
  }

  var application: Finding {
    .look("discord", remedy: "guildhall discord connect") {
      let application = try environment.discord(.interactive).application()
      guard let known = try environment.connections.discord(), known.publicKey == application.verifyKey else {
        return .trouble(
          "the application's public key has changed, so every click is refused", remedy: "guildhall discord connect")
      }
      return .well("the token works: \(application.name) (\(application.id)); no privileged intent is needed")
    }
  }

  var endpoint: Finding {
    .look("interactions endpoint", remedy: "See what “discord” says.") {
      let application = try environment.discord(.interactive).application()
      let page = "https://discord.com/developers/applications/\(application.id)/information"
      switch application.interactionsURL {
      case path?, "\(environment.publicURL)/api/sync/webhook"?: return .well("Discord sends clicks to \(path)")
      case nil:
        return .trouble(
          "Discord does not know where to send clicks", remedy: "Set Interactions Endpoint URL to \(path) at \(page)")
      case let other?:
        return .trouble(
          "Discord sends clicks to \(other)", remedy: "Set Interactions Endpoint URL to \(path) at \(page)")
      }
    }
  }
}
