import Basics

/// Seals secrets for storage: AES-256-GCM, with several keys so that they can be rotated.
///
///     let keys = try SealingKeys(current: SealingKey(id: "2026a", hexadecimal: text))
///     let sealed = try keys.seal(Array(token.utf8), for: "connections|\(id)|token")
///     let token = try keys.open(sealed, for: "connections|\(id)|token")
///
/// The sealed text is `v2:<key id>:<iv>:<tag>:<ciphertext>` in hexadecimal. The place it is for is authenticated with
/// it, so a sealed text copied into another row does not open there. A key must be retired long before it has sealed
/// 2^32 secrets (NIST SP 800-38D, 8.3: random ivs).
public struct SealingKeys: Sendable {
  private let ring: @Sendable () -> [SealingKey]

  public init(current: SealingKey, older: [SealingKey] = []) throws {
    let keys = [current] + older
    guard Set(keys.map(\.id)).count == keys.count else {
      throw Failure.invalid("Two sealing keys have the same id; give each its own.")
    }
    ring = { keys }
  }

  /// Keys that may be rotated while they are in use.
  /// - Parameter source: asked at every use, so it remembers what is dear to find out.
  public init(following source: @escaping @Sendable () -> SealingKeys) { ring = { source().ring() } }

  /// The ids of all keys, the current one first.
  public var ids: [String] { ring().map(\.id) }
  public var current: SealingKey { ring()[0] }

  /// These keys with another current one; what it sealed can be read from now on, what they sealed too.
  public func rotated(to key: SealingKey) throws -> SealingKeys { try SealingKeys(current: key, older: ring()) }

  /// Only the current key: what older ones sealed can no longer be read.
  public func withoutOlder() throws -> SealingKeys { try SealingKeys(current: current) }

  /// As they stand in the settings: `id:hexadecimal digits`, the current one first. A secret.
  public var settingText: String {
    ring().map { "\($0.id):\(hexadecimal($0.bytes))" }.joined(separator: ",")
  }

  /// - Parameter place: where the sealed text will be kept: `table|row id|column`.
  public func seal(_ secret: [UInt8], for place: String) throws -> String {
    let current = current
    let box = try AESGCM.seal(
      secret, key: current.bytes, iv: RandomToken.bytes(12), authenticating: Array(place.utf8))
    return (["v2", current.id] + [box.iv, box.tag, box.ciphertext].map { hexadecimal($0) }).joined(separator: ":")
  }

  /// The secret. Also reads the older `iv:tag:ciphertext`, which was sealed for no place in particular, with any key.
  public func open(_ sealed: String, for place: String) throws -> [UInt8] {
    let parts = sealed.split(separator: ":", omittingEmptySubsequences: false)
    if parts.count == 3 { return try openOlder(try box(parts)) }
    guard parts.count == 5, parts[0] == "v2" else { throw Self.malformed }
    guard let key = ring().first(where: { $0.id == parts[1] }) else {
      throw Failure(
        .unavailable,
        "This secret was sealed with the key “\(parts[1].prefix(64))”, which is not among the sealing keys.")
    }
    let secret = try AESGCM.open(try box(parts[2...]), key: key.bytes, authenticating: Array(place.utf8))
    guard let secret else { throw Self.doesNotOpen }
    return secret
  }

  /// Whether it was sealed with the current key, for the current format; otherwise seal it again.
  public func isCurrent(_ sealed: String) -> Bool { sealed.hasPrefix("v2:\(current.id):") }

  private func openOlder(_ box: AESGCM.Box) throws -> [UInt8] {
    for key in ring() {
      if let secret = try AESGCM.open(box, key: key.bytes, authenticating: []) { return secret }
    }
    throw Self.doesNotOpen
  }

  private func box(_ parts: some Collection<Substring>) throws -> AESGCM.Box {
    let fields = parts.compactMap { bytes(hexadecimal: $0) }
    guard fields.count == 3, fields[0].count == 12 || fields[0].count == 16, fields[1].count == 16 else {
      throw Self.malformed
    }
    return AESGCM.Box(iv: fields[0], tag: fields[1], ciphertext: fields[2])
  }

  private static let malformed = Failure(
    .unexpected, "This stored secret is not in a form that can be opened; it may have been cut short. Enter it again.")
  private static let doesNotOpen = Failure(
    .unexpected,
    "This stored secret does not open: the sealing key is another one, or the row was changed. Enter it again.")
}

/// One key and the name it is found by.
public struct SealingKey: Sendable {
  public let id: String
  let bytes: [UInt8]

  /// - Parameters:
  ///   - id: 1 to 32 letters, digits and dashes.
  ///   - text: the 32 bytes of the key as 64 hexadecimal digits.
  public init(id: String, hexadecimal text: String) throws {
    let isPlain = id.utf8.allSatisfy { (48...57).contains($0) || (65...90).contains($0 & 0xDF) || $0 == 45 }
    guard isPlain, (1...32).contains(id.utf8.count) else {
      throw Failure.invalid("The id of a sealing key has 1 to 32 letters, digits and dashes.")
    }
    guard let bytes = Basics.bytes(hexadecimal: text), bytes.count == 32 else {
      throw Failure.invalid("The sealing key “\(id)” must be 64 hexadecimal digits (openssl rand -hex 32).")
    }
    self.id = id
    self.bytes = bytes
  }

  /// A name for a new key: when it was made, and some chance, so that no two keys are ever called alike.
  public static func freshID(at time: Timestamp) throws -> String {
    let instant = time.description.prefix(19).filter { $0 != ":" && $0 != "-" }.replacing("T", with: "-")
    return "\(instant)-\(try RandomToken.hexadecimal(bytes: 2))"
  }
}
