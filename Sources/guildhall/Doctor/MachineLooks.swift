import Basics
import Bootstrap
import Foundation
import HTTP
import Store
import Upkeep

/// The machine and the files.
extension Machine {
  var settings: Finding {
    .look("settings", remedy: "guildhall setup") {
      guard let path = premises.sources.path else {
        return .well("read from the environment; there is no settings file; \(keys)")
      }
      var status = stat()
      guard stat(path, &status) == 0 else {
        return .trouble("\(path) cannot be looked at", remedy: "See that the folder of \(path) can be entered.")
      }
      if status.st_mode & 0o007 != 0 {
        return .trouble("\(path) can be read by everybody on this machine", remedy: "chmod 600 \(path)")
      }
      let unread = premises.unread
      guard unread.isEmpty else {
        return .notice(
          "read from \(path). \(unread.joined(separator: " "))", remedy: "Mend or remove those lines of \(path).")
      }
      return .well("read from \(path); \(keys)")
    }
  }

  private var keys: String { "secrets are sealed with the key “\(premises.keys.ids[0])”" }

  var disk: Finding {
    .look("disk", remedy: "See that \(premises.stateDirectory) exists and can be entered.") {
      let space = try diskSpace(at: premises.stateDirectory)
      let percent = 100 * space.free / max(1, space.total)
      let sentence = "\(spoken(bytes: space.free)) free (\(percent) %) in \(premises.stateDirectory)"
      let remedy =
        "Make room: older backups (guildhall backup --keep 7), logs. Nothing can be taken in when it is full."
      if percent < 5 || space.free < 200_000_000 { return .trouble(sentence, remedy: remedy) }
      return percent < 10 ? .notice(sentence, remedy: remedy) : .well(sentence)
    }
  }

  var database: Finding {
    .look("database", remedy: restoring) {
      guard premises.hasDatabase else {
        return .trouble("there is none in \(premises.stateDirectory) yet", remedy: "guildhall migrate")
      }
      let environment = try opened()
      let faults = try environment.durable.quickCheck()
      guard faults.isEmpty else {
        return .trouble("not sound: \(faults.prefix(3).joined(separator: "; "))", remedy: restoring)
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

  /// Only a file that may be read and is not sound is one to restore; otherwise the sentence says what to do.
  private func opened() throws -> Environment {
    do {
      return try hall.get()
    } catch {
      let path = premises.databasePath
      let isSound = (try? DataStore.openReadOnly(path: path).quickCheck().isEmpty) ?? false  // unreadable: no
      let isDamaged = access(path, R_OK | W_OK) == 0 && !isSound
      throw Trouble(sentence: error.sentence, remedy: isDamaged ? restoring : nil)
    }
  }

  private var restoring: String {
    let newest = (try? Backups.list(in: premises.backupDirectory))?.last?.path  // “backups” tells why not
    return "Stop everything, keep a copy of the file, and restore the newest sound backup: guildhall restore "
      + (newest ?? "FILE")
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

  /// Compared with the dates of two services, by the second.
  var clock: Finding {
    .look("clock", remedy: "See whether this machine can reach the internet.") {
      let addresses = [premises.discordURL + "/gateway", premises.notionURL + "/users/me"]
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
    guard let answer = try? premises.transport(OutgoingRequest(url: address)),  // no answer: nothing to compare
      let date = answer.headers["Date"].flatMap({ Timestamp(httpDate: $0) })
    else { return nil }
    let middle = Timestamp(milliseconds: (asked.milliseconds + now.milliseconds) / 2)
    return middle.seconds - date.seconds
  }

  /// A hall that is two days old has had its first night.
  var backups: Finding {
    .look("backups", remedy: "guildhall backup") {
      let files = try Backups.list(in: premises.backupDirectory)
      guard let newest = files.last else {
        let sentence = "there is none in \(premises.backupDirectory)"
        let made = try? hall.get().durable.madeAt()  // “database” tells why not
        let isOld = made.map { now - $0 > .seconds(2 * 86_400) } ?? false
        return isOld
          ? .trouble(sentence, remedy: "guildhall backup, and see what “schedule” says")
          : .notice(sentence, remedy: "guildhall backup, every night")
      }
      let sentence = "\(files.count), the newest \(spoken(now - newest.takenAt)) old, \(spoken(bytes: newest.bytes))"
      return now - newest.takenAt > .seconds(26 * 3600)
        ? .trouble(sentence, remedy: "guildhall backup says why none is taken") : .well(sentence)
    }
  }

  /// Where the name leads to this machine itself, how it is seen from outside cannot be told.
  var publicAddress: Finding {
    .look("public address", remedy: "See that nginx and the responder run: systemctl status nginx guildhall") {
      let address = "\(premises.publicURL)/health"
      let (answer, isPrivate) = try health(OutgoingRequest(url: address))
      guard answer.status == 200 else {
        return .trouble(
          "\(address) answers \(answer.status)",
          remedy:
            "See that nginx passes it to the responder, and that the responder runs: journalctl -t guildhall -n 20")
      }
      guard isPrivate else { return .well("\(premises.publicURL) answers") }
      return .notice(
        "\(premises.publicURL) answers, but its name leads to a private address here, so what others see is not known",
        remedy: "Look from another machine: curl \(address)")
    }
  }

  private func health(_ request: OutgoingRequest) throws -> (IncomingResponse, isPrivate: Bool) {
    do throws(TransportFailure) {
      do throws(TransportFailure) {
        return (try premises.transport(request), false)
      } catch  where error.kind == .privateAddress {
        return (try premises.ownTransport(request), true)
      }
    } catch {
      throw Trouble(sentence: "\(request.url) cannot be reached: \(error.reason)", remedy: error.remedy)
    }
  }
}

extension TransportFailure {
  /// What to do when our own public address gives no answer.
  fileprivate var remedy: String {
    switch kind {
    case .unknownName:
      "Give the name in PUBLIC_URL its entry in the DNS, and see that this machine can look names up: getent hosts NAME"
    case .untrusted:
      "Get a certificate that browsers trust, for Discord and Notion take no other: “Install” in docs/operations.md"
    case .notAllowed:
      "Set PUBLIC_URL to https://NAME, for Discord calls nothing else; for a trial, name its host in PLAIN_HOSTS"
    case .privateAddress, .other: "See that nginx and the responder run: systemctl status nginx guildhall"
    }
  }
}
