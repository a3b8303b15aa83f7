import Basics
import Foundation
import HTTP
import Testing

@testable import FastCGI

struct GatewayParametersTests {
  @Test(arguments: [
    (["REQUEST_URI": "/a%20b/c?x=1"], "/a%20b/c", "x=1"),
    (["REQUEST_URI": "/a?x=1", "QUERY_STRING": "y=2"], "/a", "y=2"),
    (["REQUEST_URI": "/a?"], "/a", ""),
    (["SCRIPT_NAME": "/cgi-bin/hall", "PATH_INFO": "/a b/ü"], "/cgi-bin/hall/a%20b/%C3%BC", ""),
    (["SCRIPT_NAME": "/hall"], "/hall", ""),
    ([:], "/", ""),
  ])
  func findsPathAndQuery(_ parameters: [String: String], _ path: String, _ query: String) throws {
    let request = try GatewayParameters(parameters.map { (name: $0.key, value: $0.value) }).request()
    #expect(request.path == path)
    #expect(request.query.encoded == query)
  }

  @Test func mapsTheRest() throws {
    let request = try GatewayParameters([
      ("REQUEST_METHOD", "POST"), ("REMOTE_ADDR", "192.0.2.7"), ("HTTPS", "on"), ("REQUEST_ID", "0123abcdef"),
      ("CONTENT_TYPE", "application/json"), ("CONTENT_LENGTH", "2"), ("HTTP_CONTENT_LENGTH", "2"),
      ("HTTP_CONTENT_TYPE", "text/plain"), ("HTTP_X_SIGNATURE_ED25519", "aa"), ("HTTP_ACCEPT", ""),
      ("HTTP_PROXY", "http://evil"), ("HTTP_X_FORWARDED_FOR", "203.0.113.1"),
    ]).request()
    #expect(request.method == .post)
    #expect(request.remoteAddress == "192.0.2.7")
    #expect(request.isSecure)
    #expect(request.id == "0123abcdef")
    let expected: Headers = [
      "Content-Type": "application/json", "Content-Length": "2", "X-Signature-Ed25519": "aa",
      "X-Forwarded-For": "203.0.113.1",
    ]
    #expect(request.headers == expected)
    #expect(request.headers.fields.map(\.name).contains("X-Signature-Ed25519"))
  }

  @Test(arguments: ["", "a b", "a\nb", "ä", String(repeating: "a", count: 65), "a@b"])
  func replacesUnfitRequestIdentifier(_ identifier: String) throws {
    let request = try GatewayParameters([("REQUEST_ID", identifier)]).request()
    #expect(request.id != identifier && request.id.count == 36)
  }

  @Test func refusesTwoLengthsThatDiffer() {
    let parameters = GatewayParameters([("CONTENT_LENGTH", "5"), ("HTTP_CONTENT_LENGTH", "6")])
    #expect(throws: Failure.self) { try parameters.contentLength() }
  }
}

struct CGITests {
  private let environment = ["GATEWAY_INTERFACE": "CGI/1.1", "REQUEST_METHOD": "POST", "REQUEST_URI": "/x"]

  @Test func isDecidedByEnvironmentAndStandardInput() throws {
    let path = temporarySocketPath()
    let listener = try Listener.bind(path: path)
    #expect(CGI.isRequested(environment))
    #expect(!CGI.isRequested(environment, standardInput: listener.descriptor))
    #expect(!CGI.isRequested([:]))
    listener.unlinkPath()
    listener.close()
  }

  @Test(arguments: [
    ("5", "hello", "Status: 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 5\r\n\r\nhello"),
    ("2", "hello", "Status: 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 2\r\n\r\nhe"),
    ("", "hello", "Status: 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 0\r\n\r\n"),
  ])
  func answersOneRequest(_ length: String, _ input: String, _ output: String) throws {
    #expect(try answer(length, input) == output)
  }

  @Test(arguments: [
    ("6", "hello", "400 Bad Request"), ("x", "hello", "400 Bad Request"), ("101", "", "413 Content Too Large"),
  ])
  func refusesBadLength(_ length: String, _ input: String, _ status: String) throws {
    #expect(try answer(length, input).hasPrefix("Status: \(status)\r\n"))
  }

  private func answer(_ length: String, _ input: String) throws -> String {
    let (standardInput, standardOutput) = (Pipe(), Pipe())
    try standardInput.fileHandleForWriting.write(contentsOf: Data(input.utf8))
    try standardInput.fileHandleForWriting.close()
    try CGI.answerOnce(
      maximumBody: 100, environment: environment.merging(["CONTENT_LENGTH": length]) { $1 },
      standardInput: standardInput.fileHandleForReading.fileDescriptor,
      standardOutput: standardOutput.fileHandleForWriting.fileDescriptor
    ) { .text(String(decoding: $0.body, as: UTF8.self)) }
    try standardOutput.fileHandleForWriting.close()
    return String(decoding: try standardOutput.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
  }
}
