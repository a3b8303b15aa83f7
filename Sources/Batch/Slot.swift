import ArgumentParser
import Basics

/// How often a program is due: each slot is a stretch of UTC, named by the instant it begins.
///
/// Written `2min`, `hourly`, `daily` or `daily@02:30` (UTC). Whoever starts the program may do so more often than that, or
/// late after a night without power: a slot is run once.
public struct Slot: Hashable, Sendable {
  public let period: Duration
  let offset: Duration

  init(period: Duration, offset: Duration = .zero) {
    self.period = period
    self.offset = offset
  }

  /// When the slot began that this instant lies in.
  func start(at time: Timestamp) -> Timestamp {
    let (length, shift) = (period.milliseconds, offset.milliseconds)
    let sinceFirst = time.milliseconds - shift
    let remainder = ((sinceFirst % length) + length) % length
    return Timestamp(milliseconds: time.milliseconds - remainder)
  }
}

extension Slot: ExpressibleByArgument {
  public init?(argument text: String) {
    let parts = text.split(separator: "@", omittingEmptySubsequences: false)
    if parts.count == 2, parts[0] == "daily", let offset = Self.timeOfDay(parts[1]) {
      self.init(period: .seconds(86_400), offset: offset)
    } else if text == "daily" {
      self.init(period: .seconds(86_400))
    } else if text == "hourly" {
      self.init(period: .seconds(3600))
    } else if text.hasSuffix("min"), let minutes = Int(text.dropLast(3)), (1...1440).contains(minutes) {
      self.init(period: .seconds(60 * minutes))
    } else {
      return nil
    }
  }

  /// `hh:mm` since midnight.
  private static func timeOfDay(_ text: Substring) -> Duration? {
    guard let time = Timestamp(iso8601: "1970-01-01T\(text):00Z"), text.utf8.count == 5 else { return nil }
    return .milliseconds(time.milliseconds)
  }
}

/// The flag of programs that a scheduler starts.
public struct SlotOptions: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp(
      "For schedulers: run only if this slot was not run yet, whatever the clock does. 2min, hourly, daily or "
        + "daily@02:30 (UTC).", valueName: "slot"))
  public var slot: Slot?

  public init() {}
}
