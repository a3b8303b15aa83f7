import Accounts
import Discord
import Foundation
import IssueSync
import Store
import Web

/// What is kept of people, as lists. A test looks through the schema for columns that look personal and stand in none.
extension Environment {
  public var personalRecords: PersonalRecords {
    PersonalRecords(
      durable: durable, volatile: volatile, entries: personalData, tombstones: "\(stateDirectory)/erasures.jsonl",
      clock: clock)
  }

  var personalData: [PersonalData] { accountPersonalData + issueData + webPersonalData }

  /// Erases somebody, and takes our right to ask Discord about them away.
  public func erasePerson(_ user: UserID, in server: GuildID?) throws -> PersonalRecords.Report {
    let token = server == nil ? try? people.accessToken(of: user) : nil  // unreadable: nothing to take away
    let report = try personalRecords.erase(user, in: server, by: author)
    if let token { try? login.forget(token) }  // forgotten here in any case
    return report
  }
}

extension Environment {
  /// A backup stands in the place of the database: whom it does not know to be erased is erased again.
  public func welcomeRestored(_ file: String) throws {
    try personalRecords.reapply()
    try durable.write(noting(.restored, "backup", (file as NSString).lastPathComponent))
  }
}

let impersonalColumns: [ImpersonalColumn] =
  accountImpersonalColumns + issueImpersonalColumns + webImpersonalColumns + [
    ImpersonalColumn("tallies", "labels", because: "what is counted: statuses, providers, names of pages"),
    ImpersonalColumn("retention_choices", "table_name", because: "the name of a table"),
  ]
