import Basics
import Bootstrap
import Discord
import IssueSync
import Jobs
import Upkeep

/// Notion, the mappings, and what runs by itself.
extension Patient {
  var workspaces: [Finding] {
    Finding.each(
      "notion", of: { try environment.connections.notion() },
      none: .trouble("no workspace is connected", remedy: "guildhall notion connect")
    ) { connection in
      .look("notion “\(connection.label)”", remedy: "guildhall notion connect") {
        let bot = try environment.notion(connection.id, .interactive).me()
        return .well("the token works: \(bot.workspace ?? connection.label)")
      }
    }
  }

  var webhook: Finding {
    .look("notion webhook", remedy: "guildhall notion webhook") {
      guard try environment.webhookSecrets.secret() != nil else {
        return .notice("none: edits are noticed by the next sync", remedy: "guildhall notion webhook makes it seconds")
      }
      let last: Timestamp? = try environment.durable.read {
        try $0.value("SELECT max(received_at) FROM notion_events")
      }
      return .well(
        last.map { "set up; the last event came \(spoken(now - $0)) ago" } ?? "set up; no event has come yet")
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
    .look(
      "mapping “\(mapping.name)”",
      remedy: "Share the table with the integration in Notion, and see the channel's settings."
    ) {
      _ = try environment.notion(mapping.connection, .interactive).dataSource(mapping.dataSource)
      let channel = try environment.discord(.interactive).channel(mapping.channel)
      let name = "#\(channel.name ?? mapping.channel.rawValue)"
      let missing = try environment.missingRights(in: mapping.guild)(channel)
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
      .look("calls to \(connection.label)", remedy: "Wait; it opens by itself.") {
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

  /// One that only people start is never overdue.
  var programs: [Finding] {
    Finding.each(
      "programs", of: { try environment.batchRuns.list() },
      none: .notice("none has run yet", remedy: "Start the timers, or the cron lines: see docs/operations.md")
    ) { run in
      .look(run.program, remedy: "journalctl -t guildhall -n 50") {
        let last = run.succeededAt.map { "did all it should \(spoken(now - $0)) ago" } ?? "has never done all it should"
        let took = run.duration.map { ", took \(Double($0.milliseconds) / 1000) s" } ?? ""
        let remedy = "Look at its log, and start it by hand: \(Self.command(run.program))"
        if run.isOverdue(at: now) { return .trouble("\(last), and is overdue. \(run.error ?? "")", remedy: remedy) }
        if let error = run.error { return .notice("\(last), but failed since: \(error)", remedy: remedy) }
        return .well(last + took)
      }
    }
  }

  private static func command(_ program: String) -> String {
    program.hasPrefix("notion-sync") ? program : program == "jobs" ? "guildhall jobs run" : "guildhall \(program)"
  }

  var backups: Finding {
    .look("backups", remedy: "guildhall backup") {
      let files = try Backups.list(in: environment.premises.backupDirectory)
      guard let newest = files.last else {
        return .notice(
          "there is none in \(environment.premises.backupDirectory)", remedy: "guildhall backup, every night")
      }
      let sentence = "\(files.count), the newest \(spoken(now - newest.takenAt)) old, \(spoken(bytes: newest.bytes))"
      return now - newest.takenAt > .seconds(26 * 3600)
        ? .trouble(sentence, remedy: "guildhall backup says why none is taken") : .well(sentence)
    }
  }

  var jobs: Finding {
    .look("jobs", remedy: "See what “database” says.") {
      let counts = try environment.queue.counts()
      if let dead = counts["dead"], dead > 0 {
        return .trouble(
          "\(dead) have failed for good",
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
