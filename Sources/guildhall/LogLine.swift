import Basics
import Foundation

/// One line of a program's log, or one made of what the database knows.
struct LogLine {
  private let members: [String: JSONValue]
  /// When it was written: programs tell UTC, nginx its machine's own time.
  let time: Timestamp

  init(_ members: [String: JSONValue]) {
    time = members["ts"]?.string.flatMap { Timestamp(iso8601: $0) } ?? Timestamp(milliseconds: 0)
    self.members = members.merging(["ts": .string(time.description)]) { $1 }
  }

  /// Nil for a line that is none of ours.
  init?(_ text: Substring) {
    // Loggers put words of their own before the object.
    guard let start = text.firstIndex(of: "{"),
      case .object(let members)? = try? JSON.decode(JSONValue.self, from: text[start...].utf8)  // none of ours
    else { return nil }
    self.init(members)
  }

  var json: String { (try? JSON.text(JSONValue.object(members))) ?? "{}" }  // strings and numbers always encode

  var text: String {
    let rest = members.filter { !["ts", "level", "part", "msg"].contains($0.key) }.sorted { $0.key < $1.key }
    let words = rest.map { "\($0.key)=\(Self.word($0.value))" }.joined(separator: " ")
    let level = members["level"]?.string.map { $0 == "info" ? "" : " \($0.uppercased())" } ?? ""
    return "\(time) \(members["part"]?.string ?? "?")\(level): \(members["msg"]?.string ?? "")  \(words)"
  }

  /// Whether any of the ids stands in one of the members that hold ids.
  func belongs(to ids: Set<String>) -> Bool {
    ["correlation", "request_id", "interaction", "event", "job", "run"].contains { name in
      members[name]?.string.map(ids.contains) ?? false
    }
  }

  /// Control characters of a log must not reach the terminal.
  private static func word(_ value: JSONValue) -> String {
    let text = value.string ?? (try? JSON.text(value)) ?? ""  // as above
    return String(text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : Character($0) })
  }
}

extension LogLine {
  /// The lines of these files that belong to the ids, of the journal and of nginx's log when no file is named.
  static func belonging(to ids: Set<String>, in files: [String]) throws -> [LogLine] {
    var found: [LogLine] = []
    let collect: (Substring) -> Void = { text in
      if ids.contains(where: { text.contains($0) }), let line = LogLine(text), line.belongs(to: ids) {
        found.append(line)
      }
    }
    if files.isEmpty {
      try journal(collect)
      if access(visits, R_OK) == 0 { try read(visits, collect) }
    } else {
      for file in files { try read(file, collect) }
    }
    return found
  }

  private static func read(_ file: String, _ body: (Substring) -> Void) throws {
    if file == "-" {
      while let line = readLine() { body(line[...]) }
      return
    }
    guard let stream = fopen(file, "re") else {
      throw Failure(.notFound, "\(file) cannot be read.", cause: systemError())
    }
    defer { fclose(stream) }
    lines(of: stream, body)
  }

  /// A machine without systemd has no journal, and then only the database tells.
  private static func journal(_ body: (Substring) -> Void) throws {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["journalctl", "--no-pager", "-o", "cat", "--since", "-14d"] + tags.flatMap { ["-t", $0] }
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return }  // no journal: as above
    if let stream = fdopen(dup(output.fileHandleForReading.fileDescriptor), "r") {
      lines(of: stream, body)
      fclose(stream)
    }
    process.waitUntilExit()
  }

  /// Where scripts/install has nginx note visits.
  private static let visits = "/var/log/guildhall/nginx.log"

  private static let tags = [
    "guildhall", "guildhall-sync", "guildhall-full", "guildhall-jobs", "guildhall-backup", "guildhall-housekeeping",
  ]

  private static func lines(of stream: UnsafeMutablePointer<FILE>, _ body: (Substring) -> Void) {
    var buffer: UnsafeMutablePointer<CChar>?
    var capacity = 0
    defer { free(buffer) }
    while case let count = getline(&buffer, &capacity, stream), count > 0, let start = buffer {
      body(String(decoding: UnsafeRawBufferPointer(start: start, count: count), as: UTF8.self)[...])
    }
  }
}
