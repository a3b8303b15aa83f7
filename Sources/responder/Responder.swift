import ArgumentParser
import Basics
import Batch
import Bootstrap
import FastCGI
import Foundation
import HTTP
import Jobs
import Pages

/// Answers requests behind a web server, and does the jobs they leave.
@main
struct ResponderCommand: Program {
  static let configuration = CommandConfiguration(
    commandName: "responder",
    abstract: "Answers Discord, browsers and programs behind a web server (FastCGI, or CGI).",
    discussion: """
      Started by systemd or spawn-fcgi it takes the listening socket it inherits; by hand it needs --socket. Started \
      by a CGI server it answers one request and ends.
      """,
    version: Version.current)

  @OptionGroup var common: CommonOptions

  @Option(name: .long, help: ArgumentHelp("Listen on a Unix socket at this path.", valueName: "path"))
  var socket: String?

  func run() throws {
    // Before the database starts threads of its own, so that none of them takes a signal to stop.
    Signals.block()
    let environment = try reporting(exit: .configuration) { try Environment(.responder, settingsFile: common.settings) }
    JSONLineHandler.install(level: environment.logLevel)
    let gauges = ProcessGauges()
    let router = try reporting(exit: .configuration) {
      Router(
        environment.doorways(pages: try PageLibrary(targets: ["Web"]), process: gauges.samples),
        observe: environment.requestObserver)
    }
    if CGI.isRequested() {
      try CGI.answerOnce { router.answer($0) }
      environment.writeCounters()
    } else {
      try reporting(exit: .configuration) { try serve(router, environment, gauges) }
    }
  }

  private func serve(_ router: Router, _ environment: Environment, _ gauges: ProcessGauges) throws {
    guard let listener = try socket.map({ try Listener.bind(path: $0) }) ?? Listener.inherited() else {
      throw Failure.invalid(
        "There is no socket to listen on. Start the responder with --socket PATH, or through systemd.")
    }
    let log = Logger(label: "responder")
    let checkpointers = [try environment.durable.keepCheckpointed(), try environment.volatile.keepCheckpointed()]
    let jobs = JobRunner(queue: environment.queue, kinds: environment.jobKinds(), knowsAll: true)
    let responder = Responder(listener: listener, workers: environment.workers) { router.answer($0) }
    if environment.jobThreads > 0 { jobs.start(threads: environment.jobThreads) }
    try responder.start()
    gauges.watch(responder)
    let heartbeat = try environment.startHeartbeat()
    for sentence in environment.premises.unread { log.warning("a setting is not known: \(sentence)") }
    log.info("ready", metadata: ["workers": "\(environment.workers)"])
    let signal = waitForSignal(while: responder)
    log.info("stopping", metadata: ["signal": "\(signal)"])
    responder.stop()
    jobs.stop(within: .seconds(3))
    heartbeat.stop()
    checkpointers.forEach { $0?.stop() }
  }

  /// Tells the service manager that all is well for as long as no worker is stuck; a manager that hears nothing restarts us.
  private func waitForSignal(while responder: Responder) -> Int32 {
    let manager = Supervisor.current
    manager.ready()
    defer { manager.stopping() }
    guard let watchdog = manager.watchdog else { return Signals.wait() }
    while true {
      if responder.statistics.longestBusy < watchdog { manager.isAlive() }
      if let signal = Signals.wait(upTo: watchdog / 3) { return signal }
    }
  }
}
