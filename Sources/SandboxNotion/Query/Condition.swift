import Basics

/// What a filter asks of one value.
indirect enum Condition: Sendable {
  case empty(Bool)
  case text(TextOperator, String)
  case number(NumberOperator, Double)
  case flag(Bool)
  /// One of these options is the value, or is not.
  case option([String], Bool)
  /// One of these is among the values, or none is.
  case among([String], Bool)
  case date(DateOperator, DateRange)
  /// Over the values a rollup shows.
  case each(Quantifier, Condition)

  enum TextOperator: String, CaseIterable, Sendable {
    case equals, contains
    case doesNotEqual = "does_not_equal"
    case doesNotContain = "does_not_contain"
    case startsWith = "starts_with"
    case endsWith = "ends_with"
  }

  enum NumberOperator: String, CaseIterable, Sendable {
    case equals
    case doesNotEqual = "does_not_equal"
    case greaterThan = "greater_than"
    case lessThan = "less_than"
    case greaterThanOrEqualTo = "greater_than_or_equal_to"
    case lessThanOrEqualTo = "less_than_or_equal_to"
  }

  enum DateOperator: String, CaseIterable, Sendable {
    case equals, before, after
    case onOrBefore = "on_or_before"
    case onOrAfter = "on_or_after"
  }

  enum Quantifier: String, CaseIterable, Sendable { case any, every, none }

  func matches(_ fact: Fact) -> Bool {
    switch (self, fact) {
    case (.empty(let wanted), _): fact.isEmpty == wanted
    case (.text(let comparison, let wanted), .text(let text)): comparison.holds(text, wanted)
    case (.number(let comparison, let wanted), .number(let number)): comparison.holds(number, wanted)
    case (.flag(let wanted), .flag(let flag)): flag == wanted
    case (.option(let wanted, let isWanted), .names(let names)): wanted.contains(where: names.contains) == isWanted
    case (.among(let wanted, let isWanted), .names(let values)), (.among(let wanted, let isWanted), .links(let values)):
      wanted.contains(where: values.contains) == isWanted
    case (.date(let comparison, let range), .date(let moment)): moment.map { comparison.holds($0, range) } ?? false
    case (.each(let quantifier, let condition), .list(let facts)): quantifier.holds(facts.map(condition.matches))
    default: false
    }
  }
}

extension Condition.TextOperator {
  /// Case is ignored: recorded for `contains` and `starts_with`, taken for all.
  func holds(_ text: String, _ wanted: String) -> Bool {
    let (text, wanted) = (text.lowercased(), wanted.lowercased())
    return switch self {
    case .equals: text == wanted
    case .doesNotEqual: text != wanted
    case .contains: text.contains(wanted)
    case .doesNotContain: !text.contains(wanted)
    case .startsWith: text.hasPrefix(wanted)
    case .endsWith: text.hasSuffix(wanted)
    }
  }
}

extension Condition.NumberOperator {
  func holds(_ number: Double?, _ wanted: Double) -> Bool {
    guard let number else { return self == .doesNotEqual }
    return switch self {
    case .equals: number == wanted
    case .doesNotEqual: number != wanted
    case .greaterThan: number > wanted
    case .lessThan: number < wanted
    case .greaterThanOrEqualTo: number >= wanted
    case .lessThanOrEqualTo: number <= wanted
    }
  }
}

extension Condition.DateOperator {
  /// A day compares by its beginning, also with an instant.
  func holds(_ moment: Fact.Moment, _ range: DateRange) -> Bool {
    switch self {
    case .equals: range.contains(moment.start)
    case .before: moment.start < range.start
    case .after: moment.start >= range.end
    case .onOrBefore: moment.start < range.end
    case .onOrAfter: moment.start >= range.start
    }
  }
}

extension Condition.Quantifier {
  func holds(_ results: [Bool]) -> Bool {
    switch self {
    case .any: results.contains(true)
    case .every: !results.contains(false)
    case .none: !results.contains(true)
    }
  }
}
