import Basics
import Foundation

/// Where settings come from: the environment first, then systemd's credentials, then a file of `NAME=value` lines.
public struct SettingSources: Sendable {
  private let environment: [String: String]
  private let credentialsDirectory: String?
  private let file: [String: String]

  public init(environment: [String: String], credentialsDirectory: String? = nil, file: [String: String] = [:]) {
    self.environment = environment
    self.credentialsDirectory = credentialsDirectory
    self.file = file
  }

  /// What this process was given.
  /// - Parameter path: the settings file; nil takes `GUILDHALL_SETTINGS`, or /etc/guildhall/guildhall.conf if it exists.
  public static func process(
    file path: String? = nil, environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws -> SettingSources {
    let named = path ?? environment["GUILDHALL_SETTINGS"]
    let usual = "/etc/guildhall/guildhall.conf"
    let lines = try named.map(Self.contents) ?? (FileManager.default.fileExists(atPath: usual) ? contents(usual) : "")
    return SettingSources(
      environment: environment, credentialsDirectory: environment["CREDENTIALS_DIRECTORY"], file: try parsed(lines))
  }

  subscript(name: String) -> String? { environment[name] ?? credential(name) ?? file[name] }

  /// A file named like the setting in the directory systemd made (LoadCredential=).
  private func credential(_ name: String) -> String? {
    guard let credentialsDirectory,
      let text = try? String(contentsOfFile: "\(credentialsDirectory)/\(name)", encoding: .utf8)  // absent: not given
    else { return nil }
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
  static func parsed(_ text: String) throws -> [String: String] {
    var values: [String: String] = [:]
    for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let line = line.trimmingCharacters(in: .whitespaces)
      if line.isEmpty || line.hasPrefix("#") { continue }
      let pair = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard pair.count == 2, !pair[0].isEmpty else {
        throw Failure.invalid("Line \(number + 1) of the settings file is no NAME=value.")
      }
      values[pair[0].trimmingCharacters(in: .whitespaces)] = unquoted(pair[1].trimmingCharacters(in: .whitespaces))
    }
    return values
  }

  private static func unquoted(_ text: String) -> String {
    for quote in ["\"", "'"] where text.count >= 2 && text.hasPrefix(quote) && text.hasSuffix(quote) {
      return String(text.dropFirst().dropLast())
    }
    return text
  }
}
