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
      ? SettingSources.values(of: Self.standardInput(), named: "standard input")
      : SettingSources.values(ofFile: file, called: "answers")
  }

  /// Answers that nobody asked for, by name.
  var unknown: [String] { given.keys.filter { Question.named($0) == nil }.sorted() }

  func has(_ question: Question) -> Bool { given[question.name]?.isEmpty == false }

  /// The answer to take: nil leaves what there is.
  /// - Parameter kept: in words, what there is already, and stays without an answer.
  func answer(to question: Question, keeping kept: String?) throws -> String? {
    if let value = given[question.name], !value.isEmpty {
      guard value == "generate" else { return value }
      let made = try Question.generated(question)
      return kept == nil ? made : nil
    }
    if isAsking && question.isAsked { return try ask(question, keeping: kept) }
    if kept != nil { return nil }
    if let make = question.make { return try make() }
    let isOptional = question.fallback == "" || question.fallback != nil && !question.isAsked
    if isOptional || takesDefaults && question.fallback != nil { return nil }
    let other = question.fallback.map { ", or take the default (\($0)) with --yes" } ?? ""
    throw Failure.invalid("\(question.name) is missing: \(question.purpose) Put it into the answers\(other).")
  }

  private func ask(_ question: Question, keeping kept: String?) throws -> String? {
    let otherwise =
      kept.map { " [Return keeps \($0)]" }
      ?? question.fallback.map { $0.isEmpty ? " [Return skips]" : " [\($0)]" } ?? ""
    say("\n\(question.purpose)\n\(question.name)\(question.isSecret ? " (not shown)" : "")\(otherwise):")
    guard let line = Terminal.line(isHidden: question.isSecret) else {
      let far = Question.isToken(question) ? "The settings are written down." : "Nothing was changed."
      throw Failure.invalid("The input ended at \(question.name). \(far) Run “guildhall setup” again.")
    }
    return line.isEmpty ? nil : line
  }

  private static func standardInput() -> String {
    String(decoding: FileHandle.standardInput.readDataToEndOfFile(), as: UTF8.self)
  }
}

extension Question {
  fileprivate static func generated(_ question: Question) throws -> String {
    if let make = question.make { return try make() }
    guard question.isSecret, !isToken(question) else {
      throw Failure.invalid("\(question.name) cannot be generated; it is \(question.purpose)")
    }
    return try RandomToken.base62(bits: 256)
  }
}
