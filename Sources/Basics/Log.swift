import Foundation
@_exported import Logging

/// What every line of a piece of work carries: request id, correlation id, job, run.
public enum LogContext {
  @TaskLocal public static var metadata: Logger.Metadata = [:]

  /// Runs the body with these values on all its lines, whichever part writes them.
  public static func with<Result>(_ added: Logger.Metadata, _ body: () throws -> Result) rethrows -> Result {
    try $metadata.withValue(metadata.merging(added) { $1 }, operation: body)
  }

  /// Runs the body as part of another piece of work, for which this thread acts.
  public static func `as`<Result>(_ metadata: Logger.Metadata, _ body: () throws -> Result) rethrows -> Result {
    try $metadata.withValue(metadata, operation: body)
  }

  /// The id that follows one event through click, job and calls: the request's or the run's where nothing else was said;
  /// nil outside any event.
  public static var correlation: String? {
    (metadata["correlation"] ?? metadata["request_id"] ?? metadata["run"])?.description
  }

  /// The id of the request that is being answered; nil outside any.
  public static var request: String? { metadata["request_id"]?.description }
}

/// One JSON object a line on standard error. Never holds bodies, tokens or what people wrote.
public struct JSONLineHandler: LogHandler {
  public var logLevel: Logger.Level
  public var metadata: Logger.Metadata = [:]
  private let label: String

  public init(label: String, level: Logger.Level) {
    self.label = label
    logLevel = level
  }

  public subscript(metadataKey key: String) -> Logger.MetadataValue? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  public func log(event: LogEvent) {
    var line = JSONLine()
    line.add("ts", Timestamp.now.description)
    line.add("level", event.level.rawValue)
    line.add("part", label)
    line.add("msg", event.message.description)
    let members = metadata.merging(LogContext.metadata) { $1 }.merging(event.metadata ?? [:]) { $1 }
    for (name, value) in members.sorted(by: { $0.key < $1.key }) { line.add(name, value.description) }
    line.end().withUnsafeBytes { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }

  /// Makes this the log of the whole process. Call once, first thing in `main`.
  public static func install(level: Logger.Level) {
    LoggingSystem.bootstrap { JSONLineHandler(label: $0, level: level) }
  }
}

/// One JSON object of texts, written as they come: a line belongs to every request, and an encoder would cost more than
/// all the rest of it.
struct JSONLine {
  private var bytes = Array("{".utf8)

  init() { bytes.reserveCapacity(512) }

  mutating func add(_ name: String, _ value: String) {
    if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
    append(name)
    bytes.append(UInt8(ascii: ":"))
    append(value)
  }

  consuming func end() -> [UInt8] {
    bytes += "}\n".utf8
    return bytes
  }

  /// RFC 8259, 7: quotes, backslashes and control characters are escaped, everything else stands as it is.
  private mutating func append(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
      case 0..<0x20: bytes += "\\u00\(hexadecimal([byte]))".utf8
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}
