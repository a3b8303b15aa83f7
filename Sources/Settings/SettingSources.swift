import Basics
import Foundation

/// Where settings come from: the environment first, then credentials (a file each), then a file of `NAME=value` lines.
public struct SettingSources: Sendable {
  private let environment: [String: String]
  private let credentialsDirectory: String?
  private let file: [String: String]

  public init(
    environment: [String: String], credentialsDirectory: String? = nil, file: [String: String] = [:],
    path: String? = nil
  ) {
    self.environment = environment
    self.credentialsDirectory = credentialsDirectory
    self.file = file
    self.path = path
  }

  /// What this process was given. Without systemd's credentials those in /etc/guildhall/credentials are taken, so that a
  /// program started by cron or by hand finds what a service does.
  /// - Parameters:
  ///   - path: the settings file; nil takes `GUILDHALL_SETTINGS`, or /etc/guildhall/guildhall.conf if it exists.
  ///   - mayBeMissing: a named file that is not there is still to be made, and sets nothing.
  public static func process(
    file path: String? = nil, mayBeMissing: Bool = false,
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws -> SettingSources {
    let named = path ?? environment["GUILDHALL_SETTINGS"]
    let mustBeThere = named != nil && !mayBeMissing
    let file = named ?? usualFile
    let chosen = mustBeThere || FileManager.default.fileExists(atPath: file) ? file : nil
    return SettingSources(
      environment: environment,
      credentialsDirectory: environment["CREDENTIALS_DIRECTORY"] ?? "/etc/guildhall/credentials",
      file: try chosen.map { try parsed(try contents($0), of: $0) } ?? [:], path: chosen)
  }

  /// Where settings are looked for when nobody says where.
  public static let usualFile = "/etc/guildhall/guildhall.conf"

  /// Where a setting was given.
  public enum Place: Sendable, Hashable {
    case environment
    /// A file of its own, with nothing but the value.
    case credential(path: String)
    case file(path: String)
  }

  /// The place that counts for a setting; nil when nobody gave it.
  public func place(of name: String) throws -> Place? {
    if environment[name] != nil { return .environment }
    if try credential(name) != nil, let directory = credentialsDirectory {
      return .credential(path: "\(directory)/\(name)")
    }
    return file[name] != nil ? path.map { .file(path: $0) } : nil
  }

  /// The settings file that was read; nil when there is none.
  public let path: String?

  /// A sentence for each name in the settings file that no entry has, with the one that was perhaps meant.
  ///
  /// None of them is a fault: a setting that a newer version has dropped must not keep the responder from starting after
  /// an upgrade. The responder's log and `guildhall doctor` tell them.
  public func unread(by entries: [any SettingEntry]) -> [String] {
    let known = entries.map(\.name)
    return file.keys.filter { !known.contains($0) }.sorted().map { name in
      let close = known.first { differences(name.uppercased(), $0) <= 2 }
      return "Nothing reads \(name)." + (close.map { " Is \($0) meant?" } ?? "")
    }
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

  static func contents(_ path: String, called name: String = "settings") throws -> String {
    do {
      return try String(contentsOfFile: path, encoding: .utf8)
    } catch {
      throw Failure(.invalid, "The \(name) file \(path) cannot be read.", cause: systemError(error))
    }
  }

  /// The values in a text of `NAME=value` lines.
  /// - Parameter name: what the text is called in complaints.
  public static func values(of text: String, named name: String) throws -> [String: String] {
    try parsed(text, of: name)
  }

  /// The values in a file of such lines that is no settings file.
  /// - Parameter name: what kind of file it is, in complaints.
  public static func values(ofFile path: String, called name: String) throws -> [String: String] {
    try parsed(try contents(path, called: name), of: path)
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

/// How many letters must be put in, left out or replaced to make one word of the other (Levenshtein).
private func differences(_ one: String, _ other: String) -> Int {
  let letters = Array(other)
  var row = Array(0...letters.count)
  for (line, letter) in one.enumerated() {
    var before = row[0]
    row[0] = line + 1
    for place in letters.indices {
      let replaced = before + (letter == letters[place] ? 0 : 1)
      before = row[place + 1]
      row[place + 1] = min(replaced, row[place] + 1, before + 1)
    }
  }
  return row[letters.count]
}
