import Basics
import Bootstrap
import Foundation
import HTTP

/// The machine and the files.
extension Patient {
  var settings: Finding {
    .look("settings", remedy: "guildhall setup") {
      guard let path = environment.premises.sources.path else {
        return .well("read from the environment; there is no settings file")
      }
      var status = stat()
      guard stat(path, &status) == 0 else {
        return .trouble("\(path) cannot be looked at", remedy: "See that the folder of \(path) can be entered.")
      }
      if status.st_mode & 0o007 != 0 {
        return .trouble("\(path) can be read by everybody on this machine", remedy: "chmod 600 \(path)")
      }
      let unread = environment.premises.unread
      guard unread.isEmpty else {
        return .notice(
          "read from \(path). \(unread.joined(separator: " "))", remedy: "Mend or remove those lines of \(path).")
      }
      return .well("read from \(path)")
    }
  }

  var disk: Finding {
    .look("disk", remedy: "See that \(environment.stateDirectory) exists and can be entered.") {
      let space = try diskSpace(at: environment.stateDirectory)
      let percent = 100 * space.free / max(1, space.total)
      let sentence = "\(spoken(bytes: space.free)) free (\(percent) %) in \(environment.stateDirectory)"
      let remedy =
        "Make room: older backups (guildhall backup --keep 7), logs. Nothing can be taken in when it is full."
      if percent < 5 || space.free < 200_000_000 { return .trouble(sentence, remedy: remedy) }
      return percent < 10 ? .notice(sentence, remedy: remedy) : .well(sentence)
    }
  }

  var database: Finding {
    .look("database", remedy: "Stop everything, then: guildhall restore --check BACKUP") {
      let faults = try environment.durable.quickCheck()
      guard faults.isEmpty else {
        return .trouble(
          "not sound: \(faults.prefix(3).joined(separator: "; "))",
          remedy:
            "Stop everything, keep a copy of the file, and restore the newest sound backup: guildhall restore FILE")
      }
      let facts = try environment.durable.facts()
      let version = facts["sqlite_version"] ?? "?"
      guard facts["wal_autocheckpoint"] == "0", facts["synchronous"] == "2" else {
        return .trouble(
          "SQLite \(version) runs without our guards", remedy: "Use the guildhall that this database belongs to.")
      }
      let guarded = Self.hasResetFault(version) ? "; its fault with the write-ahead log is guarded against" : ""
      return .well("sound; SQLite \(version), journal \(facts["journal_mode"] ?? "?")\(guarded)")
    }
  }

  /// sqlite.org, "The WAL reset bug": mended in 3.51.3, and in 3.50.7 and 3.44.6 of older lines.
  static func hasResetFault(_ version: String) -> Bool {
    let parts = version.split(separator: ".").compactMap { Int($0) }
    guard parts.count == 3, parts[0] == 3 else { return false }
    switch parts[1] {
    case 44: return parts[2] < 6
    case 50: return parts[2] < 7
    case 51: return parts[2] < 3
    default: return parts[1] < 51
    }
  }

  var log: Finding {
    .look("write-ahead log", remedy: "See what “database” says.") {
      let path = environment.premises.databasePath + "-wal"
      let size = (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0  // none: empty
      let sentence = spoken(bytes: size)
      let remedy =
        "It shrinks while a responder runs: is one running, and has a program held a reading transaction for hours?"
      if size > 256_000_000 { return .trouble(sentence, remedy: remedy) }
      return size > 80_000_000 ? .notice(sentence, remedy: remedy) : .well(sentence)
    }
  }

  var secrets: Finding {
    .look("sealed secrets", remedy: "Put the key it names back into ENCRYPTION_KEYS, or connect that service again.") {
      let count = try environment.resealing.prove(environment.keys)
      let outstanding = try environment.resealing.outstanding(environment.keys)
      if outstanding > 0 {
        return .notice("all \(count) open, \(outstanding) of them with an older key", remedy: "guildhall key rotate")
      }
      return .well("all \(count) open with the key “\(environment.keys.ids[0])”")
    }
  }

  /// Compared with the dates of two services, by the second.
  var clock: Finding {
    .look("clock", remedy: "See whether this machine can reach the internet.") {
      let addresses = [environment.discordURL + "/gateway", environment.notionURL + "/users/me"]
      let offsets = addresses.compactMap { offset(from: $0) }
      guard let offset = offsets.min(by: { abs($0) < abs($1) }) else {
        return .notice(
          "could not be compared: no service answered", remedy: "See whether this machine can reach the internet.")
      }
      let remedy = "Run an NTP service: apt-get install systemd-timesyncd; timedatectl set-ntp true"
      if abs(offset) > 60 { return .trouble("\(offset) seconds off; clicks are refused beyond 300", remedy: remedy) }
      return abs(offset) > 3
        ? .notice("\(offset) seconds off", remedy: remedy) : .well("agrees with Discord's and Notion's")
    }
  }

  /// Seconds that our clock is ahead; nil without an answer. A refusal has a date too.
  private func offset(from address: String) -> Int64? {
    let asked = now
    guard let answer = try? environment.transport(OutgoingRequest(url: address)),  // no answer: nothing to compare
      let date = answer.headers["Date"].flatMap({ Timestamp(httpDate: $0) })
    else { return nil }
    let middle = Timestamp(milliseconds: (asked.milliseconds + now.milliseconds) / 2)
    return middle.seconds - date.seconds
  }
}
