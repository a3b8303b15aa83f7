import Accounts
import ArgumentParser
import Basics
import Batch
import Bootstrap
import Foundation
import Settings

struct Setup: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Asks for what is needed, tries each answer, and writes it down.",
    discussion: """
      Makes what can be made (the key that secrets are sealed with), keeps what is there, and may be run again at any \
      time. Settings go into the settings file, readable by its owner alone; the tokens go sealed into the database.

      Without a terminal it takes its answers from a file of NAME=value lines, or from standard input: every setting \
      there is (guildhall setup --list-answers), and DISCORD_BOT_TOKEN, NOTION_TOKEN, DISCORD_APPLICATION_ID and \
      DISCORD_PUBLIC_KEY. The value “generate” makes a secret where there is none. What is not answered keeps its \
      value or takes its default; without --yes, what has neither is an error.

      EXAMPLES
        guildhall setup
        guildhall setup --settings ./guildhall.conf
        guildhall setup --answers answers.conf --yes
        printf 'DISCORD_BOT_TOKEN=%s\\n' "$TOKEN" |
          guildhall setup --answers - --yes
      """)

  @OptionGroup var common: CommonOptions

  @Option(name: .long, help: ArgumentHelp("Take the answers from this file; - for standard input.", valueName: "file"))
  var answers: String?

  @Flag(name: .long, help: "Ask nothing: what is not answered stays as it is, or takes its default, or is left out.")
  var yes = false

  @Flag(name: .long, help: "Show every answer there can be, and do nothing.")
  var listAnswers = false

  func validate() throws {
    guard listAnswers || answers != nil || yes || Terminal.isThere else {
      throw ValidationError(
        "Nobody is here to be asked. Give the answers with --answers FILE, or take what there is with --yes.")
    }
  }

  func run() throws {
    JSONLineHandler.install(level: .error)
    if listAnswers {
      return try show(Question.all, common) { Question.all.map(\.documentation).joined(separator: "\n\n") }
    }
    let source = try reporting(exit: .configuration) {
      try Answers(file: answers, isAsking: answers == nil && !yes && Terminal.isThere, takesDefaults: yes)
    }
    let path = common.settings ?? ProcessInfo.processInfo.environment["GUILDHALL_SETTINGS"] ?? SettingSources.usualFile
    let done = try SetupRun(path: path, answers: source).run()
    try show(done, common) { done.text }
  }
}

/// What a setup came to.
struct SetupOutcome: Encodable {
  let settings: String
  let changed: [String]
  let migrations: Int
  let discord: String?
  let notion: String?
  let notes: [String]

  var text: String {
    let lines =
      ["Settings: \(settings)" + (changed.isEmpty ? ", nothing changed" : ", set: \(changed.joined(separator: ", "))")]
      + ["Discord: \(discord ?? "not connected yet (guildhall discord connect)")"]
      + ["Notion: \(notion ?? "not connected yet (guildhall notion connect)")"] + notes
    return lines.joined(separator: "\n")
      + "\nNext: guildhall mapping add …, guildhall commands register, guildhall doctor"
  }
}
