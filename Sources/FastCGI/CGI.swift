import Basics
import Foundation
import HTTP

/// The same handler under a CGI server: one request per process, from the environment and standard input.
///
/// libfcgi's accept does not serve CGI (its `FCGX_Accept_r` wants a listening socket), so this does.
public enum CGI {
  /// Whether a CGI server started this process. A listening socket on standard input means FastCGI, whatever the
  /// environment holds.
  public static func isRequested(
    _ environment: [String: String] = ProcessInfo.processInfo.environment, standardInput: Int32 = 0
  ) -> Bool {
    environment["GATEWAY_INTERFACE"]?.isEmpty == false && !Listener.isListening(standardInput)
  }

  /// Reads the request, answers it on standard output, and returns.
  public static func answerOnce(
    maximumBody: Int = 25 << 20, environment: [String: String] = ProcessInfo.processInfo.environment,
    standardInput: Int32 = 0, standardOutput: Int32 = 1, handler: @escaping @Sendable (Request) -> Response
  ) throws {
    let parameters = GatewayParameters(environment.map { (name: $0.key, value: $0.value) }.sorted { $0 < $1 })
    let exchange = GatewayExchange(parameters: parameters, maximumBody: maximumBody, handler: handler)
    try write(exchange.answer { readExactly($0, from: standardInput) }, to: standardOutput)
  }

  private static func readExactly(_ length: Int, from descriptor: Int32) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
      while count < length {
        let got = read(descriptor, buffer.baseAddress! + count, length - count)
        if got < 0 && errno == EINTR { continue }
        guard got > 0 else { return }
        count += got
      }
    }
  }

  private static func write(_ bytes: [UInt8], to descriptor: Int32) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let sent = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      if sent < 0 && errno == EINTR { continue }
      guard sent > 0 else {
        throw Failure(.unavailable, "The web server did not take the answer.", cause: systemError())
      }
      rest = rest.dropFirst(sent)
    }
  }
}
