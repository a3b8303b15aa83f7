import Basics
import Discord
import Store

/// What the tables of accounts tell of people.
public let accountPersonalData: [PersonalData] = [
  PersonalData(
    "people", columns: ["user_id", "name", "avatar", "servers", "sealed_access", "sealed_refresh"],
    what: "Your login with Discord: name, picture, and the servers Discord listed.", user: "user_id", name: "name",
    shown: ["user_id", "name", "avatar", "servers", "servers_at", "created_at"]),
  PersonalData(
    "sessions", columns: ["user_id", "browser"], what: "The browsers you are logged in with.", user: "user_id",
    shown: ["browser", "created_at", "seen_at"]),
  PersonalData(
    "connection_people", columns: ["user_id"], what: "The Notion workspaces you linked for yourself.", user: "user_id",
    shown: ["connection_id", "linked_at"]),
  PersonalData(
    "memberships", columns: ["user_id", "name", "rights", "roles", "is_owner", "is_member"],
    what: "What Discord said of you in a server, remembered for a minute.", home: .volatile, user: "user_id",
    server: "guild_id", name: "name", shown: ["guild_id", "name", "rights", "roles", "checked_at"]),
  auditDetailData, auditPartyData,
]

/// What looks like it, and why it is not.
public let accountImpersonalColumns: [ImpersonalColumn] = [
  ImpersonalColumn("connections", "label", because: "the name of a workspace or an application"),
  ImpersonalColumn("api_keys", "label", because: "the name of a program"),
  ImpersonalColumn("api_keys", "created_by", because: "the name of the door it was made at"),
  ImpersonalColumn("audit_log", "actor_kind", because: "person, key, program or operator"),
  ImpersonalColumn("audit_log", "actor_key", because: "a key of chance; audit_parties tells whose, and is erased"),
  ImpersonalColumn("audit_parties", "party_key", because: "a key of chance"),
  ImpersonalColumn(
    "oauth_attempts", "browser_digest", because: "a digest of a cookie of chance that lasts ten minutes"),
]

/// Rows of the log stay, with keys of chance; values, ids and names go. The values first: they are found by the keys.
private let auditDetailData = PersonalData(
  "audit_details", columns: ["target_name", "before", "after"],
  what: "What you did here with a right, and what was done to you.",
  find: { subject, queries in
    try keys(of: subject, queries).flatMap { key, chain in
      try queries.rows(
        """
        SELECT audit_log.chain AS server, audit_log.at, audit_log.action, audit_log.outcome, audit_log.request_id,
          audit_details.target_name, audit_details.before, audit_details.after
        FROM audit_log LEFT JOIN audit_details
          ON audit_details.chain = audit_log.chain AND audit_details.position = audit_log.position
        WHERE audit_log.chain = \(chain) AND (audit_log.actor_key = \(key) OR audit_log.target_id = \(key))
        ORDER BY audit_log.at, audit_log.position
        """)
    }
  },
  erase: { subject, transaction in
    try keys(of: subject, transaction).reduce(0) { count, found in
      let (key, chain) = found
      return try count
        + transaction.run(
          """
          DELETE FROM audit_details WHERE chain = \(chain) AND position IN (
            SELECT position FROM audit_log WHERE chain = \(chain) AND (actor_key = \(key) OR target_id = \(key)))
          """)
    }
  })

private let auditPartyData = PersonalData(
  "audit_parties", columns: ["party_id", "name"], what: "Your id and name in the audit log.",
  find: { subject, queries in
    try queries.rows(
      "SELECT chain AS server, party_id, name, seen_at FROM audit_parties WHERE \(isTheirs(subject)) ORDER BY chain")
  },
  erase: { subject, transaction in try transaction.run("DELETE FROM audit_parties WHERE \(isTheirs(subject))") },
  people: { queries in
    try queries.values(String.self, "SELECT DISTINCT party_id FROM audit_parties WHERE kind = 'person'").compactMap {
      UserID($0)
    }
  },
  names: { user, queries in
    try queries.values("SELECT DISTINCT name FROM audit_parties WHERE kind = 'person' AND party_id = \(user)")
  })

private func keys(of subject: DataSubject, _ queries: any Queries) throws -> [(key: String, chain: AuditChain)] {
  try queries.rows("SELECT party_key, chain FROM audit_parties WHERE \(isTheirs(subject)) ORDER BY chain")
    .map { (try $0.get("party_key"), try $0.get("chain")) }
}

private func isTheirs(_ subject: DataSubject) -> SQL {
  let isHere: SQL = subject.server.map { "AND chain = \(AuditChain($0))" } ?? ""
  return "kind = 'person' AND party_id = \(subject.user) \(isHere)"
}
