import Basics
import HTTP

/// What a service promises and how it speaks of its limits.
public struct Provider: Sendable {
  /// As sentences name it: "Discord", "Notion".
  public let name: String
  /// At most this many calls of one connection in any window, whoever of us makes them.
  public let budget: Budget
  /// Reads the limits that an answer tells of.
  let news: @Sendable (IncomingResponse, Timestamp) -> RateNews

  public init(
    name: String, budget: Budget, news: @escaping @Sendable (IncomingResponse, Timestamp) -> RateNews
  ) {
    self.name = name
    self.budget = budget
    self.news = news
  }
}

public struct Budget: Sendable {
  public let calls: Int
  public let window: Duration

  public init(calls: Int, per window: Duration) {
    self.calls = calls
    self.window = window
  }

  /// Batch work leaves four tenths to people who wait.
  func allowance(_ urgency: Urgency) -> Int { urgency == .interactive ? calls : max(1, calls * 6 / 10) }
}

public enum Urgency: Sendable {
  case interactive
  case batch
}

/// What one answer said of limits.
public struct RateNews: Sendable {
  /// The state of the bucket the call was counted in.
  public var bucket: Bucket?
  /// Refused: nothing until then, for this route's bucket or for the whole connection.
  public var refusal: Refusal?

  public init(bucket: Bucket? = nil, refusal: Refusal? = nil) {
    self.bucket = bucket
    self.refusal = refusal
  }

  public struct Bucket: Sendable {
    public let id: String
    public let remaining: Int
    public let resetAt: Timestamp

    public init(id: String, remaining: Int, resetAt: Timestamp) {
      self.id = id
      self.remaining = remaining
      self.resetAt = resetAt
    }
  }

  public struct Refusal: Sendable {
    public let until: Timestamp
    public let isWholeConnection: Bool

    public init(until: Timestamp, isWholeConnection: Bool) {
      self.until = until
      self.isWholeConnection = isWholeConnection
    }
  }
}

/// `Retry-After` as services really send it: whole or fractional seconds, or a date (RFC 9110, 10.2.3).
/// Absent or absurd values become something sensible: a second, and at most an hour.
public func retryAfter(_ headers: Headers, now: Timestamp) -> Duration {
  let text = headers["Retry-After"] ?? ""
  let wait: Duration =
    if let seconds = Double(text), seconds.isFinite, seconds >= 0 {
      .milliseconds(Int64(min(seconds, 86_400) * 1000))
    } else if let date = Timestamp(httpDate: text) {
      date - now
    } else {
      .seconds(1)
    }
  return min(max(wait, .milliseconds(100)), .seconds(3600))
}
