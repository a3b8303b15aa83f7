import Basics
import HTTP

/// An error as Discord's API answers it (Discord: opcodes and status codes, "JSON error codes").
struct Refusal: Error {
  let status: Int
  let code: Int
  let message: String
  var errors: JSONValue?
  var headers: [(String, String)] = []

  init(_ status: Int, _ code: Int, _ message: String, errors: JSONValue? = nil) {
    self.status = status
    self.code = code
    self.message = message
    self.errors = errors
  }

  var response: Response {
    var body: [String: JSONValue] = ["message": .string(message), "code": .integer(Int64(code))]
    body["errors"] = errors
    var response = Response(status: status, headers: ["Content-Type": "application/json"])
    response.body = (try? JSON.encode(body)) ?? []  // texts and numbers always encode
    for (name, value) in headers { response.headers[name] = value }
    return response
  }
}

extension Refusal {
  static let unauthorized = Refusal(401, 0, "401: Unauthorized")
  static let notFound = Refusal(404, 0, "404: Not Found")
  static let methodNotAllowed = Refusal(405, 0, "405: Method Not Allowed")
  static let invalidVersion = Refusal(400, 50041, "Invalid API version provided")
  static let network = Refusal(403, 40333, "internal network error")
  static let unknownChannel = Refusal(404, 10003, "Unknown Channel")
  static let unknownGuild = Refusal(404, 10004, "Unknown Guild")
  static let unknownMember = Refusal(404, 10007, "Unknown Member")
  static let unknownMessage = Refusal(404, 10008, "Unknown Message")
  static let unknownUser = Refusal(404, 10013, "Unknown User")
  static let unknownWebhook = Refusal(404, 10015, "Unknown Webhook")
  static let unknownInteraction = Refusal(404, 10062, "Unknown interaction")
  static let unknownCommand = Refusal(404, 10063, "Unknown application command")
  static let foreignApplication = Refusal(
    403, 20012, "You are not authorized to perform this action on this application")
  static let alreadyAcknowledged = Refusal(400, 40060, "Interaction has already been acknowledged.")
  static let missingAccess = Refusal(403, 50001, "Missing Access")
  static let otherAuthor = Refusal(403, 50005, "Cannot edit a message authored by another user")
  static let emptyMessage = Refusal(400, 50006, "Cannot send an empty message")
  static let notATextChannel = Refusal(400, 50008, "Cannot send messages in a non-text channel")
  static let missingPermissions = Refusal(403, 50013, "Missing Permissions")
  static let tooManyAttachments = Refusal(400, 30015, "Maximum number of attachments in a message reached (10)")
  static let tooLarge = Refusal(413, 40005, "Request entity too large")
  static let invalidWebhookToken = Refusal(401, 50027, "Invalid Webhook Token")
  static let invalidJSON = Refusal(400, 50109, "The request body contains invalid JSON.")

  static func invalidForm(_ errors: JSONValue) -> Refusal { Refusal(400, 50035, "Invalid Form Body", errors: errors) }

  /// One complaint about one place, such as `["data", "embeds", "0", "title"]`.
  static func invalidForm(_ path: [String], _ code: String, _ message: String) -> Refusal {
    let leaf: JSONValue = ["_errors": [["code": .string(code), "message": .string(message)]]]
    return invalidForm(path.reversed().reduce(leaf) { .object([$1: $0]) })
  }

  static let contentType: Refusal = {
    let kinds = "{'application/json', 'multipart/form-data', 'application/x-www-form-urlencoded'}"
    let message = "Expected \"Content-Type\" header to be one of \(kinds)."
    let leaf: JSONValue = ["_errors": [["code": "CONTENT_TYPE_INVALID", "message": .string(message)]]]
    return Refusal(400, 50035, message, errors: leaf)
  }()
}
