import Basics
import Foundation
import Testing

@testable import Discord

private let shared = ProcessInfo.processInfo.environment["GUILDHALL_SHARED"]

@Suite("Interactions")
struct InteractionTests {
  @Test func aClickDecodesWithWhatWeUse() throws {
    let click = try JSON.decode(
      Interaction.self,
      from: """
        {"type":3,"id":"123","guild_id":"1","channel_id":"2","data":{"custom_id":"a.b:c","component_type":2,"id":5},
         "member":{"roles":["7"],"permissions":"2251799813685247","nick":null,"user":{"id":"3","username":"zoe","global_name":"Zoë"}},
         "message":{"id":"9","content":""},"something_new":{"x":[1]}}
        """)
    #expect(click.kind == .component(customID: "a.b:c", values: []))
    #expect(click.guildID?.rawValue == "1" && click.messageID?.rawValue == "9" && click.person?.globalName == "Zoë")
  }

  @Test(arguments: ["-1", "+1", "1.0", "18446744073709551616", "", "abc", "1 "])
  func whatIsNoSnowflakeIsRefused(text: String) {
    #expect(GuildID(text) == nil)
  }

  @Test func aSnowflakeTellsItsTime() {
    #expect(MessageID("175928847299117063")!.createdAt == Timestamp(iso8601: "2016-04-30T11:18:25.796Z"))
    let time = Timestamp(iso8601: "2026-11-21T10:00:00.500Z")!
    #expect(MessageID.first(at: time).createdAt == time)
  }

  private static let recorded: [String] = {
    let folder = (shared ?? "") + "/fixtures/discord/interactions"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []  // no folder: the test is left out
    return names.filter { !$0.hasPrefix("autocomplete") }.sorted()
  }()

  @Test(
    .enabled(if: shared != nil, "GUILDHALL_SHARED is not set: recorded interactions are not decoded"),
    arguments: recorded)
  func everyRecordedInteractionDecodes(_ name: String) throws {
    let path = try #require(shared) + "/fixtures/discord/interactions/" + name
    let body = try #require(FileManager.default.contents(atPath: path))
    #expect(throws: Never.self) { try JSON.decode(Interaction.self, from: body) }
  }
}

@Suite("Messages as they are sent")
struct MessageDraftTests {
  private func json(_ draft: MessageDraft) throws -> JSONValue {
    try JSON.decode(JSONValue.self, from: JSON.encode(draft))
  }

  @Test func mentionsAreOffAndANonceIsEnforced() throws {
    let sent = try json(MessageDraft(content: "@everyone", nonce: "abc"))
    #expect(sent["allowed_mentions"] == ["parse": []] && sent["nonce"] == "abc" && sent["enforce_nonce"] == true)
    #expect(try json(MessageDraft(content: "x"))["nonce"] == nil)
  }

  @Test func buttonsAreWrittenAsDiscordWantsThem() throws {
    let row = ActionRow.buttons([
      Button("Fix", .press(customID: CustomID(action: "issue.fix", id: "1"), .success), isDisabled: true),
      Button("Open", .open(url: "https://example.org")),
    ])
    #expect(
      try json(MessageDraft(components: [row]))["components"] == [
        [
          "type": 1,
          "components": [
            ["type": 2, "style": 3, "label": "Fix", "custom_id": "issue.fix:1", "disabled": true],
            ["type": 2, "style": 5, "label": "Open", "url": "https://example.org"],
          ],
        ]
      ])
  }

  @Test(arguments: [
    ("short", "short"), (String(repeating: "a", count: 10), String(repeating: "a", count: 10)),
    (String(repeating: "a", count: 11), String(repeating: "a", count: 9) + "…"), ("👩‍👩‍👧‍👦👩‍👩‍👧‍👦", "…"),
  ])
  func cuttingKeepsCharactersWhole(text: String, expected: String) {
    #expect(text.cut(to: 10) == expected)
  }

  @Test func anEphemeralAnswerCarriesTheFlag() throws {
    let answer = try JSON.decode(
      JSONValue.self, from: JSON.encode(InteractionAnswer.message(MessageDraft(content: "x", isEphemeral: true))))
    #expect(answer["type"] == 4 && answer["data"]?["flags"] == 64)
  }
}
