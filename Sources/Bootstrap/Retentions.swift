import Basics
import Store
import Upkeep

/// How long what is kept, and why. What is not in these lists is kept for good: mappings, issues, messages, people,
/// connections and keys are what the house is about, and dead jobs wait for somebody to look.
let durableRetentions = [
  Retention(
    "jobs that are done or were given up", in: "jobs", keep: .days(14),
    because: "nothing asks for them any more; two weeks let “guildhall log” tell what came of an event"
  ) { "state IN ('done', 'cancelled') AND updated_at < \($0)" },
  Retention(
    "answered interactions", in: "interactions", keep: .days(7),
    because:
      "a repeated click gets the first one's answer; Discord repeats within minutes, and a week covers every outage"
  ) { "received_at < \($0)" },
  Retention(
    "Notion's events", in: "notion_events", keep: .days(7),
    because: "an event that comes again is not worked on again; Notion gives up after a day"
  ) { "received_at < \($0)" },
  Retention(
    "changes that people made", in: "issue_changes", keep: .days(400), chosen: .init("guild_id", days: 30...1100),
    because: "they say who did what; the last one of an issue stays for good, and Undo asks for one of ten minutes ago"
  ) {
    """
    state <> 'pending' AND finished_at < \($0) AND EXISTS (
      SELECT 1 FROM issue_changes AS later WHERE later.issue_id = issue_changes.issue_id AND later.id > issue_changes.id)
    """
  },
  Retention(
    "runs of syncs", in: "sync_logs", keep: .days(30),
    because: "the last twenty of each mapping and its last complete one stay, since its health is told from them"
  ) {
    """
    finished_at < \($0)
      AND (SELECT count(*) FROM sync_logs AS later
        WHERE later.mapping_id = sync_logs.mapping_id AND later.started_at > sync_logs.started_at) >= 20
      AND EXISTS (SELECT 1 FROM sync_logs AS later
        WHERE later.mapping_id = sync_logs.mapping_id AND later.started_at > sync_logs.started_at
          AND later.is_complete = 1)
    """
  },
  Retention(
    "sessions that have ended", in: "sessions", keep: .days(8),
    because: "a session holds for seven days at most"
  ) { "created_at < \($0)" },
  Retention(
    "edits in Notion", in: "issue_edits", keep: .days(400),
    because: "they tell an issue's story beside the changes that people made here"
  ) { "edited_at < \($0)" },
  Retention(
    "logins of people who come no more", in: "people", key: "user_id", keep: .days(400),
    because: "whoever comes back logs in again; nobody who is logged in or has linked a workspace goes"
  ) {
    """
    servers_at < \($0) AND NOT EXISTS (SELECT 1 FROM sessions WHERE sessions.user_id = people.user_id)
      AND NOT EXISTS (SELECT 1 FROM connection_people WHERE connection_people.user_id = people.user_id)
    """
  },
  Retention(
    "who filed which issue", in: "issue_filings", key: "key", keep: .days(400),
    chosen: .init("guild_id", days: 30...1100),
    because: "the row in Notion says it; keys of people who were erased stay, so that their names do not come back"
  ) { "user_id IS NOT NULL AND filed_at < \($0)" },
  Retention(
    "names and values of the audit log", in: "audit_details", key: "at", keep: .days(730),
    chosen: .init("chain", days: 30...3650),
    because: "two years answer most questions; the rows themselves stay for good, and hold neither names nor values"
  ) { "at < \($0)" },
  Retention(
    "who is behind the keys of the audit log", in: "audit_parties", key: "party_key", keep: .days(730),
    chosen: .init("chain", days: 30...3650),
    because: "as the values; counted from the last thing somebody did"
  ) { "seen_at < \($0)" },
]

extension Environment {
  /// How long what is kept and why, for those who look at or choose it (`RetentionChoices`).
  public static let retentions: [Retention] = durableRetentions + volatileRetentions
}

/// Of the file that may be lost.
let volatileRetentions = [
  Retention(
    "limits that are over", in: "buckets", key: "bucket", keep: .days(1),
    because: "Discord's limits last seconds"
  ) { "reset_at < \($0)" },
  Retention(
    "refusals that are over", in: "blocks", key: "connection", keep: .days(1),
    because: "no refusal is believed for longer than an hour"
  ) { "until < \($0)" },
  Retention(
    "who was in which server", in: "memberships", key: "user_id", keep: .days(1),
    because: "it is asked again after a minute"
  ) { "checked_at < \($0)" },
  Retention(
    "how often API keys were used", in: "key_rates", key: "key_id", keep: .days(1),
    because: "after a minute without use there is nothing to remember"
  ) { "full_at < \($0)" },
  Retention(
    "logins that were begun", in: "oauth_attempts", key: "state_digest", keep: .days(1),
    because: "they can be finished for ten minutes"
  ) { "expires_at < \($0)" },
]

extension Duration {
  fileprivate static func days(_ count: Int) -> Duration { .seconds(86_400 * count) }
}
