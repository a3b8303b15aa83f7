import Basics
import HTTP
import SandboxStage
import Synchronization

/// A kind of request that is counted for itself.
struct Bucket: Sendable {
  let name: String
  /// How many in how long at the real pace.
  let limit: Int
  let seconds: Int

  static let sendMessage = Bucket(name: "message.create", limit: 5, seconds: 5)
  static let editMessage = Bucket(name: "message.edit", limit: 5, seconds: 5)
  static let deleteMessage = Bucket(name: "message.delete", limit: 5, seconds: 1)
  static let readMessages = Bucket(name: "message.read", limit: 5, seconds: 1)
  static let typing = Bucket(name: "channel.typing", limit: 5, seconds: 5)
  static let webhook = Bucket(name: "webhook", limit: 5, seconds: 2)
  static let ownGuilds = Bucket(name: "me.guilds", limit: 1, seconds: 1)
  static func other(_ name: String) -> Bucket { Bucket(name: name, limit: 10, seconds: 10) }

  static let generousLimit = 1000

  /// As opaque as Discord's: hexadecimal digits that say nothing.
  var id: String {
    let hash = name.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
    let words = [hash, hash &* 0x9E37_79B9_7F4A_7C15]
    return hexadecimal(words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } })
  }
}

/// Counts requests in fixed windows: a bucket for each kind and channel, server or token, and one over all for the bot.
final class RateLimits: Sendable {
  private struct Window {
    var resetsAt: Int64
    var used: Int
  }

  /// What stands in the headers of an answer.
  struct State {
    let bucket: Bucket
    let limit: Int
    let remaining: Int
    let resetsAt: Int64
    let resetAfter: Int64
  }

  private static let globalLimit = 50
  private let windows = Mutex<[String: Window]>([:])
  private let clock: WallClock
  private let pace: PaceSwitch

  init(clock: WallClock, pace: PaceSwitch) {
    self.clock = clock
    self.pace = pace
  }

  /// Counts a request, or refuses it.
  /// - Parameters:
  ///   - major: the channel, server or token the bucket is kept for.
  ///   - isGlobal: whether it counts against the bot's 50 a second too; answers to interactions do not.
  func count(_ bucket: Bucket, major: String, isGlobal: Bool) throws -> State {
    let now = clock.now().milliseconds
    let isReal = pace.current == .real
    let limit = isReal ? bucket.limit : Bucket.generousLimit
    let length = isReal ? Int64(bucket.seconds) * 1000 : 1000
    return try windows.withLock { windows in
      windows = windows.count > 10_000 ? windows.filter { $0.value.resetsAt > now } : windows
      if isGlobal, isReal {
        guard Self.take(&windows["", default: Window(resetsAt: 0, used: 0)], Self.globalLimit, 1000, now) else {
          throw Self.refusal(after: windows[""]!.resetsAt - now, state: nil)
        }
      }
      let key = "\(bucket.name) \(major)"
      let isFree = Self.take(&windows[key, default: Window(resetsAt: 0, used: 0)], limit, length, now)
      let window = windows[key]!
      let state = State(
        bucket: bucket, limit: limit, remaining: max(0, limit - window.used), resetsAt: window.resetsAt,
        resetAfter: window.resetsAt - now)
      guard isFree else { throw Self.refusal(after: state.resetAfter, state: state) }
      return state
    }
  }

  /// Two renamings of a channel in ten minutes; the headers of other requests do not show it.
  func countRenaming(of channel: String) throws {
    if pace.current == .real {
      _ = try count(Bucket(name: "channel.rename", limit: 2, seconds: 600), major: channel, isGlobal: false)
    }
  }

  private static func take(_ window: inout Window, _ limit: Int, _ length: Int64, _ now: Int64) -> Bool {
    if window.resetsAt <= now { window = Window(resetsAt: now + length, used: 0) }
    guard window.used < limit else { return false }
    window.used += 1
    return true
  }

  private static func refusal(after milliseconds: Int64, state: State?) -> RateLimited {
    RateLimited(milliseconds: max(1, milliseconds), state: state)
  }
}

extension RateLimits.State {
  var headers: [(String, String)] {
    [
      ("X-RateLimit-Limit", String(limit)), ("X-RateLimit-Remaining", String(remaining)),
      ("X-RateLimit-Reset", seconds(resetsAt)), ("X-RateLimit-Reset-After", seconds(resetAfter)),
      ("X-RateLimit-Bucket", bucket.id),
    ]
  }
}

/// Too many requests: of one kind, or (without a state) of all kinds.
struct RateLimited: Error {
  let milliseconds: Int64
  let state: RateLimits.State?

  var response: Response {
    let body: JSONValue = [
      "message": "You are being rate limited.", "retry_after": .number(Double(milliseconds) / 1000),
      "global": .bool(state == nil),
    ]
    var response = Response(status: 429, headers: ["Content-Type": "application/json"])
    response.body = (try? JSON.encode(body)) ?? []  // texts and numbers always encode
    for (name, value) in state?.headers ?? [] { response.headers[name] = value }
    response.headers["Retry-After"] = String((milliseconds + 999) / 1000)
    response.headers["X-RateLimit-Scope"] = state == nil ? "global" : "user"
    if state == nil { response.headers["X-RateLimit-Global"] = "true" }
    return response
  }
}

/// Milliseconds as seconds with three decimals.
private func seconds(_ milliseconds: Int64) -> String {
  let rest = String(milliseconds % 1000)
  return "\(milliseconds / 1000).\(String(repeating: "0", count: 3 - rest.count))\(rest)"
}
