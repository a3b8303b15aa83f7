import ArgumentParser
import Basics
import Batch
import Bootstrap

struct Doctor: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Looks whether everything works, and says in words what does not and what to do.",
    discussion: """
      Tries the tokens, the channels and the public address for real. A tick is well, a dot works and could be better, \
      a cross is to be mended; a dot and a cross are followed by what to do. Exit code 0 when nothing is to be mended, \
      1 otherwise, 78 when it cannot even begin.

      EXAMPLES
        guildhall doctor
        guildhall doctor --json | jq '.[] | select(.ok | not)'
      """)

  @OptionGroup var common: CommonOptions

  func run() throws {
    let environment = try quietEnvironment(common)
    let patient = Patient(environment)
    var findings: [Finding] = []
    for look in Patient.looks {
      let found = look(patient)
      findings += found
      if !common.json { found.forEach { print($0.line) } }
    }
    if common.json { print(try JSON.text(findings)) }
    let troubles = findings.count { $0.level == .trouble }
    if !common.json { print(troubles == 0 ? "\nNothing is to be mended." : "\n\(troubles) to be mended.") }
    if troubles > 0 { throw ExitCode.someFailed }
  }
}

/// What is looked at.
struct Patient: Sendable {
  let environment: Environment
  init(_ environment: Environment) { self.environment = environment }

  var now: Timestamp { environment.clock.now() }

  /// In the order that faults follow from each other.
  static var looks: [(Patient) -> [Finding]] {
    [
      { [$0.settings, $0.disk, $0.database, $0.log, $0.secrets, $0.clock] },
      { [$0.publicAddress, $0.interactions, $0.application, $0.endpoint] }, \.workspaces, { [$0.webhook] }, \.mappings,
      \.limits, \.programs, { [$0.backups, $0.jobs] },
    ]
  }
}
