import Basics
import HTTP

private let log = Logger(label: "discord-events")

/// Where Discord's webhook events come in (Discord: webhook events). They tell when the application is added to a server
/// or removed from somebody's account; so far that is only noted.
public struct DiscordEventDoor: Sendable {
  let signature: DiscordSignature

  public init(signature: DiscordSignature) { self.signature = signature }

  public var doorways: [Doorway] {
    let routes: [Route] = [
      .post("/discord/events") { request, _ in
        try signature.verify(request)
        let event: Event = try request.json()
        if let name = event.event?.type { log.info("event", metadata: ["type": .string(String(name.prefix(60)))]) }
        return Response(status: 204, headers: ["Content-Type": "application/json"])
      }
    ]
    return routes.guarded(by: .signed(by: "Discord"))
  }

  /// Type 0 is a ping, 1 an event.
  private struct Event: Decodable {
    let type: Int
    let event: Inner?
    struct Inner: Decodable { let type: String }
  }
}
