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
    let premises = try quietPremises(common)
    let machine = Machine(
      premises: premises,
      hall: Result { try Environment(.batch, settingsFile: common.settings) }.mapError { Failure($0) })
    var findings: [Finding] = []
    func tell(_ found: [Finding]) {
      findings += found
      if !common.json { found.forEach { print($0.line) } }
    }
    let database = machine.database
    tell([machine.settings, machine.disk, database, machine.clock, machine.backups, machine.publicAddress])
    let patient = database.level == .trouble ? nil : try? machine.hall.get()  // why not is told by the database's line
    if let patient { for look in Patient.looks { tell(look(Patient(patient))) } }
    if common.json { print(try JSON.text(findings)) } else { print("\n" + summary(findings, isWhole: patient != nil)) }
    if findings.contains(where: { $0.level == .trouble }) { throw ExitCode.someFailed }
  }

  private func summary(_ findings: [Finding], isWhole: Bool) -> String {
    let troubles = findings.count { $0.level == .trouble }
    let rest = isWhole ? "" : " What stands in the database is looked at when it can be used."
    return troubles == 0 ? "Nothing is to be mended." : "\(troubles) to be mended.\(rest)"
  }
}

/// What is looked at whatever state the database is in.
struct Machine {
  let premises: Premises
  /// Or why its database cannot be used.
  let hall: Result<Environment, Failure>

  var now: Timestamp { WallClock.system.now() }
}

/// What is looked at in a hall whose database can be used.
struct Patient: Sendable {
  let environment: Environment
  init(_ environment: Environment) { self.environment = environment }

  var now: Timestamp { environment.clock.now() }

  /// In the order that faults follow from each other.
  static var looks: [(Patient) -> [Finding]] {
    [
      { [$0.log, $0.secrets, $0.signatures] }, \.discord, \.workspaces, { [$0.webhook] }, \.mappings, \.limits,
      \.programs, { [$0.jobs] },
    ]
  }
}
