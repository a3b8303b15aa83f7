import Basics
import HTTP
import Pages
import SandboxStage
import Signatures
import Store
import Synchronization
import Testing

@testable import SandboxDiscord

/// A sandbox on an empty store, behind a router, with a clock that the test moves and an application that the test plays.
final class Bench: Sendable {
  let time = Mutex(Timestamp(seconds: 1_795_245_000))
  /// What was sent to the application.
  let sent = Mutex<[OutgoingRequest]>([])
  private let reply = Mutex<@Sendable (OutgoingRequest, Bench) -> IncomingResponse>({ _, _ in
    IncomingResponse(status: 200, body: Array(#"{"type":6}"#.utf8))
  })
  private let parts = Mutex<(DiscordSandbox, Router)?>(nil)

  init(pace: Pace = .generous) throws {
    let store = try DataStore.inMemory()
    _ = try store.migrate(Stage.migrations + DiscordSandbox.migrations)
    let clock = WallClock { [self] in time.withLock { $0 } }
    let stage = Stage(
      store: store, clock: clock, publicURL: "http://sandbox.test",
      pages: try PageLibrary(targets: ["SandboxStage", "SandboxDiscord"]),
      pace: pace)
    let sandbox = try DiscordSandbox(stage: stage) { [self] request in
      sent.withLock { $0.append(request) }
      return reply.withLock { $0 }(request, self)
    }
    parts.withLock { $0 = (sandbox, Router(sandbox.routes + stage.routes(corners: [sandbox.corner]))) }
  }

  var sandbox: DiscordSandbox { parts.withLock { $0!.0 } }
  var router: Router { parts.withLock { $0!.1 } }

  func pass(_ duration: Duration) { time.withLock { $0 = $0 + duration } }

  /// What the application answers from now on.
  func answer(_ body: @escaping @Sendable (OutgoingRequest, Bench) -> IncomingResponse) { reply.withLock { $0 = body } }

  func answer(_ json: String, status: Int = 200) {
    answer { _, _ in IncomingResponse(status: status, body: Array(json.utf8)) }
  }

  // MARK: Asking

  func send(
    _ method: HTTP.Method, _ path: String, _ json: String? = nil, query: Fields = Fields(), headers: Headers? = nil
  ) -> Response {
    var all: Headers = [
      "User-Agent": "DiscordBot (https://guildhall.test, 1)", "Authorization": "Bot \(sandbox.token)",
    ]
    if json != nil { all.add("Content-Type", "application/json") }
    return router.answer(
      Request(
        method: method, path: "/sandbox/discord/api/v10" + path, query: query, headers: headers ?? all,
        body: Array((json ?? "").utf8)))
  }

  func script(_ path: String, _ json: String) throws -> JSONValue {
    try JSON.decode(
      JSONValue.self,
      from: router.answer(Request(method: .post, path: "/sandbox/discord/interactions/" + path, body: Array(json.utf8)))
        .body)
  }

  func page(_ path: String, query: Fields = Fields()) -> String {
    String(
      decoding: router.answer(Request(path: path, query: query, headers: ["Accept": "text/html"])).body, as: UTF8.self)
  }

  /// A message with a button, and its id.
  func messageWithButton(_ customID: String = "issue.fix:1", flags: String = "") throws -> String {
    let response = send(.post, bugTracker, #"{"content":"An issue","components":[\#(row(customID))]\#(flags)}"#)
    #expect(response.status == 200)
    return try response.value["id"]?.string ?? ""
  }

  func click(_ message: String, _ customID: String = "issue.fix:1", as user: String = Identity.tomasz) throws
    -> JSONValue
  {
    try script(
      "click",
      #"{"channel_id":"\#(Identity.bugTracker)","message_id":"\#(message)","custom_id":"\#(customID)","user_id":"\#(user)"}"#
    )
  }

  func messages(_ query: Fields = Fields()) throws -> [JSONValue] {
    try send(.get, bugTracker, query: query).value.array ?? []
  }
}

let bugTracker = "/channels/\(Identity.bugTracker)/messages"

func row(_ customID: String) -> String {
  #"{"type":1,"components":[{"type":2,"style":3,"label":"Mark as fixed","custom_id":"\#(customID)"}]}"#
}

extension Response {
  var value: JSONValue { get throws { try JSON.decode(JSONValue.self, from: body) } }
}
