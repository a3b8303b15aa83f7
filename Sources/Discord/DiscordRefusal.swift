import Basics
import HTTP

/// Discord's own "no": its code, and a sentence for people (Discord: opcodes and status codes, JSON error codes).
public struct DiscordRefusal: FailureConvertible, Sendable {
  public let status: Int
  /// 0 when the answer was not Discord's envelope.
  public let code: Int
  public let message: String
  /// The first field that was wrong, when it was one: `embeds.0.title: must be 256 or fewer in length`.
  public let detail: String?

  init(_ response: IncomingResponse) {
    let envelope = try? JSON.decode(JSONValue.self, from: response.body)  // the edge answers HTML
    status = response.status
    code = Int(envelope?["code"]?.integer ?? 0)
    message = envelope?["message"]?.string ?? "status \(response.status)"
    detail = envelope?["errors"].flatMap { Self.firstFault(in: $0, path: "") }
  }

  public init(status: Int, code: Int, message: String) {
    self.status = status
    self.code = code
    self.message = message
    detail = nil
  }

  public static let unknownChannel = 10003
  public static let unknownMessage = 10008
  public static let missingAccess = 50001
  public static let missingPermissions = 50013
  public static let archivedThread = 50083

  public var failure: Failure {
    let cause = "Discord \(status), code \(code): \(message)\(detail.map { " (\($0))" } ?? "")"
    switch code {
    case Self.unknownChannel:
      return Failure(.notFound, "The channel does not exist any more, or never did.", cause: cause)
    case Self.unknownMessage: return Failure(.notFound, "The message was deleted in Discord.", cause: cause)
    case Self.missingAccess:
      return Failure(.denied, "The bot cannot see this channel. Give it “View Channel” there.", cause: cause)
    case Self.missingPermissions:
      return Failure(
        .denied, "The bot may not do this here. Give it “Send Messages” and “Embed Links” in the channel.", cause: cause
      )
    default:
      let kind: Failure.Kind = status == 403 ? .denied : status == 404 ? .notFound : .invalid
      return Failure(kind, "Discord refused: \(detail ?? message)", cause: cause)
    }
  }

  private static func firstFault(in errors: JSONValue, path: String) -> String? {
    guard let members = errors.object else { return nil }
    if let fault = members["_errors"]?[0]?["message"]?.string { return path.isEmpty ? fault : "\(path): \(fault)" }
    for (key, value) in members.sorted(by: { $0.key < $1.key }) {
      if let fault = firstFault(in: value, path: path.isEmpty ? key : "\(path).\(key)") { return fault }
    }
    return nil
  }
}
