import Basics
import Foundation
import Store

/// Everything that is kept, as files that other programs read. Secrets are left out.
public struct Export: Sendable {
  public enum Format: String, Sendable, CaseIterable {
    /// One JSON object a line.
    case jsonl
    /// RFC 4180, and safe to open in a spreadsheet.
    case csv
  }

  let store: DataStore
  let withheld: Set<WithheldColumn>

  public init(store: DataStore, withheld: Set<WithheldColumn>) {
    self.store = store
    self.withheld = withheld
  }

  /// Writes a file for each table, all as of one instant.
  /// - Returns: how many rows went into each file.
  public func write(to directory: String, as format: Format) throws -> [String: Int] {
    try Folder.make(directory)
    return try store.read { queries in
      var counts: [String: Int] = [:]
      for table in try queries.tables() {
        let name = "\(table).\(format.rawValue)"
        counts[name] = try write(table, to: "\(directory)/\(name)", as: format, queries)
      }
      return counts
    }
  }

  private func write(_ table: String, to path: String, as format: Format, _ queries: ReadTransaction) throws -> Int {
    let columns = try queries.columns(of: table).filter { !withheld.contains(WithheldColumn(table, $0)) }
    let file = try BufferedFile(path: path)
    if format == .csv { try file.write(CSV.line(columns.map { .text($0) })) }
    var count = 0
    try queries.each("SELECT \(Self.list(columns)) FROM \(identifier: table)") { row in
      count += 1
      try file.write(format == .csv ? CSV.line(row.values) : jsonLine(columns, row.values))
    }
    try file.close()
    return count
  }

  private static func list(_ columns: [String]) -> SQL {
    columns.dropFirst().reduce(columns.first.map { "\(identifier: $0)" } ?? "NULL") { "\($0), \(identifier: $1)" }
  }

  private func jsonLine(_ columns: [String], _ values: [SQLValue]) throws -> String {
    let members = zip(columns, values).map { ($0, JSONValue($1)) }
    return try JSON.text(JSONValue.object(Dictionary(members, uniquingKeysWith: { $1 }))) + "\n"
  }
}

/// A column whose values leave the house in no form.
public struct WithheldColumn: Sendable, Hashable {
  let table: String
  let column: String

  public init(_ table: String, _ column: String) {
    self.table = table
    self.column = column
  }

  public init(_ sealed: SealedColumn) { self.init(sealed.table, sealed.column) }
}

extension JSONValue {
  fileprivate init(_ value: SQLValue) {
    switch value {
    case .null: self = .null
    case .integer(let number): self = .integer(number)
    case .real(let number): self = .number(number)
    case .text(let text): self = .string(text)
    case .blob(let bytes): self = .string(hexadecimal(bytes))
    }
  }
}

/// A new file, readable by us alone, written in pieces of some size.
private final class BufferedFile {
  private let handle: FileHandle
  private let path: String
  private var buffer: [UInt8] = []

  init(path: String) throws {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw Folder.refused("\(path) cannot be made") }
    handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    self.path = path
  }

  func write(_ text: String) throws {
    buffer += text.utf8
    if buffer.count > 1 << 18 { try flush() }
  }

  func close() throws {
    try flush()
    try handle.close()
  }

  private func flush() throws {
    do {
      try handle.write(contentsOf: Data(buffer))
      buffer = []
    } catch {
      throw Failure(.unavailable, "\(path) cannot be written.", cause: systemError(error))
    }
  }
}
