import Basics
import Discord
import Foundation
import Signatures
import Store

/// That somebody was erased, in a form that tells who only to whoever has their id already. It outlives the database: a
/// backup from before brings them back, and must not.
public struct Tombstone: Codable, Sendable, Hashable, RowDecodable {
  let digest: String
  let salt: String
  /// Nil is all of the hall.
  let server: String?
  let at: Timestamp

  init(_ user: UserID, in server: GuildID?, at time: Timestamp) throws {
    salt = try RandomToken.base62(bits: 128)
    digest = Self.digest(user, salt)
    self.server = server?.rawValue
    at = time
  }

  public init(row: Row) throws {
    digest = try row.get("digest")
    salt = try row.get("salt")
    server = try row.optional("guild_id")
    at = try row.get("at")
  }

  func isOf(_ user: UserID) -> Bool { Self.digest(user, salt) == digest }

  private static func digest(_ user: UserID, _ salt: String) -> String {
    SHA256.hexadecimalDigest("guildhall erased|\(salt)|\(user)")
  }

  static let migration = Migration(
    "20261121-1205-erasures",
    """
    CREATE TABLE erasures (
      digest TEXT PRIMARY KEY,
      salt TEXT NOT NULL,
      guild_id TEXT,
      at INTEGER NOT NULL
    ) STRICT;
    """)

  static func all(_ queries: some Queries) throws -> [Tombstone] {
    try queries.all("SELECT * FROM erasures ORDER BY at, digest")
  }

  func keep(_ transaction: WriteTransaction) throws {
    try transaction.run(
      """
      INSERT INTO erasures (digest, salt, guild_id, at) VALUES (\(digest), \(salt), \(server), \(at))
      ON CONFLICT (digest) DO NOTHING
      """)
  }
}

/// The tombstones in a file beside the database, a JSON object a line.
struct TombstoneFile: Sendable {
  let path: String

  /// None while there is no file.
  func read() throws -> [Tombstone] {
    guard FileManager.default.fileExists(atPath: path) else { return [] }
    guard let text = FileManager.default.contents(atPath: path) else {
      throw Failure(.unavailable, "The list of erased people, \(path), cannot be read.")
    }
    return try String(decoding: text, as: UTF8.self).split(separator: "\n").map { line in
      do { return try JSON.decode(Tombstone.self, from: String(line)) } catch {
        throw Failure(.unexpected, "The list of erased people, \(path), is damaged.", cause: String(describing: error))
      }
    }
  }

  /// All of them at once, under the old name only when they are on the disk.
  func write(_ tombstones: [Tombstone]) throws {
    let text = try tombstones.map { try JSON.text($0) + "\n" }.joined()
    let partial = path + ".partial"
    guard FileManager.default.createFile(atPath: partial, contents: nil, attributes: [.posixPermissions: 0o660]),
      let handle = FileHandle(forWritingAtPath: partial)
    else { throw Failure(.unavailable, "The list of erased people, \(path), cannot be written.") }
    do {
      try handle.write(contentsOf: Data(text.utf8))
      try handle.synchronize()
      try handle.close()
    } catch {
      throw Failure(
        .unavailable, "The list of erased people, \(path), cannot be written.", cause: systemError(error))
    }
    guard rename(partial, path) == 0 else {
      throw Failure(.unavailable, "The list of erased people, \(path), cannot be put in place.")
    }
  }
}
