import Basics
import HTTP
import Store

extension DiscordSandbox {
  var applicationRoutes: [Route] {
    [
      endpoint(.get, "/applications/@me", .bot, .other("application")) { _ in try .json(application()) },
      endpoint(.get, "/oauth2/applications/@me", .bot, .other("oauth2.application")) { _ in try .json(application()) },
      endpoint(.patch, "/applications/@me", .bot, .other("application.edit"), editApplication),
      endpoint(.get, "/users/:user_id", .bot, .other("user")) { call in
        let id = try call.snowflake("user_id")
        guard let user = try read({ try $0.document(.user, id) }) else { throw Refusal.unknownUser }
        return try .json(user)
      },
      endpoint(.get, "/gateway", .open, .other("gateway")) { _ in try .json(["url": gatewayURL]) },
      endpoint(.get, "/gateway/bot", .bot, .other("gateway.bot")) { _ in
        try .json(
          [
            "url": .string(gatewayURL), "shards": 1,
            "session_start_limit": ["total": 1000, "remaining": 1000, "reset_after": 0, "max_concurrency": 1],
          ] as JSONValue)
      },
    ]
  }

  /// There is no gateway here; the address is on this host so that a client that tries leaves the machine alone.
  private var gatewayURL: String { "ws" + stage.publicURL.dropFirst("http".count) + "/sandbox/discord/gateway" }

  func application() throws -> JSONValue {
    guard let application = try read({ try $0.document(.application, Identity.application) }) else {
      throw Failure(.unexpected, "The sandbox's store holds no application. Remove its state folder and start again.")
    }
    return application
  }

  /// The endpoint for interactions is tried while this call runs; of the flags only the limited intents can be set.
  private func editApplication(_ call: Call) throws -> Response {
    let form = Form(try call.payload().json)
    let url = form.string("interactions_endpoint_url", max: 2048)
    let limitedIntents: Int64 = 1 << 13 | 1 << 15 | 1 << 19
    let flags = form.integer("flags").map { $0 & limitedIntents }
    let description = form.string("description", max: 400)
    if let url, try !probe(url).isAccepted {
      form.complain(
        "APPLICATION_INTERACTIONS_ENDPOINT_URL_INVALID",
        "The specified interactions endpoint url could not be verified.",
        at: "interactions_endpoint_url")
    }
    try form.complaints.throwIfAny()
    try write { transaction in
      try change(.application, Identity.application, transaction) { application in
        if form.mentions("interactions_endpoint_url") { application["interactions_endpoint_url"] = orNull(url) }
        if let flags {
          application["flags"] = .integer(flags)
          application["flags_new"] = .string(String(flags))
        }
        if let description { application["description"] = .string(description) }
      }
    }
    return try .json(application())
  }
}
