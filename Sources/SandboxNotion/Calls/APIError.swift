import Basics
import HTTP

private let log = Logger(label: "sandbox.notion")

/// A refusal in Notion's form: `{object: "error", status, code, message, additional_data?, request_id}`.
struct APIError: Error {
  let status: Int
  let code: String
  let message: String
  var additionalData: JSONValue?
  /// Seconds, for the header of that name.
  var retryAfter: Int64?

  init(_ status: Int, _ code: String, _ message: String, additionalData: JSONValue? = nil) {
    self.status = status
    self.code = code
    self.message = message
    self.additionalData = additionalData
  }

  static func validation(_ message: String) -> APIError { APIError(400, "validation_error", message) }

  /// Recorded text; the same answer for "gone" and "not allowed".
  static func notFound(_ kind: String, _ id: String) -> APIError {
    APIError(
      404, "object_not_found",
      "Could not find \(kind) with ID: \(id). Make sure the relevant pages and databases are shared with your "
        + "integration.")
  }

  /// Several things could be meant, and none is there: `body failed validation. Fix one:`.
  static func fixOne(_ part: String, _ faults: [String]) -> APIError {
    .validation("\(part) failed validation. Fix one:\n" + faults.joined(separator: "\n"))
  }

  /// What the stand-in could not do: a store that is busy is 503, anything else 500 (Notion: status codes).
  static func internalFault(_ error: any Error) -> APIError {
    let failure = Failure(error)
    log.error("a call failed", metadata: ["err": .string(failure.cause ?? failure.sentence)])
    switch failure.kind {
    case .busy, .unavailable:
      return APIError(503, "service_unavailable", "Notion is unavailable. Please try again later.")
    default: return APIError(500, "internal_server_error", "Unexpected error occurred.")
    }
  }

  static let invalidURL = APIError(400, "invalid_request_url", "Invalid request URL.")
  static let badToken = APIError(401, "unauthorized", "API token is invalid.")
  static let invalidJSON = APIError(400, "invalid_json", "Error parsing JSON body.")
  static let trashedPage = APIError.validation(
    "Can't update a page that is archived. You must unarchive the page before updating.")
  static let trashedBlock = APIError.validation(
    "Can't edit block that is archived. You must unarchive the block before editing.")
}
