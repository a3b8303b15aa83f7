import Basics
import Testing

@testable import Batch

@Suite("What went wrong, for people and programs") struct ComplaintTests {
  @Test(arguments: [
    (Failure.invalid("It is wrong."), "It is wrong.", #"{"error":{"kind":"invalid","sentence":"It is wrong."}}"#),
    (
      Failure(.busy(retryAfter: nil), "Later.", cause: "a lock"), "Later.\n  (a lock)",
      #"{"error":{"cause":"a lock","kind":"busy","sentence":"Later."}}"#
    ),
    (
      Failure(.outcomeUnknown, "Two\nlines."), "Two\nlines.",
      #"{"error":{"kind":"outcome_unknown","sentence":"Two\nlines."}}"#
    ),
  ])
  func text(_ failure: Failure, _ words: String, _ json: String) {
    #expect(Complaint.text(failure, json: false) == words)
    #expect(Complaint.text(failure, json: true) == json)
  }
}
