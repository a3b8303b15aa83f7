import Basics
import HTTP
import Pages
import Store
import Testing

@testable import SandboxStage

/// A stage on an empty store with one counting API route, behind a router.
struct Bench {
  let stage: Stage
  let router: Router

  init() throws {
    let store = try DataStore.inMemory()
    _ = try store.migrate(Stage.migrations)
    let clock = WallClock { Timestamp(seconds: 1_795_000_000) }
    let stage = Stage(
      store: store, clock: clock, publicURL: "http://sandbox.test/", pages: try PageLibrary(targets: ["SandboxStage"]))
    self.stage = stage
    let counted = Route.post("/sandbox/demo/v1/things") { _, _ in
      try .json(["id": try stage.secret("count") { "1" }, "filler": "0123456789"])
    }
    let failing = Route.get("/sandbox/demo/v1/missing") { _, _ in throw Failure.notFound("No such thing.") }
    router = Router(stage.api("demo", [counted, failing]) + stage.routes(corners: []))
  }

  func post(_ body: String = "{}") -> Response {
    router.answer(
      Request(
        method: .post, path: "/sandbox/demo/v1/things", query: ["a": "b"],
        headers: ["Authorization": "Bearer hush", "Content-Type": "application/json"], body: Array(body.utf8)))
  }

  func script(_ rules: String) -> Response {
    router.answer(Request(method: .post, path: "/sandbox/faults", body: Array(rules.utf8)))
  }

  func journal(_ query: Fields = Fields()) throws -> [JSONValue] {
    try JSON.decode([JSONValue].self, from: router.answer(Request(path: "/sandbox/journal", query: query)).body)
  }
}

