import Accounts
import Basics
import Batch
import Bootstrap
import Discord
import Foundation
import HTTP
import Settings
import Signatures

/// A setup, step by step. Each step is kept when it is done, so that one that was ended goes on where it was.
struct SetupRun {
  let path: String
  let answers: Answers

  func run() throws -> SetupOutcome {
    let (changed, ignored, migrations, environment) = try reporting(exit: .configuration) {
      let (changed, ignored) = try writeSettings()
      let migrations = try Environment.migrate(settingsFile: path).count
      return (changed, ignored, migrations, try Environment(.batch, settingsFile: path))
    }
    return try reporting {
      let discord = try connectDiscord(environment)
      let notion = try connectNotion(environment)
      return SetupOutcome(
        settings: path, changed: changed, migrations: migrations, discord: discord, notion: notion,
        notes: ignored + notes(environment, changed))
    }
  }

  /// Asks for settings and writes those that changed. What the environment or a credential sets is left alone.
  /// - Returns: the names of those that changed, and a sentence for each answer that was not wanted.
  private func writeSettings() throws -> (changed: [String], ignored: [String]) {
    let sources = try SettingSources.process(file: path, mayBeMissing: true)
    var file = try SettingsFile(path: path)
    var (changed, ignored): ([String], [String]) = ([], [])
    var faults = answers.unknown.map { "Nothing asks for \($0). “guildhall setup --list-answers” shows what there is." }
    for question in Question.settings {
      do {
        if let setter = try sources.place(of: question.name)?.outsideTheFile {
          if answers.has(question) { ignored.append("\(question.name) was left alone, because \(setter) sets it.") }
        } else if try take(question, into: &file) {
          changed.append(question.name)
        }
      } catch {
        guard !answers.isAsking else { throw error }  // a script is told all at once
        faults.append(Failure(error).sentence)
      }
    }
    guard faults.isEmpty else {
      throw Failure.invalid(
        "The answers cannot be used, and nothing was changed:\n"
          + faults.map { "  - \($0)" }.joined(separator: "\n"))
    }
    if !changed.isEmpty {
      let folder = (path as NSString).deletingLastPathComponent
      try Folder.make(folder.isEmpty ? "." : folder, mode: 0o750)
      try file.write()
    }
    return (changed, ignored)
  }

  /// - Returns: whether it changed.
  private func take(_ question: Question, into file: inout SettingsFile) throws -> Bool {
    while true {
      let old = file[question.name]
      let kept = old.map { question.isSecret ? "what is there" : $0 }
      guard let answer = try answers.answer(to: question, keeping: kept), answer != old else { return false }
      do {
        _ = try Premises.entries.first { $0.name == question.name }?.parsed(answer)
        try file.set(question.name, to: answer, comment: question.purpose)
        return true
      } catch {
        try askAgain(Failure.invalid("\(error)"))
      }
    }
  }

  private func connectDiscord(_ environment: Environment) throws -> String? {
    let known = try environment.connections.discord()?.label
    let expected = try ExpectedApplication(id: value("DISCORD_APPLICATION_ID"), publicKey: value("DISCORD_PUBLIC_KEY"))
    return try connect("DISCORD_BOT_TOKEN", known: known) { token in
      try environment.connectDiscord(token, expected: expected).label
    }
  }

  private func connectNotion(_ environment: Environment) throws -> String? {
    let known = try environment.connections.notion().map(\.label)
    return try connect("NOTION_TOKEN", known: known.isEmpty ? nil : known.joined(separator: ", ")) { token in
      try environment.connectNotion(token).label
    }
  }

  /// Tries a token for real; at a terminal it may be entered again.
  private func connect(_ name: String, known: String?, _ body: (String) throws -> String) throws -> String? {
    guard let question = Question.named(name) else { return known }
    while true {
      guard let token = try answers.answer(to: question, keeping: known.map { "“\($0)”" }) else { return known }
      do {
        return try body(token)
      } catch {
        try askAgain(Failure(error))
      }
    }
  }

  private func value(_ name: String) throws -> String? {
    try Question.named(name).flatMap { try answers.answer(to: $0, keeping: nil) }
  }

  /// Somebody who sits there is asked once more; a script is told.
  private func askAgain(_ failure: Failure) throws {
    guard answers.isAsking else { throw failure }
    say(failure.kind == .unauthenticated ? "It is refused. Try another, or leave it with Return." : failure.sentence)
  }

  /// What can only be looked at now: that nothing answers yet is no fault before the web server is set up.
  private func notes(_ environment: Environment, _ changed: [String]) -> [String] {
    var notes: [String] = []
    if !changed.isEmpty {
      notes.append("A responder that is running must be restarted to take what was set: systemctl restart guildhall")
    }
    if changed.contains("ENCRYPTION_KEYS") {
      notes.append("A key was made that secrets are sealed with. Keep a copy of \(path) apart from your backups.")
    }
    // Whether anything answers is the question.
    let health = OutgoingRequest(url: "\(environment.publicURL)/health")
    let answer = try? environment.premises.ownTransport(health)  // no: told below
    notes.append(
      answer?.status == 200
        ? "\(environment.publicURL) answers."
        : "\(environment.publicURL) does not answer yet; it will when the web server and the responder run.")
    notes.append("In Discord, set Interactions Endpoint URL to \(environment.publicURL)/discord/interactions")
    return notes
  }
}

extension SettingSources.Place {
  /// What sets it, in words; nil for the settings file, which setup may change.
  fileprivate var outsideTheFile: String? {
    switch self {
    case .environment: "the environment"
    case .credential(let path): "the credential \(path)"
    case .file: nil
    }
  }
}
