import Accounts
import Basics
import Discord
import Store

/// What the doors keep of people: answers to interactions, which name who pressed.
public let webPersonalData: [PersonalData] = [
  PersonalData(
    "interactions", columns: ["user_id", "answer"], what: "What you pressed and asked in Discord in the last days.",
    find: { subject, queries in
      try queries.rows(
        "SELECT guild_id, received_at, answer FROM interactions WHERE \(theirs(subject)) ORDER BY received_at, id")
    },
    erase: { subject, transaction in
      let forgotten = try JSON.text(InteractionAnswer.whisper("This was answered before."))
      let own = try transaction.run(
        "UPDATE interactions SET answer = \(forgotten), user_id = NULL WHERE \(theirs(subject))")
      // Answers to others show what somebody did before them.
      let mentions = try ([subject.user.rawValue] + subject.names).flatMap { try spellings($0) }.map { text in
        try transaction.run(
          "UPDATE interactions SET answer = \(forgotten) WHERE instr(answer, \(text)) > 0 \(here(subject))")
      }
      return mentions.reduce(own, +)
    },
    people: { queries in
      try queries.values(String.self, "SELECT DISTINCT user_id FROM interactions WHERE user_id IS NOT NULL")
        .compactMap { UserID($0) }
    })
]

public let webImpersonalColumns: [ImpersonalColumn] = []

private func theirs(_ subject: DataSubject) -> SQL { "user_id = \(subject.user) \(here(subject))" }
private func here(_ subject: DataSubject) -> SQL { subject.server.map { "AND guild_id = \($0)" } ?? "" }

/// A text as it stands in JSON, and as it stands in a message.
private func spellings(_ text: String) throws -> Set<String> {
  Set(try [text, text.markdownEscaped].map { String(try JSON.text($0).dropFirst().dropLast()) })
}
