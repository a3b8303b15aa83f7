import Basics
import Foundation

/// A terminal that a test sits at.
final class PseudoTerminal: Sendable {
  private let mine: Int32
  private let theirs: Int32

  init() throws {
    mine = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
    var (isLocked, number): (Int32, Int32) = (0, 0)
    guard ioctl(mine, Self.setLock, &isLocked) == 0, ioctl(mine, Self.getNumber, &number) == 0 else {
      throw Failure(.unavailable, "No terminal can be made.", cause: systemError())
    }
    theirs = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY | O_CLOEXEC)
  }

  /// TIOCSPTLCK and TIOCGPTN of ioctl_tty(2), which Swift does not see; nor does it see posix_openpt(3).
  private static let (setLock, getNumber): (UInt, UInt) = (0x4004_5431, 0x8004_5430)

  deinit {
    close(theirs)
    close(mine)
  }

  /// Starts a program of ours with this terminal as its standard input.
  func start(
    _ name: String, _ arguments: [String], _ environment: [String: String], output: String, error: String
  ) throws -> Program {
    try Program(
      RunningHall.binary(name), arguments, environment: environment, input: theirs, output: output, error: error)
  }

  func type(_ text: String) { _ = text.withCString { write(mine, $0, strlen($0)) } }

  /// Whether what is typed is shown.
  var isEchoing: Bool {
    var settings = termios()
    tcgetattr(theirs, &settings)
    return settings.c_lflag & tcflag_t(ECHO) != 0
  }
}
