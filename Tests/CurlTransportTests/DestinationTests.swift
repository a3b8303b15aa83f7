import Basics
import Foundation
import HTTP
import Testing

@testable import CurlTransport

/// Where a request may go. Nothing listens on these addresses: what counts is that nothing is sent.
struct DestinationTests {
  @Test(arguments: [
    "http://example.com/", "https://example.com:8443/", "https://example.com:25/", "ftp://example.com/",
    "file:///etc/passwd", "gopher://example.com/", "example.com", "//example.com/", "https://", "",
    "https://user@example.com/", "https://user:secret@example.com/", "https://@example.com/", "https://:@example.com/",
    "https://good.example\\@evil.example/", "https://exa mple.com/", "https://example.com/\u{0}",
    "https://example.com\u{0}.evil/",
    "https://exam\nple.com/", "https://example.com:99999/", "https://example.com:443x/", "https://[::1/",
    "https://[zz]/",
    "javascript:alert(1)", "https:example.com",
  ])
  func refusesURL(_ url: String) {
    #expect(throws: TransportFailure.self) { try Destination(OutgoingRequest(url: url), operatorHosts: .none) }
  }

  @Test(arguments: [
    "https://example.com", "https://example.com:443/", "HTTPS://EXAMPLE.com/a?b#c", "https://192.0.2.1/",
  ])
  func takesURL(_ url: String) throws {
    #expect(!(try Destination(OutgoingRequest(url: url), operatorHosts: .none).isTrusted))
  }

  /// Well-formed, but leading to a private address: refused when the socket is opened.
  @Test(arguments: [
    "https://127.0.0.1/", "https://2130706433/", "https://0x7f.1/", "https://0177.0.0.1/", "https://127.1/",
    "https://0/",
    "https://[::1]/", "https://[::ffff:127.0.0.1]/", "https://[::ffff:7f00:1]/", "https://[::]/", "https://localhost/",
    "https://10.0.0.1/", "https://169.254.169.254/latest/", "https://192.168.0.1/",
    "https://172.31.255.255/", "https://100.64.0.1/", "https://[fe80::1]/", "https://[fd00::1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://224.0.0.1/", "https://255.255.255.255/", "https://[ff02::1]/", "https://[2002:7f00:1::]/",
  ])
  func refusesPrivateAddress(_ url: String) throws {
    let error = #expect(throws: TransportFailure.self) { try CurlClient().transport(OutgoingRequest(url: url)) }
    #expect(error?.stage == .beforeSending)
    #expect(error?.reason.contains("private address") == true && error?.kind == .privateAddress)
  }

  /// Our own address may lead to this machine; nothing else changes.
  @Test(arguments: [
    ("https://hall.example", "https://hall.example/x", true), ("https://hall.example", "http://hall.example/", false),
    ("https://hall.example", "https://other.example/", false), ("http://hall.example", "https://hall.example/", false),
    ("https://hall.example:8443", "https://hall.example:8443/", false), ("", "https://hall.example/", false),
  ])
  func trustsOurOwnHost(_ address: String, _ url: String, _ isTrusted: Bool) throws {
    let hosts = OperatorHosts.none.adding(hostOf: address)
    let destination = try? Destination(OutgoingRequest(url: url), operatorHosts: hosts)  // nil: refused
    #expect((destination?.isTrusted ?? false) == isTrusted)
  }

  @Test(arguments: [
    ("https://nowhere.invalid/", TransportFailure.Kind.unknownName), ("http://example.com/", .notAllowed),
    ("https://example.com:8443/", .notAllowed), ("ftp://example.com/", .notAllowed),
  ])
  func tellsWhatAnOperatorCouldMend(_ url: String, _ kind: TransportFailure.Kind) throws {
    let error = #expect(throws: TransportFailure.self) { try CurlClient().transport(OutgoingRequest(url: url)) }
    #expect(error?.kind == kind)
  }

  @Test(arguments: [
    ("http://127.0.0.1:8080/x", true), ("http://127.0.0.1:8081/", false), ("http://lan.example/", true),
    ("http://LAN.example:99/", true), ("http://lan.example./", false), ("http://a.lan.example/", false),
    ("http://[::1]:9000/", true), ("http://[::1]/", false), ("http://127.0.0.1.:8080/", false),
  ])
  func trustsListedHosts(_ url: String, _ isTrusted: Bool) throws {
    let hosts = try OperatorHosts(["127.0.0.1:8080", "lan.example", "[::1]:9000"])
    let destination = try? Destination(OutgoingRequest(url: url), operatorHosts: hosts)  // nil: refused
    #expect((destination?.isTrusted ?? false) == isTrusted)
  }

  @Test(arguments: ["", "http://a", "a/b", "a:b", "u@a", "a?b", "a:99999", "a b"])
  func refusesOperatorHost(_ name: String) {
    #expect(throws: Failure.self) { try OperatorHosts([name]) }
  }

  @Test func anUnlistedLoopbackServerSeesNothing() throws {
    let server = try TinyServer(text: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    defer { server.stop() }
    for url in [server.url, "https://127.0.0.1:\(server.port)/", "https://localhost:\(server.port)/"] {
      #expect(throws: TransportFailure.self) { try CurlClient().transport(OutgoingRequest(url: url)) }
    }
    #expect(server.connections == 0)
  }
}

struct PublicAddressTests {
  @Test(arguments: [
    "1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0",
    "172.15.255.255", "172.32.0.0", "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255",
    "2606:4700::1111", "2001:200::1", "2a00::", "3ffe::1",
  ])
  func isPublicAddress(_ text: String) throws { #expect(try judged(text)) }

  @Test(arguments: [
    "0.0.0.0", "10.255.255.255", "100.64.0.0", "100.127.255.255", "127.0.0.0", "127.255.255.255", "169.254.0.0",
    "172.16.0.0", "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.88.99.1", "192.168.255.255", "198.18.0.0",
    "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.0", "240.0.0.0", "255.255.255.255", "::", "::1",
    "::ffff:1.1.1.1", "::1.1.1.1", "64:ff9b::1.1.1.1", "100::1", "fc00::1", "fdff::1", "fe80::1", "fec0::1", "ff0e::1",
    "2001::1", "2001:1ff::1", "2001:db8::1", "2002::1", "3fff:fff::1",
  ])
  func isSpecialAddress(_ text: String) throws { #expect(try !judged(text)) }

  private func judged(_ text: String) throws -> Bool {
    var hints = addrinfo()
    hints.ai_flags = AI_NUMERICHOST
    var result: UnsafeMutablePointer<addrinfo>?
    try #require(getaddrinfo(text, "443", &hints, &result) == 0)
    defer { freeaddrinfo(result) }
    return isPublic(try #require(result?.pointee.ai_addr))
  }
}
