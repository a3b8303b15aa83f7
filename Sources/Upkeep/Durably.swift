import Basics
import Foundation

/// What must outlive a power cut, done to the end (fsync(2): the folder too).
enum Durably {
  static func sync(_ path: String) throws {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Failure(.unavailable, "\(path) cannot be opened.", cause: systemError()) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else {
      throw Failure(.unavailable, "\(path) cannot be written.", cause: systemError())
    }
  }

  /// Gives a file that is complete its name. What had the name before is replaced.
  static func rename(_ path: String, to name: String) throws {
    try sync(path)
    guard Foundation.rename(path, name) == 0 else {
      throw Failure(.unavailable, "\(name) cannot be put in place.", cause: systemError())
    }
    try sync((name as NSString).deletingLastPathComponent)
  }

  static func size(of path: String) throws -> Int {
    var status = stat()
    guard stat(path, &status) == 0 else {
      throw Failure(.unavailable, "\(path) cannot be looked at.", cause: systemError())
    }
    return Int(status.st_size)
  }
}
