import Basics
import Foundation
import Store
import Synchronization
import TestSupport
import Testing

extension EndToEndTests {
  /// How the responder is started and ended.
  @Suite("Serving") struct Serving {
    let hall: RunningHall

    init() throws { hall = try EndToEndTests.hall }

    private static let ping = Array(#"{"type":1,"id":"1","application_id":"9","token":"t"}"#.utf8)

    @Test func requestsInFlightAreAnsweredBeforeItEnds() throws {
      let messages = try (0..<6).map { _ in try hall.openIssue() }
      try hall.rest()
      let responder = try #require(hall.responder)
      let statuses = Mutex<[Int]>([])
      let lines = try hall.logLines().count
      // While the database is held, the clicks cannot be answered.
      let store = try DataStore.open(path: "\(hall.state)/guildhall.db", durability: .full, readers: 1)
      let clicks = try store.write { _ in
        let clicks = try messages.map { message in
          try JoinableThread(name: "click") {
            let status = (try? hall.deliver(hall.body(message)).status) ?? 0  // no answer is what is looked for
            statuses.withLock { $0.append(status) }
          }
        }
        usleep(400_000)
        responder.send(SIGTERM)
        try until("it is stopping") { try hall.logLines().dropFirst(lines).contains { $0["msg"] == "stopping" } }
        return clicks
      }
      clicks.forEach { $0.join() }
      #expect(statuses.withLock { $0 } == Array(repeating: 200, count: 6))
      #expect(responder.exitCode(within: .seconds(5)) == 0)
      try hall.startResponder()
      try until("what was clicked is fixed") { try messages.allSatisfy { try hall.message($0.id).label == "Fixed" } }
    }

    @Test func noRequestFailsWhileItIsStartedAgain() throws {
      let isOver = Mutex(false)
      let statuses = Mutex<[Int: Int]>([:])
      let load = try (0..<4).map { number in
        try JoinableThread(name: "load-\(number)") {
          while !isOver.withLock({ $0 }) {
            let answer = number == 0 ? try? hall.deliver(Self.ping) : try? hall.http.send("GET", "/health")  // counted as 0
            statuses.withLock { $0[answer?.status ?? 0, default: 0] += 1 }
          }
        }
      }
      for _ in 0..<4 {
        let responder = try #require(hall.responder)
        let before = statuses.withLock { $0[200, default: 0] }
        responder.send(SIGTERM)
        #expect(responder.exitCode() == 0)
        try hall.startResponder()
        try until("it answers again") { statuses.withLock { $0[200, default: 0] } > before + 20 }
      }
      isOver.withLock { $0 = true }
      load.forEach { $0.join() }
      #expect(statuses.withLock { Array($0.keys) } == [200])
    }

    @Test func aSocketOfItsOwnIsSharedWithNobodyAndRemoved() throws {
      let path = hall.file("own.sock")
      let first = try hall.spawn("own", RunningHall.binary("responder"), ["--socket", path])
      try until("it listens") { FileManager.default.fileExists(atPath: path) && isServed(hall) }
      #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o660)
      let second = try hall.run("responder", "--socket", path)
      #expect(second.code == 78 && second.error.contains("Another process already serves \(path); stop it first."))
      first.send(SIGTERM)
      #expect(first.exitCode() == 0 && !FileManager.default.fileExists(atPath: path))
    }

    private func isServed(_ hall: RunningHall) -> Bool {
      (try? String(contentsOfFile: hall.log("own"), encoding: .utf8).contains(#""msg":"ready""#)) ?? false  // not yet
    }

    @Test func withoutASocketItSaysHowToGiveItOne() throws {
      let run = try hall.run("responder")
      #expect(run.code == 78 && run.error.contains("Start the responder with --socket PATH, or through systemd."))
    }

    @Test func underCGIItAnswersOneRequestAndEnds() throws {
      let health = try cgi("GET", "/health", [], body: [])
      #expect(
        health.code == 0 && health.output.hasPrefix("Status: 200 ") && health.output.contains(#"{"status":"ok"}"#))
      let pong = try cgi("POST", "/discord/interactions", hall.signed(Self.ping), body: Self.ping)
      #expect(pong.code == 0 && pong.output.hasPrefix("Status: 200 ") && pong.output.hasSuffix(#"{"type":1}"#))
      let refused = try cgi("POST", "/discord/interactions", [], body: Self.ping)
      #expect(refused.code == 0 && refused.output.hasPrefix("Status: 401 "))
    }

    private func cgi(_ method: String, _ path: String, _ headers: [(String, String)], body: [UInt8]) throws -> Finished
    {
      var environment = hall.environment.merging(
        ["GATEWAY_INTERFACE": "CGI/1.1", "REQUEST_METHOD": method, "REQUEST_URI": path, "SERVER_PROTOCOL": "HTTP/1.1"]
      ) { $1 }
      if !body.isEmpty { environment["CONTENT_LENGTH"] = "\(body.count)" }
      for (name, value) in headers { environment["HTTP_" + name.uppercased().replacing("-", with: "_")] = value }
      return try hall.run("responder", [], input: String(decoding: body, as: UTF8.self), environment: environment)
    }

    @Test(.enabled(if: isProgram("fcgiwrap"), "fcgiwrap is not installed"))
    func aCGIServerRunsItToo() throws {
      let (socket, port) = (hall.file("fcgiwrap.sock"), try freePort())
      let wrap = try hall.spawn("fcgiwrap", "fcgiwrap", ["-s", "unix:\(socket)"])
      try until("fcgiwrap listens") { FileManager.default.fileExists(atPath: socket) }
      let server = try hall.startServer(on: port, handingTo: socket, script: RunningHall.binary("responder"))
      let http = WireClient(port: port)
      try until("it answers") { (try? http.send("GET", "/health").status) == 200 }  // not up yet: asked again
      let answer = try http.send("POST", "/discord/interactions", hall.signed(Self.ping), body: Self.ping)
      #expect(answer.status == 200 && answer.text == #"{"type":1}"#)
      server.send(SIGTERM)
      wrap.send(SIGKILL)  // it would wait for one more request first
    }
  }
}

extension RunningHall {
  /// A second web server that hands everything to one CGI program.
  fileprivate func startServer(on port: UInt16, handingTo socket: String, script: String) throws -> Program {
    let nginx = URL(fileURLWithPath: #filePath).appendingPathComponent("../../../nginx").standardizedFileURL.path
    let text = """
      \(getuid() == 0 ? "user root;" : "")
      daemon off; pid \(file("cgi.pid")); error_log \(log("cgi")) warn;
      events {}
      http {
        access_log off; client_body_temp_path \(file("body")); fastcgi_temp_path \(file("fastcgi"));
        proxy_temp_path \(file("proxy")); uwsgi_temp_path \(file("uwsgi")); scgi_temp_path \(file("scgi"));
        server {
          listen 127.0.0.1:\(port);
          include \(nginx)/fastcgi.conf;
          fastcgi_param SCRIPT_FILENAME \(script);
          location / { fastcgi_pass unix:\(socket); }
        }
      }
      """
    try text.write(toFile: file("cgi.conf"), atomically: false, encoding: .utf8)
    return try spawn("cgi", "nginx", ["-e", log("cgi"), "-p", file("."), "-c", file("cgi.conf")])
  }
}
