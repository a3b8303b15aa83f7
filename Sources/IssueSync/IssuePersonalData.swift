import Accounts
import Basics
import Discord
import Jobs
import Store

/// What the tables of issues tell of people, and how it goes.
extension IssueDesk {
  public var personalData: [PersonalData] { [changeData, linkData, filingData] }

  /// Changes stay, as somebody's; the messages that name the person are drawn anew.
  private var changeData: PersonalData {
    let isTheirs: @Sendable (DataSubject) -> SQL = { subject in
      let isHere: SQL = subject.server.map { "AND guild_id = \($0)" } ?? ""
      return "person_id = \(subject.user) \(isHere)"
    }
    return PersonalData(
      "issue_changes", columns: ["person_id", "person_name", "before", "after", "target"],
      what: "What you changed about issues.",
      find: { subject, queries in
        try queries.rows(
          """
          SELECT guild_id, issue_id, part, before, after, state, wished_at, person_name FROM issue_changes
          WHERE \(isTheirs(subject)) ORDER BY id
          """)
      },
      erase: { subject, transaction in
        let issues: [String] = try transaction.values(
          "SELECT DISTINCT issue_id FROM issue_changes WHERE \(isTheirs(subject))")
        let count = try transaction.run(
          """
          UPDATE issue_changes SET person_id = '0', person_name = 'somebody',
            before = CASE WHEN \(Self.isOver) THEN '' ELSE before END,
            after = CASE WHEN \(Self.isOver) THEN '' ELSE after END,
            target = CASE WHEN \(Self.isOver) THEN '' ELSE target END
          WHERE \(isTheirs(subject))
          """)
        for id in issues { try deliver(id, transaction) }
        return count
      },
      people: { queries in
        try queries.values(String.self, "SELECT DISTINCT person_id FROM issue_changes WHERE person_id <> '0'")
          .compactMap { UserID($0) }
      },
      names: { user, queries in
        try queries.values("SELECT DISTINCT person_name FROM issue_changes WHERE person_id = \(user)")
      })
  }

  /// Whom somebody assigned is their own name in Notion, mostly. A change that waits is carried out first.
  private static let isOver: SQL = "part = 'assignee' AND state <> 'pending'"

  private func deliver(_ issue: String, _ transaction: WriteTransaction) throws {
    guard let (_, mapping) = try IssueRecords.whole(issue, transaction) else { return }
    try queue.enqueue(Delivering.intent(issue, under: mapping, .batch), in: transaction)
  }

  private var linkData: PersonalData {
    PersonalData(
      "person_links", columns: ["user_id", "person_id"], what: "Who you are in Notion, as you said.", user: "user_id",
      server: "guild_id", shown: ["guild_id", "connection_id", "person_id"])
  }

  /// The key stays, so that a reading of the row knows that the name in it is not to be kept.
  private var filingData: PersonalData {
    let isTheirs: @Sendable (DataSubject) -> SQL = { subject in
      let isHere: SQL = subject.server.map { "AND guild_id = \($0)" } ?? ""
      return "user_id = \(subject.user) \(isHere)"
    }
    return PersonalData(
      "issue_filings", columns: ["user_id", "person_name"], what: "The issues you filed from Discord.",
      find: { subject, queries in
        try queries.rows(
          "SELECT guild_id, key, person_name, filed_at FROM issue_filings WHERE \(isTheirs(subject)) ORDER BY key")
      },
      erase: { subject, transaction in
        let keys: [String] = try transaction.values("SELECT key FROM issue_filings WHERE \(isTheirs(subject))")
        for key in keys { try forget(key, transaction) }
        try Filing.forgetPerson(keys, transaction)
        return try transaction.run(
          "UPDATE issue_filings SET user_id = NULL, person_name = '' WHERE \(isTheirs(subject))")
      },
      people: { queries in
        try queries.values(String.self, "SELECT DISTINCT user_id FROM issue_filings WHERE user_id IS NOT NULL")
          .compactMap { UserID($0) }
      },
      names: { user, queries in
        try queries.values("SELECT DISTINCT person_name FROM issue_filings WHERE user_id = \(user)")
      })
  }

  /// Takes the name out of our copy of the row, and out of its message.
  private func forget(_ key: String, _ transaction: WriteTransaction) throws {
    let rows = try transaction.rows(
      "SELECT id, summary FROM issues WHERE instr(summary, \("(\(key))")) > 0 ORDER BY id")
    for row in rows {
      let id: String = try row.get("id")
      let summary = FiledNote.withoutName(try row.get("summary"), key: key)
      try transaction.run("UPDATE issues SET summary = \(summary) WHERE id = \(id)")
      try deliver(id, transaction)
    }
  }
}

extension Filing {
  /// What waits to be filed is filed without a name; what is over is emptied.
  static func forgetPerson(_ keys: [String], _ transaction: WriteTransaction) throws {
    let names = keys.map(Filing.uniqueKey)
    let jobs = try transaction.rows(
      "SELECT id, state, payload FROM jobs WHERE kind = \(Self.kindName) AND unique_key IN \(list: names) ORDER BY id")
    for job in jobs {
      let id: String = try job.get("id")
      let isOver = ["done", "cancelled"].contains(try job.get("state", as: String.self))
      var payload = "{}"
      if !isOver {
        let text: String = try job.get("payload")
        let wish = try? JSON.decode(Payload.self, from: text)  // another version's: cannot be carried out either
        if let wish { payload = try JSON.text(wish.withoutName) }
      }
      try transaction.run("UPDATE jobs SET payload = \(payload) WHERE id = \(id)")
    }
  }
}

extension Filing.Payload {
  fileprivate var withoutName: Filing.Payload {
    Filing.Payload(mapping: mapping, title: title, summary: summary, person: "somebody", key: key)
  }
}

/// What looks personal in these tables, and why it is not, or not ours.
public let issueImpersonalColumns: [ImpersonalColumn] = [
  ImpersonalColumn("sync_mappings", "name", because: "the name of a table in Notion"),
  ImpersonalColumn(
    "issues", "assignee",
    because:
      "Notion's: a copy of its column, which every sync makes anew. Erased there, it goes here with the next sync"),
  ImpersonalColumn("issues", "title", because: "Notion's: a copy, as of the column of assignees"),
  ImpersonalColumn(
    "issues", "summary", because: "Notion's: a copy; the note of who filed it is taken out (issue_filings)"),
  ImpersonalColumn("issues", "labels", because: "Notion's: a copy, as of the column of assignees"),
  ImpersonalColumn("issues", "notice", because: "why a change was refused, in our words"),
  ImpersonalColumn("issue_edits", "before", because: "Notion's: what a cell held, as of the column of assignees"),
  ImpersonalColumn("issue_edits", "after", because: "Notion's: what a cell held, as of the column of assignees"),
  ImpersonalColumn("issue_counts", "value", because: "Notion's: counts by what cells hold"),
  ImpersonalColumn("discord_messages", "shown_name", because: "the title of a post: the issue's"),
  ImpersonalColumn("discord_messages", "message_id", because: "the id of a message of the bot"),
  ImpersonalColumn(
    "notion_people", "name", because: "Notion's: the members of a workspace, read anew with each full sync"),
  ImpersonalColumn(
    "jobs", "payload", because: "ids, but for issues that are filed: those are erased with issue_filings"),
  ImpersonalColumn("jobs", "owner", because: "the process that works on it"),
]
