import Basics
import HTTP
import Outbound

extension Provider {
  /// Discord: rate limits. 50 calls a second for a bot, and buckets that the headers of each answer tell of.
  public static let discord = Provider(
    name: "Discord", budget: Budget(calls: 50, per: .seconds(1)), invalidCalls: invalidCalls,
    news: { response, now in RateNews(bucket: bucket(response.headers, now), refusal: refusal(response, now)) })

  /// Discord: rate limits, invalid requests. 10,000 in ten minutes, and an address is shut out.
  private static let invalidCalls = InvalidCalls(limit: 10_000, per: .seconds(600)) { response in
    [401, 403].contains(response.status)
      || (response.status == 429 && response.headers["X-RateLimit-Scope"] != "shared")
  }

  private static func bucket(_ headers: Headers, _ now: Timestamp) -> RateNews.Bucket? {
    guard let id = headers["X-RateLimit-Bucket"], let remaining = headers["X-RateLimit-Remaining"].flatMap(Int.init),
      let resetAfter = headers["X-RateLimit-Reset-After"].flatMap(Double.init), (0..<86_400).contains(resetAfter)
    else { return nil }
    return RateNews.Bucket(id: id, remaining: remaining, resetAt: now + .milliseconds(Int64(resetAfter * 1000) + 1))
  }

  /// A 429 without Discord's own headers comes from the edge and holds for everything.
  private static func refusal(_ response: IncomingResponse, _ now: Timestamp) -> RateNews.Refusal? {
    guard response.status == 429 else { return nil }
    let headers = response.headers
    let told = (try? JSON.decode(Told.self, from: response.body))?.retryAfter  // the edge answers HTML
    let wait = told.flatMap(believableWait) ?? retryAfter(headers, now: now)
    let isGlobal = headers["X-RateLimit-Global"] != nil || headers["X-RateLimit-Scope"] == "global"
    return RateNews.Refusal(
      until: now + wait, isWholeConnection: isGlobal || headers["X-RateLimit-Scope"] == nil)
  }

  private struct Told: Decodable {
    let retryAfter: Double
    enum CodingKeys: String, CodingKey { case retryAfter = "retry_after" }
  }
}
