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
  let clock: WallClock
  /// The key of the connected application; nil while none is connected.
  let publicKey: @Sendable () throws -> Ed25519.PublicKey?
  let components: [String: ComponentRoute]

  public init(
    store: DataStore, clock: WallClock, publicKey: @escaping @Sendable () throws -> Ed25519.PublicKey?,
    components: [ComponentRoute]
  ) {
    self.store = store
    self.clock = clock
    self.publicKey = publicKey
    self.components = Dictionary(uniqueKeysWithValues: components.map { ($0.action, $0) })
  }

  public var routes: [Route] {
    ["/discord/interactions", "/api/sync/webhook"].map { path in
      .post(path) { request, _ in try answer(request) }
    }
  }

  private func answer(_ request: Request) throws -> Response {
    try verify(request)
    let interaction: Interaction = try request.json()
    if interaction.kind == .ping { return try .json(InteractionAnswer.pong) }
    return try LogContext.with(["correlation": .string(request.id), "interaction": .string(interaction.id.rawValue)]) {
      Response(headers: ["Content-Type": "application/json"], body: Array(try answer(interaction, request).utf8))
    }
  }

  /// Discord: interactions, security. Discord itself sends bad signatures to see whether they are refused.
  private func verify(_ request: Request) throws {
    guard let key = try publicKey() else {
      throw Failure(
        .unauthenticated, "No Discord application is connected. Run “guildhall discord connect” on the server.")
    }
    guard let signature = request.headers["X-Signature-Ed25519"].flatMap({ bytes(hexadecimal: $0) }), signature.count == 64,
      let stamp = request.headers["X-Signature-Timestamp"], (1...12).contains(stamp.utf8.count),
      stamp.utf8.allSatisfy({ (48...57).contains($0) }), let seconds = Int64(stamp)
    else { throw Self.badSignature("the signature headers are missing or malformed") }
    guard abs(clock.now().seconds - seconds) <= 300 else {
      throw Self.badSignature("the timestamp is more than five minutes away")
    }
    guard key.isValid(signature: signature, for: Array(stamp.utf8) + request.body) else {
      throw Self.badSignature("the signature does not fit")
    }
  }

  private static func badSignature(_ cause: String) -> Failure {
    Failure(.unauthenticated, "This request is not signed by Discord.", cause: cause)
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
    guard case .component(let text, let values) = interaction.kind else {
      throw Failure.invalid("Guildhall does not know this command yet.")
    }
    guard let name = CustomID(text), let route = components[name.action] else {
      throw Failure.invalid("This button belongs to a version of Guildhall that is not running here.")
    }
    guard let actor = Actor(interaction) else { throw Failure.denied("This works only inside a server.") }
    log.info("click", metadata: ["action": .string(name.action), "guild": .string(actor.guild.rawValue)])
    return try route.handler(
      ComponentClick(id: name.id, values: values, actor: actor, message: interaction.messageID), transaction)
  }

  /// What was refused is said to the person alone, and remembered too. Our own faults are an error of ours instead, so
  /// that Discord shows the click as failed.
  private func refuse(_ interaction: Interaction, _ request: Request, _ failure: Failure) throws -> String {
    switch failure.kind {
    case .invalid, .denied, .notFound, .conflict: break
    default: throw failure
    }
    log.info("click refused", metadata: ["err": .string(failure.description)])
    let answer = try JSON.text(InteractionAnswer.message(MessageDraft(content: failure.sentence, isEphemeral: true)))
    return try store.write { transaction in
      if let earlier = try Inbox.answer(to: interaction.id, transaction) { return earlier }
      try keep(answer, to: interaction, request, transaction)
      return answer
    }
  }

  private func keep(
    _ answer: String, to interaction: Interaction, _ request: Request, _ transaction: WriteTransaction
  ) throws {
    try Inbox.keep(
      interaction, bodyHash: hexadecimal(SHA256.digest(request.body)), answer: answer, at: clock.now(),
      correlation: request.id, in: transaction)
  }
}
