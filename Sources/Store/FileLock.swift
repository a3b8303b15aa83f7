import Basics
import Foundation

/// A lock on a file beside the database, let go with the value or with the process.
public final class FileLock: Sendable {
  public enum Kind: Sendable {
    case shared
    case exclusive
  }

  private let descriptor: Int32

  /// Nil when somebody else holds it in a way that excludes this one.
  public init?(path: String, _ kind: Kind) throws {
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o660)
    guard descriptor >= 0 else {
      throw Failure(.unavailable, "The file \(path) cannot be made.", cause: systemError())
    }
    guard flock(descriptor, (kind == .shared ? LOCK_SH : LOCK_EX) | LOCK_NB) == 0 else {
      close(descriptor)
      return nil
    }
  }

  deinit { close(descriptor) }
}

extension DataStore {
  /// Held by every program for as long as it has the database open.
  static func use(of path: String) throws -> FileLock {
    guard FileManager.default.fileExists(atPath: (path as NSString).deletingLastPathComponent) else {
      throw Failure(
        .unavailable, "The database \(path) cannot be opened. Does its folder exist, and may this user write there?")
    }
    guard let lock = try FileLock(path: path + "-use", .shared) else {
      throw Failure(.busy(retryAfter: .seconds(5)), "The database is being restored. Start again when that is done.")
    }
    return lock
  }

  /// Runs the body while no program has the database at that path open, and none can open it.
  ///
  /// A database file must not be renamed or removed while anybody has it open (sqlite.org, "How to corrupt").
  public static func whileUnused<Result>(_ path: String, _ body: () throws -> Result) throws -> Result {
    guard let lock = try FileLock(path: path + "-use", .exclusive) else {
      throw Failure(
        .busy(retryAfter: nil),
        "The database is in use. Stop the responder, the timers and cron jobs first, then try again.")
    }
    return try withExtendedLifetime(lock, body)
  }
}
