import Basics
import Batch
import Foundation
import Settings
import Signatures

/// Where setup's answers come from: somebody at a terminal, or a file.
struct Answers {
  private let given: [String: String]
  let isAsking: Bool
  let takesDefaults: Bool

  /// - Parameter file: `NAME=value` lines; “-” is standard input.
  init(file: String?, isAsking: Bool, takesDefaults: Bool) throws {
    self.isAsking = isAsking
    self.takesDefaults = takesDefaults
    guard let file else {
      given = [:]
      return
    }
    given =
      try file == "-"
      ? SettingSources.values(of: Self.standardInput(), named: "standard input") : SettingSources.values(ofFile: file)
    let unknown = given.keys.filter { Question.named($0) == nil }.sorted()
    guard unknown.isEmpty else {
      throw Failure.invalid(
        "Nothing asks for \(unknown.joined(separator: ", ")). “guildhall setup --list-answers” shows what there is.")
    }
  }

  /// The answer to take: nil leaves what there is.
  /// - Parameter isThere: whether there is a value already, which is kept without an answer.
  func answer(to question: Question, isThere: Bool) throws -> String? {
    if let value = given[question.name], !value.isEmpty {
      return value == "generate" ? try Question.generated(question) : value
    }
    if isThere && !(isAsking && question.isAsked) { return nil }
    if isAsking && question.isAsked { return ask(question, isThere: isThere) }
    if let make = question.make { return try make() }
    let isOptional = question.fallback == "" || question.fallback != nil && !question.isAsked
    if isOptional || takesDefaults && question.fallback != nil { return nil }
    let other = question.fallback.map { ", or take the default (\($0)) with --yes" } ?? ""
    throw Failure.invalid("\(question.name) is missing: \(question.purpose) Put it into the answers\(other).")
  }

  private func ask(_ question: Question, isThere: Bool) -> String? {
    let kept =
      isThere
      ? " [Return keeps what is there]" : question.fallback.map { $0.isEmpty ? " [Return skips]" : " [\($0)]" } ?? ""
    say("\n\(question.purpose)\n\(question.name)\(question.isSecret ? " (not shown)" : "")\(kept):")
    let line = Terminal.line(isHidden: question.isSecret) ?? ""
    return line.isEmpty ? nil : line
  }

  private static func standardInput() -> String {
    String(decoding: FileHandle.standardInput.readDataToEndOfFile(), as: UTF8.self)
  }
}

extension Question {
  fileprivate static func generated(_ question: Question) throws -> String {
    if let make = question.make { return try make() }
    guard question.isSecret, tokens.allSatisfy({ $0.name != question.name }) else {
      throw Failure.invalid("\(question.name) cannot be generated; it is \(question.purpose)")
    }
    return try RandomToken.base62(bits: 256)
  }
}
