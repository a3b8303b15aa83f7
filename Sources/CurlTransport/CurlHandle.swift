import Basics
import CCurl
import HTTP

/// Owns a curl easy handle and the connections inside it.
///
/// `@unchecked Sendable`: it is used by one thread at a time, the one that took it from the pool; curl's easy handles
/// may move between threads as long as they are not used at once.
final class CurlHandle: @unchecked Sendable {
  private let handle: UnsafeMutableRawPointer

  init() throws(TransportFailure) {
    guard libraryStatus == CURLE_OK, let handle = curl_easy_init() else {
      throw TransportFailure(.beforeSending, "libcurl did not start.")
    }
    self.handle = handle
  }

  deinit { curl_easy_cleanup(handle) }

  func perform(
    _ request: OutgoingRequest, to destination: Destination, certificateFile: String?
  ) throws(TransportFailure) -> IncomingResponse {
    let headers = try HeaderList(request)
    let exchange = CurlExchange(request, isTrusted: destination.isTrusted)
    setAddress(destination, certificateFile)
    setLimits(request)
    guildhall_set_pointer(handle, CURLOPT_HTTPHEADER, headers.list)
    guildhall_set_callbacks(
      handle, Unmanaged.passUnretained(exchange).toOpaque(), CurlCallbacks.body, CurlCallbacks.header,
      CurlCallbacks.openSocket, CurlCallbacks.beforeRequest)
    let outcome = withExtendedLifetime((headers, destination, exchange)) { transfer(request) }
    if let failure = exchange.failure(outcome) { throw failure }
    return exchange.response(status: outcome.status)
  }

  private func setAddress(_ destination: Destination, _ certificateFile: String?) {
    guildhall_set_pointer(handle, CURLOPT_CURLU, UnsafeMutableRawPointer(destination.url.handle))
    let protocols = destination.isTrusted ? "http,https" : "https"
    guildhall_set_text(handle, CURLOPT_PROTOCOLS_STR, protocols)
    guildhall_set_text(handle, CURLOPT_REDIR_PROTOCOLS_STR, protocols)
    guildhall_set_number(handle, CURLOPT_FOLLOWLOCATION, 0)
    guildhall_set_text(handle, CURLOPT_PROXY, "")  // none, also not one of the environment
    guildhall_set_number(handle, CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
    guildhall_set_number(handle, CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_2TLS))
    if let certificateFile { guildhall_set_text(handle, CURLOPT_CAINFO, certificateFile) }
  }

  private func setLimits(_ request: OutgoingRequest) {
    guildhall_set_number(handle, CURLOPT_NOSIGNAL, 1)
    guildhall_set_number(handle, CURLOPT_CONNECTTIMEOUT_MS, max(1, Int(request.connectDeadline.milliseconds)))
    guildhall_set_number(handle, CURLOPT_TIMEOUT_MS, max(1, Int(request.totalDeadline.milliseconds)))
    guildhall_set_size(handle, CURLOPT_MAXFILESIZE_LARGE, Int(request.maximumBytes))
    guildhall_set_text(handle, CURLOPT_ACCEPT_ENCODING, "gzip")
    guildhall_set_number(handle, CURLOPT_MAXAGE_CONN, 55)  // seconds; servers close idle ones after 60 to 75
  }

  /// Sets method and body, whose bytes curl reads in place, runs the transfer, and forgets all pointers of this call.
  private func transfer(_ request: OutgoingRequest) -> CurlOutcome {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(CURL_ERROR_SIZE)) { message in
      message.initialize(repeating: 0)
      return request.body.withUnsafeBytes { body in
        guildhall_set_pointer(handle, CURLOPT_ERRORBUFFER, message.baseAddress)
        // Without a pointer curl would read the body from standard input, even an empty one.
        setMethod(request, body: body.baseAddress ?? UnsafeRawPointer(message.baseAddress))
        let code = curl_easy_perform(handle)
        let status = guildhall_get_number(handle, CURLINFO_RESPONSE_CODE)
        curl_easy_reset(handle)  // keeps the connections
        return CurlOutcome(code: code, status: status, message: String(cString: message.baseAddress!))
      }
    }
  }

  private func setMethod(_ request: OutgoingRequest, body: UnsafeRawPointer?) {
    switch request.method {
    case .head: guildhall_set_number(handle, CURLOPT_NOBODY, 1)
    case .post, .put, .patch: setBody(request, body)
    default: if !request.body.isEmpty { setBody(request, body) }
    }
    if request.method != .head { guildhall_set_text(handle, CURLOPT_CUSTOMREQUEST, request.method.rawValue) }
  }

  private func setBody(_ request: OutgoingRequest, _ body: UnsafeRawPointer?) {
    guildhall_set_number(handle, CURLOPT_POST, 1)
    guildhall_set_size(handle, CURLOPT_POSTFIELDSIZE_LARGE, request.body.count)
    guildhall_set_pointer(handle, CURLOPT_POSTFIELDS, UnsafeMutableRawPointer(mutating: body))
  }
}

/// How a transfer ended, copied out of the handle.
struct CurlOutcome {
  let code: CURLcode
  let status: Int
  /// In curl's words; may be empty.
  let message: String
}

/// The header fields of a request as curl wants them.
private final class HeaderList {
  private(set) var list: UnsafeMutablePointer<curl_slist>?

  init(_ request: OutgoingRequest) throws(TransportFailure) {
    let names = request.headers.fields.map(\.name) + [request.method.rawValue]
    guard names.allSatisfy(Self.isToken) else {
      throw TransportFailure(.beforeSending, "The request has a header name or a method that HTTP does not allow.")
    }
    for field in request.headers.fields {
      list = curl_slist_append(list, field.value.isEmpty ? "\(field.name);" : "\(field.name): \(field.value)")
    }
    // What curl would add by itself: a wait for 100 Continue, and the media type of a form.
    for name in ["Expect", "Content-Type"] where request.headers[name] == nil {
      list = curl_slist_append(list, "\(name):")
    }
  }

  deinit { curl_slist_free_all(list) }

  /// RFC 9110, 5.6.2.
  private static func isToken(_ name: String) -> Bool {
    !name.isEmpty && name.utf8.allSatisfy { $0 > 32 && $0 < 127 && !"\"(),/:;<=>?@[\\]{}".utf8.contains($0) }
  }
}

private let libraryStatus = curl_global_init(Int(CURL_GLOBAL_DEFAULT))
