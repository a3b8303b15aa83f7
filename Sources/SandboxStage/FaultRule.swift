import Basics
import HTTP

/// When a fault happens: which requests, how often, after how many, how likely.
///
///     {"service": "discord", "method": "POST", "path": "*/messages", "times": 2,
///      "action": {"status": 502, "effect": true}}
///
/// An array of actions means one of them each time.
struct FaultRule: Codable {
  var service: String?
  var method: String?
  /// The whole path, with `*` for any run of characters.
  var path: String?
  /// The User-Agent, likewise: so that only one of several clients has trouble.
  var agent: String?
  /// How often it is applied; null means for ever, absent means once.
  var times: Int?
  /// Matches to let pass first.
  var after: Int
  /// Of the rest, how many are hit: 0…1, the same ones every time for one seed.
  var probability: Double
  var seed: UInt64
  var action: JSONValue

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case service, method, path, agent, times, after, probability, seed, action
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    service = try container.decodeIfPresent(String.self, forKey: .service)
    method = try container.decodeIfPresent(String.self, forKey: .method)
    path = try container.decodeIfPresent(String.self, forKey: .path)
    agent = try container.decodeIfPresent(String.self, forKey: .agent)
    times = container.contains(.times) ? try container.decodeIfPresent(Int.self, forKey: .times) : 1
    after = try container.decodeIfPresent(Int.self, forKey: .after) ?? 0
    probability = try container.decodeIfPresent(Double.self, forKey: .probability) ?? 1
    seed = try container.decodeIfPresent(UInt64.self, forKey: .seed) ?? 1
    action = try container.decode(JSONValue.self, forKey: .action)
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encodeIfPresent(service, forKey: .service)
    try container.encodeIfPresent(method, forKey: .method)
    try container.encodeIfPresent(path, forKey: .path)
    try container.encodeIfPresent(agent, forKey: .agent)
    try container.encode(times, forKey: .times)
    try container.encode(after, forKey: .after)
    try container.encode(probability, forKey: .probability)
    try container.encode(seed, forKey: .seed)
    try container.encode(action, forKey: .action)
  }

  static func isKnown(_ key: String) -> Bool { CodingKeys(stringValue: key) != nil }

  func matches(_ service: String, _ request: Request) -> Bool {
    (self.service ?? service) == service
      && (method ?? request.method.rawValue).uppercased() == request.method.rawValue
      && (path.map { glob($0, matches: request.path) } ?? true)
      && (agent.map { glob($0, matches: request.headers["User-Agent"] ?? "") } ?? true)
  }

  /// Whether the match with this number (from 1) is to be hit, given how many were hit before.
  func hits(match number: Int, applied: Int) -> Bool {
    number > after && applied < (times ?? .max) && (probability >= 1 || chance(number) < probability)
  }

  /// The action for the match with this number.
  func action(forMatch number: Int) -> JSONValue {
    guard let choices = action.array, !choices.isEmpty else { return action }
    return choices[Int(chance(number, salt: 0x5851_F42D_4C95_7F2D) * Double(choices.count))]
  }

  /// A number in 0..<1 that depends on seed and match alone (SplitMix64).
  private func chance(_ number: Int, salt: UInt64 = 0) -> Double {
    var bits = (seed ^ salt) &+ UInt64(number) &* 0x9E37_79B9_7F4A_7C15
    bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    return Double((bits ^ (bits >> 31)) >> 11) / Double(1 << 53)
  }
}

/// Whether a text fits a pattern in which `*` stands for any run of characters.
func glob(_ pattern: String, matches text: String) -> Bool {
  let pieces = pattern.split(separator: "*", omittingEmptySubsequences: false)
  guard pieces.count > 1 else { return pattern == text }
  guard text.hasPrefix(pieces[0]) else { return false }
  var rest = text.dropFirst(pieces[0].count)
  for piece in pieces.dropFirst().dropLast() {
    guard let range = piece.isEmpty ? rest.startIndex..<rest.startIndex : rest.firstRange(of: piece) else {
      return false
    }
    rest = rest[range.upperBound...]
  }
  return rest.hasSuffix(pieces[pieces.count - 1])
}
