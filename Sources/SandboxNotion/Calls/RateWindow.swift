import Basics
import SandboxStage
import Synchronization

/// Notion's limit for a connection: 180 requests in a window of 60 seconds, at any pace inside it (Notion: request limits). It is
/// kept at the real pace only; answers carry headers about it only when it is used up.
final class RateWindow: Sendable {
  private let counted = Mutex<[String: (start: Timestamp, count: Int)]>([:])
  private static let limit = 180
  private static let length = Duration.seconds(60)

  func admit(_ token: String, at now: Timestamp, _ pace: Pace) throws {
    guard pace == .real else { return }
    let wait: Duration? = counted.withLock { windows in
      var window = windows[token] ?? (now, 0)
      if now - window.start >= Self.length || now < window.start { window = (now, 0) }
      window.count += 1
      windows[token] = window
      return window.count > Self.limit ? window.start + Self.length - now : nil
    }
    if let wait { throw APIError.rateLimited(seconds: max(1, (wait.milliseconds + 999) / 1000)) }
  }
}

extension APIError {
  /// Whole seconds in the header, and once more as a text in the body.
  static func rateLimited(seconds: Int64) -> APIError {
    var error = APIError(
      429, "rate_limited", "You have been rate limited. Please try again in a few minutes.",
      additionalData: [
        "rate_limit_reason": "public_api_request_rate_limit", "retry_after": .string(String(seconds)),
      ])
    error.retryAfter = seconds
    return error
  }
}
