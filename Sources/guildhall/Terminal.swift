import Basics
import Batch
import Foundation

/// What people type, and programs pipe in.
enum Terminal {
  static var isThere: Bool { isatty(STDIN_FILENO) == 1 }

  /// One line of standard input without the spaces around it; nil at the end.
  /// - Parameter isHidden: not shown while it is typed.
  static func line(isHidden: Bool = false) -> String? {
    guard isHidden, isThere else { return readLine()?.trimmingCharacters(in: .whitespacesAndNewlines) }
    var shown = termios()
    tcgetattr(STDIN_FILENO, &shown)
    var hidden = shown
    hidden.c_lflag &= ~tcflag_t(ECHO)
    tcsetattr(STDIN_FILENO, TCSANOW, &hidden)
    defer {
      tcsetattr(STDIN_FILENO, TCSANOW, &shown)
      say("")
    }
    return readLine()?.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// A secret from standard input, which never stands on a command line.
  static func secret(_ name: String) throws -> String {
    if isThere { say("Paste the \(name) and press Return (it is not shown):") }
    let text = line(isHidden: true) ?? ""
    guard !text.isEmpty, !text.contains(where: \.isWhitespace) else {
      throw Failure.invalid("No \(name) came in. Pipe it in: echo \"$TOKEN\" | guildhall … connect")
    }
    return text
  }
}
