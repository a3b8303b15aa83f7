import Basics
import Foundation

/// The socket a web server connects to.
///
/// It is a privileged interface (libfcgi trusts the records it reads), so it is a Unix socket of mode 0660 or one
/// that the supervisor opened; never TCP.
public struct Listener: Sendable {
  let descriptor: Int32
  /// Set when this process bound the path itself, and so removes it when it stops.
  private let bound: BoundPath?

  private struct BoundPath {
    let path: String
    let device: dev_t
    let inode: ino_t
  }

  var isOurs: Bool { bound != nil }

  /// The listening socket that whoever started us left: the first of systemd's (sd_listen_fds(3): descriptor 3), or the
  /// one on standard input (`StandardInput=socket`, spawn-fcgi); nil if there is none.
  public static func inherited(_ environment: [String: String] = ProcessInfo.processInfo.environment) throws
    -> Listener?
  {
    let isForUs = environment["LISTEN_PID"] == "\(getpid())" && (environment["LISTEN_FDS"].flatMap { Int($0) } ?? 0) > 0
    return try (isForUs ? inherited(on: 3) : nil) ?? inherited(on: 0)
  }

  /// Takes the listening socket over. What was there becomes /dev/null, so that child processes do not inherit it.
  static func inherited(on descriptor: Int32) throws -> Listener? {
    guard isListening(descriptor) else { return nil }
    let own = fcntl(descriptor, F_DUPFD_CLOEXEC, 3)
    guard own >= 0 else { throw Failure(.unavailable, "The inherited socket cannot be used.", cause: systemError()) }
    let null = open("/dev/null", O_RDWR | O_CLOEXEC)
    dup2(null, descriptor)
    Foundation.close(null)
    setNonblocking(own)
    return Listener(descriptor: own, bound: nil)
  }

  /// Binds a Unix socket with mode 0660. A socket left behind by a killed process is replaced; one that somebody
  /// answers on is a conflict.
  public static func bind(path: String, backlog: Int32 = 511) throws -> Listener {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw Failure(.unavailable, "No socket could be opened.", cause: systemError()) }
    do {
      fchmod(descriptor, 0o660)
      try bindReplacingStale(descriptor, path)
      guard chmod(path, 0o660) == 0, listen(descriptor, backlog) == 0 else {
        throw Failure(.unavailable, "The socket \(path) cannot be opened to the web server.", cause: systemError())
      }
      setNonblocking(descriptor)
      var status = stat()
      stat(path, &status)
      return Listener(
        descriptor: descriptor, bound: BoundPath(path: path, device: status.st_dev, inode: status.st_ino))
    } catch {
      Foundation.close(descriptor)
      throw error
    }
  }

  static func isListening(_ descriptor: Int32) -> Bool {
    var accepts: Int32 = 0
    var length = socklen_t(MemoryLayout<Int32>.size)
    return getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &accepts, &length) == 0 && accepts == 1
  }

  /// Takes the path away, unless another process has bound it anew since; what is queued is still accepted.
  func unlinkPath() {
    var status = stat()
    guard let bound, stat(bound.path, &status) == 0, status.st_dev == bound.device, status.st_ino == bound.inode
    else { return }
    unlink(bound.path)
  }

  func close() { Foundation.close(descriptor) }
}

private func setNonblocking(_ descriptor: Int32) {
  _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
}

private func bindReplacingStale(_ descriptor: Int32, _ path: String) throws {
  var address = try unixAddress(path)
  if call(bind, descriptor, &address) == 0 { return }
  guard errno == EADDRINUSE else { throw Failure.cannotBind(path, errno) }
  try removeStaleSocket(path, &address)
  guard call(bind, descriptor, &address) == 0 else { throw Failure.cannotBind(path, errno) }
}

private func removeStaleSocket(_ path: String, _ address: inout sockaddr_un) throws {
  var status = stat()
  guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK else {
    throw Failure.conflict("\(path) exists and is no socket; choose another path or remove it.")
  }
  let probe = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
  defer { close(probe) }
  guard call(connect, probe, &address) != 0, errno == ECONNREFUSED else {
    throw Failure.conflict("Another process already serves \(path); stop it first.")
  }
  unlink(path)
}

/// `sockaddr_un` for a path; the kernel takes 107 bytes.
func unixAddress(_ path: String) throws -> sockaddr_un {
  var address = sockaddr_un()
  address.sun_family = sa_family_t(AF_UNIX)
  let capacity = MemoryLayout.size(ofValue: address.sun_path)
  guard path.utf8.count < capacity, !path.isEmpty else {
    throw Failure.invalid("The socket path \(path) must have 1 to \(capacity - 1) bytes.")
  }
  withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
  return address
}

/// `bind` or `connect` with a Unix address.
func call(
  _ function: (Int32, UnsafePointer<sockaddr>?, socklen_t) -> Int32, _ descriptor: Int32, _ address: inout sockaddr_un
) -> Int32 {
  withUnsafePointer(to: &address) {
    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      function(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
    }
  }
}

extension Failure {
  fileprivate static func cannotBind(_ path: String, _ number: Int32) -> Failure {
    Failure(
      .unavailable, "No socket can be made at \(path): see that its folder exists and is ours.",
      cause: systemError(number))
  }
}
