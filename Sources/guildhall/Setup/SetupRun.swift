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
    let changed = try writeSettings()
    let migrations = try Environment.migrate(settingsFile: path).count
    let environment = try Environment(.batch, settingsFile: path)
    let discord = try connectDiscord(environment)
    let notion = try connectNotion(environment)
    return SetupOutcome(
      settings: path, changed: changed, migrations: migrations, discord: discord, notion: notion,
      notes: notes(environment, isNewKey: changed.contains("ENCRYPTION_KEYS")))
  }

  /// Asks for settings and writes those that changed. What the environment or a credential sets is left alone.
  private func writeSettings() throws -> [String] {
    let sources = try given()
    var file = try SettingsFile(path: path)
    var changed: [String] = []
    for question in Question.settings {
      let place = try sources.place(of: question.name)
      if place == .environment { continue }
      if case .credential? = place { continue }
      if try take(question, into: &file) { changed.append(question.name) }
    }
    if !changed.isEmpty {
      try makeFolder()
      try file.write()
    }
    return changed
  }

  /// What is set already; a file that is still to be made sets nothing.
  private func given() throws -> SettingSources {
    if FileManager.default.fileExists(atPath: path) { return try .process(file: path) }
    let environment = ProcessInfo.processInfo.environment
    return SettingSources(environment: environment, credentialsDirectory: environment["CREDENTIALS_DIRECTORY"])
  }

  /// - Returns: whether it changed.
  private func take(_ question: Question, into file: inout SettingsFile) throws -> Bool {
    while true {
      let old = file[question.name]
      guard let answer = try answers.answer(to: question, isThere: old != nil), answer != old else { return false }
      do {
        _ = try Premises.entries.first { $0.name == question.name }?.parsed(answer)
        try file.set(question.name, to: answer, comment: question.purpose)
        return true
      } catch {
        try askAgain(Failure.invalid("\(error)"))
      }
    }
  }

  private func makeFolder() throws {
    let folder = (path as NSString).deletingLastPathComponent
    do {
      try FileManager.default.createDirectory(
        atPath: folder.isEmpty ? "." : folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o750]
      )
    } catch {
      throw Failure(.unavailable, "The folder \(folder) cannot be made.", cause: String(describing: error))
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
      guard let token = try answers.answer(to: question, isThere: known != nil) else { return known }
      do {
        return try body(token)
      } catch {
        try askAgain(Failure(error))
      }
    }
  }

  private func value(_ name: String) throws -> String? {
    try Question.named(name).flatMap { try answers.answer(to: $0, isThere: false) }
  }

  /// Somebody who sits there is asked once more; a script is told.
  private func askAgain(_ failure: Failure) throws {
    guard answers.isAsking else { throw failure }
    say(failure.sentence)
  }

  /// What can only be looked at now: that nothing answers yet is no fault before the web server is set up.
  private func notes(_ environment: Environment, isNewKey: Bool) -> [String] {
    var notes: [String] = []
    if isNewKey {
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
