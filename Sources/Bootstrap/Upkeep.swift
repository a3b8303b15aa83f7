import Accounts
import Basics
import Settings
import Signatures
import Store
import Upkeep

/// Every column of sealed secrets. A test looks whether the schema has one that is missing here.
let sealedColumns = [
  SealedColumn("connections", "sealed_token"), SealedColumn("connections", "sealed_refresh"),
  SealedColumn("webhook_secrets", "sealed_secret"),
  SealedColumn("people", key: "user_id", "sealed_access"), SealedColumn("people", key: "user_id", "sealed_refresh"),
]

/// What no export holds: the sealed secrets, and digests that a guess could be compared with.
let withheldColumns = Set(
  sealedColumns.map(WithheldColumn.init) + [
    WithheldColumn("api_keys", "digest"), WithheldColumn("sessions", "token_digest"),
    WithheldColumn("erasures", "digest"), WithheldColumn("erasures", "salt"),
  ])

extension Environment {
  public var backups: Backups { Backups(store: durable, directory: premises.backupDirectory, clock: clock) }
  public var export: Export { Export(store: durable, withheld: withheldColumns) }
  public var resealing: Resealing { Resealing(store: durable, columns: sealedColumns) }
  public var housekeeping: [Housekeeping] {
    [
      Housekeeping(store: durable, retentions: durableRetentions, clock: clock),
      Housekeeping(store: volatile, retentions: volatileRetentions, clock: clock),
    ]
  }
}
