import Basics
import Foundation

/// Held while a program runs, so that cron cannot start it twice. The kernel lets it go with the process.
public final class RunLock {
  private let descriptor: Int32

  /// Throws `.busy` when another run holds it.
  public init(_ name: String, in directory: String) throws {
    let path = "\(directory)/\(name).lock"
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o660)
    guard descriptor >= 0 else { throw Failure(.unavailable, "The lock file \(path) cannot be made.") }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      throw Failure(.busy(retryAfter: nil), "Another \(name) is running. Nothing was done.")
    }
  }

  deinit { close(descriptor) }
}
