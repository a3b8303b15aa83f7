import Foundation

/// An instant: milliseconds since 1970-01-01T00:00:00Z, as it is stored and compared. In JSON it is ISO 8601, in
/// UTC with milliseconds.
public struct Timestamp: Hashable, Comparable, Sendable, Codable {
  public let milliseconds: Int64

  public init(milliseconds: Int64) { self.milliseconds = milliseconds }
  public init(seconds: Int64) { self.init(milliseconds: seconds * 1000) }

  public static var now: Timestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
  }

  public var seconds: Int64 { milliseconds.floorDivided(by: 1000) }

  /// The start of the minute this instant lies in.
  public var minute: Timestamp { Timestamp(milliseconds: milliseconds.floorDivided(by: 60_000) * 60_000) }

  public static func < (left: Timestamp, right: Timestamp) -> Bool { left.milliseconds < right.milliseconds }

  public static func + (time: Timestamp, interval: Duration) -> Timestamp {
    Timestamp(milliseconds: time.milliseconds + interval.milliseconds)
  }

  public static func - (time: Timestamp, interval: Duration) -> Timestamp {
    Timestamp(milliseconds: time.milliseconds - interval.milliseconds)
  }

  public static func - (left: Timestamp, right: Timestamp) -> Duration {
    .milliseconds(left.milliseconds - right.milliseconds)
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let milliseconds = try? container.decode(Int64.self) {  // as files and jobs of older versions hold it
      self.init(milliseconds: milliseconds)
    } else if let time = Timestamp(iso8601: try container.decode(String.self)) {
      self = time
    } else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "no time in ISO 8601")
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

extension Duration {
  /// Whole milliseconds, rounded down.
  public var milliseconds: Int64 {
    let (seconds, attoseconds) = components
    return seconds * 1000 + attoseconds / 1_000_000_000_000_000
  }
}

extension Int64 {
  func floorDivided(by divisor: Int64) -> Int64 {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
  }
}

/// Where a program reads the time. Tests pass a clock of their own.
public struct WallClock: Sendable {
  public let now: @Sendable () -> Timestamp
  public init(now: @escaping @Sendable () -> Timestamp) { self.now = now }
  public static let system = WallClock { .now }
}
