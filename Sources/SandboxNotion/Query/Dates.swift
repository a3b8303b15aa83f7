import Basics

/// Days and months in UTC, as far as filters need them.
enum Days {
  static func start(of time: Timestamp) -> Timestamp {
    Timestamp(milliseconds: time.milliseconds - (time.milliseconds % day + day) % day)
  }

  static func adding(_ count: Int, to time: Timestamp) -> Timestamp {
    Timestamp(milliseconds: time.milliseconds + Int64(count) * day)
  }

  /// The same day of another month, or the last day of it where it is shorter.
  static func adding(months count: Int, to time: Timestamp) -> Timestamp {
    let text = time.description
    guard let year = Int(text.prefix(4)), let month = Int(text.dropFirst(5).prefix(2)),
      let dayOfMonth = Int(text.dropFirst(8).prefix(2))
    else { return time }
    let months = year * 12 + month - 1 + count
    for candidate in stride(from: dayOfMonth, through: 1, by: -1) {
      let date = "\(months / 12)-\(twoDigits(months % 12 + 1))-\(twoDigits(candidate))"
      if let moved = Timestamp(iso8601: date + text.dropFirst(10)) { return moved }
    }
    return time
  }

  /// Sunday, as Notion's weeks begin (DOC filter page).
  static func startOfWeek(_ time: Timestamp) -> Timestamp {
    let today = start(of: time)
    let weekday = (today.milliseconds / day + 4) % 7
    return Timestamp(milliseconds: today.milliseconds - weekday * day)
  }

  private static let day: Int64 = 86_400_000
  private static func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}

/// What a date is compared with: a half-open range of instants, one instant wide when a time was given.
struct DateRange: Sendable {
  let start: Timestamp
  let end: Timestamp

  static func instant(_ time: Timestamp) -> DateRange { DateRange(start: time, end: time + .milliseconds(1)) }
  static func day(_ time: Timestamp) -> DateRange {
    DateRange(start: Days.start(of: time), end: Days.adding(1, to: Days.start(of: time)))
  }

  func contains(_ time: Timestamp) -> Bool { time >= start && time < end }

  /// An ISO date, an ISO instant, or one of Notion's words; nil for anything else.
  init?(_ text: String, now: Timestamp) {
    if let time = Timestamp(iso8601: text) {
      self = text.count <= 10 ? .day(time) : .instant(time)
    } else if let move = Self.words[text] {
      self = .day(move(now))
    } else {
      return nil
    }
  }

  init(start: Timestamp, end: Timestamp) {
    self.start = start
    self.end = end
  }

  private static let words: [String: @Sendable (Timestamp) -> Timestamp] = [
    "today": { $0 }, "tomorrow": { Days.adding(1, to: $0) }, "yesterday": { Days.adding(-1, to: $0) },
    "one_week_ago": { Days.adding(-7, to: $0) }, "one_week_from_now": { Days.adding(7, to: $0) },
    "one_month_ago": { Days.adding(months: -1, to: $0) }, "one_month_from_now": { Days.adding(months: 1, to: $0) },
  ]

  /// `past_week`, `this_week`, …: conditions that take `{}`.
  static func named(_ name: String, now: Timestamp) -> DateRange? {
    let today = Days.start(of: now)
    let tomorrow = Days.adding(1, to: today)
    let week = Days.startOfWeek(now)
    switch name {
    case "past_week": return DateRange(start: Days.adding(-7, to: today), end: tomorrow)
    case "past_month": return DateRange(start: Days.adding(months: -1, to: today), end: tomorrow)
    case "past_year": return DateRange(start: Days.adding(months: -12, to: today), end: tomorrow)
    case "this_week": return DateRange(start: week, end: Days.adding(7, to: week))
    case "next_week": return DateRange(start: today, end: Days.adding(8, to: today))
    case "next_month": return DateRange(start: today, end: Days.adding(1, to: Days.adding(months: 1, to: today)))
    case "next_year": return DateRange(start: today, end: Days.adding(1, to: Days.adding(months: 12, to: today)))
    default: return nil
    }
  }
}
