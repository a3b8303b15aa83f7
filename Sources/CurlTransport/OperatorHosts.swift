import Basics

/// The hosts the operator names in the settings: only these may be reached by plain http, on a private address or on
/// a port of their own (the sandbox on loopback, a speech server on the LAN).
public struct OperatorHosts: Sendable {
  private struct Entry: Hashable {
    let host: String
    /// Nil: any port.
    let port: Int?
  }

  private let entries: Set<Entry>

  public static let none = OperatorHosts(entries: [])

  private init(entries: Set<Entry>) { self.entries = entries }

  /// - Parameter names: `host` or `host:port`; an IPv6 address in brackets.
  public init(_ names: [String]) throws {
    entries = Set(
      try names.map { name in
        guard let target = TargetURL("http://\(name)"), target.isBareHost else {
          throw Failure.invalid("“\(name)” is no host; write host or host:port.")
        }
        return Entry(host: target.host, port: target.explicitPort)
      })
  }

  /// These, and the host of an https address of our own: on this machine its name may lead to the machine itself.
  public func adding(hostOf address: String) -> OperatorHosts {
    guard let target = TargetURL(address), target.scheme == "https", target.port == 443 else { return self }
    return OperatorHosts(entries: entries.union([Entry(host: target.host, port: target.port)]))
  }

  func contains(_ target: TargetURL) -> Bool {
    entries.contains(Entry(host: target.host, port: nil))
      || entries.contains(Entry(host: target.host, port: target.port))
  }
}

extension OperatorHosts: CustomStringConvertible {
  /// As it is written in the settings.
  public var description: String {
    entries.map { entry in entry.port.map { "\(entry.host):\($0)" } ?? entry.host }.sorted().joined(separator: ",")
  }
}
