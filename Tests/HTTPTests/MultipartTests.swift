import Basics
import Testing

@testable import HTTP

struct MultipartTests {
  private func parts(_ body: String, type: String = "multipart/form-data; boundary=XX") throws -> [FormPart] {
    try Request(headers: ["Content-Type": type], body: Array(body.utf8)).parts()
  }

  @Test func readsFieldsAndFiles() throws {
    let parts = try parts(
      "preamble\r\n--XX\r\nContent-Disposition: form-data; name=\"payload_json\"\r\n\r\n{\"a\":1}\r\n--XX\r\n"
        + "content-disposition: form-data; name=\"files[0]\"; filename=\"a;b \\\"c\\\".png\"\r\nContent-Type: image/png\r\n\r\n"
        + "\r\n\0binary--XX\r\n\r\n--XX--\r\nepilogue")
    #expect(parts.map(\.name) == ["payload_json", "files[0]"])
    #expect(parts.map(\.fileName) == [nil, "a;b \"c\".png"])
    #expect(parts.map(\.contentType) == [nil, "image/png"])
    #expect(parts.map { String(decoding: $0.bytes, as: UTF8.self) } == ["{\"a\":1}", "\r\n\0binary--XX\r\n"])
  }

  @Test(arguments: [
    "multipart/form-data; boundary=XX", "multipart/form-data; boundary=\"XX\"",
    "Multipart/Form-Data; charset=utf-8; Boundary=XX",
    "multipart/form-data;boundary=XX",
  ])
  func findsTheBoundary(_ type: String) throws {
    #expect(
      try parts("--XX\r\nContent-Disposition: form-data; name=a\r\n\r\nb\r\n--XX--", type: type).first?.name == "a")
  }

  @Test func readsEmptyFormsAndValues() throws {
    #expect(try parts("--XX--\r\n").isEmpty)
    #expect(try parts("--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\r\n--XX--").first?.bytes == [])
  }

  @Test(arguments: [
    "", "--", "--XX", "--XX\r\n", "--YY--", "--XX\r\nContent-Disposition: form-data; name=a\r\n\r\nb",
    "--XX\r\nContent-Disposition: form-data; name=a\r\n\r\nb\r\n--XX", "--XX\r\n\r\nb\r\n--XX--",
    "--XX\r\nContent-Disposition: form-data\r\n\r\nb\r\n--XX--",
    "--XX\r\nContent-Disposition: form-data; name=a\r\nb\r\n--XX--",
    "--XXContent-Disposition: form-data; name=a\r\n\r\nb\r\n--XX--", "--XX\r\n--XX--", "--XX-", "--XX\r",
  ])
  func refusesBody(_ body: String) { #expect(throws: Failure.self) { try parts(body) } }

  @Test(arguments: [
    "multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=\"\"",
    "multipart/mixed; boundary=XX", "",
    "multipart/form-data; boundary=" + String(repeating: "X", count: 71),
  ])
  func refusesType(_ type: String) {
    #expect(throws: Failure.self) {
      try parts("--XX\r\nContent-Disposition: form-data; name=a\r\n\r\nb\r\n--XX--", type: type)
    }
  }

  @Test func refusesTooManyParts() {
    let part = "--XX\r\nContent-Disposition: form-data; name=a\r\n\r\nb\r\n"
    #expect(throws: Failure.self) { try parts(String(repeating: part, count: 101) + "--XX--") }
  }
}
