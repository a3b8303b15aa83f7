import ArgumentParser
import Basics
import Batch
import Bootstrap
import Foundation
import Settings
import Signatures

extension KeyCommand {
  struct Rotate: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Seals every secret with a new key, and lets the old one go.",
      discussion: """
        Makes a key and puts it first in ENCRYPTION_KEYS, waits until every responder seals with it, seals all secrets \
        again a few at a time, opens each of them with the new key alone as a proof, and only then takes the old key \
        away. Ended at any point, the same command goes on from there.

        The settings as they were are kept beside the file: backups taken before need the old key. Where services get \
        their keys as systemd credentials, name the folder those come from, and restart the responder when asked to:

          export CREDENTIALS_DIRECTORY=/etc/guildhall/credentials
          guildhall key rotate
        """)

    @OptionGroup var common: CommonOptions

    @Flag(name: .long, help: "Leave the old key behind the new one, so that older backups can be restored as they are.")
    var keepOld = false

    func run() throws {
      let environment = try quietEnvironment(common)
      let outcome = try reporting { try Rotation(environment, isQuiet: common.json).run(keepOld: keepOld) }
      try show(outcome, common) {
        "Sealed \(outcome.sealed) secrets again; all \(outcome.proved) open with the key “\(outcome.key)” alone. "
          + (outcome.dropped.isEmpty ? "Older keys stay." : "Taken away: \(outcome.dropped.joined(separator: ", ")).")
          + "\nBackups taken before now need the key they were made with\(outcome.kept.map { "; it is in \($0)" } ?? "")."
          + " Take a new one: guildhall backup"
      }
    }
  }
}

/// The steps from one sealing key to the next. What is done already is seen from the settings and the rows themselves.
struct Rotation {
  struct Outcome: Encodable {
    let key: String
    let sealed: Int
    let proved: Int
    let dropped: [String]
    /// The file that still holds the old key.
    let kept: String?
  }

  let environment: Environment
  let progress: ProgressLine

  init(_ environment: Environment, isQuiet: Bool) {
    self.environment = environment
    progress = ProgressLine(isQuiet: isQuiet)
  }

  func run(keepOld: Bool) throws -> Outcome {
    let place = try KeyPlace(environment.premises)
    let known = environment.premises.keys
    let isResuming = known.ids.count > 1 && place.copy(for: known.ids[0]) != nil
    let keys = isResuming ? known : try begin(known, place)
    try waitForResponders(toSealWith: keys.ids[0])
    let sealed = try environment.resealing.run(keys) { progress.show("Sealing", $0) }
    let only = try keys.withoutOlder()
    let proved = try environment.resealing.prove(only)
    progress.finish()
    let dropped = keepOld ? [] : Array(keys.ids.dropFirst())
    if keepOld { place.removeCopy(for: keys.ids[0]) } else { try place.write(only) }
    try environment.durable.write(environment.noting(.keysRotated, "key", keys.ids[0]))
    return Outcome(
      key: keys.ids[0], sealed: sealed, proved: proved, dropped: dropped, kept: place.copy(for: keys.ids[0]))
  }

  /// A new key in front of the others. The settings as they were stay beside it.
  private func begin(_ known: SealingKeys, _ place: KeyPlace) throws -> SealingKeys {
    let id = try SealingKey.freshID(at: environment.clock.now())
    let key = try SealingKey(id: id, hexadecimal: RandomToken.hexadecimal(bytes: 32))
    let keys = try known.rotated(to: key)
    try place.keepCopy(for: id)
    try place.write(keys)
    return keys
  }

  /// A responder that still seals with the old key could write a secret that nobody can read afterwards.
  private func waitForResponders(toSealWith id: String) throws {
    let deadline = ContinuousClock.now + .seconds(30)
    while true {
      let behind = try environment.presence.list().filter { $0.keys.first != id }
      if behind.isEmpty { return }
      progress.show("Waiting for responders to take the new key", behind.count)
      guard ContinuousClock.now < deadline else {
        throw Failure.conflict(
          """
          The responder (process \(behind.map { "\($0.process)" }.joined(separator: ", "))) does not seal with the new \
          key “\(id)” yet. Restart it (systemctl restart guildhall), then run this again: it goes on from here.
          """)
      }
      Thread.sleep(forTimeInterval: 0.5)
    }
  }
}

/// Where ENCRYPTION_KEYS is written.
private struct KeyPlace {
  private let path: String
  private let isCredential: Bool

  init(_ premises: Premises) throws {
    switch try premises.keyPlace {
    case .file(let path): (self.path, isCredential) = (path, false)
    case .credential(let path) where !path.hasPrefix("/run/credentials/"): (self.path, isCredential) = (path, true)
    case .credential:
      throw Failure.invalid(
        "These are systemd's copies of the keys. Set CREDENTIALS_DIRECTORY to the folder they come from.")
    case .environment, nil:
      throw Failure.invalid(
        """
        ENCRYPTION_KEYS comes from the environment, where it cannot be changed for good. Move it into the settings \
        file, or into a file named ENCRYPTION_KEYS in the folder that CREDENTIALS_DIRECTORY names.
        """)
    }
  }

  func write(_ keys: SealingKeys) throws {
    if isCredential { return try PrivateFile.replace(path, with: keys.settingText + "\n") }
    var file = try SettingsFile(path: path)
    try file.set("ENCRYPTION_KEYS", to: keys.settingText)
    try file.write()
  }

  func keepCopy(for id: String) throws {
    let text = try String(contentsOfFile: path, encoding: .utf8)
    try PrivateFile.replace(copyPath(id), with: text)
  }

  /// Without it, nothing tells of an unfinished rotation, and nothing is missing from the settings.
  func removeCopy(for id: String) { unlink(copyPath(id)) }

  /// There from the beginning of a rotation on; nil when there is none.
  func copy(for id: String) -> String? { FileManager.default.fileExists(atPath: copyPath(id)) ? copyPath(id) : nil }

  private func copyPath(_ id: String) -> String { "\(path).before-\(id)" }
}
