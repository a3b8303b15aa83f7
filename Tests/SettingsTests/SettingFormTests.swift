import Testing

@testable import Settings

/// Each form with what it takes and what it refuses.
struct SettingFormTests {
  @Test(
    arguments: [
      ("https://hall.example.org", "https://hall.example.org"), ("http://127.0.0.1:8080/", "http://127.0.0.1:8080"),
      ("https://discord.com/api/v10", "https://discord.com/api/v10"), ("http://[::1]:8080", "http://[::1]:8080"),
      ("", nil), ("hall.example.org", nil), ("https://", nil), ("https:///path", nil), ("ftp://example.org", nil),
      ("https://exa mple.org", nil), ("javascript:alert(1)", nil), (" https://example.org", nil),
    ] as [(String, String?)])
  func address(_ text: String, _ value: String?) { #expect(SettingForm.address.parse(text) == value) }

  @Test(arguments: [
    ("/var/lib/guildhall", true), ("/", true), ("", false), ("state", false), ("./state", false), ("~", false),
  ])
  func path(_ text: String, _ isGood: Bool) { #expect(SettingForm.path.parse(text) == (isGood ? text : nil)) }

  @Test(
    arguments: [
      ("1", 1), ("256", 256), ("08", 8), ("0", nil), ("257", nil), ("-1", nil), ("1.5", nil), ("", nil), ("eight", nil),
      (" 8", nil),
      ("0x10", nil), ("99999999999999999999", nil), ("٣", nil),
    ] as [(String, Int?)])
  func integer(_ text: String, _ value: Int?) { #expect(SettingForm.integer(1...256).parse(text) == value) }

  @Test(arguments: [("info", true), ("INFO", false), ("", false), ("inf", false), ("info ", false)])
  func oneOf(_ text: String, _ isGood: Bool) {
    #expect(SettingForm.oneOf(["debug", "info"]).parse(text) == (isGood ? text : nil))
  }

  @Test(
    arguments: [
      ("", []), ("a", ["a"]), ("a,b", ["a", "b"]), (" a , b:80 ,, ", ["a", "b:80"]), (",", []), ("a b", nil),
      ("a,b c", nil),
    ] as [(String, [String]?)])
  func list(_ text: String, _ value: [String]?) { #expect(SettingForm.list.parse(text) == value) }

  @Test(arguments: [("words", true), (" ", true), ("", false)])
  func text(_ text: String, _ isGood: Bool) { #expect(SettingForm.text.parse(text) == (isGood ? text : nil)) }
}
