import Basics
import Foundation
import Synchronization

/// A child process. Its output goes to files, and it inherits nothing of ours but what it is given.
final class Program: Sendable {
  let pid: pid_t
  private let ending = Mutex<Int32?>(nil)

  /// - Parameter input: becomes standard input: a listening socket, a pipe; nil is /dev/null.
  init(
    _ path: String, _ arguments: [String] = [], environment: [String: String], input: Int32? = nil, output: String,
    error: String
  ) throws {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    if let input {
      posix_spawn_file_actions_adddup2(&actions, input, 0)
    } else {
      posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    }
    posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    posix_spawn_file_actions_addopen(&actions, 2, error, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    _ = closeFrom?(&actions, 3)
    // What holds signals back from whoever runs the tests must not from a child.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    var child = pid_t()
    let status = withStrings([path] + arguments) { argv in
      withStrings(environment.map { "\($0.key)=\($0.value)" }) {
        posix_spawnp(&child, path, &actions, &attributes, argv, $0)
      }
    }
    guard status == 0 else {
      throw Failure(.unavailable, "\(path) cannot be started.", cause: String(cString: strerror(status)))
    }
    pid = child
  }

  func send(_ signal: Int32) { if poll() == nil { kill(pid, signal) } }

  var isRunning: Bool { poll() == nil }

  /// The exit code, or the number of the signal below zero; nil while it runs.
  func poll() -> Int32? {
    ending.withLock { ending in
      var status: Int32 = 0
      if ending == nil, waitpid(pid, &status, WNOHANG) == pid {
        ending = status & 0x7F == 0 ? (status >> 8) & 0xFF : -(status & 0x7F)
      }
      return ending
    }
  }

  /// Waits for the end; after that long it is killed, which is an ending too.
  func exitCode(within patience: Duration = .seconds(30)) -> Int32 {
    let deadline = ContinuousClock.now + patience
    while ContinuousClock.now < deadline {
      if let code = poll() { return code }
      usleep(5_000)
    }
    kill(pid, SIGKILL)
    while true {
      if let code = poll() { return code }
      usleep(5_000)
    }
  }
}

/// Ends programs in our place, should we be ended before we could. It learns of that by the end of a pipe.
final class Keeper: Sendable {
  private let pipe: Int32

  init() throws {
    var ends: [Int32] = [0, 0]
    guard Foundation.pipe(&ends) == 0 else { throw Failure(.unavailable, "No pipe can be made.") }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    defer { close(ends[0]) }
    let script = "while read -r pid; do [ $pid = none ] && exit; pids=\"$pids $pid\"; done; kill -TERM $pids"
    _ = try Program("sh", ["-c", script], environment: [:], input: ends[0], output: "/dev/null", error: "/dev/null")
    pipe = ends[1]
  }

  func watch(_ program: Program) { tell("\(program.pid)") }

  /// All have ended.
  func dismiss() {
    tell("none")
    close(pipe)
  }

  private func tell(_ line: String) { _ = (line + "\n").withCString { write(pipe, $0, strlen($0)) } }
}

/// What a program that has ended left behind.
struct Finished: Sendable {
  let code: Int32
  let output: String
  let error: String
}

/// Sockets of other tests must not live on in a child. Since glibc 2.34, but not in Swift's view of it.
private let closeFrom: CloseFrom? =
  dlsym(nil, "posix_spawn_file_actions_addclosefrom_np").map { unsafeBitCast($0, to: CloseFrom.self) }

private typealias CloseFrom = @convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, Int32) -> Int32

private func withStrings<Result>(_ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result) -> Result {
  let copies = strings.map { strdup($0) }
  defer { copies.forEach { free($0) } }
  return body(copies + [nil])
}
