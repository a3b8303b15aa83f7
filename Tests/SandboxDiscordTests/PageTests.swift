import Basics
import HTTP
import Testing

@testable import SandboxDiscord

private let page = "/sandbox/discord/channels/\(Identity.bugTracker)"

@Test func aChannelIsShownAsThePersonSeesIt() throws {
  let bench = try Bench()
  _ = bench.send(
    .post, bugTracker,
    #"""
    {"content":"**Bold** <script>alert(1)</script> [x](javascript:alert(1)) <@749716076337561603>",
     "embeds":[{"title":"Lamp <b>","url":"https://example.com/?a=1&b=2","description":"> quoted","color":16711680,
       "fields":[{"name":"Status","value":"Open","inline":true}],"footer":{"text":"Guildhall"}}],
     "components":[{"type":1,"components":[{"type":2,"style":3,"label":"Fix","custom_id":"fix:1"},
       {"type":2,"style":2,"label":"Off","custom_id":"off:1","disabled":true},
       {"type":2,"style":5,"label":"Open","url":"https://example.com"}]},
       {"type":1,"components":[{"type":3,"custom_id":"who","placeholder":"Assign","options":[{"label":"A","value":"a"}]}]}]}
    """#)
  let html = bench.page(page, query: ["as": Identity.tomasz])
  #expect(html.contains("<strong>Bold</strong>"))
  #expect(html.contains("&lt;script&gt;"))
  #expect(!html.contains("<script>"))
  #expect(!html.contains("href=\"javascript"))
  #expect(html.contains("@Nelly"))
  #expect(html.contains("fill=\"#ff0000\""))
  #expect(html.contains("value=\"fix:1\""))
  #expect(html.contains("disabled>Off"))
  #expect(html.contains("<option value=\"a\">A</option>"))
  #expect(html.contains("may not write here"))
  #expect(bench.page(page + "/messages", query: ["as": Identity.tomasz]).contains("value=\"fix:1\""))
}

@Test func aClosedChannelStaysClosed() throws {
  let bench = try Bench()
  let staff = "/sandbox/discord/channels/\(Identity.staff)"
  #expect(bench.page(staff, query: ["as": Identity.tomasz]).contains("You may not see this channel"))
  #expect(!bench.page(staff, query: ["as": Identity.nelly]).contains("You may not see this channel"))
  #expect(bench.router.answer(Request(path: "/sandbox/discord/channels/1")).status == 404)
}

@Test func aFormPressesAButtonAndComesBack() throws {
  let bench = try Bench()
  let message = try bench.messageWithButton()
  bench.answer(#"{"type":7,"data":{"content":"Fixed by hand"}}"#)
  let form: Fields = ["as": Identity.aiko, "message": message, "custom_id": "issue.fix:1"]
  let response = bench.router.answer(
    Request(
      method: .post, path: page + "/click", headers: ["Content-Type": "application/x-www-form-urlencoded"],
      body: Array(form.encoded.utf8)))
  #expect(response.status == 303)
  #expect(response.headers["Location"] == page + "?as=\(Identity.aiko)#m\(message)")
  #expect(bench.page(page).contains("Fixed by hand"))
}

@Test func peopleWriteWhereTheyMay() throws {
  let bench = try Bench()
  let say = { (user: String, channel: String) in
    bench.router.answer(
      Request(
        method: .post, path: "/sandbox/discord/channels/\(channel)/say",
        headers: ["Content-Type": "application/x-www-form-urlencoded"],
        body: Array((["as": user, "content": "hello from \(user)"] as Fields).encoded.utf8)))
  }
  #expect(say(Identity.tomasz, Identity.general).headers["Location"]?.contains("notice") == false)
  #expect(say(Identity.rook, Identity.general).headers["Location"]?.contains("notice=Missing%20Permissions") == true)
  let html = bench.page("/sandbox/discord/channels/\(Identity.general)")
  #expect(html.contains("hello from \(Identity.tomasz)"))
  #expect(!html.contains("hello from \(Identity.rook)"))
}

@Test(arguments: ["/sandbox/", "/sandbox/discord/endpoint", page])
func pagesAreWhole(path: String) throws {
  let html = try Bench().page(path)
  #expect(html.contains("</html>"))
  #expect(!html.contains("style=\""))
  #expect(!html.contains("onclick"))
}
