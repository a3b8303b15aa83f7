import Basics
import Batch
import Foundation

/// What people type, and programs pipe in.
enum Terminal {
  static var isThere: Bool { isatty(STDIN_FILENO) == 1 }

  /// One line of standard input without the spaces around it; nil at the end.
  /// - Parameter isHidden: not shown while it is typed.
  static func line(isHidden: Bool = false) -> String? {
    let hides = isHidden && isThere
    if hides { hide() }
    defer { if hides { showAgain() } }
    return readLine()?.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// How the terminal was before; read by a handler of signals, while nothing else runs.
  private nonisolated(unsafe) static var shown = termios()

  /// What ends a program while somebody types.
  private static let endings = [SIGINT, SIGTERM, SIGHUP, SIGQUIT]

  /// A signal ends the program as ever, but the terminal shows again what is typed.
  private static func hide() {
    tcgetattr(STDIN_FILENO, &shown)
    for ending in endings {
      signal(ending) { number in
        tcsetattr(STDIN_FILENO, TCSANOW, &Terminal.shown)
        signal(number, SIG_DFL)
        raise(number)
      }
    }
    var hidden = shown
    hidden.c_lflag &= ~tcflag_t(ECHO)
    tcsetattr(STDIN_FILENO, TCSANOW, &hidden)
  }

  private static func showAgain() {
    tcsetattr(STDIN_FILENO, TCSANOW, &shown)
    for ending in endings { signal(ending, SIG_DFL) }
    say("")
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
