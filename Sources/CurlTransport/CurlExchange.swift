import CCurl
import Foundation
import HTTP

/// What one transfer collects while curl calls back. Lives on the calling thread, for the time of one `perform`.
final class CurlExchange {
  private let maximumBytes: Int
  private let isTrusted: Bool
  private let isRepeatable: Bool

  private var headers = Headers()
  private var headerBytes = 0
  private var body: [UInt8] = []
  private var isTooLarge = false
  private var isForbiddenAddress = false
  /// Curl was about to write the request: from here on the other side may have it.
  private var mayHaveSent = false

  private static let maximumHeaderBytes = 256 << 10

  init(_ request: OutgoingRequest, isTrusted: Bool) {
    maximumBytes = request.maximumBytes
    self.isTrusted = isTrusted
    isRepeatable = request.isRepeatable
  }

  /// A line of the answer's head. A status line starts over: the head before was an interim answer (100, 103).
  func takeHeader(_ bytes: UnsafeRawBufferPointer) -> Bool {
    headerBytes += bytes.count
    if headerBytes > Self.maximumHeaderBytes { isTooLarge = true }
    if bytes.starts(with: "HTTP/".utf8) {
      headers = Headers()
    } else if let colon = bytes.firstIndex(of: UInt8(ascii: ":")), colon > 0 {
      headers.add(
        String(decoding: bytes[..<colon], as: UTF8.self),
        String(decoding: trimmed(bytes[(colon + 1)...]), as: UTF8.self))
    }
    return !isTooLarge
  }

  /// By bytes: as text, the head of an answer would cost as much as sending the request.
  private func trimmed(_ value: Slice<UnsafeRawBufferPointer>) -> Slice<UnsafeRawBufferPointer> {
    let start = value.drop(while: isSpace)
    return start[..<(start.lastIndex { !isSpace($0) }.map { $0 + 1 } ?? start.startIndex)]
  }

  private func isSpace(_ byte: UInt8) -> Bool { byte == 32 || (9...13).contains(byte) }

  /// A piece of the answer's body, decoded.
  func takeBody(_ bytes: UnsafeRawBufferPointer) -> Bool {
    if bytes.count > maximumBytes - body.count { isTooLarge = true } else { body.append(contentsOf: bytes) }
    return !isTooLarge
  }

  /// A socket for the address curl has settled on, or -1 if that may not be reached.
  func openSocket(_ address: UnsafeMutablePointer<curl_sockaddr>) -> curl_socket_t {
    let isAllowed = isTrusted || withUnsafePointer(to: &address.pointee.addr) { isPublic($0) }
    guard isAllowed else {
      isForbiddenAddress = true
      return CURL_SOCKET_BAD
    }
    let kind = address.pointee.socktype | Int32(SOCK_CLOEXEC.rawValue)
    return socket(address.pointee.family, kind, address.pointee.protocol)
  }

  /// Called before each time curl sends the request. Curl would send it again, whatever it is, when a reused connection
  /// dies before the answer; the other side may have acted on it by then.
  func beginRequest() -> Bool {
    if mayHaveSent && !isRepeatable { return false }
    mayHaveSent = true
    body = []
    return true
  }

  /// The answer. The body is decoded, so the headers no longer speak of its encoding.
  func response(status: Int) -> IncomingResponse {
    var headers = headers
    if headers["Content-Encoding"] != nil {
      headers["Content-Encoding"] = nil
      headers["Content-Length"] = nil
    }
    return IncomingResponse(status: status, headers: headers, body: body)
  }

  /// Why there is none; nil if there is.
  func failure(_ outcome: CurlOutcome) -> TransportFailure? {
    if outcome.code == CURLE_OK { return nil }
    if isTooLarge || outcome.code == CURLE_FILESIZE_EXCEEDED {
      return TransportFailure(.afterSending, "The answer is larger than the \(maximumBytes) bytes taken here.")
    }
    if isForbiddenAddress && !mayHaveSent {
      return TransportFailure(
        .beforeSending, "This host leads to a private address, which only the hosts in PLAIN_HOSTS may do.",
        kind: .privateAddress)
    }
    let words = outcome.message.isEmpty ? String(cString: curl_easy_strerror(outcome.code)) : outcome.message
    return TransportFailure(
      mayHaveSent ? .afterSending : .beforeSending, "\(words) (curl \(outcome.code.rawValue))",
      kind: Self.kind(outcome.code))
  }
}

extension CurlExchange {
  private static func kind(_ code: CURLcode) -> TransportFailure.Kind {
    switch code {
    case CURLE_COULDNT_RESOLVE_HOST: .unknownName
    case CURLE_PEER_FAILED_VERIFICATION: .untrusted
    default: .other
    }
  }
}

/// Curl's callbacks, each with the exchange as its context.
enum CurlCallbacks {
  static let header: curl_write_callback = { bytes, size, count, context in
    guard let context else { return 0 }
    let taken = exchange(context).takeHeader(UnsafeRawBufferPointer(start: bytes, count: size * count))
    return taken ? size * count : 0
  }

  static let body: curl_write_callback = { bytes, size, count, context in
    guard let context else { return 0 }
    let taken = exchange(context).takeBody(UnsafeRawBufferPointer(start: bytes, count: size * count))
    return taken ? size * count : 0
  }

  static let openSocket: curl_opensocket_callback = { context, _, address in
    guard let context, let address else { return CURL_SOCKET_BAD }
    return exchange(context).openSocket(address)
  }

  static let beforeRequest: curl_prereq_callback = { context, _, _, _, _ in
    guard let context else { return CURL_PREREQFUNC_ABORT }
    return exchange(context).beginRequest() ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
  }

  private static func exchange(_ context: UnsafeMutableRawPointer) -> CurlExchange {
    Unmanaged<CurlExchange>.fromOpaque(context).takeUnretainedValue()
  }
}
