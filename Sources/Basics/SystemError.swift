import Foundation

/// What the system says about an error number, for the cause of a failure: `No such file or directory (2)`.
public func systemError(_ number: Int32 = errno) -> String { "\(String(cString: strerror(number))) (\(number))" }

/// What the system says about an error that Foundation wraps in many words of its own.
public func systemError(_ error: any Error) -> String {
  guard let reason = (error as? CocoaError)?.underlying as? POSIXError else {
    return (error as? CocoaError)?.localizedDescription ?? String(describing: error)
  }
  return systemError(reason.code.rawValue)
}

/// Folders for what programs write.
public enum Folder {
  /// Makes a folder and those above it, as far as they are missing.
  public static func make(_ path: String, mode: Int = 0o700) throws {
    do {
      try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: mode])
    } catch {
      throw refused("The folder \(path) cannot be made", cause: systemError(error))
    }
  }

  /// A refusal of the system, with the user it refuses: a program that is installed seldom runs as who started it.
  public static func refused(_ what: String, cause: String = systemError()) -> Failure {
    let user = ProcessInfo.processInfo.userName
    return Failure(.unavailable, "\(what) by the user “\(user)”. Name a place where that user may write.", cause: cause)
  }
}
