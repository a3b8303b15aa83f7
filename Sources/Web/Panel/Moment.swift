import Accounts
import Basics
import Foundation

/// This moment, and where its reader's server is.
struct Present {
  let time: Timestamp
  let zone: TimeZone
}

extension Panel {
  func present(_ visit: Visit) throws -> Present {
    Present(time: clock.now(), zone: try store.read { try ServerSettings.timeZone(of: visit.guild, $0) })
  }
}

/// An instant as people read it: how long ago, or the day in their zone, with the exact time on hover.
struct Moment {
  let ago: String
  /// For programs: in UTC.
  let exact: String
  /// On hover: to the second, in the server's zone.
  let local: String

  init(_ time: Timestamp, now: Present) {
    exact = time.description
    let there = LocalTime(time, in: now.zone)
    local = there.description
    let seconds = (now.time - time).milliseconds / 1000
    ago =
      switch seconds {
      case ..<0: "soon"
      case ..<60: "\(seconds) s ago"
      case ..<3600: "\(seconds / 60) min ago"
      case ..<86_400: "\(seconds / 3600) h ago"
      case ..<(7 * 86_400): "\(seconds / 86_400) d ago"
      default: there.day
      }
  }
}

/// An instant on the clock of a zone.
private struct LocalTime: CustomStringConvertible {
  /// As RFC 3339 writes it, but in that zone.
  private let text: String
  private let offset: Int
  private let zone: TimeZone

  init(_ time: Timestamp, in zone: TimeZone) {
    offset = zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(time.seconds)))
    text = Timestamp(milliseconds: time.milliseconds + Int64(offset) * 1000).description
    self.zone = zone
  }

  /// `21 Nov 2026`
  var day: String {
    let parts = text.prefix(10).split(separator: "-")
    let month = Int(parts[1]).map { Self.months[$0 - 1] } ?? ""
    return "\(Int(parts[2]) ?? 0) \(month) \(parts[0])"
  }

  /// `2026-11-21 08:08:09 +01:00 (Europe/Berlin)`
  var description: String {
    let (hours, minutes) = (abs(offset) / 3600, abs(offset) / 60 % 60)
    let digits = { (number: Int) in number < 10 ? "0\(number)" : "\(number)" }
    let name =
      zone == .gmt ? "UTC" : "\(offset < 0 ? "-" : "+")\(digits(hours)):\(digits(minutes)) (\(zone.identifier))"
    return "\(text.prefix(10)) \(text.dropFirst(11).prefix(8)) \(name)"
  }

  private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
}
