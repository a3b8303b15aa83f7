import Basics
import Foundation

/// One thing an operator can set: its name, what it is for, how it is written, and what holds when it is not set.
public struct Setting<Value: Sendable>: Sendable {
  public let name: String
  public let purpose: String
  public let form: SettingForm<Value>
  /// Nil: it must be set.
  public let fallback: Value?
  public let isSecret: Bool

  public init(
    _ name: String, _ form: SettingForm<Value>, default fallback: Value? = nil, secret: Bool = false, _ purpose: String
  ) {
    self.name = name
    self.form = form
    self.fallback = fallback
    self.isSecret = secret
    self.purpose = purpose
  }
}

/// How a value is written, and the words for it.
public struct SettingForm<Value: Sendable>: Sendable {
  public let description: String
  let parse: @Sendable (String) -> Value?

  public init(_ description: String, parse: @escaping @Sendable (String) -> Value?) {
    self.description = description
    self.parse = parse
  }
}

extension SettingForm where Value == String {
  public static let text = SettingForm("text") { $0.isEmpty ? nil : $0 }
  public static let path = SettingForm("an absolute path") { $0.hasPrefix("/") ? $0 : nil }

  /// An http or https address without a slash at its end.
  public static let address = SettingForm("an address such as https://hall.example.org") { text in
    let rest = text.hasPrefix("https://") ? text.dropFirst(8) : text.hasPrefix("http://") ? text.dropFirst(7) : ""
    guard let first = rest.first, first != "/", !rest.contains(where: \.isWhitespace) else { return nil }
    return text.hasSuffix("/") ? String(text.dropLast()) : text
  }

  public static func oneOf(_ choices: [String]) -> SettingForm {
    SettingForm("one of \(choices.joined(separator: ", "))") { choices.contains($0) ? $0 : nil }
  }
}

extension SettingForm where Value == Int {
  public static func integer(_ range: ClosedRange<Int>) -> SettingForm {
    SettingForm("a number from \(range.lowerBound) to \(range.upperBound)") { text in
      Int(text).flatMap { range.contains($0) ? $0 : nil }
    }
  }
}

extension SettingForm where Value == [String] {
  /// Words with commas between; may be empty.
  public static let list = SettingForm("words with commas between them") { text in
    let words = text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    return words.contains { $0.contains(where: \.isWhitespace) } ? nil : words
  }
}

/// A setting whatever its type, for the one list of them all.
public protocol SettingEntry: Sendable {
  var name: String { get }
  var purpose: String { get }
  var isSecret: Bool { get }
  var formDescription: String { get }
  /// The default as it would be written; nil when the setting must be given.
  var fallbackDescription: String? { get }
  func parsed(_ text: String?) throws(SettingFault) -> any Sendable
}

extension Setting: SettingEntry {
  public var formDescription: String { form.description }
  public var fallbackDescription: String? { fallback.map { isSecret ? "" : written($0) } }

  /// As it stands in a settings file.
  private func written(_ value: Value) -> String {
    let members = value as? [any CustomStringConvertible]
    return members.map { $0.map(\.description).joined(separator: ",") } ?? "\(value)"
  }

  public func parsed(_ text: String?) throws(SettingFault) -> any Sendable {
    guard let text else {
      guard let fallback else { throw SettingFault(self, "is not set") }
      return fallback
    }
    guard let value = form.parse(text) else {
      throw SettingFault(self, isSecret ? "is malformed" : "is “\(text)”")
    }
    return value
  }
}

/// What is wrong with one setting. Never holds the value of a secret.
public struct SettingFault: Error, CustomStringConvertible {
  public let description: String

  init(_ entry: some SettingEntry, _ what: String) {
    description = "\(entry.name) \(what); it must be \(entry.formDescription). It is \(entry.purpose)"
  }
}
