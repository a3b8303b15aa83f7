import Accounts
import Basics
import Discord
import HTTP
import Signatures
import Store

private let log = Logger(label: "interactions")

/// Where Discord's interactions come in: verified, decoded, answered once, and kept with their answer.
public struct InteractionDoor: Sendable {
  let store: DataStore
  let signature: DiscordSignature
  let interactions: [InteractionRoute.Trigger: InteractionRoute]

  public init(store: DataStore, signature: DiscordSignature, interactions: [InteractionRoute]) {
    self.store = store
    self.signature = signature
    self.interactions = Dictionary(uniqueKeysWithValues: interactions.map { ($0.trigger, $0) })
  }

  public var doorways: [Doorway] {
    let described = APIOperation(
      "answerInteraction", "Discord's interactions", answers: 200, "InteractionAnswer", body: ["type": "object"])
    return [("/discord/interactions", nil), ("/api/sync/webhook", described)].map { path, operation in
      Doorway(.signed(by: "Discord"), .post(path) { request, _ in try answer(request) }, operation)
    }
  }

  private func answer(_ request: Request) throws -> Response {
    try signature.verify(request)
    let interaction: Interaction = try request.json()
    if interaction.kind == .ping { return try .json(InteractionAnswer.pong) }
    return try LogContext.with(["correlation": .string(request.id), "interaction": .string(interaction.id.rawValue)]) {
      if case .autocomplete = interaction.kind { return try .json(InteractionAnswer.choices(suggestions(interaction))) }
      return Response(headers: ["Content-Type": "application/json"], body: Array(try answer(interaction, request).utf8))
    }
  }

  /// The answer of the first time, whichever time this is.
  private func answer(_ interaction: Interaction, _ request: Request) throws -> String {
    do {
      return try store.write { transaction in
        if let earlier = try Inbox.answer(to: interaction.id, transaction) { return earlier }
        let answer = try JSON.text(try dispatch(interaction, transaction))
        try keep(answer, to: interaction, request, transaction)
        return answer
      }
    } catch {
      return try refuse(interaction, request, Failure(error))
    }
  }

  private func dispatch(_ interaction: Interaction, _ transaction: WriteTransaction) throws -> InteractionAnswer {
    let (route, ask) = try find(interaction)
    guard case .answers(let handler) = route.handler else {
      throw Failure.invalid("This is typed, not sent.")
    }
    try authorize(ask.actor, route.action, in: ask.actor.guild)
    log.info("asked", metadata: ["trigger": .string(route.trigger.name), "guild": .string(ask.actor.guild.rawValue)])
    return try handler(ask, transaction)
  }

  /// Nobody is told why there are none: Discord shows only that there are none.
  private func suggestions(_ interaction: Interaction) throws -> [InteractionAnswer.Choice] {
    guard let (route, ask) = try? find(interaction), case .suggests(let handler) = route.handler else { return [] }  // none
    guard (try? authorize(ask.actor, route.action, in: ask.actor.guild)) != nil else { return [] }  // as above
    return try store.read { try handler(ask, $0) }
  }

  private func find(_ interaction: Interaction) throws -> (InteractionRoute, Ask) {
    guard let actor = Actor(interaction) else { throw Failure.denied("This works only inside a server.") }
    guard let (trigger, ask) = interaction.trigger(by: actor), let route = interactions[trigger] else {
      throw Failure.invalid("This belongs to a version of Guildhall that is not running here.")
    }
    return (route, ask)
  }

  /// What was refused is said to the person alone, and remembered too. Our own faults are an error of ours instead, so
  /// that Discord shows the click as failed.
  private func refuse(_ interaction: Interaction, _ request: Request, _ failure: Failure) throws -> String {
    switch failure.kind {
    case .invalid, .denied, .notFound, .conflict: break
    default: throw failure
    }
    log.info("refused", metadata: ["err": .string(failure.description)])
    let answer = try JSON.text(InteractionAnswer.whisper(failure.sentence))
    return try store.write { transaction in
      if let earlier = try Inbox.answer(to: interaction.id, transaction) { return earlier }
      try keep(answer, to: interaction, request, transaction)
      if failure.kind == .denied { try note(interaction, transaction) }
      return answer
    }
  }

  /// A member who was refused is written down; what is typed into a command is not, a row for each letter.
  private func note(_ refused: Interaction, _ transaction: WriteTransaction) throws {
    guard let (route, ask) = try? find(refused) else { return }  // nobody, or nothing of ours
    let target = AuditTarget("interaction", ask.id.isEmpty ? route.trigger.name : "\(route.trigger.name):\(ask.id)")
    try AuditLog(clock: signature.clock).record(
      .denied(route.action, ask.actor, in: ask.actor.guild, on: target), in: transaction)
  }

  private func keep(
    _ answer: String, to interaction: Interaction, _ request: Request, _ transaction: WriteTransaction
  ) throws {
    try Inbox.keep(
      interaction, bodyHash: SHA256.hexadecimalDigest(request.body), answer: answer, at: signature.clock.now(),
      correlation: request.id, in: transaction)
  }
}
