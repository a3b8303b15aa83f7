import Basics
import Foundation
import HTTP
import Outbound
import Testing

@testable import Discord

private let shared = ProcessInfo.processInfo.environment["GUILDHALL_SHARED"]

/// Every recorded and documented answer of Discord, through our decoders.
@Suite(
  "Recorded answers of Discord", .enabled(if: shared != nil, "GUILDHALL_SHARED is not set: answers are not decoded"))
struct RecordedTests {
  private static func body(_ name: String) throws -> [UInt8] {
    let path = try #require(shared) + "/fixtures/discord/\(name).json"
    return Array(try #require(FileManager.default.contents(atPath: path), "\(path) cannot be read"))
  }

  private static func reading<Value: Decodable & Sendable>(_ type: Value.Type) -> @Sendable ([UInt8]) throws -> Void {
    { bytes in _ = try JSON.decode(type, from: bytes) }
  }

  private struct Threads: Decodable, Sendable { let threads: [Channel] }

  private static let answers: [String: @Sendable ([UInt8]) throws -> Void] = [
    "rest/application_docs": reading(Application.self), "rest/channel_messages": reading([Message].self),
    "rest/message_docs": reading(Message.self), "rest/message_voice_composed": reading(Message.self),
    "rest/guild_channels_docs": reading([Channel].self), "rest/dm_channel_docs": reading(Channel.self),
    "rest/threads_active_composed": reading(Threads.self), "rest/user_docs": reading(User.self),
    "commands/create_default_permissions_docs": reading(CommandDefinition.self),
    "commands/create_localized_docs": reading(CommandDefinition.self),
    "commands/create_message_docs": reading(CommandDefinition.self),
    "commands/create_slash_docs": reading(CommandDefinition.self),
  ]

  @Test(arguments: answers.keys.sorted()) func decodes(_ name: String) throws {
    let read = try #require(Self.answers[name])
    #expect(throws: Never.self) { try read(Self.body(name)) }
  }

  /// What nobody here reads, and a member whose person is left out; decoded at least as far as the form goes.
  private static let unread = [
    "emojis_docs", "guild_docs", "guild_member_docs", "role_docs", "role_member_counts_docs",
  ]

  @Test func noAnswerIsForgotten() throws {
    let folder = try #require(shared) + "/fixtures/discord"
    for place in ["rest", "commands"] {
      for file in try FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(place)") {
        let name = String(file.dropLast(5))
        let isKnown =
          Self.answers["\(place)/\(name)"] != nil || Self.unread.contains(name) || name.hasPrefix("error")
          || name.hasPrefix("rate_limited")
        #expect(isKnown, "\(place)/\(file) is not decoded by any test")
        #expect(throws: Never.self) { try JSON.decode(JSONValue.self, from: Self.body("\(place)/\(name)")) }
      }
    }
  }

  @Test(
    arguments: [
      ("error_50014_docs", "Discord refused: Invalid authentication token"),
      (
        "error_50035_array_docs",
        "Discord refused: activities.0.platform: Value must be one of ('desktop', 'android', 'ios')."
      ),
      ("error_50035_object_docs", "Discord refused: access_token: This field is required"),
      ("error_50035_request_docs", "Discord refused: Command exceeds maximum size (8000)"),
    ]) func aRefusalBecomesASentence(_ name: String, _ sentence: String) throws
  {
    let refusal = DiscordRefusal(IncomingResponse(status: 400, body: try Self.body("rest/\(name)")))
    #expect(refusal.failure.sentence == sentence)
    #expect(refusal.failure.kind == .invalid)
  }

  @Test func aFullCategoryIsToldByItsField() throws {
    let body = try Self.body("rest/error_50035_category_full_composed")
    let refusal = DiscordRefusal(IncomingResponse(status: 400, body: body))
    #expect(refusal.code == 50035 && refusal.detail?.hasPrefix("parent_id: ") == true)
  }

  @Test func simpleRefusalsHaveTheRightKind() throws {
    let cases = try JSON.decode([JSONValue].self, from: Self.body("rest/errors_simple_composed"))
    let kinds = try cases.map { told in
      let status = Int(try #require(told["status"]?.integer))
      let answer = IncomingResponse(status: status, body: try JSON.encode(try #require(told["body"])))
      return DiscordRefusal(answer).failure.kind
    }
    #expect(kinds == [.notFound, .invalid, .denied, .denied, .notFound, .invalid])  // 401 never gets that far
  }

  @Test(
    arguments: [
      ("rate_limited_global_docs", 64_570, true), ("rate_limited_shared_docs", 1_336_570, false),
      ("rate_limited_user_docs", 64_570, false),
    ] as [(String, Int64, Bool)]) func aLimitIsRead(_ name: String, _ wait: Int64, _ isGlobal: Bool) throws
  {
    let told = try JSON.decode(JSONValue.self, from: Self.body("rest/\(name)"))
    var answer = IncomingResponse(status: 429, body: try JSON.encode(try #require(told["body"])))
    for (header, value) in told["headers"]?.object ?? [:] { answer.headers[header] = value.string }
    let now = Timestamp(seconds: 1_795_262_400)
    let refusal = try #require(Provider.discord.read(answer, at: now).refusal)
    #expect((refusal.until - now).milliseconds == wait)
    #expect(refusal.isWholeConnection == isGlobal)
  }

  /// A fragment in the documentation: inside an envelope it is whole.
  @Test func aSuggestionIsAskedFor() throws {
    guard case .object(var whole) = try JSON.decode(JSONValue.self, from: Self.body("interactions/autocomplete_docs"))
    else { throw Failure.invalid("The fragment is no object.") }
    whole["id"] = "1"
    whole["token"] = "t"
    let interaction = try JSON.decode(Interaction.self, from: JSON.encode(JSONValue.object(whole)))
    #expect(String(describing: interaction.kind).hasPrefix("autocomplete"))
  }
}
