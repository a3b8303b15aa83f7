import Basics
import Batch
import Bootstrap
import Discord
import Foundation
import IssueSync
import Jobs
import Signatures
import Upkeep

/// Notion, the mappings, and what runs by itself.
extension Patient {
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
      let secrets = counted(count, "secret")
      if outstanding > 0 {
        return .notice("all open (\(secrets)), \(outstanding) with an older key", remedy: "guildhall key rotate")
      }
      return .well(
        count == 0 ? "there are none yet" : "all open with the key “\(environment.keys.ids[0])” (\(secrets))")
    }
  }

  var workspaces: [Finding] {
    Finding.each(
      "notion", of: { try environment.connections.notion() },
      none: .trouble("no workspace is connected", remedy: "guildhall notion connect")
    ) { connection in
      .look("notion “\(connection.label)”", remedy: "See what “database” says.") {
        let bot = try call(connection) { try environment.notion(connection.id, .interactive).me() }
        return .well("the token works: \(bot.workspace ?? connection.label)")
      }
    }
  }

  /// What is signed well and is no event is refused for that alone, and nothing comes of it.
  var webhook: Finding {
    .look("notion webhook", remedy: "See what “sealed secrets” says.") {
      guard let secret = try environment.webhookSecrets.secret() else {
        return .notice("none: edits are noticed by the next sync", remedy: "guildhall notion webhook makes it seconds")
      }
      let address = "\(environment.publicURL)/notion/webhook"
      let body = Array("{}".utf8)
      let good = hexadecimal(HMAC.sha256(key: Array(secret.utf8), body))
      for (what, signature, expected) in [("bad", String(repeating: "0", count: 64), 401), ("good", good, 400)] {
        let status = try probe(address, body, ["X-Notion-Signature": "sha256=\(signature)"])
        guard status == expected else {
          return .trouble(
            "\(address) answers a \(what) signature with \(status), not \(expected)", remedy: Self.inBetween)
        }
      }
      let last: Timestamp? = try environment.durable.read {
        try $0.value("SELECT max(received_at) FROM notion_events")
      }
      return .well(
        "a good signature is taken, a bad one refused; "
          + (last.map { "the last event came \(spoken(now - $0)) ago" } ?? "no event has come yet"))
    }
  }

  var mappings: [Finding] {
    let health = (try? environment.mappings.health()) ?? []  // the list below says why
    return Finding.each(
      "mappings", of: { try environment.mappings.list() },
      none: .trouble("there is none", remedy: "guildhall mapping add --database … --channel …")
    ) { mapping in look(at: mapping, health.first { $0.id == mapping.id }) }
  }

  private func look(at mapping: Mapping, _ health: MappingHealth?) -> Finding {
    .look("mapping “\(mapping.name)”", remedy: "See what “database” says.") {
      guard let notion = try environment.connections.find(mapping.connection),
        let discord = try environment.connections.discord()
      else {
        return .trouble("a service it needs is not connected", remedy: "See what “discord” and “notion” say.")
      }
      _ = try call(notion, refused: "Share the table with the integration in Notion: •••, Connections.") {
        try environment.notion(notion.id, .interactive).dataSource(mapping.dataSource)
      }
      let (channel, missing) = try call(discord, refused: "See that the channel is there, and that the bot may see it.")
      {
        let channel = try environment.discord(.interactive).channel(mapping.channel)
        return (channel, try environment.missingRights(in: mapping.guild)(channel))
      }
      let name = "#\(channel.name ?? mapping.channel.rawValue)"
      if !missing.isEmpty {
        return .trouble(
          "the bot may not \(missing.joined(separator: ", ")) in \(name)",
          remedy:
            "In Discord: \(name), Edit Channel, Permissions, add the bot's role and allow \(missing.joined(separator: ", "))"
        )
      }
      if let error = health?.lastError {
        return .trouble("the last run failed: \(error)", remedy: "notion-sync --id \(mapping.id)")
      }
      let lag = health?.lagSeconds.map { "synced \(spoken(.seconds($0))) ago" } ?? "not synced yet"
      return .well("the table can be read, \(name) can be written, \(lag)")
    }
  }

  var limits: [Finding] {
    Finding.each(
      "calls", of: { try [environment.connections.discord()].compactMap(\.self) + environment.connections.notion() },
      none: .well("nothing is connected yet")
    ) { connection in
      .look("calls to \(connection.label)", remedy: "See what “sealed secrets” says.") {
        let health = try environment.health(of: connection)
        let refused = health.invalid.map { ", \($0) refused in ten minutes" } ?? ""
        let failed = health.failuresInARow > 0 ? ", \(health.failuresInARow) failed in a row" : ""
        let figures =
          "\(health.spent) of \(health.budget.calls) in \(health.budget.window.milliseconds / 1000) s\(failed)\(refused)"
        if health.troubles.isEmpty { return .well("\(figures); nothing is held back") }
        return .trouble(
          (health.troubles + [figures]).joined(separator: " "),
          remedy: "It opens by itself; if it was a refused token: guildhall \(connection.service.rawValue) connect")
      }
    }
  }

  /// Whether anything starts by itself, and how each program fares that should. While nothing does, that is the one thing
  /// to mend: programs that people start by hand are late for no other reason.
  var programs: [Finding] {
    do {
      let runs = try environment.batchRuns.list()
      let hall = try environment.durable.madeAt() ?? now
      let isStarted = runs.contains { $0.period != nil }
      return [schedule(hall, isStarted)]
        + ScheduledProgram.all.map { program in
          look(at: program, runs.first { $0.program == program.name }, hall, isStarted)
        }
    } catch {
      return [.look("schedule", remedy: "See what “database” says.") { throw error }]
    }
  }

  private func schedule(_ hall: Timestamp, _ isStarted: Bool) -> Finding {
    .look("schedule", remedy: "") {
      if isStarted { return .well("programs are started by themselves") }
      let sentence = "nothing was started by cron or a timer since this hall was made, \(spoken(now - hall)) ago"
      let remedy = "scripts/install starts them, by cron or by timers: “What runs when” in docs/operations.md"
      return now - hall > ScheduledProgram.settlingIn
        ? .trouble(sentence, remedy: remedy) : .notice(sentence, remedy: remedy)
    }
  }

  private func look(at program: ScheduledProgram, _ run: BatchRun?, _ hall: Timestamp, _ isStarted: Bool) -> Finding {
    .look(program.name, remedy: "See what “database” says.") {
      let due = "it is due every \(spoken(run?.period ?? program.period))"
      let last =
        run.map {
          $0.succeededAt.map { "did all it should \(spoken(now - $0)) ago" } ?? "has not done all it should yet"
        }
        ?? "has not run yet"
      let failure = run?.error.map { "; the last run failed: \($0)" } ?? ""
      let remedy = "journalctl -t \(program.unit) -n 20 says why, and by hand it starts with: \(program.command)"
      if program.isOverdue(run, since: hall, at: now) {
        return isStarted
          ? .trouble("\(last); \(due)\(failure)", remedy: remedy)
          : .notice("\(last); \(due)\(failure)", remedy: "See what “schedule” says.")
      }
      if !failure.isEmpty { return .notice("\(last)\(failure)", remedy: remedy) }
      guard let run, run.succeededAt != nil else {
        return .notice("\(last); \(due)", remedy: "Wait for it, or start it by hand: \(program.command)")
      }
      return .well(last + (run.duration.map { ", took \(Double($0.milliseconds) / 1000) s" } ?? ""))
    }
  }

  /// The queue; “jobs” is the program.
  var jobs: Finding {
    .look("job queue", remedy: "See what “database” says.") {
      let counts = try environment.queue.counts()
      if let dead = counts["dead"], dead > 0 {
        return .trouble(
          "\(counted(dead, "job")) failed for good",
          remedy: "guildhall jobs list --dead says why, guildhall jobs replay all tries again")
      }
      if let due = try environment.durable.read({ try JobQueue.oldestDue(at: now, $0) }), now - due > .seconds(300) {
        return .trouble(
          "one waits for \(spoken(now - due)) already",
          remedy: "Does the responder run? guildhall jobs run does them too")
      }
      return .well("\(counts.values.reduce(0, +)) waiting or running")
    }
  }
}
