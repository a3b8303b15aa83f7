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

/// Runs a command's work and says a failure in a sentence on standard error.
/// - Parameter code: overrides the exit code of every failure inside.
public func reporting<Result>(exit code: ExitCode? = nil, _ body: () throws -> Result) throws -> Result {
  do {
    return try body()
  } catch let code as ExitCode {
    throw code
  } catch {
    let failure = Failure(error)
    say("\(failure.sentence)\(failure.cause.map { "\n  (\($0))" } ?? "")")
    throw code ?? (failure.isBusy ? .alreadyRunning : .someFailed)
  }
}

/// A line for the person at the terminal, on standard error, so that standard output stays for results.
public func say(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }

extension Failure {
  fileprivate var isBusy: Bool { if case .busy = kind { true } else { false } }
}
