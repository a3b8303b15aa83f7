import Basics
import CCurl
import HTTP
import Synchronization

/// Sends requests over HTTPS and nowhere it should not: the live `Transport`.
///
///     let transport = CurlClient(operatorHosts: try OperatorHosts(["127.0.0.1:8080"])).transport
///
/// Each call takes a curl handle, with its open connections, from the top of a stack and puts it back, so a quiet
/// process keeps using the same warm ones. Redirects are not followed, proxies of the environment not used, and a
/// request that must not arrive twice is never sent again.
public final class CurlClient: Sendable {
  private let operatorHosts: OperatorHosts
  private let certificateFile: String?
  private let idle = Mutex<[CurlHandle]>([])

  /// - Parameter certificateFile: a PEM file with the authorities to trust instead of the system's.
  public init(operatorHosts: OperatorHosts = .none, certificateFile: String? = nil) {
    self.operatorHosts = operatorHosts
    self.certificateFile = certificateFile
  }

  public var transport: Transport {
    { [self] request throws(TransportFailure) in try send(request) }
  }

  private func send(_ request: OutgoingRequest) throws(TransportFailure) -> IncomingResponse {
    let destination = try Destination(request, operatorHosts: operatorHosts)
    let handle = try takeHandle()
    defer { idle.withLock { $0.append(handle) } }
    return try handle.perform(request, to: destination, certificateFile: certificateFile)
  }

  private func takeHandle() throws(TransportFailure) -> CurlHandle {
    if let warm = idle.withLock({ $0.popLast() }) { return warm }
    return try CurlHandle()
  }
}

/// Where a request goes, once it is settled that it may.
struct Destination {
  let url: TargetURL
  /// Named by the operator: may be private, plain http, on any port.
  let isTrusted: Bool

  init(_ request: OutgoingRequest, operatorHosts: OperatorHosts) throws(TransportFailure) {
    guard let url = TargetURL(request.url) else {
      throw TransportFailure(
        .beforeSending, "This is no http address that may be called, or it holds a user name.", kind: .notAllowed)
    }
    self.url = url
    isTrusted = operatorHosts.contains(url)
    guard isTrusted || (url.scheme == "https" && url.port == 443) else {
      throw TransportFailure(
        .beforeSending,
        "\(url.scheme)://\(url.host):\(url.port) may not be called: only https on its own port, "
          + "unless PLAIN_HOSTS lists the host.", kind: .notAllowed)
    }
  }
}
