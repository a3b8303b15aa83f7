import Basics
import HTTP
import Store

/// Commands and forms on the page of a channel.
extension DiscordSandbox {
  var formRoutes: [Route] {
    let channel = "/sandbox/discord/channels/:id"
    return [
      .post(channel + "/command") { request, path in
        let form = try request.form()
        return try pageAnswer(path["id"], form["as"] ?? "", anchor: nil) { try run(call(form, in: path["id"])) }
      },
      .post(channel + "/suggest") { request, path in try suggestions(request.form(), in: path["id"]) },
      .post(channel + "/message-command") { request, path in
        let form = try request.form()
        return try pageAnswer(path["id"], form["as"] ?? "", anchor: form["message"]) {
          try run(
            MessageCommandCall(
              channel: path["id"], user: form["as"] ?? "", message: form["message"] ?? "", name: form["name"] ?? ""))
        }
      },
      .post(channel + "/modal") { request, path in
        let form = try request.form()
        return try pageAnswer(path["id"], form["as"] ?? "", anchor: nil) {
          try submit(
            ModalSubmission(
              interaction: form["interaction"] ?? "", user: form["as"] ?? "",
              fields: values(form, under: "field.").mapValues { $0.count == 1 ? $0[0] : .array($0) }))
        }
      },
    ]
  }

  private func call(_ form: Fields, in channel: String) -> CommandCall {
    CommandCall(
      channel: channel, user: form["as"] ?? "", name: form["command"] ?? "",
      options: values(form, under: "option.").compactMapValues(\.first), focused: form["focused"])
  }

  private func values(_ form: Fields, under prefix: String) -> [String: [JSONValue]] {
    // Browsers send line breaks as two characters; people type one.
    let pairs = form.pairs.filter { $0.name.hasPrefix(prefix) }.map {
      (String($0.name.dropFirst(prefix.count)), [JSONValue.string($0.value.replacing("\r\n", with: "\n"))])
    }
    return Dictionary(pairs) { $0 + $1 }
  }

  /// The choices for what is being typed, for the page's script.
  private func suggestions(_ form: Fields, in channel: String) throws -> Response {
    try explained {
      let outcome = try suggest(call(form, in: channel))
      return try .json(
        ["choices": outcome.shown?["choices"] ?? [], "reason": orNull(outcome.reason)] as JSONValue)
    }
  }

  /// Where somebody who typed `/issue find bridge` goes on: the form of that command with the rest filled in.
  func commandTyped(_ text: String, as user: String, in channel: String) throws -> Response {
    let words = text.dropFirst().split(separator: " ").joined(separator: " ")
    let name = try read { transaction in
      let standing = try transaction.standing(of: user, in: channel)
      return try transaction.commands(for: standing).filter { $0["type"]?.integer == 1 }.flatMap(CommandPath.all)
        .map(\.name).filter { (words + " ").hasPrefix($0 + " ") }.max { $0.count < $1.count }
    }
    var query: Fields = ["as": user]
    if let name {
      query.add("command", name)
      query.add("typed", String(words.dropFirst(name.count + 1)))
    } else {
      query.add("notice", "There is no command /\(words). Choose one of the list.")
    }
    return .seeOther("/sandbox/discord/channels/\(percentEncoded(channel))?\(query.encoded)")
  }
}
