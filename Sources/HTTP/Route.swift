import Basics

/// One way in: a method, a path, and what answers there.
///
///     Route.get("/issues/:id") { request, path in .text(path["id"]) }
///
/// A segment `:name` matches one segment and hands it over decoded; a last segment `*` matches the rest.
public struct Route: Sendable {
  public typealias Handler = @Sendable (Request, PathParameters) throws -> Response

  public let method: Method
  public let pattern: String
  public let handler: Handler
  let segments: [Segment]

  enum Segment: Equatable {
    case literal(String)
    case parameter(String)
    case rest
  }

  public init(_ method: Method, _ pattern: String, _ handler: @escaping Handler) {
    self.method = method
    self.pattern = pattern
    self.handler = handler
    segments = pattern.split(separator: "/").map {
      $0 == "*" ? .rest : $0.hasPrefix(":") ? .parameter(String($0.dropFirst())) : .literal(String($0))
    }
  }

  public static func get(_ pattern: String, _ handler: @escaping Handler) -> Route { Route(.get, pattern, handler) }
  public static func post(_ pattern: String, _ handler: @escaping Handler) -> Route { Route(.post, pattern, handler) }
  public static func put(_ pattern: String, _ handler: @escaping Handler) -> Route { Route(.put, pattern, handler) }
  public static func patch(_ pattern: String, _ handler: @escaping Handler) -> Route { Route(.patch, pattern, handler) }
  public static func delete(_ pattern: String, _ handler: @escaping Handler) -> Route {
    Route(.delete, pattern, handler)
  }

  func match(_ path: [String]) -> PathParameters? {
    var values: [String: String] = [:]
    for (index, segment) in segments.enumerated() {
      switch segment {
      case .rest:
        return PathParameters(values: values, rest: Array(path.dropFirst(index)))
      case .literal(let text):
        guard index < path.count, path[index] == text else { return nil }
      case .parameter(let name):
        guard index < path.count else { return nil }
        values[name] = path[index]
      }
    }
    return path.count == segments.count ? PathParameters(values: values, rest: []) : nil
  }
}

/// What the path of a matched route held.
public struct PathParameters: Sendable {
  let values: [String: String]
  /// The decoded segments under a `*`.
  public let rest: [String]

  /// The decoded text of `:name`; a name the pattern does not have is a programming error and reads as empty.
  public subscript(name: String) -> String { values[name] ?? "" }

  /// `:name` as a number, an identifier type, …; text of another form is "not found", as any other unknown id.
  public func value<Value: LosslessStringConvertible>(_ name: String, as type: Value.Type = Value.self) throws -> Value
  {
    guard let value = Value(self[name]) else { throw Failure.nothingHere }
    return value
  }
}
