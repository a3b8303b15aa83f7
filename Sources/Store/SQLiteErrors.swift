import Basics
import GRDB

/// SQLite's codes as failures that say what the caller can do.
/// - Parameters:
///   - path: given while a file is opened, when "cannot" mostly means its folder.
///   - visited: a file that is only looked into: what is wrong with it says nothing of our own database.
func translatingErrors<Value>(
  opening path: String? = nil, visiting visited: String? = nil, _ body: () throws -> Value
) throws -> Value {
  do {
    return try body()
  } catch let error as DatabaseError {
    if let visited, [.SQLITE_CORRUPT, .SQLITE_NOTADB].contains(error.resultCode) {
      throw Failure(
        .invalid, "\(visited) is damaged, or no database at all. Choose another file.", cause: error.description)
    }
    throw Failure(error, opening: path ?? visited)
  }
}

extension Failure {
  fileprivate init(_ error: DatabaseError, opening path: String?) {
    let (kind, sentence): (Kind, String) =
      switch error.resultCode {
      case .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_PROTOCOL:
        (.busy(retryAfter: .seconds(1)), "The database is busy. Try again in a moment.")
      case .SQLITE_FULL:
        (.unavailable, "The disk is full, so nothing could be saved. Make room, then try again.")
      case .SQLITE_IOERR, .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM: (.unavailable, Self.unreachable(path))
      case .SQLITE_CORRUPT, .SQLITE_NOTADB:
        (.unavailable, "The database is damaged. Restore it from a backup; nothing was changed.")
      default: (.unexpected, "Something went wrong here. The log has the details.")
      }
    self.init(kind, sentence, cause: error.description)
  }

  private static func unreachable(_ path: String?) -> String {
    guard let path else { return "The database cannot be written at the moment." }
    return "The database \(path) cannot be opened. Does its folder exist, and may this user write there?"
  }
}
