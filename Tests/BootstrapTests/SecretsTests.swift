import Basics
import Store
import TestSupport
import Testing
import Upkeep

@testable import Bootstrap

/// The lists that grow with the schema must not be forgotten.
@Suite("Secrets of the schema") struct SecretsTests {
  private func columns() throws -> [(table: String, column: String)] {
    try DataStore.inMemory(durableMigrations).read { queries in
      try queries.tables().flatMap { table in try queries.columns(of: table).map { (table, $0) } }
    }
  }

  @Test func everySealedColumnIsRotatedAndWithheld() throws {
    let listed = sealedColumns.map { "\($0.table).\($0.column)" }.sorted()
    #expect(
      try columns().filter { $0.column.hasPrefix("sealed_") }.map { "\($0.table).\($0.column)" }.sorted() == listed)
    #expect(sealedColumns.allSatisfy { withheldColumns.contains(WithheldColumn($0)) })
  }

  /// Digests of what we show or receive in full are harmless; digests of secrets are not.
  @Test func nothingThatSoundsLikeASecretIsExported() throws {
    let harmless = [
      "interactions.body_hash", "discord_messages.shown_hash", "connections.public_key", "discord_messages.post_key",
      "people.tokens_until", "audit_log.actor_key", "audit_log.details_digest", "audit_log.digest",
      "audit_parties.party_key",
    ]
    let suspects = try columns().filter { _, column in
      ["token", "secret", "digest", "hash", "password", "_key"].contains { column.contains($0) }
        && column != "unique_key"
    }
    for (table, column) in suspects where !harmless.contains("\(table).\(column)") {
      #expect(withheldColumns.contains(WithheldColumn(table, column)), "\(table).\(column)")
    }
  }
}
