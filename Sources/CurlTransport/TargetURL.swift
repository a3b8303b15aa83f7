import CCurl

/// An address as curl reads it, so that what is checked is what is connected to: no other parser sees it.
///
/// Stays on the thread that made it; the `CURLU` is handed to one easy handle for one transfer.
final class TargetURL {
  let handle: OpaquePointer
  let scheme: String
  /// Lower case; a decimal or octal IPv4 address in its dotted form, IPv6 in brackets.
  let host: String
  let port: Int
  let explicitPort: Int?

  /// Nil for anything curl does not read, for user information, and for schemes other than http and https.
  init?(_ text: String) {
    guard let handle = curl_url() else { return nil }
    self.handle = handle
    guard !text.utf8.contains(0),
      curl_url_set(handle, CURLUPART_URL, text, UInt32(CURLU_DISALLOW_USER)) == CURLUE_OK,
      let scheme = Self.part(CURLUPART_SCHEME, of: handle), scheme == "https" || scheme == "http",
      let host = Self.part(CURLUPART_HOST, of: handle),
      let port = Self.part(CURLUPART_PORT, of: handle, UInt32(CURLU_DEFAULT_PORT)).flatMap({ Int($0) })
    else {
      curl_url_cleanup(handle)
      return nil
    }
    self.scheme = scheme
    self.host = host.lowercased()
    self.port = port
    explicitPort = Self.part(CURLUPART_PORT, of: handle).flatMap { Int($0) }
  }

  deinit { curl_url_cleanup(handle) }

  /// Whether nothing but host and port was written.
  var isBareHost: Bool {
    Self.part(CURLUPART_PATH, of: handle) == "/" && Self.part(CURLUPART_QUERY, of: handle) == nil
      && Self.part(CURLUPART_FRAGMENT, of: handle) == nil
  }

  private static func part(_ part: CURLUPart, of handle: OpaquePointer, _ flags: UInt32 = 0) -> String? {
    var text: UnsafeMutablePointer<CChar>?
    guard curl_url_get(handle, part, &text, flags) == CURLUE_OK, let text else { return nil }
    defer { curl_free(text) }
    return String(cString: text)
  }
}
