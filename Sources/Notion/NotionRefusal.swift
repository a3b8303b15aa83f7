import Basics
import HTTP
import Outbound

/// Notion's own "no" (Notion: status codes).
public struct NotionRefusal: FailureConvertible, Sendable {
  public let status: Int
  /// `validation_error`, `object_not_found`, …; empty when the answer was not Notion's.
  public let code: String
  public let message: String
  /// Tells refusals of one code apart: `multiple_data_sources_for_database`.
  public let detail: String

  public init(status: Int, code: String, message: String, detail: String = "") {
    self.status = status
    self.code = code
    self.message = message
    self.detail = detail
  }

  /// What we asked for does not fit the table as it is now: a column or an option is gone.
  public var isMismatch: Bool { status == 400 && code == "validation_error" }

  init(_ response: IncomingResponse) {
    let envelope = try? JSON.decode(JSONValue.self, from: response.body)  // the edge answers HTML
    self.init(
      status: response.status, code: envelope?["code"]?.string ?? "",
      message: envelope?["message"]?.string ?? "status \(response.status)",
      detail: envelope?["additional_data"]?["error_type"]?.string ?? "")
  }

  public var failure: Failure {
    let cause = "Notion \(status) \(code): \(message)"
    return switch (code, status) {
    case _ where detail == "multiple_data_sources_for_database":
      Failure(.invalid, "This database has several data sources now. Map one of them by its id.", cause: cause)
    case ("object_not_found", _), (_, 404):
      Failure(
        .notFound, "Notion does not show us this. Share it with the integration (… → Connections), then try again.",
        cause: cause)
    case ("restricted_resource", _), (_, 403):
      Failure(.denied, "The Notion integration may not do this. Give it the right to update content.", cause: cause)
    case ("row_limit_exceeded", _):
      Failure(.denied, "Notion takes no more rows in this table: its limit is reached.", cause: cause)
    case ("conflict_error", _), (_, 409):
      Failure(.unavailable, "Somebody else is changing this in Notion right now.", cause: cause)
    default: Failure(.invalid, "Notion refused: \(message)", cause: cause)
    }
  }
}

extension Provider {
  /// Notion: request limits. 180 calls a minute for a connection; headers come only with a refusal, and some say it in
  /// the body alone. A connection that is blocked is not tried again for an hour.
  public static let notion = Provider(
    name: "Notion", budget: Budget(calls: 180, per: .seconds(60)),
    news: { response, now in
      guard response.status == 429 || response.status == 529 else { return RateNews() }
      let told = (try? JSON.decode(JSONValue.self, from: response.body))?["additional_data"]  // the edge answers HTML
      let isBlocked = told?["rate_limit_reason"] == "public_api_request_blocked"
      var headers = response.headers
      if headers["Retry-After"] == nil { headers["Retry-After"] = isBlocked ? "3600" : told?["retry_after"]?.string }
      return RateNews(refusal: .init(until: now + retryAfter(headers, now: now), isWholeConnection: true))
    })
}
