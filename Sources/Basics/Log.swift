import Foundation
@_exported import Logging

/// What every line of a piece of work carries: request id, correlation id, job, run.
public enum LogContext {
  @TaskLocal public static var metadata: Logger.Metadata = [:]

  /// Runs the body with these values on all its lines, whichever part writes them.
  public static func with<Result>(_ added: Logger.Metadata, _ body: () throws -> Result) rethrows -> Result {
    try $metadata.withValue(metadata.merging(added) { $1 }, operation: body)
  }

  /// The id that follows one event through click, job and calls; nil outside any event.
  public static var correlation: String? { metadata["correlation"]?.description }
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
    var members: [String: JSONValue] = [:]
    for (key, value) in metadata.merging(LogContext.metadata, uniquingKeysWith: { $1 })
      .merging(event.metadata ?? [:], uniquingKeysWith: { $1 })
    {
      members[key] = .string(value.description)
    }
    members["ts"] = .string(Timestamp.now.description)
    members["level"] = .string(event.level.rawValue)
    members["part"] = .string(label)
    members["msg"] = .string(event.message.description)
    guard let line = try? JSON.encode(members) else { return }  // a dictionary of strings always encodes
    FileHandle.standardError.write(Data(line + [10]))
  }

  /// Makes this the log of the whole process. Call once, first thing in `main`.
  public static func install(level: Logger.Level) {
    LoggingSystem.bootstrap { JSONLineHandler(label: $0, level: level) }
  }
}
