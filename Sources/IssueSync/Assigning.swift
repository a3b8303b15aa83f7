import Accounts
import Basics
import Discord
import Notion
import Store

/// "Assign to me".
extension Changing {
  public enum AssignAnswer: Sendable {
    /// The issue's message as it now stands.
    case message(MessageDraft)
    /// It is not known who the person is in Notion; this asks them.
    case question(String, StringSelect)
  }

  public func assignToMe(_ id: String, in guild: GuildID, by person: Person, _ transaction: WriteTransaction) throws
    -> AssignAnswer
  {
    let (issue, mapping) = try find(id, in: guild, for: person, transaction)
    if let known = try People.link(of: person.id, under: mapping, transaction) {
      let wish = Wish.assign(known.id, name: known.name ?? "")
      return .message(try press(wish, on: id, in: guild, by: person, transaction))
    }
    let options = try People.choices(under: mapping, transaction)
    guard !options.isEmpty else {
      throw Failure.conflict(
        "The people of the Notion workspace are not known yet. They are read every night, or with “notion-sync --full”."
      )
    }
    let select = StringSelect(
      CustomID(action: IssueAction.person, id: issue.id), placeholder: "Choose yourself", options: options)
    return .question("Who are you in Notion? This is asked once.", select)
  }

  /// Gives an issue to a person of the Notion workspace, or (nil) to nobody.
  public func assign(
    _ id: String, to assignee: String?, in guild: GuildID, by person: Person, _ transaction: WriteTransaction
  ) throws {
    let (_, mapping) = try find(id, in: guild, for: person, transaction)
    var wish = Wish.unassign
    if let assignee {
      guard let chosen = try People.find(assignee, under: mapping, transaction) else {
        throw Failure.conflict("Notion does not know this person any more. Choose somebody else.")
      }
      wish = .assign(chosen.id, name: chosen.name ?? "")
    }
    _ = try press(wish, on: id, in: guild, by: person, transaction)
  }

  /// The person has chosen themselves; the issue they wanted becomes theirs.
  public func introduce(
    _ choice: String, for id: String, in guild: GuildID, by person: Person, _ transaction: WriteTransaction
  ) throws -> String {
    let (_, mapping) = try find(id, in: guild, for: person, transaction)
    guard let chosen = try People.find(choice, under: mapping, transaction) else {
      throw Failure.conflict("Notion does not know this person any more. Press “Assign to me” again.")
    }
    try People.remember(person.id, is: chosen, under: mapping, in: transaction)
    let entry = AuditEntry(
      .personLinked, by: person.author, in: guild, on: .person(person.id, name: person.name), after: chosen.name)
    try desk.audit.record(entry, in: transaction)
    _ = try press(.assign(chosen.id, name: chosen.name ?? ""), on: id, in: guild, by: person, transaction)
    return "You are \((chosen.name ?? "").markdownEscaped) in Notion. Assigning…"
  }
}
