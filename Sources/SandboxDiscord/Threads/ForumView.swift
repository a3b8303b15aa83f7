import Basics
import HTTP
import Store

/// What the page of a forum lists, and what the page of a post says of it.
struct ForumView {
  let forum: String
  let user: String
  let posts: [Post]
  let choosable: [Tag]
  let mayPost: Bool
  let isBare: Bool

  struct Tag {
    let tag: String
    let label: String
  }

  struct Post {
    let href: String
    let heading: String
    let byline: String
    let excerpt: String
    let replies: String
    let when: String
    let isClosed: Bool
    let tags: [Tag]
  }
}

struct PostHeadView {
  let back: String
  let forumName: String
  let isShut: Bool
  let isKept: Bool
  let tags: [ForumView.Tag]
}

extension DiscordSandbox {
  func forumView(_ standing: Standing, as viewer: String, _ names: [String: String], _ transaction: ReadTransaction)
    throws -> ForumView?
  {
    guard standing.isForum, standing.permissions.contains(.viewChannel) else { return nil }
    let channel = standing.channel["id"]?.string ?? ""
    let now = stage.clock.now()
    let posts = try transaction.threads(of: channel, in: standing.guild["id"]?.string ?? "").prefix(200).map { thread in
      let id = thread["id"]?.string ?? ""
      let first = try transaction.message(id)?.body
      let replies = thread["message_count"]?.integer ?? 0
      let last = Int64(thread["last_message_id"]?.string ?? id) ?? 0
      return ForumView.Post(
        href: "/sandbox/discord/channels/\(id)?as=\(viewer)", heading: thread["name"]?.string ?? "",
        byline: names[thread["owner_id"]?.string ?? ""] ?? "somebody", excerpt: excerpt(of: first),
        replies: "\(replies) \(replies == 1 ? "reply" : "replies")", when: Snowflakes.time(of: last).relative(to: now),
        isClosed: thread["thread_metadata"]?["archived"]?.bool == true, tags: tags(of: thread, in: standing.channel))
    }
    return ForumView(
      forum: channel, user: viewer, posts: Array(posts),
      choosable: (standing.channel["available_tags"]?.array ?? []).map(Self.tag),
      mayPost: standing.permissions.contains(.sendMessages), isBare: posts.isEmpty)
  }

  /// How a post begins: its text, or the first words of its first embed.
  private func excerpt(of message: JSONValue?) -> String {
    let embed = message?["embeds"]?[0]
    let texts = [message?["content"]?.string, embed?["description"]?.string, embed?["title"]?.string]
    let text = texts.compactMap { $0 }.first { !$0.isEmpty } ?? ""
    return String(text.replacing("\n", with: " ").prefix(140))
  }

  func postHead(_ standing: Standing, as viewer: String, _ transaction: ReadTransaction) throws -> PostHeadView? {
    guard standing.isThread, let parent = try transaction.channel(standing.channel["parent_id"]?.string ?? "") else {
      return nil
    }
    return PostHeadView(
      back: "/sandbox/discord/channels/\(parent["id"]?.string ?? "")?as=\(viewer)",
      forumName: parent["name"]?.string ?? "", isShut: standing.isArchived, isKept: standing.isLocked,
      tags: tags(of: standing.channel, in: parent))
  }

  private func tags(of thread: JSONValue, in forum: JSONValue) -> [ForumView.Tag] {
    let applied = thread["applied_tags"]?.array ?? []
    return (forum["available_tags"]?.array ?? []).filter { applied.contains($0["id"] ?? .null) }.map(Self.tag)
  }

  private static func tag(_ tag: JSONValue) -> ForumView.Tag {
    ForumView.Tag(tag: tag["id"]?.string ?? "", label: tag["name"]?.string ?? "")
  }

  /// A person begins a post on the page of a forum.
  func beginPost(_ form: Fields, in channel: String) throws -> Response {
    let user = form["as"] ?? ""
    let body = Form([
      "name": .string(form["name"] ?? ""), "message": ["content": .string(form["content"] ?? "")],
      "applied_tags": .array(form.all("tags").map { .string($0) }),
    ])
    var place = channel
    let answer = try pageAnswer(channel, user, anchor: nil) {
      place = try write { transaction in
        let standing = try transaction.standing(of: user, in: channel)
        let author = try transaction.document(.user, user) ?? .null
        return try startThread(body, [], by: author, in: standing, transaction)["id"]?.string ?? channel
      }
      return nil
    }
    return place == channel ? answer : .seeOther("/sandbox/discord/channels/\(place)?as=\(percentEncoded(user))")
  }
}
