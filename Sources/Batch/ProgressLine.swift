import Basics
import Foundation
import Synchronization

/// One line that tells how far a run is: redrawn on a terminal, silent where nobody looks.
public final class ProgressLine: Sendable {
  private let isShown: Bool
  private let lastDrawn = Mutex(Timestamp(milliseconds: 0))

  public init(isQuiet: Bool = false) { isShown = !isQuiet && isatty(STDERR_FILENO) == 1 }

  /// - Parameter total: nil when the end is not known.
  public func show(_ what: String, _ done: Int, of total: Int? = nil) {
    guard isShown else { return }
    let isDue = lastDrawn.withLock { last in
      let now = Timestamp.now
      guard now - last > .milliseconds(80) || done == total else { return false }
      last = now
      return true
    }
    if isDue { draw("\(what) \(bar(done, total))") }
  }

  /// Clears the line, so that the summary stands alone.
  public func finish() { if isShown { draw("") } }

  private func bar(_ done: Int, _ total: Int?) -> String {
    guard let total, total > 0 else { return "\(done)" }
    let filled = min(24, 24 * done / total)
    return "[\(String(repeating: "#", count: filled))\(String(repeating: "·", count: 24 - filled))] \(done)/\(total)"
  }

  private func draw(_ text: String) { FileHandle.standardError.write(Data("\r\u{1B}[2K\(text)".utf8)) }
}
