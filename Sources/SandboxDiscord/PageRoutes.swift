import Basics
import HTTP
import SandboxStage
import Store

/// What a person sees and presses.
extension DiscordSandbox {
  var pageRoutes: [Route] {
    let channel = "/sandbox/discord/channels/:id"
    return [
      .get("/sandbox/discord/") { _, _ in .seeOther("/sandbox/discord/channels/\(Identity.bugTracker)") },
      .get(channel) { request, path in
        let view = try view(of: path["id"], request)
        return try stage.pages.page("channel", data: view, title: "\(view.sign)\(view.name)", script: "channel.js")
      },
      .get(channel + "/messages") { request, path in
        try stage.pages.fragment("messages", data: view(of: path["id"], request))
      },
      .post(channel + "/click") { request, path in try press(request.form(), in: path["id"]) },
      .post(channel + "/say") { request, path in try say(request.form(), in: path["id"]) },
      .post(channel + "/posts") { request, path in try beginPost(request.form(), in: path["id"]) },
      .post(channel + "/dismiss") { request, path in try dismiss(request.form(), in: path["id"]) },
      .post("/sandbox/discord/endpoint") { _, _ in
        let report = try probe(application()["interactions_endpoint_url"]?.string ?? "")
        return try endpointPage(report)
      },
      .post("/sandbox/discord/endpoint/event") { request, _ in
        let name = try request.form()["event"] ?? "PING"
        if name == "PING" { return try endpointPage(nil, event: eventSentence(probeEvents())) }
        let delivery = try sendEvent(EventForm(type: name, user: nil, data: nil, signature: nil))
        return try endpointPage(nil, event: "\(name): \(sentence(delivery)) (204 is right).")
      },
      .get("/sandbox/discord/endpoint") { _, _ in try endpointPage(nil) },
    ]
  }

  private func view(of channel: String, _ request: Request) throws -> ChannelView {
    try channelView(channel, request.query)
  }

  // MARK: What people do

  private func press(_ form: Fields, in channel: String) throws -> Response {
    let user = form["as"] ?? ""
    let values = form.all("values")
    return try pageAnswer(channel, user, anchor: form["message"]) {
      try click(
        Click(
          channel: channel, message: form["message"] ?? "", customID: form["custom_id"] ?? "", user: user,
          values: values.isEmpty ? nil : values))
    }
  }

  private func say(_ form: Fields, in channel: String) throws -> Response {
    let user = form["as"] ?? ""
    if form["content"]?.hasPrefix("/") == true {
      return try commandTyped(form["content"] ?? "", as: user, in: channel)
    }
    return try pageAnswer(channel, user, anchor: nil) {
      let content = Form(["content": .string(form["content"] ?? "")])
      let message = MessageForm(content, ids: ids, settable: 0)
      try content.complaints.throwIfAny()
      _ = try write { transaction in
        let standing = try transaction.standing(of: user, in: channel)
        try standing.requireWriting()
        let author = try transaction.document(.user, user) ?? .null
        return try post(message, files: [], by: author, as: standing, transaction)
      }
      return nil
    }
  }

  /// Takes away what only this person sees.
  private func dismiss(_ form: Fields, in channel: String) throws -> Response {
    let user = form["as"] ?? ""
    return try pageAnswer(channel, user, anchor: nil) {
      _ = try write { transaction in
        try transaction.run(
          "DELETE FROM discord_messages WHERE id = \(form["message"] ?? "") AND only_for = \(user)")
      }
      return nil
    }
  }

  /// Back to the page: with the form the application asks for, or with a sentence where Discord would refuse.
  func pageAnswer(_ channel: String, _ user: String, anchor: String?, _ body: () throws -> Outcome?) throws
    -> Response
  {
    var query: Fields = ["as": user]
    do {
      let outcome = try body()
      if outcome?.answerType == .modal { query.add("form", outcome?.interaction ?? "") }
      // Where it began on a message the page says so there.
      if outcome?.state == .failed, anchor == nil {
        query.add("notice", "This interaction failed. \(outcome?.reason ?? "")")
      }
    } catch let refusal as Refusal {
      query.add("notice", refusal.message + (try refusal.errors.map { " " + (try JSON.text($0)) } ?? ""))
    }
    let fragment = anchor.map { "#m\(percentEncoded($0))" } ?? ""
    return .seeOther("/sandbox/discord/channels/\(percentEncoded(channel))?\(query.encoded)\(fragment)")
  }

  // MARK: The endpoint

  private struct EndpointView {
    let url: String
    let publicKey: String
    let eventsURL: String
    let eventReport: String
    let report: ReportView?
    let lines: [Line]
    let isEmpty: Bool

    struct ReportView {
      let isAccepted: Bool
      let good: String
      let bad: String
    }

    struct Line {
      let id: String
      let time: String
      let datetime: String
      let customID: String
      let state: String
      let isGood: Bool
      let milliseconds: String
      let reason: String
    }
  }

  private func endpointPage(_ report: ProbeReport?, event: String = "") throws -> Response {
    let records = try read {
      try $0.all(InteractionRecord.self, "SELECT * FROM discord_interactions ORDER BY sent_at DESC, id DESC LIMIT 50")
    }
    let view = EndpointView(
      url: try application()["interactions_endpoint_url"]?.string ?? "none", publicKey: key.publicKey,
      eventsURL: try eventsURL, eventReport: event,
      report: report.map {
        EndpointView.ReportView(isAccepted: $0.isAccepted, good: sentence($0.good), bad: sentence($0.bad))
      },
      lines: records.map(line), isEmpty: records.isEmpty)
    return try stage.pages.page("endpoint", data: view, title: "Interactions endpoint")
  }

  private func eventSentence(_ report: ProbeReport) -> String {
    let verdict = report.isAccepted ? "Discord would accept it" : "Discord would refuse it"
    let (good, bad) = (sentence(report.good), sentence(report.bad))
    return "\(verdict): the good PING got \(good) (204 is right), the bad one \(bad) (401 is right)."
  }

  private func sentence(_ delivery: Delivery) -> String {
    delivery.status.map { "status \($0) after \(delivery.milliseconds) ms" } ?? delivery.problem ?? "no answer"
  }

  private func line(_ record: InteractionRecord) -> EndpointView.Line {
    EndpointView.Line(
      id: record.id, time: record.sentAt.shown("T"), datetime: record.sentAt.description,
      customID: record.customID ?? "", state: record.state.rawValue, isGood: record.state == .acknowledged,
      milliseconds: record.milliseconds.map(String.init) ?? "", reason: record.reason ?? "")
  }
}

extension DiscordSandbox {
  /// What the sandbox's first page says of this service.
  public var corner: Corner {
    Corner(
      title: "Discord", sentence: "A small community with its channels and people. Buttons send signed interactions.",
      baseURL: Self.baseURL(stage)
    ) {
      let channels = try read { try $0.documents(.channel) }.filter { [0, 5, 15].contains($0["type"]?.integer) }
      let links = try channels.map { channel in
        let guild = try read { try $0.document(.guild, channel["guild_id"]?.string ?? "") }
        return Corner.Link(
          "#" + (channel["name"]?.string ?? ""), href: "/sandbox/discord/channels/\(channel["id"]?.string ?? "")",
          note: guild?["name"]?.string ?? "")
      }
      return links + [
        Corner.Link("People", href: Self.peoplePath, note: "who may do what"),
        Corner.Link("Interactions endpoint", href: "/sandbox/discord/endpoint", note: "try and watch it"),
      ]
    }
  }
}
