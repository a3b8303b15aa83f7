import Basics

/// One row of a result; columns are read by name.
public struct Row: Sendable {
  /// The names of a result's columns, shared by its rows.
  final class Columns: Sendable {
    let names: [String]
    init(_ names: [String]) { self.names = names }
  }

  let columns: Columns
  public let values: [SQLValue]
  public var columnNames: [String] { columns.names }

  public func get<Value: SQLReadable>(_ column: String, as type: Value.Type = Value.self) throws -> Value {
    guard let value = try optional(column, as: type) else {
      throw Failure(.unexpected, "The database holds an empty \(column) where there is always one.")
    }
    return value
  }

  public func optional<Value: SQLReadable>(_ column: String, as type: Value.Type = Value.self) throws -> Value? {
    guard let index = columns.names.firstIndex(of: column) else {
      throw Failure(.unexpected, "A query of ours did not ask for the column \(column).")
    }
    return try value(at: index)
  }

  /// The first column, whatever its name.
  func first<Value: SQLReadable>() throws -> Value? { values.isEmpty ? nil : try value(at: 0) }

  private func value<Value: SQLReadable>(at index: Int) throws -> Value? {
    if case .null = values[index] { return nil }
    guard let value = Value(sqlValue: values[index]) else {
      throw Failure(.unexpected, "The database holds a \(columns.names[index]) that is no \(Value.self).")
    }
    return value
  }
}

/// A value made from one row.
public protocol RowDecodable {
  init(row: Row) throws
}
