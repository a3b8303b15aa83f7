import Testing

@testable import Basics

@Suite("Comma-separated values")
struct CSVTests {
  @Test(arguments: [
    (["a", "b"], "a,b\r\n"), ([], "\r\n"), (["a,b", "say \"x\""], "\"a,b\",\"say \"\"x\"\"\"\r\n"),
    (["a\nb"], "\"a\nb\"\r\n"),
    (["=1+1"], "'=1+1\r\n"), (["+1", "-1", "@x"], "'+1,'-1,'@x\r\n"), ([" =1"], "' =1\r\n"), (["\t=1"], "'\t=1\r\n"),
    (["\r=1"], "\"'\r=1\"\r\n"), (["＝1"], "'＝1\r\n"), (["a=1"], "a=1\r\n"), (["", " "], ", \r\n"),
    (["\u{A0}=1"], "'\u{A0}=1\r\n"),
  ])
  func cellsAreQuotedAndNeverFormulas(cells: [String], line: String) { #expect(CSV.line(cells) == line) }
}
