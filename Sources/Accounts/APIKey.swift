import Basics
import Discord
import HTTP
import Store

/// What a program may do with an API key. A list that grows as data.
public enum APIScope: String, CaseIterable, Sendable {
  case readStats = "stats:read"
  case readMetrics = "metrics:read"
  case runSync = "sync:run"
  case readServers = "servers:read"
  case readMembers = "members:read"

  public var purpose: String {
    switch self {
    case .readStats: "read the figures of dashboards, with whose issues they are"
    case .readMetrics: "read /metrics"
    case .runSync: "ask for a sync"
    case .readServers: "read servers with their channels, roles and emojis"
    case .readMembers: "look for members of servers by name"
    }
  }

  /// What a key of one server can be for; the others are about the hall as a whole.
  public static let ofServers: [APIScope] = [.readServers, .readMembers]
}

/// A program's way in, as it is listed. The key itself was shown once and is kept nowhere.
public struct APIKey: Sendable, RowDecodable {
  /// The eight characters after `ghk_`, which are no secret.
  public let id: String
  public let label: String
  /// The server it is for; nil: the whole hall.
  public let server: GuildID?
  public let scopes: [APIScope]
  /// Where it may be used from; empty: anywhere.
  public let addresses: [AddressRange]
  /// Whether that is the whole list: another version may have written a range that this one cannot read.
  private let knowsAddresses: Bool
  public let createdAt: Timestamp
  public let expiresAt: Timestamp?
  public let revokedAt: Timestamp?
  public let lastUsedAt: Timestamp?

  public init(row: Row) throws {
    id = try row.get("id")
    label = try row.get("label")
    server = try row.optional("server_id")
    // A scope that another version wrote and this one does not know grants nothing.
    scopes = try row.get("scopes", as: String.self).split(separator: " ").compactMap { APIScope(rawValue: String($0)) }
    let ranges = try row.get("addresses", as: String.self).split(separator: " ")
    addresses = ranges.compactMap { AddressRange(String($0)) }
    knowsAddresses = addresses.count == ranges.count
    createdAt = try row.get("created_at")
    expiresAt = try row.optional("expires_at")
    revokedAt = try row.optional("revoked_at")
    lastUsedAt = try row.optional("last_used_at")
  }

  /// Throws what a program is told when it may not.
  func require(_ scope: APIScope, server: GuildID?, from address: String, at now: Timestamp) throws {
    if let revokedAt {
      throw Failure(.unauthenticated, "This API key was revoked on \(revokedAt). Ask for a new one.")
    }
    if let expiresAt, expiresAt <= now {
      throw Failure(.unauthenticated, "This API key has expired on \(expiresAt). Ask for a new one.")
    }
    guard knowsAddresses else {
      throw Failure.denied("The addresses this API key may be used from cannot be read here. Make a new key.")
    }
    guard addresses.isEmpty || addresses.contains(where: { $0.contains(address) }) else {
      throw Failure.denied("This API key may not be used from \(address).")
    }
    guard scopes.contains(scope) else {
      throw Failure.denied("This API key may not \(scope.purpose): it lacks the scope \(scope.rawValue).")
    }
    guard let own = self.server, own != server else { return }
    // A server that a key is not for looks like one that does not exist.
    throw server == nil
      ? Failure.denied("This API key is for one server; this takes one for the whole hall.")
      : Failure.nothingHere
  }
}
