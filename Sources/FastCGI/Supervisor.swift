import Basics
import Foundation

/// The service manager that started this process (sd_notify(3)): it is told that we are ready, alive and stopping.
///
/// Without one, what is said goes nowhere.
public struct Supervisor: Sendable {
  private let address: String?
  /// How often it wants to hear that we are alive (systemd: `WatchdogSec=`); nil when it does not ask.
  public let watchdog: Duration?

  public static let current = Supervisor(ProcessInfo.processInfo.environment)

  init(_ environment: [String: String], process: Int32 = getpid()) {
    address = environment["NOTIFY_SOCKET"]
    let isForUs = environment["WATCHDOG_PID"].map { $0 == "\(process)" } ?? true
    watchdog = isForUs ? environment["WATCHDOG_USEC"].flatMap { Int64($0) }.map { .microseconds($0) } : nil
  }

  public func ready() { tell("READY=1") }
  public func isAlive() { tell("WATCHDOG=1") }
  public func stopping() { tell("STOPPING=1") }

  /// Best effort, as sd_notify is: a service manager that cannot be told will act by itself.
  private func tell(_ state: String) {
    guard let address, var name = try? unixAddress(address) else { return }  // no such manager can be told
    let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    // A name that starts with @ is in the kernel, not in the file system, and ends where it is said to end.
    let isAbstract = address.hasPrefix("@")
    if isAbstract { name.sun_path.0 = 0 }
    let length = isAbstract ? MemoryLayout<sa_family_t>.size + address.utf8.count : MemoryLayout<sockaddr_un>.size
    let text = Array(state.utf8)
    withUnsafePointer(to: &name) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        _ = sendto(descriptor, text, text.count, Int32(MSG_NOSIGNAL), $0, socklen_t(length))
      }
    }
  }
}
