import Basics
import HTTP
import Store

/// What a service promises and how it speaks of its limits.
public struct Provider: Sendable {
  /// As sentences name it: "Discord", "Notion".
  public let name: String
  /// At most this many calls of one connection in any window, whoever of us makes them.
  public let budget: Budget
  /// Reads the limits that an answer tells of.
  let news: @Sendable (IncomingResponse, Timestamp) -> RateNews
  /// Nil where refusals have no consequences.
  let invalidCalls: InvalidCalls?

  public init(
    name: String, budget: Budget, invalidCalls: InvalidCalls? = nil,
    news: @escaping @Sendable (IncomingResponse, Timestamp) -> RateNews
  ) {
    self.name = name
    self.budget = budget
    self.invalidCalls = invalidCalls
    self.news = news
  }
}

extension Provider {
  /// What an answer tells of limits.
  public func read(_ answer: IncomingResponse, at now: Timestamp) -> RateNews { news(answer, now) }
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

public enum Urgency: String, Sendable, SQLConvertible {
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
/// Absent or unreadable values become a second.
public func retryAfter(_ headers: Headers, now: Timestamp) -> Duration {
  let text = headers["Retry-After"] ?? ""
  if let seconds = Double(text), let wait = believableWait(seconds: seconds) { return wait }
  if let date = Timestamp(httpDate: text), let wait = believableWait(seconds: Double((date - now).milliseconds) / 1000)
  {
    return wait
  }
  return .seconds(1)
}

/// How long to wait when somebody says so many seconds: at most an hour. More than a day is no wait but a mistake, and
/// becomes a minute; a time that is past, a moment. Nil for what is no number of seconds.
public func believableWait(seconds: Double) -> Duration? {
  guard seconds.isFinite else { return nil }
  if seconds > 86_400 { return .seconds(60) }
  return .milliseconds(Int64((min(max(seconds, 0.1), 3600) * 1000).rounded(.up)))
}
