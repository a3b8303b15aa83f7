import Basics
import CFastCGI
import Foundation
import Synchronization

/// Tells workers that wait in the kernel to stop: an eventfd that stays readable once raised.
final class StopSignal: Sendable {
  let descriptor: Int32
  private let raised = Atomic(false)
  private let workers = Atomic(0)

  init() throws {
    descriptor = eventfd(0, Int32(EFD_CLOEXEC) | Int32(EFD_NONBLOCK))
    guard descriptor >= 0 else {
      throw Failure(.unavailable, "No descriptor is left for the responder: raise its limit.", cause: systemError())
    }
  }

  deinit { close(descriptor) }

  var isRaised: Bool { raised.load(ordering: .acquiring) }

  func raise() {
    raised.store(true, ordering: .releasing)
    eventfd_write(descriptor, 1)
  }

  var workersLeft: Int { workers.load(ordering: .acquiring) }
  func workerBegins() { workers.add(1, ordering: .relaxed) }
  func workerEnds() { workers.subtract(1, ordering: .releasing) }
}
