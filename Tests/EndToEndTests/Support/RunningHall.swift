import Basics
import Foundation
import Signatures
import Store
import Synchronization
import TestSupport
import Testing

/// The built programs behind a real nginx in a folder of their own, with the stand-ins for Discord and Notion.
///
/// The responder's listening socket is held here, as systemd holds it, so that it can be ended and started again.
final class RunningHall: Sendable {
  let port: UInt16
  let http: WireClient
  let listener: Int32
  let environment: [String: String]
  /// What the sandbox tells outside clients: addresses, ids, test keys.
  let facts: Mutex<[String: String]> = Mutex([:])
  private let folder: TemporaryDirectory
  private let programs = Mutex<[(name: String, program: Program)]>([])
  private let keeper: Keeper

  init() throws {
    folder = try TemporaryDirectory()
    keeper = try Keeper()
    port = try freePort()
    http = WireClient(port: port)
    listener = try unixListener(folder.file("responder.sock"))
    for name in ["state", "logs"] {
      try FileManager.default.createDirectory(atPath: folder.file(name), withIntermediateDirectories: true)
    }
    let url = "http://127.0.0.1:\(port)"
    environment = [
      "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "", "STATE_DIR": folder.file("state"), "PUBLIC_URL": url,
      "ENCRYPTION_KEYS": "test:" + hexadecimal(try RandomToken.bytes(32)), "PLAIN_HOSTS": "127.0.0.1:\(port)",
      "DISCORD_API_URL": url + "/sandbox/discord/api/v10", "NOTION_API_URL": url + "/sandbox/notion/v1",
    ]
  }

  /// Runs the body with a hall that is up, connected, mapped and synced once, and stops all it started in any case.
  static func during<Result>(_ body: (RunningHall) async throws -> Result) async throws -> Result {
    let hall = try RunningHall()
    defer { hall.stop() }
    try hall.start()
    return try await body(hall)
  }

  private func start() throws {
    try requireWell(run("guildhall", "migrate"))
    let place = ["--state-dir", state, "--public-url", environment["PUBLIC_URL"] ?? ""]
    try spawn("sandbox", Self.binary("sandbox"), place + ["--socket", folder.file("sandbox.sock")])
    try startResponder()
    try spawn("nginx", "nginx", ["-e", log("nginx"), "-p", folder.path, "-c", try nginxConfiguration()])
    try until("nginx, the responder and the sandbox answer") {
      ["/health", "/sandbox/"].allSatisfy { (try? http.send("GET", $0).status) == 200 }  // not up yet: asked again
    }
    let known = try JSON.decode([String: String].self, from: requireWell(run("sandbox", ["print"] + place)).output)
    facts.withLock { $0 = known }
    try requireWell(run("guildhall", "discord", "connect", input: fact("bot_token")))
    try requireWell(run("guildhall", "notion", "connect", input: fact("notion_token")))
    try requireWell(
      run("guildhall", ["mapping", "add", "--database", fact("database_id"), "--channel", fact("channel_id")]))
    try requireWell(run("notion-sync"))
  }

  /// Ends everything, the web server first, and lets the folder go.
  func stop() {
    let all = programs.withLock { programs in
      defer { programs = [] }
      return programs.map(\.program)
    }
    for program in all.reversed() { program.send(SIGTERM) }
    for program in all { _ = program.exitCode(within: .seconds(10)) }
    keeper.dismiss()
    close(listener)
  }
}

// MARK: Programs

extension RunningHall {
  var state: String { environment["STATE_DIR"] ?? "" }
  func log(_ name: String) -> String { folder.file("logs/\(name).log") }
  func file(_ name: String) -> String { folder.file(name) }
  func fact(_ name: String) -> String { facts.withLock { $0[name] ?? "" } }

  /// Where the built programs are: beside the tests, unless GUILDHALL_BIN says otherwise.
  static let binaries: String = {
    if let named = ProcessInfo.processInfo.environment["GUILDHALL_BIN"], !named.isEmpty { return named }
    let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""  // not Linux: none found
    return (own as NSString).deletingLastPathComponent
  }()

  static func binary(_ name: String) -> String { "\(binaries)/\(name)" }

  @discardableResult
  func spawn(
    _ name: String, _ path: String, _ arguments: [String] = [], input: Int32? = nil, adding: [String: String] = [:]
  ) throws -> Program {
    let program = try Program(
      path, arguments, environment: environment.merging(adding) { $1 }, input: input, output: log(name),
      error: log(name))
    programs.withLock { $0.append((name, program)) }
    keeper.watch(program)
    return program
  }

  @discardableResult
  func startResponder() throws -> Program { try spawn("responder", Self.binary("responder"), input: listener) }

  /// The responder that was started last.
  var responder: Program? { programs.withLock { $0.last { $0.name == "responder" }?.program } }

  /// Runs a program of ours to its end.
  func run(
    _ name: String, _ arguments: [String], input: String = "", environment: [String: String]? = nil
  ) throws -> Finished {
    let files = try TemporaryDirectory()
    let (output, error) = (try files.write("", to: "output"), try files.write("", to: "error"))
    let given = open(try files.write(input, to: "input"), O_RDONLY | O_CLOEXEC)
    defer { close(given) }
    let program = try Program(
      Self.binary(name), arguments, environment: environment ?? self.environment, input: given, output: output,
      error: error)
    return Finished(
      code: program.exitCode(within: .seconds(120)), output: try String(contentsOfFile: output, encoding: .utf8),
      error: try String(contentsOfFile: error, encoding: .utf8))
  }

  func run(_ name: String, _ arguments: String..., input: String = "") throws -> Finished {
    try run(name, arguments, input: input)
  }

  @discardableResult
  func requireWell(_ finished: Finished) throws -> Finished {
    guard finished.code == 0 else {
      throw Failure(.unexpected, "A program ended with \(finished.code): \(finished.error)")
    }
    return finished
  }

  private func nginxConfiguration() throws -> String {
    let nginx = URL(fileURLWithPath: #filePath).appendingPathComponent("../../../../nginx").standardizedFileURL.path
    var text = try String(contentsOfFile: "\(nginx)/run.conf.in", encoding: .utf8)
    let values = [
      "@USER@": getuid() == 0 ? "user root;" : "", "@PORT@": "\(port)", "@RUNTIME@": folder.path,
      "@LOGS@": folder.file("logs"), "@NGINX@": nginx,
    ]
    for (name, value) in values { text = text.replacing(name, with: value) }
    return try folder.write(text, to: "nginx.conf")
  }
}

/// Waits until it is so; the deadline is generous, because it is only ever reached when something is broken.
func until(
  _ what: String, within patience: Duration = .seconds(45), sourceLocation: SourceLocation = #_sourceLocation,
  _ isSo: () throws -> Bool
) throws {
  let deadline = ContinuousClock.now + patience
  while try !isSo() {
    guard ContinuousClock.now < deadline else {
      Issue.record("It did not come about that \(what)", sourceLocation: sourceLocation)
      throw Failure(.unavailable, "It did not come about that \(what).")
    }
    usleep(50_000)
  }
}

/// A listening Unix socket, as a supervisor opens it.
private func unixListener(_ path: String) throws -> Int32 {
  let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
  var address = sockaddr_un()
  address.sun_family = sa_family_t(AF_UNIX)
  withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
  let isBound =
    withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    } == 0
  guard isBound, listen(listener, 511) == 0 else {
    throw Failure(.unavailable, "No socket can be made at \(path).", cause: String(cString: strerror(errno)))
  }
  return listener
}
