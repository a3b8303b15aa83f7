import Markdown
import Testing

@Test(
  arguments: [
    ("plain", [.text("plain")]),
    ("**bold**", [.bold([.text("bold")])]),
    ("*it* and _it_", [.italic([.text("it")]), .text(" and "), .italic([.text("it")])]),
    ("***both***", [.bold([.italic([.text("both")])])]),
    ("**bold *both***", [.bold([.text("bold "), .italic([.text("both")])])]),
    ("*it **both***", [.italic([.text("it "), .bold([.text("both")])])]),
    (
      "__under__ ~~gone~~ ||hush||",
      [
        .underline([.text("under")]), .text(" "), .strikethrough([.text("gone")]), .text(" "),
        .spoiler([.text("hush")]),
      ]
    ),
    ("___both___", [.underline([.italic([.text("both")])])]),
    ("snake_case_name", [.text("snake_case_name")]),
    ("2 * 3 * 4", [.text("2 * 3 * 4")]),
    ("`a*b*` ``c`d``", [.code("a*b*"), .text(" "), .code("c`d")]),
    ("`open", [.text("`open")]),
    (#"\*no\* \_no\_ \\ \a"#, [.text(#"*no* _no_ \ \a"#)]),
    ("[the page](https://example.com/a_(b))", [.link([.text("the page")], url: "https://example.com/a_(b)")]),
    ("[**b**](https://example.com \"title\")", [.link([.bold([.text("b")])], url: "https://example.com")]),
    ("[x](javascript:alert(1))", [.text("[x](javascript:alert(1))")]),
    ("[x](data:text/html,hi)", [.text("[x](data:text/html,hi)")]),
    ("see https://example.com/a.", [.text("see "), .address("https://example.com/a"), .text(".")]),
    ("(https://example.com)", [.text("("), .address("https://example.com"), .text(")")]),
    ("**https://example.com**", [.bold([.address("https://example.com")])]),
    ("<https://example.com/?a=1&b=2>", [.address("https://example.com/?a=1&b=2")]),
    ("xhttps://a", [.text("xhttps://a")]),
    (
      "<@42> <@!43> <@&44> <#45> @everyone @here",
      [
        .mention(.user("42")), .text(" "), .mention(.user("43")), .text(" "), .mention(.role("44")), .text(" "),
        .mention(.channel("45")), .text(" "), .mention(.everyone), .text(" "), .mention(.here),
      ]
    ),
    ("</issue list:99>", [.mention(.command(name: "issue list", id: "99"))]),
    (
      "<:lamp:7><a:spin:8>",
      [
        .emoji(name: "lamp", id: "7", isAnimated: false), .emoji(name: "spin", id: "8", isAnimated: true),
      ]
    ),
    ("<t:1795000000:R> <t:5>", [.time(seconds: 1_795_000_000, style: "R"), .text(" "), .time(seconds: 5, style: nil)]),
    ("<t:1:x> <@a> <b>hi</b>", [.text("<t:1:x> <@a> <b>hi</b>")]),
    ("**not closed *at all", [.text("**not closed *at all")]),
    ("**a *b** c*", [.bold([.text("a *b")]), .text(" c*")]),
    ("****", [.text("****")]),
    ("~~~~ |||| ____", [.text("~~~~ |||| ____")]),
    ("[a](b [c](https://x.y)", [.text("[a](b "), .link([.text("c")], url: "https://x.y")]),
    ("[](https://x.y)", [.text("[]("), .address("https://x.y"), .text(")")]),
    ("line\nbreak", [.text("line\nbreak")]),
  ] as [(String, [Inline])])
func inlines(text: String, expected: [Inline]) {
  #expect(Document(parsing: text).blocks == [.paragraph(expected)])
}

@Test(
  arguments: [
    ("", []),
    ("\n\n", []),
    (
      "# One\n## Two\n### Three\n#### Four\n#five",
      [
        .heading(level: 1, [.text("One")]), .heading(level: 2, [.text("Two")]), .heading(level: 3, [.text("Three")]),
        .paragraph([.text("#### Four\n#five")]),
      ]
    ),
    ("-# small *print*", [.subtext([.text("small "), .italic([.text("print")])])]),
    ("> one\n> two\nafter", [.quote([.paragraph([.text("one\ntwo")])]), .paragraph([.text("after")])]),
    (">>> all\n\n# of it", [.quote([.paragraph([.text("all")]), .heading(level: 1, [.text("of it")])])]),
    ("> > once", [.quote([.paragraph([.text("> once")])])]),
    (
      "before\n```swift\nlet a = *1*\n```\nafter",
      [
        .paragraph([.text("before")]), .code(language: "swift", "let a = *1*"), .paragraph([.text("after")]),
      ]
    ),
    ("a ```x``` b", [.paragraph([.text("a ")]), .code(language: nil, "x"), .paragraph([.text(" b")])]),
    ("```\nnever closed", [.paragraph([.text("```\nnever closed")])]),
    (
      "- a\n- b\n  - c\n- d",
      [
        .list(
          start: nil,
          items: [
            [.paragraph([.text("a")])],
            [.paragraph([.text("b")]), .list(start: nil, items: [[.paragraph([.text("c")])]])],
            [.paragraph([.text("d")])],
          ])
      ]
    ),
    ("3. c\n4. d", [.list(start: 3, items: [[.paragraph([.text("c")])], [.paragraph([.text("d")])]])]),
    (
      "- a\n1. b",
      [
        .list(start: nil, items: [[.paragraph([.text("a")])]]), .list(start: 1, items: [[.paragraph([.text("b")])]]),
      ]
    ),
    ("-not a list", [.paragraph([.text("-not a list")])]),
    ("a\r\nb", [.paragraph([.text("a\nb")])]),
    ("> ```\n> code\n> ```", [.quote([.code(language: nil, "code")])]),
  ] as [(String, [Block])])
func blocks(text: String, expected: [Block]) {
  #expect(Document(parsing: text).blocks == expected)
}

/// Inputs that make careless parsers go back and forth. A quadratic one would need minutes for these.
@Test(arguments: [
  "*", "_", "**a", "*a _b ", "[", "[a](", "](", "`", "` ``", "``` ", "||", "~~x", "<", "<@", "> ", "- ", "  - a\n",
  "\\",
  "https://", "h", "[[a](https://x.y)", "**__~~||*_", "\u{301}", "> ```\n", "-# # ",
])
func nastyInputsAreParsed(piece: String) {
  let text = String(repeating: piece, count: 40_000 / piece.utf8.count)
  #expect(Document(parsing: text).blocks.count <= text.utf8.count)
}

@Test func nothingIsLostOfUnclosedText() {
  let text = "**a __b ~~c ||d *e [f `g <h"
  #expect(Document(parsing: text).blocks == [.paragraph([.text(text)])])
}

@Test(arguments: [
  ("**Door** <@42> _is_ ~~not~~ stuck", "Door @Nelly is not stuck"),
  ("<@7> <@&8> <#9> @everyone", "@somebody @a role #a channel @everyone"),
  ("It was ||the butler||!", "It was (spoiler)!"), ("||the **butler** <@42>||", "(spoiler)"),
  ("||one\n\ntwo|| three", "(spoiler) three"), ("||one\n- two\n# three|| four", "(spoiler) four"),
  ("a || b", "a || b"), ("`a || b || c`", "a || b || c"), ("```\nx || y || z\n```", "x || y || z"),
  ("||a|| and ||b||", "(spoiler) and (spoiler)"), ("# Big\n> said\n- one\n- two", "Big\nsaid\n- one\n- two"),
  ("[here](https://a.b) <:lamp:1234> <t:60:R>", "here (https://a.b) :lamp: at 60"), ("3. c\n4. d", "3. c\n4. d"),
  ("", ""),
])
func plainTextHasNamesAndHidesSpoilers(text: String, expected: String) {
  let plain = Document(parsing: text).plainText(naming: { $0 == .user("42") ? "@Nelly" : nil }, time: { "at \($0)" })
  #expect(plain == expected)
}
