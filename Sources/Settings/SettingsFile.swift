import Basics
import Foundation

/// A file of `NAME=value` lines that is changed: comments and the order of lines stay as they are.
public struct SettingsFile: Sendable {
  public let path: String
  private var lines: [String]

  /// Reads the file; one that is not there is empty.
  public init(path: String) throws {
    self.path = path
    guard FileManager.default.fileExists(atPath: path) else {
      lines = []
      return
    }
    let text = try SettingSources.contents(path)
    _ = try SettingSources.parsed(text, of: path)
    lines = text.split(omittingEmptySubsequences: false) { ["\n", "\r\n", "\r"].contains($0) }.map(String.init)
    while lines.last?.isEmpty == true { lines.removeLast() }
  }

  public subscript(name: String) -> String? {
    guard let index = lastIndex(of: name) else { return nil }
    return try? SettingSources.parsed(lines[index], of: path)[name]  // it was parsed whole when it was read
  }

  /// Sets a value where the name stands already, or else at the end, under a comment.
  public mutating func set(_ name: String, to value: String, comment: String? = nil) throws {
    guard !value.contains(where: \.isNewline) else {
      throw Failure.invalid("\(name) cannot hold more than one line.")
    }
    let line = "\(name)=\(Self.quoted(value))"
    if let index = lastIndex(of: name) {
      lines[index] = line
    } else {
      lines += (lines.isEmpty ? [] : [""]) + (comment.map { ["# \($0)"] } ?? []) + [line]
    }
  }

  /// Writes the file anew beside itself and puts it in place, so that it is whole at every moment. A new file can be read
  /// by its owner alone; an old one keeps its owner and its mode.
  public func write() throws {
    try PrivateFile.replace(path, with: lines.joined(separator: "\n") + "\n")
  }

  /// Of two lines with one name the last counts, here as in `SettingSources`.
  private func lastIndex(of name: String) -> Int? {
    lines.lastIndex { line in
      guard !line.drop(while: \.isWhitespace).hasPrefix("#"), let equals = line.firstIndex(of: "=") else {
        return false
      }
      return line[..<equals].trimmingCharacters(in: .whitespaces) == name
    }
  }

  /// What would be read as another text without quotes is given some.
  private static func quoted(_ value: String) -> String {
    let isPlain = value == value.trimmingCharacters(in: .whitespaces) && value.first != "\"" && value.first != "'"
    return isPlain ? value : "\"\(value)\""
  }
}

/// Files that hold secrets.
public enum PrivateFile {
  /// Puts this text in the place of the file, all at once and for good.
  public static func replace(_ path: String, with text: String) throws {
    let fresh = "\(path).new-\(getpid())"
    defer { unlink(fresh) }
    do {
      try write(Array(text.utf8), to: fresh, like: path)
    } catch {
      throw Failure(
        .unavailable, "\(path) cannot be written. Does its folder exist, and may this user write there?",
        cause: error.cause)
    }
    guard rename(fresh, path) == 0 else {
      throw Failure(.unavailable, "\(path) cannot be put in place.", cause: systemError())
    }
    syncFolder(of: path)
  }

  private static func write(_ bytes: [UInt8], to fresh: String, like old: String) throws(Failure) {
    unlink(fresh)
    let descriptor = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw Failure(.unavailable, "", cause: systemError()) }
    defer { close(descriptor) }
    var status = stat()
    if stat(old, &status) == 0 {
      // Others than the owner may be meant to read it, but nobody else at all.
      _ = fchown(descriptor, status.st_uid, status.st_gid)
      fchmod(descriptor, status.st_mode & 0o640)
    }
    guard Foundation.write(descriptor, bytes, bytes.count) == bytes.count, fsync(descriptor) == 0 else {
      throw Failure(.unavailable, "", cause: systemError())
    }
  }

  /// A folder that cannot be synced harms nobody who does not lose power now.
  private static func syncFolder(of path: String) {
    let folder = open((path as NSString).deletingLastPathComponent, O_RDONLY | O_CLOEXEC)
    if folder >= 0 {
      fsync(folder)
      close(folder)
    }
  }
}
