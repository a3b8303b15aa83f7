import Basics

/// One thing that was looked at: how it is, and what to do when it is not well.
struct Finding: Encodable {
  enum Level: String, Encodable {
    case well
    /// Works, and could be better.
    case notice
    case trouble
  }

  let what: String
  let level: Level
  let sentence: String
  let remedy: String?

  var line: String {
    let mark =
      switch level {
      case .well: "✓"
      case .notice: "·"
      case .trouble: "✗"
      }
    return "\(mark) \(what): \(sentence)" + (remedy.map { "\n    → \($0)" } ?? "")
  }

  enum CodingKeys: String, CodingKey {
    case what, level, sentence, remedy
    case isWell = "ok"
  }

  func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(what, forKey: .what)
    try values.encode(level, forKey: .level)
    try values.encode(level != .trouble, forKey: .isWell)
    try values.encode(sentence, forKey: .sentence)
    try values.encodeIfPresent(remedy, forKey: .remedy)
  }
}

/// A failure that has a remedy of its own; nil when the sentence says what to do.
struct Trouble: Error {
  let sentence: String
  let remedy: String?
}

extension Finding {
  /// What a look came to.
  enum Verdict {
    case well(String)
    case notice(String, remedy: String)
    case trouble(String, remedy: String)
  }

  /// Looks, and takes a failure for what is to be told.
  /// - Parameter remedy: what to do when looking itself fails, unless the failure is a `Trouble`.
  static func look(_ what: String, remedy: String, _ body: () throws -> Verdict) -> Finding {
    do {
      switch try body() {
      case .well(let sentence): return Finding(what: what, level: .well, sentence: sentence, remedy: nil)
      case .notice(let sentence, let remedy):
        return Finding(what: what, level: .notice, sentence: sentence, remedy: remedy)
      case .trouble(let sentence, let remedy):
        return Finding(what: what, level: .trouble, sentence: sentence, remedy: remedy)
      }
    } catch let trouble as Trouble {
      return Finding(what: what, level: .trouble, sentence: trouble.sentence, remedy: trouble.remedy)
    } catch {
      return Finding(what: what, level: .trouble, sentence: Failure(error).sentence, remedy: remedy)
    }
  }

  /// Looks at each of several, or says that they cannot be listed.
  static func each<Thing>(
    _ what: String, of things: () throws -> [Thing], none: Verdict, _ look: (Thing) -> Finding
  ) -> [Finding] {
    do {
      let all = try things()
      return all.isEmpty ? [Finding.look(what, remedy: "") { none }] : all.map(look)
    } catch {
      return [Finding.look(what, remedy: "See what “database” says.") { throw error }]
    }
  }
}
