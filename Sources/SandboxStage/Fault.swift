import Basics
import Foundation
import HTTP

/// What happens to an answer. The verbs, which combine where that makes sense:
///
/// | verb | what it does |
/// |---|---|
/// | `status`, `headers`, `body` | answers this; a body that is a text is sent as it is |
/// | `delay_ms` | waits, then goes on as usual |
/// | `hang_ms` | answers too late: waits after the work (or without it) |
/// | `effect` | whether the work is done although the answer is replaced or late; default no |
/// | `html`, `empty` | a page of HTML, or nothing at all, with 200 |
/// | `body_truncated` | half of the true answer; with `keep_length` under its full Content-Length |
/// | `content_type` | the true answer under another type |
/// | `merge` | the true answer with these members put over its own |
/// | `duplicate_keys` | the true answer with its members twice, the first time as null |
/// | `retry_at_s` | a Retry-After that is a date, so many seconds from now |
/// | `cut` | nobody answers: nginx resets the connection (its location `/cut`) |
/// | `drip` | so many bytes a second, by nginx |
/// | `body_bytes`, `nesting`, `gzip_bytes` | so many spaces in JSON, so deep an array, so many bytes once unpacked |
struct Fault {
  let action: JSONValue

  static let verbs: Set<String> = [
    "status", "headers", "body", "delay_ms", "hang_ms", "effect", "html", "empty", "body_truncated", "keep_length",
    "content_type", "merge", "body_bytes", "nesting", "gzip_bytes", "duplicate_keys", "retry_at_s", "cut", "drip",
  ]

  /// The answer this fault makes of the one that the handler would give.
  func bend(_ handler: () throws -> Response) throws -> Response {
    pause("delay_ms")
    let real = isEffective ? try handler() : Response(status: 504)
    let answer = try replacement().map(withHeaders) ?? altered(real)
    pause("hang_ms")
    return answer
  }

  private var isEffective: Bool {
    action["effect"]?.bool ?? (action["hang_ms"] == nil && !Self.replacing.contains { action[$0] != nil })
  }

  private static let replacing = [
    "status", "body", "html", "empty", "body_bytes", "nesting", "gzip_bytes", "cut",
  ]

  private func pause(_ verb: String) {
    if let milliseconds = action[verb]?.double, milliseconds > 0 {
      Thread.sleep(forTimeInterval: min(milliseconds, 120_000) / 1000)
    }
  }

  private func replacement() throws -> Response? {
    if action["cut"]?.bool == true { return Response(status: 200, headers: ["X-Accel-Redirect": "/cut"]) }
    if action["html"]?.bool == true {
      return .page("<!doctype html><title>Just a moment</title><h1>Just a moment</h1>", status: status ?? 200)
    }
    if action["empty"]?.bool == true { return Response(status: status ?? 200) }
    guard let body = try replacedBody() else { return status.map { Response(status: $0) } }
    var answer = Response(status: status ?? 200, headers: ["Content-Type": "application/json"], body: body)
    if action["gzip_bytes"] != nil { answer.headers["Content-Encoding"] = "gzip" }
    return answer
  }

  private var status: Int? { action["status"]?.integer.map(Int.init) }

  private func replacedBody() throws -> [UInt8]? {
    if let body = action["body"] { return try body.string.map { Array($0.utf8) } ?? JSON.encode(body) }
    if let count = action["body_bytes"]?.integer {
      return Array("{\"filler\":\"".utf8) + [UInt8](repeating: 32, count: Int(count)) + Array("\"}".utf8)
    }
    if let depth = action["nesting"]?.integer {
      return [UInt8](repeating: 91, count: Int(depth)) + [UInt8](repeating: 93, count: Int(depth))
    }
    return action["gzip_bytes"]?.integer.map { gzipOfZeros(count: Int($0)) }
  }

  private func altered(_ real: Response) throws -> Response {
    var answer = real
    if let members = action["merge"]?.object, case .object(var own) = try JSON.decode(JSONValue.self, from: real.body) {
      own.merge(members) { $1 }
      answer.body = try JSON.encode(JSONValue.object(own))
    }
    if action["duplicate_keys"]?.bool == true { answer.body = try doubled(answer.body) }
    if action["body_truncated"]?.bool == true {
      if action["keep_length"]?.bool == true { answer.headers["Content-Length"] = String(answer.body.count) }
      answer.body = Array(answer.body.prefix(answer.body.count / 2))
    }
    if let type = action["content_type"]?.string { answer.headers["Content-Type"] = type }
    return withHeaders(answer)
  }

  /// `{"id":null,"id":"7"}`: the last of two counts, as most readers have it.
  private func doubled(_ body: [UInt8]) throws -> [UInt8] {
    guard let members = try JSON.decode(JSONValue.self, from: body).object, !members.isEmpty else { return body }
    let emptied = try JSON.encode(JSONValue.object(members.mapValues { _ in .null }))
    return emptied.dropLast() + Array(",".utf8) + body.dropFirst()
  }

  private func withHeaders(_ answer: Response) -> Response {
    var answer = answer
    if let seconds = action["retry_at_s"]?.integer {
      answer.headers["Retry-After"] = (Timestamp.now + .seconds(seconds)).httpDate
    }
    if let speed = action["drip"]?.integer { answer.headers["X-Accel-Limit-Rate"] = String(speed) }
    for (name, value) in action["headers"]?.object ?? [:] {
      answer.headers[name] = value.string ?? value.double.map { $0 == $0.rounded() ? String(Int64($0)) : String($0) }
    }
    return answer
  }
}
