import Basics
import Jobs

/// How long wishes live.
extension JobKind.Limits {
  /// For what is wanted for as long as it is not done: some hours of trouble, then somebody should look.
  static let patient = JobKind.Limits(failures: 100)
}

/// What somebody wished is wished all the same when a token or a permission is mended, which may take them a while.
func untilAllowed<Value>(_ body: () throws -> Value) throws -> Value {
  do {
    return try body()
  } catch {
    let failure = Failure(error)
    guard failure.kind == .unauthenticated || failure.kind == .denied else { throw error }
    throw Failure(.busy(retryAfter: .seconds(15)), failure.sentence, cause: failure.cause)
  }
}

extension Failure {
  /// Trying again would come to the same.
  var isFinal: Bool {
    switch kind {
    case .invalid, .unauthenticated, .denied, .notFound, .conflict: true
    case .busy, .unavailable, .outcomeUnknown, .unexpected: false
    }
  }
}
