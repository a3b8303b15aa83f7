import Basics

/// What a page shows of something that may have failed.
extension Result where Failure == Basics.Failure {
  var value: Success? { if case .success(let value) = self { value } else { nil } }
  /// The sentence of the failure.
  var fault: String? { if case .failure(let failure) = self { failure.sentence } else { nil } }
}
