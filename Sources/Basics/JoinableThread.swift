import Foundation

/// A thread of our own, for work that blocks: started at once, waited for with `join`.
public final class JoinableThread: Sendable {
  private let handle: pthread_t

  /// - Parameter name: shown by `top -H` and debuggers; the kernel keeps 15 bytes of it.
  public init(name: String, _ body: @escaping @Sendable () -> Void) throws {
    var handle = pthread_t()
    let work = Unmanaged.passRetained(Work(name: name, body: body))
    let status = pthread_create(&handle, nil, runWork, work.toOpaque())
    guard status == 0 else {
      work.release()
      throw Failure(.unavailable, "No thread could be started: raise the task limit.", cause: systemError(status))
    }
    self.handle = handle
  }

  /// Waits until the body has returned. Once only.
  public func join() { pthread_join(handle, nil) }
}

private final class Work: Sendable {
  let name: String
  let body: @Sendable () -> Void

  init(name: String, body: @escaping @Sendable () -> Void) {
    self.name = name
    self.body = body
  }
}

private func runWork(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let argument else { return nil }
  let work = Unmanaged<Work>.fromOpaque(argument).takeRetainedValue()
  Thread.current.name = work.name
  work.body()
  return nil
}
