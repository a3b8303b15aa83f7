/// What went wrong, said once for people: the door it leaves by turns the kind into a status, a message or an exit code.
///
/// The sentence is shown to whoever caused it, so it names what was wrong and what to do, and holds no secret.
/// The cause is for the log only.
public struct Failure: Error, Sendable, CustomStringConvertible {
  public enum Kind: Hashable, Sendable {
    /// The input is wrong; the same input will be wrong again.
    case invalid
    /// It is not known who asks.
    case unauthenticated
    /// It is known who asks, and they may not.
    case denied
    case notFound
    /// The world has moved on since the asker looked.
    case conflict
    /// Later: a limit is used up, or somebody else holds what is needed.
    case busy(retryAfter: Duration?)
    /// A part outside (a service, a disk) does not work at the moment; nothing was changed.
    case unavailable
    /// The other side may or may not have done it: look before doing it again.
    case outcomeUnknown
    /// Our own fault.
    case unexpected
  }

  public let kind: Kind
  public let sentence: String
  public let cause: String?

  public init(_ kind: Kind, _ sentence: String, cause: String? = nil) {
    self.kind = kind
    self.sentence = sentence
    self.cause = cause
  }

  /// Any error as a failure: one that is none becomes "unexpected", with its text in the log only.
  public init(_ error: any Error) {
    self =
      (error as? Failure) ?? (error as? any FailureConvertible)?.failure
      ?? Failure(.unexpected, "Something went wrong here. The log has the details.", cause: String(describing: error))
  }

  public var description: String { cause.map { "\(sentence) [\($0)]" } ?? sentence }

  public static func invalid(_ sentence: String) -> Failure { Failure(.invalid, sentence) }
  public static func denied(_ sentence: String) -> Failure { Failure(.denied, sentence) }
  public static func notFound(_ sentence: String) -> Failure { Failure(.notFound, sentence) }
  public static func conflict(_ sentence: String) -> Failure { Failure(.conflict, sentence) }
  /// For an address that there is none of, and for one that whoever asks may not know of: they must look alike.
  public static let nothingHere = Failure.notFound("There is nothing at this address.")
}

/// An error of a part that knows more than a `Failure` says, for callers who can use it.
public protocol FailureConvertible: Error {
  var failure: Failure { get }
}
