import Basics
import Testing

@testable import HTTP

struct RouterTests {
  private let router = Router([
    .get("/") { _, _ in .text("root") },
    .get("/issues") { _, _ in .text("list") },
    .post("/issues") { _, _ in .text("made", status: 201) },
    .post("/issues/new") { _, _ in .text("new") },
    .get("/issues/:id") { _, path in .text("issue \(path["id"])") },
    .delete("/issues/:id") { _, path in .text("gone \(try path.value("id", as: Int.self))") },
    .get("/issues/:id/notes/:note") { _, path in .text("\(path["id"])/\(path["note"])") },
    .get("/assets/*") { _, path in .text(path.rest.joined(separator: "|")) },
    .get("/own") { _, _ in Response(headers: ["Cache-Control": "public"]) },
    .get("/refuse") { _, _ in throw Failure(.busy(retryAfter: .milliseconds(1500)), "Wait <a moment>.") },
    .get("/break") { _, _ in throw Secret() },
  ])

  private struct Secret: Error, CustomStringConvertible { let description = "password" }

  private func answer(_ method: HTTP.Method, _ path: String, accept: String? = nil) -> Response {
    var request = Request(id: "r1", method: method, path: path)
    request.headers["Accept"] = accept
    return router.answer(request)
  }

  private func text(_ response: Response) -> String { String(decoding: response.body, as: UTF8.self) }

  @Test(
    arguments: [
      (.get, "/", 200, "root"), (.get, "/issues", 200, "list"), (.post, "/issues", 201, "made"),
      (.get, "/issues/7", 200, "issue 7"),
      (.get, "/issues/a%20b%2B", 200, "issue a b+"), (.get, "/issues/new", 200, "issue new"),
      (.post, "/issues/new", 200, "new"),
      (.delete, "/issues/7", 200, "gone 7"), (.get, "/issues/1/notes/2", 200, "1/2"),
      (.get, "/assets/a/b.css", 200, "a|b.css"),
      (.get, "/assets", 200, ""),
    ] as [(HTTP.Method, String, Int, String)])
  func findsTheRoute(_ method: HTTP.Method, _ path: String, _ status: Int, _ body: String) {
    let response = answer(method, path)
    #expect(response.status == status)
    #expect(text(response) == body)
  }

  @Test(arguments: [
    ("/nothing", 404), ("/issues/1/notes", 404), ("/issues/1/2", 404), ("/Issues", 404), ("/issues/..", 400),
    ("/issues/%2e%2E", 400),
    ("/assets/../../etc/passwd", 400), ("/assets/..%2f..%2fetc", 400), ("/assets/a%5C..%5Cb", 400),
    ("/issues/%00", 400),
    ("issues", 400), ("*", 400), ("", 400), ("/issues/" + String(repeating: "a", count: 2100), 400),
  ])
  func refusesPath(_ path: String, _ status: Int) { #expect(answer(.get, path).status == status) }

  @Test func refusesTextWhereANumberBelongs() { #expect(answer(.delete, "/issues/x").status == 404) }

  @Test(
    arguments: [
      (.put, "/issues", "GET, POST"), (.post, "/", "GET"), (HTTP.Method(rawValue: "TRACE"), "/issues/1", "DELETE, GET"),
      (.put, "/issues/new", "DELETE, GET, POST"),
    ] as [(HTTP.Method, String, String)])
  func namesTheMethodsAllowed(_ method: HTTP.Method, _ path: String, _ allowed: String) {
    let response = answer(method, path)
    #expect(response.status == 405)
    #expect(response.headers["Allow"] == allowed)
    let options = answer(.options, path)
    #expect(options.status == 204 && options.headers["Allow"] == allowed)
  }

  @Test func answersHeadAsGetWithoutItsBody() {
    let response = answer(.head, "/issues")
    #expect(response.status == 200 && response.body.isEmpty)
    #expect(response.headers["Content-Length"] == "4")
    #expect(answer(.head, "/nothing").status == 404)
  }

  @Test(arguments: ["/", "/nothing", "/refuse", "/break", "/issues/.."])
  func everyAnswerIsGuarded(_ path: String) {
    let headers = answer(.get, path).headers
    for (name, value) in SecurityHeaders.standard { #expect(headers.all(name) == [value]) }
  }

  @Test func aRouteMayGuardItselfOtherwise() {
    #expect(answer(.get, "/own").headers.all("Cache-Control") == ["public"])
  }

  @Test func failuresBecomeProblems() throws {
    let response = answer(.get, "/refuse")
    #expect(response.status == 429)
    #expect(response.headers["Retry-After"] == "2")
    #expect(response.headers["Content-Type"] == "application/problem+json")
    let expected: JSONValue = [
      "type": "about:blank", "title": "Too Many Requests", "status": 429, "detail": "Wait <a moment>.",
      "request_id": "r1",
    ]
    #expect(try JSON.decode(JSONValue.self, from: response.body) == expected)
  }

  @Test func failuresBecomePagesForPeople() {
    let response = answer(.get, "/refuse", accept: "text/html,*/*")
    #expect(response.status == 429)
    #expect(response.headers["Content-Type"]?.hasPrefix("text/html") == true)
    #expect(text(response).contains("Wait &lt;a moment&gt;."))
    #expect(answer(.get, "/api/x", accept: "text/html").headers["Content-Type"] == "application/problem+json")
  }

  @Test func unknownErrorsTellNothing() {
    let response = answer(.get, "/break")
    #expect(response.status == 500)
    #expect(!text(response).contains("password"))
  }
}

struct EscapingTests {
  @Test(arguments: [
    ("a<b>&\"'", "a&lt;b&gt;&amp;&quot;&#39;"), ("", ""), ("<\u{301}", "&lt;\u{301}"), ("😀", "😀"),
    ("&amp;", "&amp;amp;"),
  ])
  func escapes(_ text: String, _ escaped: String) { #expect(htmlEscaped(text) == escaped) }
}
