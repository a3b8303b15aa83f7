import Basics
import HTTP

extension DiscordSandbox {
  /// Every endpoint, and Discord's own words for what there is none for.
  var apiRoutes: [Route] {
    let known =
      personalRoutes + tokenRoutes + messageRoutes + guildRoutes + applicationRoutes + commandRoutes + threadRoutes
      + webhookRoutes
    let patterns = Set(known.map(\.pattern))
    let methods: [HTTP.Method] = [.get, .post, .put, .patch, .delete]
    let strays = methods.map { method in
      Route(method, "/sandbox/discord/api/*") { request, _ in
        let isKnown = patterns.contains { fits(request.path, $0) }
        return (isKnown ? Refusal.methodNotAllowed : .notFound).response
      }
    }
    return known + strays
  }
}

/// Whether a path is one that a pattern of ours stands for.
private func fits(_ path: String, _ pattern: String) -> Bool {
  let (segments, wanted) = (path.split(separator: "/"), pattern.split(separator: "/"))
  return segments.count == wanted.count && zip(segments, wanted).allSatisfy { $1.hasPrefix(":") || $0 == $1 }
}
