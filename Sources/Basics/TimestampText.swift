extension Timestamp: CustomStringConvertible {
  /// RFC 3339 in UTC with milliseconds: `2026-11-21T07:08:09.012Z`.
  public var description: String {
    let day = milliseconds.floorDivided(by: 86_400_000)
    let date = CivilDate(daysSinceEpoch: day)
    let time = milliseconds - day * 86_400_000
    let calendar = "\(padded(date.year, 4))-\(padded(date.month, 2))-\(padded(date.day, 2))"
    let clock = "\(padded(time / 3_600_000, 2)):\(padded(time / 60_000 % 60, 2)):\(padded(time / 1000 % 60, 2))"
    return "\(calendar)T\(clock).\(padded(time % 1000, 3))Z"
  }

  /// Reads every form Discord and Notion send: a date alone, seconds with 0 to 9 decimals, `Z`, an offset, or none
  /// (then UTC). Nil for anything else.
  public init?(iso8601 text: some StringProtocol) {
    var reader = DigitReader(text)
    guard let year = reader.number(digits: 4), reader.skip("-"), let month = reader.number(digits: 2), reader.skip("-"),
      let day = reader.number(digits: 2), (1...12).contains(month),
      (1...CivilDate.days(inMonth: month, of: year)).contains(day)
    else { return nil }
    var milliseconds = CivilDate(year: year, month: month, day: day).daysSinceEpoch * 86_400_000
    if !reader.isAtEnd {
      guard reader.skip("T") || reader.skip("t") || reader.skip(" "), let time = reader.timeOfDay() else { return nil }
      guard let offset = reader.offset(), reader.isAtEnd else { return nil }
      milliseconds += time - offset
    }
    self.init(milliseconds: milliseconds)
  }

  /// The `Date` header of HTTP: `Sat, 21 Nov 2026 07:08:09 GMT` (RFC 9110, IMF-fixdate).
  public init?(httpDate text: some StringProtocol) {
    let parts = text.split(separator: " ")
    guard parts.count == 6, parts[5] == "GMT", parts[1].utf8.count == 2, parts[3].utf8.count == 4,
      let monthIndex = Self.monthNames.firstIndex(of: String(parts[2]))
    else { return nil }
    var (dayReader, yearReader, timeReader) = (DigitReader(parts[1]), DigitReader(parts[3]), DigitReader(parts[4]))
    let month = Int64(monthIndex) + 1
    guard let day = dayReader.number(digits: 2), let year = yearReader.number(digits: 4),
      (1...CivilDate.days(inMonth: month, of: year)).contains(day), let time = timeReader.timeOfDay(),
      timeReader.isAtEnd
    else { return nil }
    self.init(milliseconds: CivilDate(year: year, month: month, day: day).daysSinceEpoch * 86_400_000 + time)
  }

  /// The instant as HTTP writes it in `Date`, `Last-Modified` and `Expires`.
  public var httpDate: String {
    let days = milliseconds.floorDivided(by: 86_400_000)
    let date = CivilDate(daysSinceEpoch: days)
    let weekday = Self.dayNames[Int((days + 4) - (days + 4).floorDivided(by: 7) * 7)]
    let clock = description.dropFirst(11).prefix(8)
    return
      "\(weekday), \(padded(date.day, 2)) \(Self.monthNames[Int(date.month) - 1]) \(padded(date.year, 4)) \(clock) GMT"
  }

  private static let dayNames = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
  private static let monthNames = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]
}

private func padded(_ number: Int64, _ width: Int) -> String {
  let digits = String(number)
  return String(repeating: "0", count: max(0, width - digits.count)) + digits
}

/// A day of the proleptic Gregorian calendar (H. Hinnant, "chrono-compatible low-level date algorithms").
struct CivilDate {
  var year: Int64
  var month: Int64
  var day: Int64

  init(year: Int64, month: Int64, day: Int64) {
    self.year = year
    self.month = month
    self.day = day
  }

  init(daysSinceEpoch: Int64) {
    let shifted = daysSinceEpoch + 719_468
    let era = shifted.floorDivided(by: 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  var daysSinceEpoch: Int64 {
    let year = month <= 2 ? year - 1 : year
    let era = year.floorDivided(by: 400)
    let yearOfEra = year - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  static func days(inMonth month: Int64, of year: Int64) -> Int64 {
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    return [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][Int(month) - 1]
  }
}

private struct DigitReader {
  private var rest: Substring.UTF8View

  init(_ text: some StringProtocol) { rest = Substring(text).utf8 }

  var isAtEnd: Bool { rest.isEmpty }

  mutating func number(digits: Int) -> Int64? {
    guard rest.count >= digits, rest.prefix(digits).allSatisfy({ (48...57).contains($0) }) else { return nil }
    defer { rest = rest.dropFirst(digits) }
    return rest.prefix(digits).reduce(0) { $0 * 10 + Int64($1 - 48) }
  }

  mutating func skip(_ character: Unicode.Scalar) -> Bool {
    guard rest.first == UInt8(character.value) else { return false }
    rest = rest.dropFirst()
    return true
  }

  /// `hh:mm[:ss[.fraction]]` in milliseconds.
  mutating func timeOfDay() -> Int64? {
    guard let hour = number(digits: 2), skip(":"), let minute = number(digits: 2), hour < 24, minute < 60 else {
      return nil
    }
    var milliseconds = hour * 3_600_000 + minute * 60_000
    guard skip(":") else { return milliseconds }
    guard let second = number(digits: 2), second <= 60 else { return nil }
    milliseconds += second * 1000
    guard skip(".") else { return milliseconds }
    let fraction = rest.prefix { (48...57).contains($0) }
    guard (1...9).contains(fraction.count) else { return nil }
    rest = rest.dropFirst(fraction.count)
    let firstThree = fraction.prefix(3).reduce(0) { $0 * 10 + Int64($1 - 48) }
    return milliseconds + firstThree * [1, 100, 10, 1][min(fraction.count, 3)]
  }

  /// `Z`, `±hh:mm` or nothing, in milliseconds east of UTC.
  mutating func offset() -> Int64? {
    if isAtEnd || skip("Z") || skip("z") { return 0 }
    let isWest = rest.first == UInt8(ascii: "-")
    guard skip("+") || skip("-"), let hours = number(digits: 2) else { return nil }
    _ = skip(":")
    guard let minutes = number(digits: 2), hours < 24, minutes < 60 else { return nil }
    return (isWest ? -1 : 1) * (hours * 3_600_000 + minutes * 60_000)
  }
}
