import ArgumentParser
import Basics
import Foundation

/// What a program of ours tells the shell (sysexits.h where there is a name for it).
extension ExitCode {
  /// The run went through, and something in it failed.
  public static let someFailed = ExitCode(1)
  /// Another run is at work.
  public static let alreadyRunning = ExitCode(75)
  /// The settings, the schema or a connection must be mended first.
  public static let configuration = ExitCode(78)
}

/// Runs a command's work and says a failure on standard error: in a sentence, or with --json as one line of JSON.
/// - Parameter code: overrides the exit code of every failure inside.
public func reporting<Result>(exit code: ExitCode? = nil, _ body: () throws -> Result) throws -> Result {
  do {
    return try body()
  } catch let code as ExitCode {
    throw code
  } catch {
    let failure = Failure(error)
    say(Complaint.text(failure))
    throw code ?? (failure.isBusy ? .alreadyRunning : .someFailed)
  }
}

/// A program of ours: what is wrong with its command line is told like any other failure.
public protocol Program: ParsableCommand {}

extension Program {
  public static func main() {
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch {
      guard Complaint.isJSON, exitCode(for: error) == .validationFailure else { exit(withError: error) }
      say(Complaint.text(.invalid(message(for: error))))
      exit(withError: ExitCode.validationFailure)
    }
  }
}

/// A failure for whoever started the program.
enum Complaint {
  /// Asked of the command line itself, because one that is wrong was never taken apart.
  static var isJSON: Bool { CommandLine.arguments.dropFirst().contains("--json") }

  static func text(_ failure: Failure, json: Bool = isJSON) -> String {
    guard json else { return "\(failure.sentence)\(failure.cause.map { "\n  (\($0))" } ?? "")" }
    var members = ["kind": failure.kind.name, "sentence": failure.sentence]
    members["cause"] = failure.cause
    return (try? JSON.text(["error": members])) ?? failure.sentence  // texts alone: they can always be written
  }
}

/// A line for the person at the terminal, on standard error, so that standard output stays for results.
public func say(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }

extension Failure {
  fileprivate var isBusy: Bool { if case .busy = kind { true } else { false } }
}

extension Failure.Kind {
  /// What programs know it by.
  fileprivate var name: String {
    switch self {
    case .invalid: "invalid"
    case .unauthenticated: "unauthenticated"
    case .denied: "denied"
    case .notFound: "not_found"
    case .conflict: "conflict"
    case .busy: "busy"
    case .unavailable: "unavailable"
    case .outcomeUnknown: "outcome_unknown"
    case .unexpected: "unexpected"
    }
  }
}
