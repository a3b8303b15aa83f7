import Basics
import Foundation

/// Where settings come from: the environment first, then credentials (a file each), then a file of `NAME=value` lines.
public struct SettingSources: Sendable {
  private let environment: [String: String]
  private let credentialsDirectory: String?
  private let file: [String: String]

  public init(environment: [String: String], credentialsDirectory: String? = nil, file: [String: String] = [:]) {
    self.environment = environment
    self.credentialsDirectory = credentialsDirectory
    self.file = file
  }

  /// What this process was given. Without systemd's credentials those in /etc/guildhall/credentials are taken, so that a
  /// program started by cron or by hand finds what a service does.
  /// - Parameter path: the settings file; nil takes `GUILDHALL_SETTINGS`, or /etc/guildhall/guildhall.conf if it exists.
  public static func process(
    file path: String? = nil, environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws -> SettingSources {
    let named = path ?? environment["GUILDHALL_SETTINGS"]
    let usual = "/etc/guildhall/guildhall.conf"
    let chosen = named ?? (FileManager.default.fileExists(atPath: usual) ? usual : nil)
    return SettingSources(
      environment: environment,
      credentialsDirectory: environment["CREDENTIALS_DIRECTORY"] ?? "/etc/guildhall/credentials",
      file: try chosen.map { try parsed(try contents($0), of: $0) } ?? [:])
  }

  /// What a setting was given; nil when nobody gave it.
  func text(of name: String) throws -> String? { try environment[name] ?? credential(name) ?? file[name] }

  /// A file named like the setting in the directory that systemd made (LoadCredential=), or in ours.
  private func credential(_ name: String) throws -> String? {
    guard let path = credentialsDirectory.map({ "\($0)/\(name)" }), FileManager.default.fileExists(atPath: path) else {
      return nil
    }
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {  // why is not told: it holds a secret
      throw Failure.invalid("\(name) is given as the credential \(path), which cannot be read as text")
    }
    return text.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  private static func contents(_ path: String) throws -> String {
    do {
      return try String(contentsOfFile: path, encoding: .utf8)
    } catch {
      throw Failure(.invalid, "The settings file \(path) cannot be read.", cause: String(describing: error))
    }
  }

  /// Lines of `NAME=value`; `#` starts a comment line; quotes around the whole value are taken off.
  static func parsed(_ text: String, of path: String) throws -> [String: String] {
    var values: [String: String] = [:]
    var faults: [String] = []
    for (index, line) in text.trimmingPrefix("\u{feff}").split(
      omittingEmptySubsequences: false, whereSeparator: isLineEnd
    )
    .map({ $0.trimmingCharacters(in: .whitespaces) }).enumerated() where !line.isEmpty && !line.hasPrefix("#") {
      if let (name, value) = pair(line) { values[name] = value } else { faults.append("\(index + 1)") }
    }
    guard faults.isEmpty else {  // the lines themselves may hold secrets
      let lines = faults.count == 1 ? "Line \(faults[0])" : "Lines \(faults.joined(separator: ", "))"
      throw Failure.invalid(
        "\(lines) of \(path) cannot be read: each must be NAME=value, or a comment that starts with #.")
    }
    return values
  }

  /// A carriage return and a line feed are one character to Swift.
  private static func isLineEnd(_ character: Character) -> Bool { ["\n", "\r\n", "\r"].contains(character) }

  private static func pair(_ line: String) -> (name: String, value: String)? {
    guard let equals = line.firstIndex(of: "=") else { return nil }
    let name = line[..<equals].trimmingCharacters(in: .whitespaces)
    guard !name.isEmpty, name.allSatisfy({ $0 == "_" || ($0.isASCII && ($0.isLetter || $0.isNumber)) }) else {
      return nil
    }
    return (name, unquoted(line[line.index(after: equals)...].trimmingCharacters(in: .whitespaces)))
  }

  private static func unquoted(_ text: String) -> String {
    for quote in ["\"", "'"] where text.count >= 2 && text.hasPrefix(quote) && text.hasSuffix(quote) {
      return String(text.dropFirst().dropLast())
    }
    return text
  }
}