@Test func everyRequestIsWrittenDown() throws {
  let bench = try Bench()
  _ = bench.post(#"{"name":"x"}"#)
  _ = bench.router.answer(Request(path: "/sandbox/demo/v1/missing"))
  let entries = try bench.journal()
  #expect(entries.count == 2)
  #expect(entries[0]["method"] == "POST")
  #expect(entries[0]["path"] == "/sandbox/demo/v1/things")
  #expect(entries[0]["query"] == "a=b")
  #expect(entries[0]["body"] == #"{"name":"x"}"#)
  #expect(entries[0]["status"] == 200)
  #expect(entries[0]["effect"] == true)
  #expect(entries[1]["status"] == 404)
  #expect(entries[1]["effect"] == false)
  #expect(try !JSON.text(entries).contains("hush"))
}

@Test func theJournalIsFilteredAndEmptied() throws {
  let bench = try Bench()
  for _ in 0..<3 { _ = bench.post() }
  _ = bench.router.answer(Request(path: "/sandbox/demo/v1/missing"))
  #expect(try bench.journal(["method": "get"]).count == 1)
  #expect(try bench.journal(["path": "*/things"]).count == 3)
  #expect(try bench.journal(["service": "other"]).isEmpty)
  #expect(try bench.journal(["after": "1", "limit": "2"]).map { $0["seq"] } == [2, 3])
  #expect(bench.router.answer(Request(method: .delete, path: "/sandbox/journal")).status == 204)
  #expect(try bench.journal().isEmpty)
}

@Test(arguments: [
  (#"{"status":429,"headers":{"Retry-After":"3"},"body":{"message":"slow"}}"#, 429, false),
  (#"{"status":502,"effect":true}"#, 502, true),
  (#"{"delay_ms":1}"#, 200, true),
  (#"{"hang_ms":1}"#, 504, false),
  (#"{"hang_ms":1,"effect":true}"#, 200, true),
  (#"{"html":true}"#, 200, false),
  (#"{"empty":true}"#, 200, false),
  (#"{"body_truncated":true}"#, 200, true),
  (#"{"merge":{"id":"other"}}"#, 200, true),
  (#"{"body":"{\"a\":1,\"a\":2}"}"#, 200, false),
  (#"{"cut":true}"#, 200, false),
  (#"{"cut":true,"effect":true}"#, 200, true),
  (#"{"drip":1}"#, 200, true),
  (#"{"duplicate_keys":true}"#, 200, true),
  (#"{"retry_at_s":9,"status":429}"#, 429, false),
])
func aFaultBendsOneAnswer(action: String, status: Int, hasEffect: Bool) throws {
  let bench = try Bench()
  let plain = try Bench().post()
  #expect(bench.script(#"[{"service":"demo","method":"POST","path":"*/things","action":\#(action)}]"#).status == 201)
  let bent = bench.post()
  #expect(bent.status == status)
  #expect(try bench.journal().last?["effect"]?.bool == hasEffect)
  #expect(try bench.journal().last?["fault"]?.object != nil)
  #expect(bench.post().body == plain.body)
}

@Test func shapesOfBentAnswers() throws {
  let bench = try Bench()
  let whole = bench.post().body
  _ = bench.script(#"[{"action":{"body_truncated":true,"keep_length":true}}]"#)
  let cut = bench.post()
  #expect(cut.body == Array(whole.prefix(whole.count / 2)))
  #expect(cut.headers["Content-Length"] == String(whole.count))
  _ = bench.script(#"[{"action":{"nesting":1000}}]"#)
  #expect(bench.post().body.count == 2000)
  _ = bench.script(#"[{"action":{"status":429,"headers":{"Retry-After":30}}}]"#)
  #expect(bench.post().headers["Retry-After"] == "30")
  _ = bench.script(#"[{"action":{"status":429,"retry_at_s":3600}}]"#)
  let date = try #require(Timestamp(httpDate: bench.post().headers["Retry-After"] ?? ""))
  #expect(date > .now + .seconds(3000) && date < .now + .seconds(4000))
  _ = bench.script(#"[{"action":{"cut":true}},{"action":{"drip":7}}]"#)
  #expect(bench.post().headers["X-Accel-Redirect"] == "/cut")  // nginx cuts the connection there
  #expect(bench.post().headers["X-Accel-Limit-Rate"] == "7")
  _ = bench.script(#"[{"action":{"duplicate_keys":true}}]"#)
  let doubled = bench.post().body
  #expect(String(decoding: doubled, as: UTF8.self).hasPrefix(#"{"filler":null,"id":null,""#))
  #expect(doubled.suffix(whole.count - 1) == whole.dropFirst())
}

@Test func ofSeveralActionsOneIsTakenEachTime() throws {
  let runs = try (0..<2).map { _ in
    let bench = try Bench()
    _ = bench.script(#"[{"times":null,"seed":7,"action":[{"status":500},{"status":502},{"status":503}]}]"#)
    return (0..<60).map { _ in bench.post().status }
  }
  #expect(runs[0] == runs[1])
  #expect(Set(runs[0]) == [500, 502, 503])
}

@Test func rulesCountSkipAndEnd() throws {
  let bench = try Bench()
  _ = bench.script(#"[{"path":"*/things","after":1,"times":2,"action":{"status":500}}]"#)
  #expect((0..<5).map { _ in bench.post().status } == [200, 500, 500, 200, 200])
  _ = bench.script(#"[{"times":null,"action":{"status":503}}]"#)
  #expect((0..<3).map { _ in bench.post().status } == [503, 503, 503])
  #expect(bench.router.answer(Request(method: .delete, path: "/sandbox/faults")).status == 204)
  #expect(bench.post().status == 200)
}

@Test func aRuleMayBeMeantForOneClient() throws {
  let bench = try Bench()
  _ = bench.script(#"[{"agent":"*ours*","times":null,"action":{"status":500}}]"#)
  let statuses = ["Bot (ours, 1)", "Other"].map { agent in
    bench.router.answer(
      Request(
        method: .post, path: "/sandbox/demo/v1/things", query: [:], headers: ["User-Agent": agent], body: [123, 125])
    ).status
  }
  #expect(statuses == [500, 200] && bench.post().status == 200)
}

@Test func chanceIsTheSameForOneSeed() throws {
  let runs = try (0..<2).map { _ in
    let bench = try Bench()
    _ = bench.script(#"[{"times":null,"probability":0.3,"seed":7,"action":{"status":500}}]"#)
    return (0..<100).map { _ in bench.post().status }
  }
  #expect(runs[0] == runs[1])
  #expect((15...45).contains(runs[0].count { $0 == 500 }))
}

@Test(arguments: [
  "no json", #"[{"action":{}}]"#, #"[{"action":[]}]"#, #"[{"action":[{"status":500},{"explode":1}]}]"#,
  #"[{"times":1}]"#, #"[{"action":{"explode":true}}]"#,
  #"[{"servce":"x","action":{"empty":true}}]"#, #"[{"times":"two","action":{"empty":true}}]"#,
])
func brokenRulesAreRefused(rules: String) throws {
  let bench = try Bench()
  #expect(bench.script(rules).status == 400)
  #expect(try bench.stage.faults().isEmpty)
}

@Test(arguments: [
  ("*/messages", "/a/b/messages", true), ("*", "", true), ("/a/*/c", "/a/b/c", true), ("/a/*/c", "/a/c", false),
  ("/a", "/a", true), ("/a", "/ab", false), ("*a*a*", "xaxax", true), ("*a*a*", "xax", false),
])
func globs(pattern: String, text: String, fits: Bool) {
  #expect(glob(pattern, matches: text) == fits)
}

@Test func aSecretIsMadeOnce() throws {
  let bench = try Bench()
  #expect(try bench.stage.secret("key") { "first" } == "first")
  #expect(try bench.stage.secret("key") { "second" } == "first")
}

@Test(arguments: ["/sandbox/", "/sandbox/journal", "/sandbox/faults"])
func pagesForPeople(path: String) throws {
  let bench = try Bench()
  _ = bench.post(#"{"name":"<script>"}"#)
  _ = bench.script(#"[{"action":{"empty":true}}]"#)
  let page = bench.router.answer(Request(path: path, headers: ["Accept": "text/html"]))
  let html = String(decoding: page.body, as: UTF8.self)
  #expect(page.status == 200)
  #expect(html.contains("</html>"))
  #expect(!html.contains("<script>"))
  #expect(
    bench.router.answer(Request(path: "/sandbox/assets/sandbox.css")).headers["Content-Type"]?.hasPrefix("text/css")
      == true)
}
