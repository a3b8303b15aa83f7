import Basics
import Foundation
import Store
import Testing

/// What the commands write into the audit log, and how people are erased from the files.
extension EndToEndTests.Upkeep {
  private func actions(_ server: String? = nil) throws -> [String] {
    let place = server.map { ["--server", $0] } ?? []
    let rows = try hall.run("guildhall", ["audit", "list", "--json"] + place, environment: environment)
    return try json(rows).array?.compactMap { $0["action"]?.string } ?? []
  }

  private func map() throws -> String {
    let added = try json(
      run("mapping", "add", "--json", "--database", hall.fact("database_id"), "--channel", hall.fact("channel_id")))
    return try #require(added["id"]?.string)
  }

  @Test func everyCommandThatChangesIsOneRow() throws {
    #expect(try actions() == ["connection.keep", "connection.keep"])  // setup
    let key = try #require(try json(run("key", "create", "x", "--scope", "stats:read", "--json"))["id"]?.string)
    for _ in 1...2 { try hall.requireWell(run("key", "revoke", key)) }
    #expect(try actions().prefix(2) == ["key.revoke", "key.create"])
    let mapping = try map()
    for words in [
      ["pause", mapping], ["resume", mapping], ["set", mapping, "--lost", "forget"], ["remove", mapping],
    ] {
      try hall.requireWell(hall.run("guildhall", ["mapping"] + words, environment: environment))
    }
    let done = ["mapping.remove", "mapping.change", "mapping.resume", "mapping.pause", "mapping.add"]
    #expect(try actions(hall.fact("guild_id")) == done)
    #expect(try run("mapping", "remove", mapping).code == 1)
    #expect(try actions(hall.fact("guild_id")) == done)
  }

  @Test func aLogThatWasChangedIsFoundOut() throws {
    try hall.requireWell(run("key", "create", "x", "--scope", "stats:read"))
    let heads = folder.file("heads.json")
    try hall.requireWell(run("audit", "head", "--json")).output.write(toFile: heads, atomically: true, encoding: .utf8)
    #expect(try json(run("audit", "verify", "--heads", heads, "--json"))["rows"] == 3)
    let store = try DataStore.open(path: folder.file("state/guildhall.db"), durability: .full)
    #expect(throws: (any Error).self) { try store.write { try $0.run("DELETE FROM audit_log WHERE position = 3") } }
    try store.write { transaction in
      try transaction.run("DROP TRIGGER audit_log_is_not_deleted")
      try transaction.run("DELETE FROM audit_log WHERE position = 3")
    }
    #expect(try run("audit", "verify").code == 0)
    let cut = try run("audit", "verify", "--heads", "-", input: String(contentsOfFile: heads, encoding: .utf8))
    #expect(cut.code == 1 && cut.output.contains("row 3"))
    try store.write { transaction in
      try transaction.run("DROP TRIGGER audit_log_is_not_updated")
      try transaction.run("UPDATE audit_log SET actor_kind = 'program' WHERE position = 2")
    }
    let changed = try run("audit", "verify", "--json")
    #expect(changed.code == 1 && changed.output.contains("\"position\":2"))
  }

  /// Nelly is in every table that can name her; afterwards in no file, and not after a restore either.
  @Test func whoIsErasedIsInNoFileAndStaysErased() throws {
    let (id, name) = ("123456789012345678", "Nelly Brandtfeld")
    let mapping = try map()
    try fill(id, name, mapping)
    let backup = try #require(try json(run("backup", "--json"))["file"]?["path"]?.string)
    #expect(try json(run("person", "export", id))["parts"]?.array?.count == 7)
    #expect(try run("person", "erase", id).code == 1)
    #expect(try !files(with: [id, name]).isEmpty)
    let erased = try json(run("person", "erase", id, "--yes", "--json"))
    #expect(erased["rows"]?["people"] == 1 && erased["rows"]?["issue_changes"] == 1)
    #expect(try files(with: [id, name]) == [])
    #expect(try json(run("person", "export", id))["parts"] == [])
    try hall.requireWell(run("restore", backup))
    #expect(try json(run("person", "export", id))["parts"] == [])
    #expect(try actions().contains("hall.restore") && run("audit", "verify").code == 0)
  }

  private func fill(_ id: String, _ name: String, _ mapping: String) throws {
    let store = try DataStore.open(path: folder.file("state/guildhall.db"), durability: .full)
    try store.write { transaction in
      try transaction.run(
        "INSERT INTO people (user_id, name, servers, servers_at, created_at) VALUES (\(id), \(name), '[]', 0, 0)")
      try transaction.run(
        """
        INSERT INTO sessions (id, token_digest, user_id, browser, created_at, seen_at)
        VALUES ('s', 'd', \(id), \("Firefox of \(name)"), 0, 0)
        """)
      try transaction.run(
        """
        INSERT INTO interactions (id, received_at, guild_id, user_id, body_hash, answer, correlation_id)
        VALUES ('1', 0, \(hall.fact("guild_id")), \(id), 'h', \(#"{"type":4,"data":{"content":"by \#(name)"}}"#), 'c'),
          ('2', 0, \(hall.fact("guild_id")), '9', 'h', \(#"{"type":4,"data":{"content":"by \#(name)"}}"#), 'c')
        """)
      try transaction.run(
        """
        INSERT INTO issues (id, mapping_id, guild_id, page_id, title, number, status, priority, assignee, labels, due,
          summary, url, is_fixed, is_removed, reported_at, edited_at, read_at)
        VALUES ('i', \(mapping), \(hall.fact("guild_id")), '00000000-0000-4000-8000-000000000001', 't', '', '', '', '', '', '',
          \("Stuck. Filed from Discord by \(name) (GH-0123456789ab)"), '', 0, 0, 0, 0, 0)
        """)
      try transaction.run(
        """
        INSERT INTO issue_changes (id, issue_id, guild_id, person_id, person_name, part, before, after, target, state,
          wished_at, finished_at)
        VALUES ('c', 'i', \(hall.fact("guild_id")), \(id), \(name), 'assignee', '', \(name), 'n', 'done', 0, 0)
        """)
      try transaction.run(
        """
        INSERT INTO issue_filings (key, guild_id, user_id, person_name, filed_at)
        VALUES ('GH-0123456789ab', \(hall.fact("guild_id")), \(id), \(name), 0)
        """)
      try transaction.run(
        """
        INSERT INTO audit_parties (party_key, chain, kind, party_id, name, seen_at)
        VALUES ('k', 'hall', 'person', \(id), \(name), 0)
        """)
      try transaction.run(
        "INSERT INTO person_links (guild_id, connection_id, user_id, person_id) SELECT '1', id, \(id), 'n' FROM connections LIMIT 1"
      )
    }
  }

  /// The files of the state that hold one of these texts anywhere, backups left out.
  private func files(with texts: [String]) throws -> [String] {
    let state = folder.file("state")
    let names = try #require(FileManager.default.enumerator(atPath: state)).compactMap { $0 as? String }
    return names.filter { name in
      guard !name.hasPrefix("backups"), !name.contains(".before-"),
        let data = FileManager.default.contents(atPath: "\(state)/\(name)")
      else { return false }
      return texts.contains { data.range(of: Data($0.utf8)) != nil }
    }
  }
}
