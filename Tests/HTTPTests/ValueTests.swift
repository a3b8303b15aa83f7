import Basics
import Testing

@testable import HTTP

struct HeadersTests {
  @Test func comparesNamesWithoutCase() {
    var headers: Headers = ["Content-Type": "a", "X-Two": "1"]
    headers.add("x-two", "2")
    #expect(headers["content-TYPE"] == "a")
    #expect(headers.all("X-TWO") == ["1", "2"])
    #expect(headers["X-Two"] == "1")
    headers["x-two"] = "3"
    #expect(headers.all("X-Two") == ["3"])
    headers["X-Two"] = nil
    #expect(headers["X-Two"] == nil && headers.fields.count == 1)
    #expect(headers["Content_Type"] == nil && headers["Content-Typ"] == nil)
    #expect(headers == ["CONTENT-TYPE": "a"])
  }

  @Test(arguments: ["a\r\nSet-Cookie: x", "a\nb", "a\rb", "a\0b", "\r\n\r\n<html>", "a\r\u{301}b"])
  func cannotBeginAnotherHeader(_ value: String) {
    let written = (["X": value] as Headers)["X"] ?? ""
    #expect(!written.utf8.contains { $0 == 10 || $0 == 13 || $0 == 0 })
  }
}

struct FieldsTests {
  @Test(
    arguments: [
      ("", []), ("a", [("a", "")]), ("a=", [("a", "")]), ("=b", [("", "b")]), ("a=1&b=2", [("a", "1"), ("b", "2")]),
      ("&&a=1&&", [("a", "1")]), ("a=b=c", [("a", "b=c")]), ("a=two+words", [("a", "two words")]),
      ("a%2Bb=%26", [("a+b", "&")]),
      ("a=%", [("a", "%")]), ("a=%4", [("a", "%4")]), ("a=%zz", [("a", "%zz")]), ("a=%+1", [("a", "% 1")]),
      ("a=%-1", [("a", "%-1")]),
      ("a=%C3%BC", [("a", "ü")]), ("a=%FF", [("a", "\u{FFFD}")]), ("a=%00", [("a", "\0")]), ("a=ü", [("a", "ü")]),
      ("a=+\u{301}", [("a", " \u{301}")]), ("a=1&\u{301}b=2", [("a", "1"), ("\u{301}b", "2")]),
      ("a=%2525", [("a", "%25")]),
    ] as [(String, [(String, String)])])
  func reads(_ text: String, _ pairs: [(String, String)]) {
    let fields = Fields(encoded: text)
    #expect(fields.pairs.map(\.name) == pairs.map(\.0))
    #expect(fields.pairs.map(\.value) == pairs.map(\.1))
  }

  @Test func writesWhatItReads() {
    let fields: Fields = ["a b": "c&d=e", "ü": "😀+%", "empty": ""]
    #expect(fields.encoded == "a%20b=c%26d%3De&%C3%BC=%F0%9F%98%80%2B%25&empty=")
    #expect(Fields(encoded: fields.encoded) == fields)
    #expect(fields["a b"] == "c&d=e" && fields["none"] == nil)
    #expect(Fields(encoded: "a=1&a=2").all("a") == ["1", "2"])
  }
}

struct PercentTests {
  @Test func leavesOnlyUnreservedBytes() {
    let all = String(String.UnicodeScalarView((0..<128).map { Unicode.Scalar(UInt8($0)) }))
    let plain = percentEncoded(all).replacing(/%[0-9A-F]{2}/, with: "")
    #expect(plain == "-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~")
    #expect(percentDecoded(percentEncoded(all)) == all)
  }

  @Test(arguments: [("a+b", "a+b"), ("%41", "A"), ("%", "%"), ("%%41", "%A"), ("%e4%b8", "\u{FFFD}"), ("%20%", " %")])
  func decodes(_ text: String, _ decoded: String) { #expect(percentDecoded(text) == decoded) }
}

struct CookiesTests {
  @Test(
    arguments: [
      ("a=1; b=2", "a", "1"), ("a=1; b=2", "b", "2"), ("a=1;b=2", "b", "2"), ("a=1; a=2", "a", "1"),
      ("a=b=c", "a", "b=c"),
      ("a", "a", nil), ("a=", "a", ""), ("", "a", nil), ("; ;a=1;", "a", "1"), ("A=1", "a", nil), (" a = 1 ", "a", "1"),
    ] as [(String, String, String?)])
  func reads(_ header: String, _ name: String, _ value: String?) {
    #expect(Cookies(["Cookie": header])[name] == value)
  }

  @Test(arguments: [
    (SetCookie("s", "v", isSecure: true), "s=v; Path=/; HttpOnly; SameSite=Lax; Secure"),
    (SetCookie("s", "v", maxAge: .seconds(60), isSecure: false), "s=v; Path=/; HttpOnly; SameSite=Lax; Max-Age=60"),
    (SetCookie("s", "", maxAge: .zero, isSecure: true), "s=; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=0"),
  ])
  func writes(_ cookie: SetCookie, _ header: String) { #expect(cookie.header == header) }
}

struct RequestTests {
  private struct Body: Decodable, Equatable { let name: String }

  @Test func decodesJSONOrSaysWhatIsWrong() throws {
    #expect(try Request(body: Array(#"{"name":"x","more":1}"#.utf8)).json(Body.self) == Body(name: "x"))
    for text in ["", "{", "[]", "{\"name\":1}", "\u{FEFF}x"] {
      let failure = #expect(throws: Failure.self) { try Request(body: Array(text.utf8)).json(Body.self) }
      #expect(failure?.kind == .invalid)
    }
  }

  @Test(arguments: [
    ("application/x-www-form-urlencoded", true), ("application/x-www-form-urlencoded; charset=UTF-8", true),
    ("Application/X-WWW-Form-Urlencoded", true), ("text/plain", false), ("multipart/form-data; boundary=x", false),
    ("", false),
  ])
  func readsFormsOfTheRightTypeOnly(_ type: String, _ isForm: Bool) throws {
    let request = Request(headers: ["Content-Type": type], body: Array("a=b+c".utf8))
    if isForm {
      #expect(try request.form()["a"] == "b c")
    } else {
      #expect(throws: Failure.self) { try request.form() }
    }
  }
}
