import Basics
import Foundation
import HTTP

extension Stage {
  /// Answers a request, bent by the fault script, and writes both down.
  func witness(_ request: Request, of service: String, _ handler: () throws -> Response) throws -> Response {
    let fault = try matchingFault(of: service, request)
    var work = Duration.zero
    var hasEffect = false
    func answer() throws -> Response {
      let begin = ContinuousClock.now
      let response = try attempt(request, handler)
      work = ContinuousClock.now - begin
      hasEffect = request.changesSomething && response.status < 400
      return response
    }
    let response = try fault.map { try $0.bend(answer) } ?? answer()
    try record(
      JournalEntry(
        at: clock.now(), service: service, request: request, status: response.status, fault: fault,
        hasEffect: hasEffect, work: work))
    return response
  }

  /// What a handler throws becomes its answer here, so that the journal sees it too.
  private func attempt(_ request: Request, _ handler: () throws -> Response) throws -> Response {
    do { return try handler() } catch { return Response(failure: Failure(error), for: request) }
  }
}

extension Request {
  /// Whether it is of a kind that changes something when it succeeds. Some reads are posted: queries and searches.
  fileprivate var changesSomething: Bool {
    method != .get && method != .head && !path.hasSuffix("/query") && !path.hasSuffix("/search")
  }
}
