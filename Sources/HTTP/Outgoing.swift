import Basics

/// A request we send. What carries it is a `Transport`; the live one is CurlTransport's.
public struct OutgoingRequest: Sendable {
  public var method: Method
  /// Absolute, percent-encoded.
  public var url: String
  public var headers: Headers
  public var body: [UInt8]
  public var connectDeadline: Duration
  public var totalDeadline: Duration
  /// More than this many bytes of answer is a failure, however they are announced.
  public var maximumBytes: Int
  /// Whether the other side may get it twice. It does when a connection that was kept open turns out to be dead.
  public var isRepeatable: Bool

  public init(
    method: Method = .get, url: String, headers: Headers = Headers(), body: [UInt8] = [],
    connectDeadline: Duration = .seconds(3), totalDeadline: Duration = .seconds(10), maximumBytes: Int = 8 << 20,
    isRepeatable: Bool? = nil
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.connectDeadline = connectDeadline
    self.totalDeadline = totalDeadline
    self.maximumBytes = maximumBytes
    self.isRepeatable = isRepeatable ?? method.isSafe
  }
}

/// The answer to an `OutgoingRequest`, of whatever status.
public struct IncomingResponse: Sendable {
  public var status: Int
  public var headers: Headers
  public var body: [UInt8]

  public init(status: Int, headers: Headers = Headers(), body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }
}

/// Why no answer came.
public struct TransportFailure: Error, Sendable, CustomStringConvertible {
  public enum Stage: Sendable {
    /// Nothing left this machine: a forbidden address, a name that does not resolve, a refused connection, bad TLS.
    case beforeSending
    /// The request may have arrived: a timeout, a reset, an answer cut short or too large.
    case afterSending
  }

  /// What an operator could do something about.
  public enum Kind: Sendable {
    /// The address is none that may be called: not https, or a port of its own.
    case notAllowed
    /// The name leads into a private network.
    case privateAddress
    case unknownName
    /// The certificate is not one to trust.
    case untrusted
    case other
  }

  public let stage: Stage
  public let reason: String
  public let kind: Kind

  public init(_ stage: Stage, _ reason: String, kind: Kind = .other) {
    self.stage = stage
    self.reason = reason
    self.kind = kind
  }

  public var description: String { reason }
}

/// Sends one request and waits for its answer on the calling thread.
public typealias Transport = @Sendable (OutgoingRequest) throws(TransportFailure) -> IncomingResponse
