import Basics

/// What a column can hold, in SQLite and PostgreSQL alike.
public enum SQLValue: Hashable, Sendable {
  case null
  case integer(Int64)
  case real(Double)
  case text(String)
  case blob([UInt8])
}

/// A Swift value that can stand for a parameter.
public protocol SQLBindable {
  var sqlValue: SQLValue { get }
}

/// A Swift value that can be read from a column; nil where the column holds something else.
public protocol SQLReadable {
  init?(sqlValue: SQLValue)
}

public typealias SQLConvertible = SQLBindable & SQLReadable

extension Int64: SQLConvertible {
  public var sqlValue: SQLValue { .integer(self) }
  public init?(sqlValue: SQLValue) {
    guard case .integer(let value) = sqlValue else { return nil }
    self = value
  }
}

extension Int: SQLConvertible {
  public var sqlValue: SQLValue { .integer(Int64(self)) }
  public init?(sqlValue: SQLValue) {
    guard case .integer(let value) = sqlValue else { return nil }
    self.init(exactly: value)
  }
}

extension Bool: SQLConvertible {
  public var sqlValue: SQLValue { .integer(self ? 1 : 0) }
  public init?(sqlValue: SQLValue) {
    guard case .integer(let value) = sqlValue else { return nil }
    self = value != 0
  }
}

extension Double: SQLConvertible {
  /// NaN becomes NULL: SQLite has no other way to hold it.
  public var sqlValue: SQLValue { isNaN ? .null : .real(self) }
  public init?(sqlValue: SQLValue) {
    switch sqlValue {
    case .real(let value): self = value
    case .integer(let value): self = Double(value)
    default: return nil
    }
  }
}

extension String: SQLConvertible {
  /// U+0000 becomes U+FFFD: SQLite would cut the text off there, and PostgreSQL refuses it.
  public var sqlValue: SQLValue { .text(hasNUL ? String(map { $0 == "\0" ? "\u{fffd}" : $0 }) : self) }
  private var hasNUL: Bool { utf8.withContiguousStorageIfAvailable { $0.contains(0) } ?? utf8.contains(0) }
  public init?(sqlValue: SQLValue) {
    guard case .text(let value) = sqlValue else { return nil }
    self = value
  }
}

extension [UInt8]: SQLConvertible {
  public var sqlValue: SQLValue { .blob(self) }
  public init?(sqlValue: SQLValue) {
    guard case .blob(let value) = sqlValue else { return nil }
    self = value
  }
}

extension Timestamp: SQLConvertible {
  public var sqlValue: SQLValue { .integer(milliseconds) }
  public init?(sqlValue: SQLValue) {
    guard case .integer(let value) = sqlValue else { return nil }
    self.init(milliseconds: value)
  }
}

extension SQLValue: SQLConvertible {
  public var sqlValue: SQLValue { self }
  public init?(sqlValue: SQLValue) { self = sqlValue }
}

extension Optional: SQLBindable where Wrapped: SQLBindable {
  public var sqlValue: SQLValue { self?.sqlValue ?? .null }
}

/// Enums and identifier types bind and read as their raw value: declare `extension Color: SQLConvertible {}`.
extension RawRepresentable where RawValue: SQLBindable {
  public var sqlValue: SQLValue { rawValue.sqlValue }
}

extension RawRepresentable where RawValue: SQLReadable {
  public init?(sqlValue: SQLValue) {
    guard let raw = RawValue(sqlValue: sqlValue) else { return nil }
    self.init(rawValue: raw)
  }
}
